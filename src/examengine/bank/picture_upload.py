"""A picture that comes to an item which is answered in it, with the units it is measured in."""

from collections.abc import Mapping
from typing import Any

from examengine.bank.errors import UploadUnusable
from examengine.bank.item_file import item_type_of
from examengine.bank.item_types import Content
from examengine.bank.item_types._picture import LARGEST_SIDE
from examengine.bank.rules import MediaFile
from examengine.pictures import drawing_size, image_size

FINEST_SIDE = 200
"""Units that the longer side has at least: places are whole units, and a small drawing has few."""
_ALIKE = 0.02
"""By how much two proportions may differ and still be those of one picture."""


def with_picture(content: Content, name: str, file: MediaFile) -> dict[str, Any]:
    """Return a content that is answered in another picture; its words and shapes stay.

    The units stay too where the picture has the same proportions, as the same picture in a better
    quality has: then its shapes lie where they lay.

    Raises:
        UploadUnusable: The item is answered in no picture, or the file is none.
    """
    item_type = item_type_of(content)
    if item_type is None or "picture" not in item_type.fields:
        raise UploadUnusable(name, "belongs to no field of this item")
    if not file.media_type.startswith("image/"):
        raise UploadUnusable(name, "is no picture; choose an SVG, PNG, JPEG, WebP or GIF")
    there = content.get("picture")
    picture = dict(there) if isinstance(there, Mapping) else {}
    width, height = units_of(file)
    if not _is_alike(picture, width, height):
        picture |= {"width": width, "height": height}
    return {**content, "picture": {**picture, "file": name, "digest": file.digest}}


def units_of(file: MediaFile) -> tuple[int, int]:
    """Return how many whole units a picture is wide and high: its pixels, or what a drawing says.

    Small ones are measured in finer units, and huge ones in coarser.
    """
    if file.media_type == "image/svg+xml":
        width, height = drawing_size(file.data) or (FINEST_SIDE, FINEST_SIDE)
    else:
        width, height = image_size(file.data)
    longer = max(width, height)
    finer = -(-FINEST_SIDE // longer) if longer < FINEST_SIDE else 1
    scale = LARGEST_SIDE / longer if longer > LARGEST_SIDE else finer
    return max(1, round(width * scale)), max(1, round(height * scale))


def _is_alike(picture: Mapping[str, Any], width: int, height: int) -> bool:
    old_width, old_height = picture.get("width"), picture.get("height")
    if not isinstance(old_width, int) or not isinstance(old_height, int):
        return False
    if old_width < 1 or old_height < 1:
        return False
    return abs(old_width * height / (old_height * width) - 1) < _ALIKE
