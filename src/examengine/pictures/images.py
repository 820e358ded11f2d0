"""Raster images: PNG, JPEG, WebP and GIF, decoded whole by Pillow before they are kept."""

import struct
import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from examengine.pictures import _stripping

LARGEST_IMAGE = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 8_000
"""Pixels. A candidate's phone holds four bytes for each while it shows the page."""

_FORMATS = {
    ".png": ("PNG", _stripping.png),
    ".jpg": ("JPEG", _stripping.jpeg),
    ".jpeg": ("JPEG", _stripping.jpeg),
    ".webp": ("WEBP", _stripping.webp),
    ".gif": ("GIF", _stripping.gif),
}
_ORIENTATION = 0x0112
_FIRST_ON_ITS_SIDE = 5
"""Of the ways in which a camera says that a picture is turned: from here on width is height."""


def read_image(ending: str, data: bytes, *, longest_side: int = LONGEST_SIDE) -> bytes:
    """Return an image without its metadata.

    What is decoded is what will be stored, so nothing that was not looked at reaches a reader.

    Args:
        ending: What it says that it is, such as `.png`.
        data: The file.
        longest_side: The most pixels that a side of it may have.

    Raises:
        ValueError: It is not what its ending says, damaged, too many pixels, or moves.
    """
    name, stripped = _FORMATS[ending]
    turned = _turned(name, data)
    try:
        kept = stripped(data)
    except (ValueError, IndexError, struct.error) as error:
        raise ValueError(_not_whole(ending)) from error
    _decode(name, ending, kept, longest_side)
    if turned and name != "JPEG":
        raise ValueError("is stored turned on its side; save it upright")
    return _stripping.turned_jpeg(kept, turned) if turned else kept


def image_size(data: bytes) -> tuple[int, int]:
    """Return how many pixels an image is wide and high, as it is shown.

    Args:
        data: An image that `read_image` took.
    """
    with Image.open(BytesIO(data)) as image:
        width, height = image.size
        name = image.format or ""
    return (height, width) if _turned(name, data) >= _FIRST_ON_ITS_SIDE else (width, height)


def _turned(name: str, data: bytes) -> int:
    """Return how a camera says that the picture is turned (2 to 8), or 0 for upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # metadata that are damaged are left out anyway
            with Image.open(BytesIO(data), formats=[name]) as image:
                found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # whatever is wrong with it is found, and told, by decoding
        return 0
    return found if isinstance(found, int) and 2 <= found <= 8 else 0


def _decode(name: str, ending: str, data: bytes, longest_side: int) -> None:
    """Decode an image as a browser will.

    Raises:
        ValueError: It cannot be, or it is more than a page should hold.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the number of pixels is judged below
            with Image.open(BytesIO(data), formats=[name]) as image:
                _judge(image, longest_side)
                image.load()
    except _Refused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ValueError(_not_whole(ending)) from error
    except Exception as error:  # decoders throw a dozen kinds for damaged files
        raise ValueError(_not_whole(ending)) from error


class _Refused(ValueError):
    """The image can be decoded, and must not be shown."""


def _judge(image: Image.Image, longest_side: int) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > longest_side:
        what = f"has {width} × {height} pixels; at most {MOST_PIXELS // 10**6} million are shown"
        raise _Refused(f"{what}, and at most {longest_side} on a side; make it smaller")
    if getattr(image, "n_frames", 1) > 1:
        raise _Refused("moves; save one picture of it, because nobody could stop it")


def _not_whole(ending: str) -> str:
    return f"is no whole {ending.removeprefix('.').upper()} image; save it again as one"
