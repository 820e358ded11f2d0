"""What an organisation says of itself: checked here, in whatever way it was typed. Pure."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from examengine.accounts.errors import (
    LanguageMalformed,
    LogoUnusable,
    OrganisationNameUnfit,
    TimeZoneUnknown,
)
from examengine.kernel.digest import digest_of_bytes
from examengine.kernel.languages import is_language_tag
from examengine.pictures import read_drawing, read_image

LONGEST_NAME = 200
LONGEST_LANGUAGE = 20
LARGEST_LOGO = 200 * 1024
"""Bytes. Every page carries it."""
LONGEST_LOGO_SIDE = 1_024
"""Pixels: what the largest screens show of it, several times over."""

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", ".png", "image/png"), (b"\xff\xd8\xff", ".jpg", "image/jpeg"))
_JOINERS = frozenset("\u200c\u200d")
"""What Persian and the scripts of India are written with; other signs that are not seen hide."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that stands for an organisation."""

    data: bytes
    media_type: str
    digest: str
    """`sha256:…` of its bytes."""

    @property
    def short_digest(self) -> str:
        """As much of the digest as tells one logo from another in an address."""
        return short_digest(self.digest)


def short_digest(digest: str) -> str:
    """Return the beginning of a logo's digest, for its address."""
    return digest.removeprefix("sha256:")[:16]


def checked_name(text: str) -> str | None:
    """Return a name in the one form in which it is kept; None for an empty one.

    Raises:
        OrganisationNameUnfit: It is too long, holds what is not seen, or no letter and no digit.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        return None
    if len(name) > LONGEST_NAME:
        raise OrganisationNameUnfit(f"it has {len(name)} characters; {LONGEST_NAME} fit")
    hidden = next((one for one in name if _is_hidden(one)), None)
    if hidden is not None:
        raise OrganisationNameUnfit(
            f"it holds a character that is not seen, U+{ord(hidden):04X}; type it by hand"
        )
    if not any(one.isalnum() for one in name):
        raise OrganisationNameUnfit("it holds no letter and no digit")
    return name


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign).startswith("C") and sign not in _JOINERS


def checked_language(text: str) -> str:
    """Return a language tag.

    Raises:
        LanguageMalformed: It has not the shape of one (BCP 47).
    """
    tag = text.strip()
    if len(tag) > LONGEST_LANGUAGE or not is_language_tag(tag):
        raise LanguageMalformed(f"{tag[:60]!r} is no language tag; write it as en, de or pt-BR")
    return tag


def checked_time_zone(text: str) -> str:
    """Return the name of a time zone.

    Raises:
        TimeZoneUnknown: There is none of this name.
    """
    zone = text.strip()
    if zone not in time_zones():
        raise TimeZoneUnknown(f"{zone[:60]!r} is no time zone; write it as Europe/Vienna")
    return zone


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones (IANA), `UTC` first."""
    return ("UTC", *sorted(available_timezones() - {"UTC", "localtime", "Factory", "posixrules"}))


def checked_logo(data: bytes) -> Logo:
    """Return what is stored of a logo: decoded whole, and without anything but the picture.

    What it is, is seen from its bytes.

    Raises:
        LogoUnusable: It is no PNG, JPEG or SVG, too large, damaged, or holds more than a picture.
    """
    if len(data) > LARGEST_LOGO:
        raise LogoUnusable(f"it is larger than {LARGEST_LOGO // 1024} KB; make it smaller")
    try:
        kept, media_type = _picture(data)
    except ValueError as error:
        raise LogoUnusable(f"it {error}") from error
    return Logo(kept, media_type, digest_of_bytes(kept))


def _picture(data: bytes) -> tuple[bytes, str]:
    """Return the picture and its media type; an SVG has no signature, so all else is read as one.

    Raises:
        ValueError: It cannot be shown.
    """
    for signature, ending, media_type in _SIGNATURES:
        if data.startswith(signature):
            return read_image(ending, data, longest_side=LONGEST_LOGO_SIDE), media_type
    if b"<svg" not in data:
        raise ValueError("is no PNG, JPEG or SVG")
    return read_drawing(".svg", data), "image/svg+xml"
