"""Questions of QTI that are answered in a picture, as items of ours."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from math import isfinite
from typing import Any

from examengine.bank.formats._qti_native_parts import (
    KNOWN,
    LEAST_OPTIONS,
    MOST_OPTIONS,
    GivenResponses,
    Native,
    NativeReading,
    OtherThanOurs,
    ScoredAnswers,
    count,
    figure_of,
    need,
    noted,
    only_right,
    whole_points,
)
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.item_types._picture import presented_shape
from examengine.bank.qti.areas import QtiArea, area_of
from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.values import BaseType, Cardinality, container, single

_SPOT_KNOWN = frozenset({"identifier", "shape", "coords", "hotspot-label"})
_PICTURES = frozenset({"img", "object"})
_FINE_GRID = 16
_NEAR = 1e-9


def read_hotspot(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    """Read regions of a picture; each must have words of its own, as ours are chosen by them."""
    spots = node.named("qti-hotspot-choice")
    need(LEAST_OPTIONS <= len(spots) <= MOST_OPTIONS)
    need(all(set(one.attributes) <= _SPOT_KNOWN and not one.children for one in spots))
    need(declaration.base_type is BaseType.IDENTIFIER and count(node, "min-choices", 0) <= 1)
    regions = [
        {
            "id": one.get("identifier"),
            "text": _words(one.get("hotspot-label")),
            **_shape(area_of(one.get("shape"), one.get("coords"))),
        }
        for one in spots
    ]
    ids = [one["id"] for one in regions]
    most, several = count(node, "max-choices", 1), declaration.cardinality is Cardinality.MULTIPLE
    need(most in {0, len(ids)} if several else most == 1)
    need(several or declaration.cardinality is Cardinality.SINGLE)
    content = {
        "type": "hotspot",
        "picture": _picture_of(node),
        "regions": regions,
        **({"several": True} if several else {}),
    }
    n_answers = 2 ** len(ids) if several else len(ids) + 1
    return NativeReading(content, n_answers, _chosen(declaration, ids, several=several), only_right)


def _chosen(
    declaration: VariableDeclaration, ids: Sequence[str], *, several: bool
) -> Iterator[tuple[Any, GivenResponses]]:
    yield None, {}
    sizes = range(1, len(ids) + 1) if several else (1,)
    for some in chain.from_iterable(combinations(ids, size) for size in sizes):
        value = (
            container(Cardinality.MULTIPLE, BaseType.IDENTIFIER, some)
            if several
            else single(BaseType.IDENTIFIER, some[0])
        )
        yield list(some), {declaration.identifier: value}


def read_select_point(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    """Read a place in a picture that areas give points for.

    Not every place can be tried: the middles of a fine grid are, and those of the areas, their
    corners and what lies beside them.
    """
    need(declaration.cardinality is Cardinality.SINGLE)
    need(declaration.base_type is BaseType.POINT)
    need(count(node, "max-choices", 1) == 1 and count(node, "min-choices", 0) <= 1)
    need(set(node.attributes) <= KNOWN)
    if declaration.areas is None:
        raise OtherThanOurs
    entries = declaration.areas.entries
    worths = [worth for _, worth in entries]
    need(worths == sorted(worths, reverse=True) and not declaration.areas.default)
    unit, points = whole_points(worths)
    need(min(points) > 0)
    most = max(points)
    areas = [
        ({"text": f"Area {number}", **_shape(area)}, worth)
        for number, ((area, _), worth) in enumerate(zip(entries, points, strict=True), start=1)
    ]
    graded = [{**area, "points": worth} for area, worth in areas if worth < most]
    picture = _picture_of(node)
    content: Native = {
        "type": "select_point",
        "picture": picture,
        "key": [area for area, worth in areas if worth == most],
        **(
            {"scoring": {"rule": "graded_areas", "points": most, "areas": graded}} if graded else {}
        ),
    }
    tried = _places(picture, [area for area, _ in areas])
    answers = [(None, {}), *(_at(declaration, place) for place in tried)]
    scale = unit if graded else unit * most

    def fit(scored: ScoredAnswers) -> Native:
        kind = ITEM_TYPES["select_point"]
        for answer, score in scored:
            need(abs(float(scale) * kind.points(content, answer) - score) <= _NEAR)
        return noted(scale)

    return NativeReading(content, len(answers), answers, fit)


def _at(declaration: VariableDeclaration, place: tuple[int, int]) -> tuple[Any, GivenResponses]:
    return f"{place[0]},{place[1]}", {declaration.identifier: single(BaseType.POINT, place)}


def _places(picture: Native, areas: Sequence[Native]) -> list[tuple[int, int]]:
    width, height = picture["width"], picture["height"]
    found = [
        ((2 * column + 1) * width // (2 * _FINE_GRID), (2 * row + 1) * height // (2 * _FINE_GRID))
        for row in range(_FINE_GRID)
        for column in range(_FINE_GRID)
    ]
    for area in areas:
        shown = presented_shape(area)
        corners = _corners(shown["shape"], shown["numbers"])
        found += [shown["middle"], *corners]
        found += [
            (x + right, y + down) for x, y in corners for right in (-1, 1) for down in (-1, 1)
        ]
    return [(x, y) for x, y in dict.fromkeys(found) if 0 <= x <= width and 0 <= y <= height]


def _corners(shape: str, numbers: Sequence[int]) -> list[tuple[int, int]]:
    if shape == "circle":
        x, y, radius = numbers
        return [(x + radius, y), (x - radius, y), (x, y + radius), (x, y - radius)]
    if shape == "rectangle":
        x, y, width, height = numbers
        return [(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _shape(area: QtiArea) -> Native:
    """Return an area as a shape of ours."""
    need(all(isfinite(number) and number.is_integer() for number in area.coordinates))
    numbers = [int(number) for number in area.coordinates]
    if area.shape == "circle":
        return {"circle": numbers}
    if area.shape == "rect":
        left, right = sorted(numbers[::2])
        top, bottom = sorted(numbers[1::2])
        return {"rectangle": [left, top, right - left, bottom - top]}
    need(area.shape == "poly")
    closed = numbers[:2] == numbers[-2:]
    return {"polygon": numbers[:-2] if closed else numbers}


def _picture_of(node: QtiNode) -> Native:
    """Return the picture of an interaction, by its address in the XML, with its size."""
    [picture] = [one for one in node.elements if one.name in _PICTURES]
    if picture.name == "img":
        figure = figure_of(picture.get("src"), picture.get("alt"))
    else:
        need(not picture.elements)
        figure = figure_of(picture.get("data"), " ".join(picture.text.split()))
    sides = {side: picture.get(side).strip() for side in ("width", "height")}
    need(all(one.isascii() and one.isdigit() and len(one) < 6 for one in sides.values()))
    return {**figure, **{side: int(one) for side, one in sides.items()}}


def _words(label: str) -> str:
    told = " ".join(label.split())
    need(bool(told) and not set(told) & set("*`\\"))
    return told
