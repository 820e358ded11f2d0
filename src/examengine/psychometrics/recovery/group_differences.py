"""How often methods for differential item functioning reject: with it, and without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.dif import METHODS, CannotCompareGroups, DifRow, compare_groups
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.recovery._contract import Study
from examengine.psychometrics.recovery._rates import (
    SIZE,
    Claim,
    RateRow,
    Rejections,
    rate_rows,
    rejections,
)
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.simulation import as_responses, draw_scores, true_items

REFERENCE, FOCAL = "reference", "focal"
HARDER = 0.5
FLATTER = 0.5
IMPACT = -0.5
WORDS: Mapping[str, str] = {
    "none": "no DIF, groups alike",
    "impact": "no DIF, focal group half a deviation below",
    "uniform": "one item .5 logits harder, one easier",
    "non-uniform": "two items with half the slope",
}
Counts = Mapping[Claim, Rejections]


@dataclass(frozen=True, slots=True)
class DifCell:
    """A condition.

    Attributes:
        condition: "none", "impact", "uniform" or "non-uniform".
        n_each: Persons in each of the two groups.
        n_items: Items.
        methods: Codes of the methods.
    """

    condition: str
    n_each: int
    n_items: int
    methods: tuple[str, ...] = ("mh", "logistic", "lr", "wald")

    def __str__(self) -> str:
        return f"{WORDS[self.condition]}, 2 × {self.n_each} persons, {self.n_items} items"


class DifRates(Study[DifCell, Counts]):
    """Type I error and power of every method at .05, before any adjustment for many items.

    Responses follow the two-parameter logistic; all items but the one studied match the groups, and
    nothing is purified.
    """

    code = "dif"
    title = "rejection rates of methods for differential item functioning"
    cells = tuple(
        DifCell(condition, n_each, 10)
        for condition, n_each in (
            ("none", 250), ("none", 500), ("none", 1000), ("impact", 500),
            ("uniform", 250), ("uniform", 500), ("non-uniform", 500), ("non-uniform", 1000),
        )
    )  # fmt: skip
    replications = 20

    def outcome(self, cell: DifCell, rng: np.random.Generator) -> Counts:
        """Draw and compare once; see `Study.outcome`."""
        responses, altered = drawn(cell, rng)
        counts: dict[Claim, Rejections] = {}
        for code in cell.methods:
            try:
                rows: Sequence[DifRow] = compare_groups(responses, METHODS[code])
            except (CannotCalibrate, CannotCompareGroups):
                rows = ()
            counts |= counted(METHODS[code].title, rows, altered)
        return counts

    def rows(self, cell: DifCell, outcomes: Sequence[Counts], refused: int) -> Sequence[RateRow]:
        """A row for each claim; see `Study.rows`."""
        size = (2 * cell.n_each, cell.n_items)
        return rate_rows(WORDS[cell.condition], size, outcomes, refused)


STUDY = DifRates()


def drawn(cell: DifCell, rng: np.random.Generator) -> tuple[Responses, frozenset[str]]:
    """Draw the data of a condition.

    Args:
        cell: The condition.
        rng: The generator.

    Returns:
        Responses of both groups, and the items that work differently.
    """
    items = true_items("2pl", cell.n_items)
    # Two items of middling difficulty, so that the tests differ where the persons are.
    studied = (cell.n_items // 2 - 1, cell.n_items // 2)
    altered = list(items)
    if cell.condition == "uniform":
        altered[studied[0]] = _changed(items[studied[0]], harder=HARDER)
        altered[studied[1]] = _changed(items[studied[1]], harder=-HARDER)
    elif cell.condition == "non-uniform":
        for place in studied:
            altered[place] = _changed(items[place], slope=FLATTER)
    reference = rng.standard_normal(cell.n_each)
    focal = rng.standard_normal(cell.n_each) + (IMPACT if cell.condition == "impact" else 0.0)
    scores = np.concatenate([draw_scores(rng, items, reference), draw_scores(rng, altered, focal)])
    group = [REFERENCE] * cell.n_each + [FOCAL] * cell.n_each
    different = frozenset(
        one.item_id for one, other in zip(items, altered, strict=True) if one != other
    )
    return as_responses(scores, items, group), different


def _changed(item: ItemParameters, *, harder: float = 0.0, slope: float = 1.0) -> ItemParameters:
    """The item, harder by so many logits and with so many times its slope."""
    a, b = (float(np.squeeze(item.values[name])) for name in ("a", "b"))
    return replace(item, values={"a": a * slope, "b": b + harder})


def counted(title: str, rows: Sequence[DifRow], altered: frozenset[str]) -> Counts:
    """Rejections of one method, altered and unaltered items apart.

    Args:
        title: Name of the method.
        rows: What it says; empty when it could not work on the data.
        altered: Items that work differently.

    Returns:
        Counts by claim.
    """
    decided = {row.item_id: None if np.isnan(row.p) else row.p < SIZE for row in rows}
    clean = [one for name, one in decided.items() if name not in altered]
    about = "unaltered items" if altered else "items"
    counts = {Claim(title, about, true=True): rejections(clean)}
    if altered:
        counts[Claim(title, "altered items", true=False)] = rejections(
            [one for name, one in decided.items() if name in altered]
        )
    return counts
