"""How responses become numbers by a table: mappings of values, and of areas of a picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from examengine.bank.qti.areas import QtiArea, area_of
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.values import (
    BaseType,
    Nullable,
    Scalar,
    comparable,
    same_scalar,
    scalar_of,
)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a mapped sum is never below or above; None for no bound."""

    lower: float | None
    upper: float | None

    def held(self, total: float) -> float:
        """Return a sum within the bounds."""
        total = total if self.lower is None else max(self.lower, total)
        return total if self.upper is None else min(self.upper, total)


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A value and the number it is worth."""

    key: Scalar
    worth: float
    case_sensitive: bool


@dataclass(frozen=True, slots=True)
class ValueMapping:
    """A table from values to numbers."""

    entries: tuple[MapEntry, ...]
    default: float
    bounds: _Bounds

    def worth(self, value: Nullable, base_type: BaseType) -> float:
        """Return what a value is worth: each key counts once, the bounds hold the sum."""
        if value is None:
            return self.bounds.held(self.default)
        each = {comparable(one, base_type): one for one in value.scalars}
        seen: set[int] = set()
        total = 0.0
        for scalar in each.values():
            place = self._place(scalar, base_type)
            if place is None:
                total += self.default
            elif place not in seen:
                seen.add(place)
                total += self.entries[place].worth
        return self.bounds.held(total)

    def _place(self, scalar: Scalar, base_type: BaseType) -> int | None:
        """Return the entry of a scalar: the same sign for sign, else without regard to case."""
        for place, entry in enumerate(self.entries):
            if same_scalar(scalar, entry.key, base_type):
                return place
        if base_type not in {BaseType.STRING, BaseType.IDENTIFIER, BaseType.URI}:
            return None
        folded = str(scalar).casefold()
        for place, entry in enumerate(self.entries):
            if not entry.case_sensitive and str(entry.key).casefold() == folded:
                return place
        return None


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """A table from areas of a picture to numbers."""

    entries: tuple[tuple[QtiArea, float], ...]
    default: float
    bounds: _Bounds

    def worth(self, value: Nullable) -> float:
        """Return what points are worth: each area counts once, the bounds hold the sum."""
        if value is None:
            return self.bounds.held(self.default)
        points = [one for one in value.scalars if isinstance(one, tuple)]
        seen: set[int] = set()
        total = 0.0
        for point in points:
            place = self._place((float(point[0]), float(point[1])))
            if place is None:
                total += self.default
            elif place not in seen:
                seen.add(place)
                total += self.entries[place][1]
        return self.bounds.held(total)

    def _place(self, point: tuple[float, float]) -> int | None:
        found = (place for place, (area, _) in enumerate(self.entries) if area.holds(point))
        return next(found, None)


def value_mapping(node: QtiNode | None, base_type: BaseType) -> ValueMapping | None:
    """Return the mapping that an element describes.

    Raises:
        ValueError: A key or a number cannot be read.
    """
    if node is None:
        return None
    entries = tuple(_entries(node.named("qti-map-entry"), base_type))
    return ValueMapping(entries, _number(node, "default-value") or 0.0, _bounds(node))


def area_mapping(node: QtiNode | None) -> AreaMapping | None:
    """Return the area mapping that an element describes.

    Raises:
        ValueError: An area or a number cannot be read.
    """
    if node is None:
        return None
    entries = tuple(
        (area_of(entry.get("shape"), entry.get("coords")), _number(entry, "mapped-value") or 0.0)
        for entry in node.named("qti-area-map-entry")
    )
    return AreaMapping(entries, _number(node, "default-value") or 0.0, _bounds(node))


def _entries(nodes: Iterable[QtiNode], base_type: BaseType) -> Iterable[MapEntry]:
    for node in nodes:
        key = scalar_of(node.get("map-key"), base_type)
        sensitive = node.get("case-sensitive", "false") in {"true", "1"}
        yield MapEntry(key, _number(node, "mapped-value") or 0.0, sensitive)


def _bounds(node: QtiNode) -> _Bounds:
    return _Bounds(_number(node, "lower-bound"), _number(node, "upper-bound"))


def _number(node: QtiNode, name: str) -> float | None:
    text = node.get(name).strip()
    if not text:
        return None
    found = scalar_of(text, BaseType.FLOAT)
    return float(found) if isinstance(found, int | float) else None
