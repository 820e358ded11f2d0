"""A credential inside its picture."""

import struct
import zlib

import pytest

from examengine.credentials.badge.image import draw_seal
from examengine.credentials.vc.baking import bake
from examengine.credentials.vc.errors import NotBaked
from examengine.credentials.vc.png import Chunk, write_chunks
from examengine.credentials.vc.reading import read_chunks, unbake

PICTURE = draw_seal("https://exam.example.org/achievements/a", test=True)
CREDENTIAL = '{"name": "Zoë 李"}'.encode()


def test_a_credential_comes_out_as_it_went_in():
    """
    Byte for byte, in any script, and the picture stays the same.
    """
    baked = bake(PICTURE, CREDENTIAL)

    assert unbake(baked) == CREDENTIAL
    assert [chunk for chunk in read_chunks(baked) if chunk.kind != b"iTXt"] == read_chunks(PICTURE)


def test_baking_again_replaces_what_was_inside():
    """
    A corrected credential does not sit beside the one it corrects.
    """
    twice = bake(bake(PICTURE, b"{}"), CREDENTIAL)

    assert unbake(twice) == CREDENTIAL


def carrier(content: bytes) -> bytes:
    """Return the picture with this text chunk."""
    first, *rest = read_chunks(PICTURE)
    return write_chunks([first, Chunk(b"iTXt", b"openbadgecredential" + content), *rest])


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (PICTURE, "no_credential"),
        (b"GIF89a", "not_an_image"),
        (bake(PICTURE, CREDENTIAL)[:-30], "png_damaged"),
        (bake(PICTURE, CREDENTIAL).replace(b"Zo", b"Xo"), "png_damaged"),
        (carrier(b"\0\1\0\0\0" + zlib.compress(b"{}")), "credential_compressed"),
        (carrier(b"\0\0\0"), "png_damaged"),
        (PICTURE[:8] + struct.pack(">I4s", 2**31 - 1, b"IHDR"), "png_damaged"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "no_credential"),
        (b"<svg><g></svg>", "svg_damaged"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "svg_entity"),
        (
            b'<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0"><g><o:credential/></g></svg>',
            "credential_misplaced",
        ),
    ],
)
def test_an_image_that_carries_nothing_sound_is_refused(image, reason):
    """
    Nothing inside, something cut, something packed, something hidden: each has its reason.
    """
    with pytest.raises(NotBaked) as refusal:
        unbake(image)

    assert refusal.value.reason == reason


def test_two_credentials_in_one_picture_are_refused():
    """
    Nobody should have to guess which of the two counts.
    """
    first, *rest = read_chunks(bake(PICTURE, CREDENTIAL))

    with pytest.raises(NotBaked, match="carries 2"):
        unbake(write_chunks([first, rest[0], *rest]))


def test_every_achievement_has_its_own_picture():
    """
    The seal is always the same for one achievement, and another for the next.
    """
    address = "https://exam.example.org/achievements/b"

    assert draw_seal(address, test=True) == draw_seal(address, test=True)
    assert draw_seal(address, test=True) != PICTURE
    assert draw_seal(address, test=True) != draw_seal(address, test=False)
