"""Areas of a picture, as QTI and HTML image maps describe them, in pixels; edges belong to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOST_COORDINATES = 2_000


@dataclass(frozen=True, slots=True)
class QtiArea:
    """A shape with its coordinates.

    Attributes:
        shape: `default` (everywhere), `rect`, `circle`, `ellipse` or `poly`.
        coordinates: x1, y1, x2, y2 · x, y, r · x, y, rx, ry · x1, y1, x2, y2, …
    """

    shape: str
    coordinates: tuple[float, ...]

    def holds(self, point: tuple[float, float]) -> bool:
        """Tell whether a point lies in the area or on its edge."""
        across, down = point
        numbers = self.coordinates
        match self.shape:
            case "default":
                return True
            case "rect":
                x1, y1, x2, y2 = numbers
                return min(x1, x2) <= across <= max(x1, x2) and min(y1, y2) <= down <= max(y1, y2)
            case "circle":
                x, y, radius = numbers
                return _square(across - x) + _square(down - y) <= _square(radius)
            case "ellipse":
                x, y, wide, high = numbers
                return _square((across - x) / wide) + _square((down - y) / high) <= 1
            case _:
                return _in_polygon(across, down, numbers)

    @property
    def middle(self) -> tuple[float, float]:
        """Return the point in the middle of the area's corners."""
        if self.shape in {"circle", "ellipse"}:
            return self.coordinates[0], self.coordinates[1]
        across, down = self.coordinates[::2], self.coordinates[1::2]
        if not across or not down:
            return 0.0, 0.0
        return sum(across) / len(across), sum(down) / len(down)


def area_of(shape: str, coordinates: str) -> QtiArea:
    """Return the area that attributes describe.

    Raises:
        ValueError: The shape has other coordinates, or there is no such shape.
    """
    parts = coordinates.replace(",", " ").split()
    if len(parts) > _MOST_COORDINATES:
        raise ValueError(f"has {len(parts)} coordinates; {_MOST_COORDINATES} are the most")
    numbers = tuple(float(part.rstrip("%")) for part in parts)
    n_numbers = {"rect": 4, "circle": 3, "ellipse": 4}.get(shape)
    if shape == "default":
        return QtiArea(shape, ())
    if shape == "poly":
        if len(numbers) < 6 or len(numbers) % 2:
            raise ValueError("is a polygon; give it at least three corners, each with x and y")
    elif n_numbers is None:
        raise ValueError(f"is {shape[:40]!r}; it may be rect, circle, ellipse, poly or default")
    elif len(numbers) != n_numbers:
        raise ValueError(f"is a {shape} with {len(numbers)} coordinates; it has {n_numbers}")
    if shape == "ellipse" and 0 in numbers[2:]:
        raise ValueError("is an ellipse without width or height")
    return QtiArea(shape, numbers)


def _square(number: float) -> float:
    """Return a number times itself: a power of a huge one would raise, a product is infinite."""
    return number * number


def _in_polygon(across: float, down: float, numbers: Sequence[float]) -> bool:
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    inside = False
    for (x1, y1), (x2, y2) in pairwise(corners):
        turn = (x2 - x1) * (down - y1) - (y2 - y1) * (across - x1)
        beside = min(x1, x2) <= across <= max(x1, x2) and min(y1, y2) <= down <= max(y1, y2)
        if turn == 0 and beside:
            return True
        if (y1 > down) != (y2 > down) and (across - x1) < (x2 - x1) * (down - y1) / (y2 - y1):
            inside = not inside
    return inside
