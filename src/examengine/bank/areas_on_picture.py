"""What an author has marked on the picture of an item, drawn while it is written: with its key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examengine.bank.inline_text import plain
from examengine.bank.item_file import item_type_of
from examengine.bank.item_types import Content
from examengine.bank.item_types._picture import (
    MarkedArea,
    picture_faults,
    presented_picture,
    presented_shape,
    shape_faults,
)


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """An area as it is drawn over the picture."""

    place: str
    label: str
    words: str
    role: str
    drawn: Mapping[str, Any] | None
    """Its shape, numbers and middle; None while it has no shape that lies on the picture."""


@dataclass(frozen=True, slots=True)
class AreasOnPicture:
    """A picture with all that is marked on it. It tells the key: it is for authors alone."""

    picture: Mapping[str, Any]
    areas: tuple[DrawnArea, ...]


def areas_on_picture(content: Content) -> AreasOnPicture | None:
    """Return the picture of a draft with its areas; None while there is no picture to draw on."""
    item_type = item_type_of(content)
    picture = content.get("picture")
    if item_type is None or "picture" not in item_type.fields or not isinstance(picture, Mapping):
        return None
    if any(picture_faults(content)) or not isinstance(picture.get("digest"), str):
        return None
    areas = tuple(_drawn(area, picture) for area in item_type.marked_areas(content))
    return AreasOnPicture(presented_picture(content), areas)


def _drawn(area: MarkedArea, picture: Mapping[str, Any]) -> DrawnArea:
    text = area.holder.get("text")
    sound = not any(shape_faults(area.holder, picture, area.place))
    return DrawnArea(
        place=area.place,
        label=area.label,
        words=plain(text) if isinstance(text, str) else "",
        role=area.role,
        drawn=presented_shape(area.holder) if sound else None,
    )
