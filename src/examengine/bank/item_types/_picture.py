"""A picture that is answered in, and the shapes that lie on it.

Places are whole units of the picture, from its top left corner: `width` and `height` say how many
it has, whatever size it is drawn in. A shape is a circle, a rectangle or a polygon; its border
belongs to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import Any, TypeGuard

from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._stimulus import figure_faults, presented_figure

LARGEST_SIDE = 10_000
MOST_CORNERS = 60
SHAPES = ("circle", "rectangle", "polygon")
_NUMBERS = {"circle": "x, y, radius", "rectangle": "x, y, width, height"}


def picture_faults(content: Content) -> Iterator[ItemFault]:
    """Check the picture: a file, and how many units it is wide and high."""
    picture = content.get("picture")
    if not isinstance(picture, Mapping):
        what = "is missing; give file, alt, width and height"
        yield ItemFault("picture", what)
        return
    yield from figure_faults(picture, "picture", also=("width", "height"))
    for side in ("width", "height"):
        if not _is_whole(picture.get(side)) or not 1 <= picture[side] <= LARGEST_SIDE:
            what = f"must be a whole number from 1 to {LARGEST_SIDE}, without quotes"
            yield ItemFault(f"picture.{side}", what)


def presented_picture(content: Content) -> Mapping[str, Any]:
    """Return the picture for a template."""
    picture = content["picture"]
    return {
        **presented_figure(picture),
        "width": picture["width"],
        "height": picture["height"],
    }


@dataclass(frozen=True, slots=True)
class MarkedArea:
    """Something that an author has marked on a picture: a region, or an area of a key."""

    place: str
    """Where it stands in the form: `regions.0`."""
    label: str
    """What it is called beside its shape: its letter or number."""
    role: str
    """`right`, `partly` or `wrong`."""
    holder: Mapping[str, Any]
    """What has its words and its shape, as it was written."""


def marked_areas(listed: object, place: str, label: str, role: str) -> Iterator[MarkedArea]:
    """Yield the areas of a list, as far as they can be read, each with its number."""
    for n, holder in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(holder, Mapping):
            yield MarkedArea(f"{place}.{n}", f"{label}{n + 1}", role, holder)


def shape_faults(holder: Mapping[str, Any], picture: object, at: str) -> Iterator[ItemFault]:
    """Check that something has one shape, which lies on the picture.

    Args:
        holder: What has the shape.
        picture: The picture, itself perhaps faulty.
        at: Where the holder stands.
    """
    named = [name for name in SHAPES if name in holder]
    if len(named) != 1:
        what = f"must have one shape: {', '.join(SHAPES)}, such as circle: [120, 80, 25]"
        yield ItemFault(at, what)
        return
    name = named[0]
    where, numbers = f"{at}.{name}", holder[name]
    if not isinstance(numbers, list) or not all(map(_is_whole, numbers)):
        yield ItemFault(where, "must list whole numbers, in units of the picture")
    elif name == "polygon":
        if len(numbers) % 2 or not 3 <= len(numbers) // 2 <= MOST_CORNERS:
            yield ItemFault(where, f"must list x, y of 3 to {MOST_CORNERS} corners")
        else:
            yield from _corners_outside(numbers, picture, where)
    elif len(numbers) != len(_NUMBERS[name].split(", ")) or not all(
        1 <= size <= LARGEST_SIDE for size in numbers[2:]
    ):
        what = f"must be {_NUMBERS[name]}; sizes are 1 to {LARGEST_SIDE}"
        yield ItemFault(where, what)
    elif name == "circle":
        yield from _corners_outside(numbers[:2], picture, where)
    else:
        x, y, width, height = numbers
        yield from _corners_outside([x, y, x + width, y + height], picture, where)


def _corners_outside(corners: list[int], picture: object, where: str) -> Iterator[ItemFault]:
    sides = picture if isinstance(picture, Mapping) else {}
    width, height = sides.get("width"), sides.get("height")
    if not (_is_whole(width) and _is_whole(height)):
        return
    if not all(0 <= x <= width for x in corners[::2]) or not all(
        0 <= y <= height for y in corners[1::2]
    ):
        yield ItemFault(where, f"lies outside the picture, which is {width} by {height}")


def presented_shape(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a shape for a template: its name, its numbers, and where its letter is written."""
    name = next(name for name in SHAPES if name in holder)
    numbers = holder[name]
    if name == "rectangle":
        x, y, width, height = numbers
        middle = (x + width // 2, y + height // 2)
    elif name == "circle":
        middle = (numbers[0], numbers[1])
    else:
        middle = _middle_of(numbers)
    return {"shape": name, "numbers": numbers, "middle": middle}


def contains(holder: Mapping[str, Any], x: int, y: int) -> bool:
    """Tell whether a point lies in a shape or on its border; exact."""
    if "circle" in holder:
        at_x, at_y, radius = holder["circle"]
        return bool((x - at_x) ** 2 + (y - at_y) ** 2 <= radius**2)
    if "rectangle" in holder:
        left, top, width, height = holder["rectangle"]
        return bool(left <= x <= left + width and top <= y <= top + height)
    return _in_polygon(_corners_of(holder["polygon"]), x, y)


def _in_polygon(corners: list[tuple[int, int]], x: int, y: int) -> bool:
    """Count the sides that a ray to the right crosses; whoever crosses an odd number is inside."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise((*corners, corners[0])):
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        between = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        if side == 0 and between:
            return True
        if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
            inside = not inside
    return inside


def _corners_of(numbers: list[int]) -> list[tuple[int, int]]:
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _middle_of(numbers: list[int]) -> tuple[int, int]:
    """Return a point well within a polygon: of those on a coarse net the one nearest its middle."""
    xs, ys = numbers[::2], numbers[1::2]
    middle = ((min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2)
    net = [
        (min(xs) + (max(xs) - min(xs)) * i // 12, min(ys) + (max(ys) - min(ys)) * j // 12)
        for i in range(1, 12)
        for j in range(1, 12)
    ]
    corners = _corners_of(numbers)
    within = [point for point in (middle, *net) if _in_polygon(corners, *point)]
    return min(within, key=lambda point: dist(point, middle), default=middle)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
