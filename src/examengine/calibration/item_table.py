"""The item table: one row for each item, its figures, its flags, in the order asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from examengine.calibration.analysis import ItemResponses, ResponseAnalysis
from examengine.calibration.flags import FlagRule, ItemFigures, OptionFigures, flags_of
from examengine.calibration.runs import CalibrationRun
from examengine.marking import OMITTED


@dataclass(frozen=True, slots=True)
class ItemStep:
    """A step or threshold of an item worth several points, with its standard error, logits."""

    value: float
    se: float | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of the table. None for a figure that does not exist, or not before a calibration.

    An item worth several points has no b: `steps` tells where each further point becomes likely
    (from PCM, RSM and GPCM), or where reaching so many points is as likely as not (GRM).
    """

    item_id: str
    scored: bool
    n: float
    p: float | None
    item_rest_r: float | None
    a: float | None
    a_se: float | None
    b: float | None
    b_se: float | None
    c: float | None
    c_se: float | None
    steps: tuple[ItemStep, ...]
    model: str | None
    """Code of the model of the item."""
    s_x2: float | None
    s_x2_df: int | None
    s_x2_p: float | None
    infit: float | None
    outfit: float | None
    flags: tuple[FlagRule, ...]

    @property
    def location(self) -> float | None:
        """Return b, or the mean of the steps, by which items are sorted by difficulty."""
        if not self.steps:
            return self.b
        return sum(step.value for step in self.steps) / len(self.steps)

    @property
    def steps_name(self) -> str:
        """Return what the steps are called under the model of the item."""
        return "thresholds" if self.model == "grm" else "steps"


SORTS: dict[str, Callable[[ItemRow], Any]] = {
    "item": lambda row: row.item_id,
    "n": lambda row: row.n,
    "p": lambda row: row.p,
    "rest": lambda row: row.item_rest_r,
    "a": lambda row: row.a,
    "b": lambda row: row.location,
    "fit": lambda row: row.s_x2_p,
    "infit": lambda row: row.infit,
    "outfit": lambda row: row.outfit,
    "flags": lambda row: sum(3 if rule.grave else 1 for rule in row.flags),
}
"""What the table can be sorted by."""


def item_row(item: ItemResponses, run: CalibrationRun | None) -> ItemRow:
    """Return the row of one item.

    Args:
        item: Its classical figures.
        run: A calibration of the same responses, or None.
    """
    item_id = item.item.item_id
    parameters = run.items.get(item_id, {}) if run is not None else {}
    fit = run.item_fit.get(item_id, {}) if run is not None else {}
    se = parameters.get("se") or {}
    row = ItemRow(
        item_id=item_id,
        scored=item.scored,
        n=item.figures.n,
        p=_known(item.figures.p),
        item_rest_r=_known(item.figures.item_rest_r),
        a=parameters.get("a"),
        a_se=se.get("a"),
        b=parameters.get("b"),
        b_se=se.get("b"),
        c=parameters.get("c"),
        c_se=se.get("c"),
        steps=steps_of(parameters),
        model=parameters.get("model"),
        s_x2=fit.get("s_x2"),
        s_x2_df=fit.get("df"),
        s_x2_p=fit.get("p"),
        infit=fit.get("infit"),
        outfit=fit.get("outfit"),
        flags=(),
    )
    return _flagged(row, item)


def steps_of(parameters: Mapping[str, Any]) -> tuple[ItemStep, ...]:
    """Return the steps or thresholds of an item as its entry in a parameter file says them."""
    name = next((name for name in ("steps", "thresholds") if parameters.get(name)), None)
    if name is None:
        return ()
    values = parameters[name]
    errors = (parameters.get("se") or {}).get(name) or [None] * len(values)
    return tuple(ItemStep(value, error) for value, error in zip(values, errors, strict=True))


def item_rows(analysis: ResponseAnalysis, run: CalibrationRun | None) -> tuple[ItemRow, ...]:
    """Return the rows of all items, in the order of the responses."""
    return tuple(item_row(item, run) for item in analysis.items)


def sorted_rows(
    rows: Sequence[ItemRow], sort: str = "item", *, descending: bool = False
) -> tuple[ItemRow, ...]:
    """Return the rows in another order; what has no figure comes last either way.

    Args:
        rows: The rows.
        sort: One of `SORTS`; anything else sorts by item.
        descending: Largest first.
    """
    figure = SORTS.get(sort, SORTS["item"])
    known = [row for row in rows if figure(row) is not None]
    unknown = [row for row in rows if figure(row) is None]
    return (*sorted(known, key=figure, reverse=descending), *unknown)


def _flagged(row: ItemRow, item: ItemResponses) -> ItemRow:
    figures = ItemFigures(
        n=row.n,
        p=row.p,
        item_rest_r=row.item_rest_r,
        rewarded=_rewarded(item),
        distractors=tuple(
            OptionFigures(option.option, option.p, option.rest_r)
            for option in item.options
            if not option.is_key
            and option.option != OMITTED
            and not item.points.get(option.option, 0.0)
        ),
        a=row.a,
        s_x2_p=row.s_x2_p,
        infit=row.infit,
        outfit=row.outfit,
    )
    fields = {name: getattr(row, name) for name in ItemRow.__slots__}
    return ItemRow(**{**fields, "flags": flags_of(figures)})


def _rewarded(item: ItemResponses) -> float | None:
    """Return the share who got points for an item; None where it is right or wrong, as p says."""
    if not item.points:
        return None
    return sum(option.p for option in item.options if item.points.get(option.option, 0.0) > 0)


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
