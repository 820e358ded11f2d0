"""Sliders of QTI as items of ours."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Any

from examengine.bank.formats._qti_native_parts import (
    GivenResponses,
    Native,
    NativeReading,
    OtherThanOurs,
    ScoredAnswers,
    need,
    noted,
    whole_points,
)
from examengine.bank.formats._question import QuestionRefused, decimal_text, number_of
from examengine.bank.item_types.slider import MOST_STEPS
from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.values import BaseType, Cardinality, single


def read_slider(node: QtiNode, declaration: VariableDeclaration) -> NativeReading:
    """Read a scale with its steps; every step of it is tried."""
    need(declaration.cardinality is Cardinality.SINGLE)
    need(declaration.base_type in {BaseType.INTEGER, BaseType.FLOAT})
    need(node.get("reverse", "false") == "false")
    least, greatest = (_number(node.get(f"{end}-bound")) for end in ("lower", "upper"))
    whole = declaration.base_type is BaseType.INTEGER
    step = _number(node.get("step") or ("1" if whole else ""))
    need(step > 0 and (greatest - least) % step == 0)
    n_steps = int((greatest - least) / step)
    need(2 <= n_steps <= MOST_STEPS)
    places = [least + number * step for number in range(n_steps + 1)]
    need(not whole or all(place.denominator == 1 for place in places))
    scale = {"from": least, "to": greatest, "step": step}
    content: Native = {
        "type": "slider",
        "scale": {name: _written(number) for name, number in scale.items()},
    }
    return NativeReading(content, n_steps + 2, _answers(declaration, places), _by_place)


def _answers(
    declaration: VariableDeclaration, places: list[Fraction]
) -> Iterator[tuple[Any, GivenResponses]]:
    yield None, {}
    for place in places:
        number = int(place) if declaration.base_type is BaseType.INTEGER else float(place)
        yield _written(place), {declaration.identifier: single(declaration.base_type, number)}


def _by_place(scored: ScoredAnswers) -> Native:
    """Fit a scale on which one place, or one stretch, scores most; others may score less."""
    (_, nothing), *listed = scored
    need(nothing == 0 and any(score for _, score in listed))
    unit, points = whole_points([score for _, score in listed])
    stretches = [
        (worth, [place for _, place in run])
        for worth, run in groupby(
            zip(points, (place for place, _ in listed), strict=True), key=lambda one: one[0]
        )
    ]
    most = max(points)
    [right] = [places for worth, places in stretches if worth == most]
    bands = [
        {"from": places[0], "to": places[-1], "points": worth}
        for worth, places in stretches
        if 0 < worth < most
    ]
    key = {"value": right[0]} if len(right) == 1 else {"from": right[0], "to": right[-1]}
    if not bands:
        return {"key": key, **noted(unit * most)}
    scoring = {"rule": "bands", "points": most, "bands": bands}
    return {"key": key, "scoring": scoring, **noted(unit)}


def _number(text: str) -> Fraction:
    try:
        return number_of(text)
    except QuestionRefused as error:
        raise OtherThanOurs from error


def _written(number: Fraction) -> str:
    try:
        return decimal_text(number)
    except QuestionRefused as error:
        raise OtherThanOurs from error
