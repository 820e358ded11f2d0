"""What becomes of each item when parameters from elsewhere are brought in. Pure.

Parameters of two scales are never in one set unless somebody has said that the scales are one, or
has had them linked by the items that both have; what the common items say of it is told either way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isclose, isfinite

from examengine.calibration.elsewhere import BroughtItem, BroughtOutcome, ScaleRelation
from examengine.psychometrics.linking import (
    METHODS,
    CannotLink,
    CurveWeights,
    Link,
    link,
)
from examengine.psychometrics.models import Value
from examengine.psychometrics.parameter_tables import TabledItem, TableReading
from examengine.psychometrics.parameters import (
    USUAL_POINTS,
    GroupParameters,
    ItemParameters,
    ParameterSet,
)

STEEPEST = 4.0
FARTHEST = 6.0
MOST_GUESSING = 0.4
LARGEST_ERROR = 1.0
FEWEST_PERSONS = 100
FAR_SLOPE, FAR_INTERCEPT = 0.1, 0.15
"""How far the common items may say that two scales are apart before it is told."""
LINKING = "stocking-lord"


AGREEMENT = 1e-6
"""How far numbers that say the same may differ, where a table was rounded on the way."""


@dataclass(frozen=True, slots=True)
class InUse:
    """The parameters in use, as far as there are any."""

    parameters: ParameterSet

    @property
    def by_id(self) -> Mapping[str, ItemParameters]:
        """Return the parameters of each item."""
        return {item.item_id: item for item in self.parameters.items}


@dataclass(frozen=True, slots=True)
class BroughtTogether:
    """What was decided.

    Attributes:
        parameters: The set that would be adopted.
        items: What becomes of each item.
        warnings: What is to be known before adopting.
        link: A and B, where the scales were linked; None otherwise.
        n_common: Items that the table and the parameters in use have in common.
    """

    parameters: ParameterSet
    items: tuple[BroughtItem, ...]
    warnings: tuple[str, ...]
    link: tuple[float, float] | None
    n_common: int


class NothingToBring(ValueError):
    """No item of a table can be used, or its scale cannot be reached; the message says why."""


def bring_together(
    reading: TableReading,
    points: Mapping[str, int],
    in_use: InUse | None,
    relation: ScaleRelation,
    group: GroupParameters,
    n_persons: int,
) -> BroughtTogether:
    """Decide what becomes of each item of a table, and of the parameters in use.

    Args:
        reading: The table.
        points: The most points of each item of the bank.
        in_use: The parameters in use; None where there are none.
        relation: How the scale of the table relates to theirs.
        group: Whose ability the scale of the table is named after.
        n_persons: How many people's answers the table rests on.

    Raises:
        NothingToBring: No row can be used, there is no scale in use to be joined, or the common
            items do not determine the link.
    """
    checked = [_checked(item, points) for item in reading.items]
    usable = [item.parameters for item in checked if item.parameters is not None]
    if not usable:
        first = next((f"{one.item_id}: {one.faults[0]}" for one in checked if one.faults), "")
        raise NothingToBring(f"no row of the table can be used; the first: {first}")
    known = ParameterSet(tuple(usable), groups=(group,), model=_model(usable))
    if relation is ScaleRelation.OWN:
        return _alone(known, checked, in_use, n_persons, reading)
    if in_use is None:
        raise NothingToBring(
            "no parameters are in use, so there is no scale to join; say that it is a scale of "
            "its own"
        )
    return _joined(known, checked, in_use, relation, n_persons, reading)


def _alone(
    known: ParameterSet,
    checked: Sequence[TabledItem],
    in_use: InUse | None,
    n_persons: int,
    reading: TableReading,
) -> BroughtTogether:
    """Return the table by itself: what is in use and not in it has no parameters any more."""
    before = {} if in_use is None else in_use.by_id
    items = [_brought(item, item.parameters, before.get(item.item_id)) for item in checked]
    named = {item.item_id for item in known.items}
    lost = [
        BroughtItem(item_id, None, BroughtOutcome.LOST, None, old.to_dict())
        for item_id, old in before.items()
        if item_id not in named
    ]
    warnings = [*_unread(reading), *_few(n_persons)]
    if lost:
        warnings.append(
            f"{len(lost)} items that have parameters now are not in the table and would have none: "
            "no ability can be estimated on forms with them"
        )
    found = replace(_marked(known), n_persons=n_persons)
    return BroughtTogether(found, (*items, *lost), tuple(warnings), None, _common(known, before))


def _joined(
    known: ParameterSet,
    checked: Sequence[TabledItem],
    in_use: InUse,
    relation: ScaleRelation,
    n_persons: int,
    reading: TableReading,
) -> BroughtTogether:
    """Return the table and the parameters in use in one set, on the scale in use."""
    before = in_use.by_id
    by_link = _link(known, in_use.parameters)
    if relation is ScaleRelation.LINKED:
        if isinstance(by_link, str):
            raise NothingToBring(f"the scales cannot be linked: {by_link}")
        known = by_link.transformed
    moved = {item.item_id: item for item in known.items}
    kept = relation is ScaleRelation.LINKED
    coming = {
        item_id: before[item_id]
        if item_id in before and (kept or same_curves(before[item_id], item))
        else item
        for item_id, item in moved.items()
    }
    items = []
    for item in checked:
        if item.parameters is None:
            items.append(_brought(item, None, before.get(item.item_id)))
        elif kept and item.item_id in before:
            items.append(_staying(item, before[item.item_id], moved[item.item_id]))
        else:
            items.append(_brought(item, moved[item.item_id], before.get(item.item_id)))
    others = {item_id: item for item_id, item in before.items() if item_id not in coming}
    parameters = replace(
        in_use.parameters,
        items=(*others.values(), *coming.values()),
        model=_model([*others.values(), *coming.values()]),
        n_persons=in_use.parameters.n_persons + n_persons,
        log_likelihood=None,
        log_posterior=None,
        priors=None,
        gradient_max=None,
    )
    warnings = [*_unread(reading), *_few(n_persons), *_apart(by_link, relation)]
    constants = (
        (by_link.slope, by_link.intercept) if kept and not isinstance(by_link, str) else None
    )
    return BroughtTogether(
        _marked(parameters), tuple(items), tuple(warnings), constants, _common(known, before)
    )


def _marked(parameters: ParameterSet) -> ParameterSet:
    """Return a set that says of itself that it was not estimated here."""
    return replace(
        parameters,
        estimator="elsewhere",
        converged=True,
        iterations=0,
        n_parameters=0,
        seconds=0.0,
        input_digest="",
        quadrature=parameters.quadrature or USUAL_POINTS,
    )


def _checked(item: TabledItem, points: Mapping[str, int]) -> TabledItem:
    """Return a row that fits the bank, or with what does not."""
    if item.parameters is None:
        return item
    if item.item_id not in points:
        return replace(item, parameters=None, faults=("the bank has no such item",))
    worth, has = points[item.item_id], item.parameters.n_categories - 1
    if worth != has:
        words = (
            f"the item is worth {worth} point{'' if worth == 1 else 's'} in the bank, and the "
            f"parameters are of one worth {has}"
        )
        return replace(item, parameters=None, faults=(words,))
    return item


def _brought(
    item: TabledItem, now: ItemParameters | None, before: ItemParameters | None
) -> BroughtItem:
    old = None if before is None else before.to_dict()
    if now is None:
        outcome, new = BroughtOutcome.LEFT_OUT, None
        return BroughtItem(item.item_id, item.line, outcome, new, old, item.faults, item.notes)
    outcome = (
        BroughtOutcome.NEW
        if before is None
        else BroughtOutcome.UNCHANGED
        if same_curves(before, now)
        else BroughtOutcome.CHANGED
    )
    notes = (*item.notes, *doubts(now))
    return BroughtItem(item.item_id, item.line, outcome, now.to_dict(), old, (), notes)


def _staying(item: TabledItem, before: ItemParameters, linked: ItemParameters) -> BroughtItem:
    place, moved = place_of_item(before), place_of_item(linked)
    notes = list(item.notes)
    if place is not None and moved is not None:
        notes.append(f"b by the link is {moved:.2f}, and {place:.2f} in use")
    outcome, own = BroughtOutcome.KEPT, before.to_dict()
    return BroughtItem(item.item_id, item.line, outcome, own, own, (), tuple(notes))


def doubts(item: ItemParameters) -> Iterator[str]:
    """Yield what of the parameters of an item a psychometrician should look at before adopting."""
    a = item.values.get("a")
    if isinstance(a, float) and a <= 0:
        yield f"a is {a:.2f}: the stronger somebody is, the less they score; check the key"
    elif isinstance(a, float) and a > STEEPEST:
        yield f"a is {a:.2f}, steeper than items are; check for which D the slopes are"
    place = place_of_item(item)
    if place is not None and abs(place) > FARTHEST:
        yield f"b is {place:.2f}, where nobody is; check the scale"
    c = item.values.get("c")
    if isinstance(c, float) and c > MOST_GUESSING:
        yield f"c is {c:.2f}: who knows nothing gets it that often"
    large = [
        name
        for name, error in item.se.items()
        if any(
            isfinite(one) and one > LARGEST_ERROR
            for one in (error if isinstance(error, tuple) else (error,))
        )
    ]
    if large:
        yield f"the standard error of {', '.join(large)} is above {LARGEST_ERROR:g}"
    if 0 < item.n < FEWEST_PERSONS:
        yield f"only {item.n} people answered it"


def same_curves(one: ItemParameters, other: ItemParameters) -> bool:
    """Tell whether two items have the same curves, whatever their models are called.

    A Rasch item is a 2PL item whose slope is 1.
    """
    return one.n_categories == other.n_categories and all(
        _close(one.values.get(name, usual), other.values.get(name, usual))
        for name, usual in _USUAL.items()
    )


_USUAL: Mapping[str, Value] = {
    "a": 1.0,
    "b": 0.0,
    "c": 0.0,
    "d": 1.0,
    "thresholds": (),
    "steps": (),
}


def _close(one: Value, other: Value) -> bool:
    left = one if isinstance(one, tuple) else (one,)
    right = other if isinstance(other, tuple) else (other,)
    return len(left) == len(right) and all(
        isclose(a, b, rel_tol=AGREEMENT, abs_tol=AGREEMENT)
        for a, b in zip(left, right, strict=True)
    )


def place_of_item(item: ItemParameters) -> float | None:
    """Return b, or the mean of the steps or thresholds; None where it has neither."""
    for name in ("steps", "thresholds"):
        places = item.values.get(name)
        if isinstance(places, tuple) and places:
            return sum(places) / len(places)
    b = item.values.get("b")
    return b if isinstance(b, float) else None


def _link(known: ParameterSet, in_use: ParameterSet) -> Link | str:
    """Return the link by the common items, or why there is none."""
    try:
        return link(known, in_use, METHODS[LINKING], CurveWeights.normal())
    except CannotLink as refusal:
        return "; ".join(refusal.faults)


def _apart(by_link: Link | str, relation: ScaleRelation) -> Iterator[str]:
    """Yield what the common items say of two scales that are told to be one."""
    if relation is not ScaleRelation.SAME:
        return
    if isinstance(by_link, str):
        yield (
            "the table and the parameters in use have too few items in common to check that they "
            "are on one scale; it rests on your word"
        )
    elif abs(by_link.slope - 1.0) > FAR_SLOPE or abs(by_link.intercept) > FAR_INTERCEPT:
        yield (
            f"by the {by_link.n_common} common items the scales are not one: "
            f"θ in use = {by_link.slope:.2f} θ of the table {by_link.intercept:+.2f}; link them"
        )


def _unread(reading: TableReading) -> Iterator[str]:
    if reading.unread:
        yield "these columns say nothing of parameters and were passed over: " + ", ".join(
            name[:40] for name in reading.unread[:20]
        )


def _few(n_persons: int) -> Iterator[str]:
    if n_persons < FEWEST_PERSONS:
        yield f"the parameters rest on {n_persons} people; below {FEWEST_PERSONS} they are unsure"


def _model(items: Sequence[ItemParameters]) -> str:
    models = {item.model for item in items}
    return models.pop() if len(models) == 1 else "mixed"


def _common(known: ParameterSet, before: Mapping[str, ItemParameters]) -> int:
    return sum(item.item_id in before for item in known.items)
