"""Pictures and recordings: decoded, bounded, stripped, and refused in words."""

from contextlib import suppress
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from examengine.bank.media import KINDS, MediaUnusable, read_media, seconds_of
from examengine.pictures.images import LARGEST_IMAGE, LONGEST_SIDE
from tests.bank.media_files import (
    SECRET,
    m4a,
    moving,
    mp3,
    mp4,
    picture,
    subtitles,
    turned,
    wav,
    webm,
    with_metadata,
)
from tests.bank.small_bank import FIGURE

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF"}
RECORDINGS = {".wav": wav(), ".mp3": mp3(), ".m4a": m4a()}
PLAYED = {**RECORDINGS, ".mp4": mp4(), ".webm": webm(), ".vtt": subtitles()}
WHOLE = {
    ".svg": FIGURE.encode(),
    **{ending: with_metadata(name) for ending, name in PICTURES.items()},
    **PLAYED,
}
"""A file of each kind, with all that it should not hold."""


def pixels(data: bytes) -> bytes:
    """What an image shows."""
    with Image.open(BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def test_every_kind_is_read():
    """
    Nothing is offered that this file does not try.
    """
    assert set(WHOLE) == set(KINDS)
    assert {read_media(f"x{ending}", data).media_type for ending, data in WHOLE.items()} == {
        kind.media_type for kind in KINDS.values()
    }


@pytest.mark.parametrize("ending", sorted(PICTURES))
def test_an_image_loses_its_metadata_and_no_pixel(ending):
    """
    Who made it, comments and whatever stands behind its end are gone; the picture is the same.
    """
    kept = read_media(f"figures/X{ending.upper()}", WHOLE[ending])

    assert SECRET in WHOLE[ending]
    assert SECRET not in kept.data
    assert pixels(kept.data) == pixels(WHOLE[ending])


@pytest.mark.parametrize("ending", sorted(PLAYED))
def test_what_is_played_loses_its_tags(ending):
    """
    A title could tell the key, and a name, a place or a camera is nobody's business.
    """
    kept = read_media(f"recordings/x{ending}", PLAYED[ending])

    assert SECRET in PLAYED[ending]
    assert SECRET not in kept.data


@pytest.mark.parametrize("ending", sorted(WHOLE))
def test_a_stripped_file_is_what_it_is_wherever_it_is_imported(ending):
    """
    What was exported comes in again under the same digest, so that no item changes by travelling.
    """
    once = read_media(f"x{ending}", WHOLE[ending])

    assert read_media(f"x{ending}", once.data) == once


def test_a_drawing_loses_its_comments_and_nothing_else():
    """
    A comment is served as the rest of the file is, and no candidate is to read one.
    """
    said, shown = "<!-- the key is B - é -->", '<text>&lt;!-- shown --&gt; é</text><path d="M0 0"/>'
    whole = f'{said}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{{}}{shown}</svg>{{}}'

    kept = read_media("x.svg", whole.format(said * 2, said).encode())

    assert kept.data.decode() == whole.format("", "").removeprefix(said)
    assert read_media("x.svg", kept.data) == kept


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_where_a_photograph_was_taken_is_nobodys_business(name):
    """
    The place, the camera and its owner are gone from every kind that can hold them.
    """
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    data = picture(name, exif=exif)

    kept = read_media(f"x.{name.lower()}", data)

    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(kept.data)) as after:
        assert before.getexif().get_ifd(0x8825)
        assert not after.getexif()
    assert b"Camera of Ada" not in kept.data


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photograph_stays_upright(orientation):
    """
    Of all that a camera notes, how it was held is kept, and nothing else.
    """
    kept = read_media("x.jpg", turned("JPEG", orientation))

    with Image.open(BytesIO(kept.data)) as image:
        assert dict(image.getexif()) == {0x0112: orientation}
    assert read_media("x.jpg", kept.data) == kept


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.bmp", picture("BMP"), "is none of .svg, .png"),
        ("x.png", picture("JPEG"), "no whole PNG image"),
        ("x.jpg", picture("PNG"), "no whole JPG image"),
        ("x.png", b"<script>alert(1)</script>", "no whole PNG image"),
        ("x.gif", b"GIF89a<script>", "no whole GIF image"),
        ("x.png", picture("PNG")[:-20], "no whole PNG image"),
        ("x.jpg", picture("JPEG")[:-40], "no whole JPG image"),
        ("x.webp", picture("WEBP")[:-20], "no whole WEBP image"),
        ("x.png", picture("PNG", (LONGEST_SIDE + 1, 1)), "pixels"),
        ("x.png", picture("PNG", (4_100, 4_000)), "at most 16 million"),
        ("x.gif", moving("GIF"), "moves"),
        ("x.png", moving("PNG"), "moves"),
        ("x.webp", moving("WEBP"), "moves"),
        ("x.png", turned("PNG", 6), "save it upright"),
        ("x.png", b"x" * (LARGEST_IMAGE + 1), "is larger than 2048 KB"),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "no viewBox"),
        ("x.wav", wav(16 * 60, rate=100), "are the most"),
        ("x.wav", b"RIFF\x00\x00\x00\x00WAVE", "no whole WAV"),
        ("x.mp3", wav(), "no whole MP3"),
        ("x.mp3", b"ID3" + bytes(200), "no whole MP3"),
        ("x.m4a", m4a(b"vide"), "holds more than sound"),
        ("x.m4a", mp3(), "no whole M4A"),
        ("x.m4a", m4a()[:20] + b"\x00\x00\x00\x09moov" * 9, "no whole M4A"),
        ("x.m4a", m4a()[:28] + b"\x00\x00\x00\x00moov" * 5_000, "no whole M4A"),
    ],
)
def test_what_cannot_be_shown_or_played_is_refused_in_words(name, data, says):
    """
    Another kind under the name, cut short, too large, moving, or more than it says.
    """
    with pytest.raises(MediaUnusable, match=says):
        read_media(name, data)


def test_an_image_of_a_trillion_pixels_is_refused_before_it_is_decoded():
    """
    A few bytes can claim a size that would fill the memory.
    """
    bomb = bytearray(picture("GIF"))
    bomb[6:10] = b"\xff\xff\xff\xff"

    with pytest.raises(MediaUnusable, match=r"pixels|whole"):
        read_media("x.gif", bytes(bomb))


@pytest.mark.parametrize(
    ("ending", "seconds"),
    [(".wav", 1), (".mp3", 2.09), (".m4a", 2), (".mp4", 3), (".webm", 1), (".vtt", 0), (".png", 0)],
)
def test_it_is_told_how_long_something_takes(ending, seconds):
    """
    By the file itself: an exam counts playings by it.
    """
    file = read_media(f"x{ending}", WHOLE[ending])

    assert file.seconds == pytest.approx(seconds, abs=0.02)
    assert seconds_of(file) == seconds_of(replace(file, seconds=None)) == file.seconds


@given(data=st.data())
def test_no_bytes_make_a_reader_throw(data):
    """
    Whatever is changed in a file, it is taken or refused in words.
    """
    ending = data.draw(st.sampled_from(sorted(WHOLE)))
    whole = WHOLE[ending]
    place = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 40))
    changed = whole[:place] + data.draw(st.binary(max_size=20)) + whole[place + cut :]

    with suppress(MediaUnusable):
        kept = read_media(f"x{ending}", changed)
        assert read_media(f"x{ending}", kept.data) == kept
