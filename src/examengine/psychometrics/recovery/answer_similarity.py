"""How often similarity statistics single out pairs: pairs who copied, and pairs who did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.recovery._contract import Study
from examengine.psychometrics.recovery._rates import Claim, RateRow, Rejections, rate_rows
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.similarity import METHODS, Similarity, compare_answers, evidence_of
from examengine.psychometrics.simulation import as_responses, draw_scores, true_items

# The option with the steepest slope is the right one: the better, the likelier.
RIGHT = 3
COPIERS = 10
STRANGERS = 2000
SIZES = (0.01, 0.001)
Counts = Mapping[Claim, Rejections]
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SimilarityCell:
    """A condition.

    Attributes:
        copied: Share of the items that each copier takes over from a source; 0 for nobody copies.
        n_persons: Persons.
        n_items: Items.
    """

    copied: float
    n_persons: int
    n_items: int

    def __str__(self) -> str:
        return f"{self.condition}, {self.n_persons} persons, {self.n_items} items"

    @property
    def condition(self) -> str:
        """The condition in words."""
        if not self.copied:
            return "nobody copies"
        return f"{COPIERS} persons copy {self.copied:.0%} of the items, each from another person"


class SimilarityRates(Study[SimilarityCell, Counts]):
    """Type I error over pairs drawn at random and power over pairs who copied, not adjusted.

    Answers follow the nominal response model, four options an item; parameters are estimated from
    the same answers, copied ones included, and abilities are expected a posteriori. A pair that is
    singled out is a signal, never a verdict.
    """

    code = "similarity"
    title = "rates of similarity statistics"
    cells = tuple(SimilarityCell(copied, 500, 40) for copied in (0.0, 0.25, 0.5))
    replications = 50

    def outcome(self, cell: SimilarityCell, rng: np.random.Generator) -> Counts:
        """Draw, calibrate and compare once; see `Study.outcome`."""
        items = true_items("nrm", cell.n_items)
        chosen = draw_scores(rng, items, rng.standard_normal(cell.n_persons))
        copied = cell.copied > 0
        pairs = (
            copy(rng, chosen, round(cell.copied * cell.n_items))
            if copied
            else strangers(rng, cell.n_persons)
        )
        parameters = calibrate(as_responses(chosen, items), "nrm", standard_errors="none")
        evidence = evidence_of(_as_answers(chosen, items), parameters.parameters)
        counts: dict[Claim, Rejections] = {}
        for method in METHODS.values():
            found = compare_answers(evidence, method, pairs=pairs)
            counts |= singled_out(method.title, found, copied=copied)
        return counts

    def rows(
        self, cell: SimilarityCell, outcomes: Sequence[Counts], refused: int
    ) -> Sequence[RateRow]:
        """A row for each claim; see `Study.rows`."""
        return rate_rows(cell.condition, (cell.n_persons, cell.n_items), outcomes, refused)


STUDY = SimilarityRates()


def strangers(rng: np.random.Generator, n_persons: int) -> Pairs:
    """Draw pairs of different persons.

    Args:
        rng: The generator.
        n_persons: Persons, at least 2.

    Returns:
        Pairs by name; a pair may come twice.
    """
    first = rng.integers(0, n_persons, STRANGERS)
    second = (first + rng.integers(1, n_persons, STRANGERS)) % n_persons
    return [(str(one + 1), str(other + 1)) for one, other in zip(first, second, strict=True)]


def copy(rng: np.random.Generator, chosen: FloatArray, n_copied: int) -> Pairs:
    """Let some persons copy from others.

    Args:
        rng: The generator.
        chosen: Chosen options, shape (n_persons, n_items); the copiers' rows are changed.
        n_copied: Items that each copier takes over, drawn anew for each.

    Returns:
        Copier and source of each pair, by name; nobody is in two pairs.
    """
    persons: IntArray = rng.permutation(chosen.shape[0])[: 2 * COPIERS].reshape(2, COPIERS)
    for copier, source in persons.T:
        items: npt.NDArray[np.int64] = rng.permutation(chosen.shape[1])[:n_copied]
        chosen[copier, items] = chosen[source, items]
    return [(str(copier + 1), str(source + 1)) for copier, source in persons.T.tolist()]


def _as_answers(chosen: FloatArray, items: Sequence[ItemParameters]) -> ResponseData:
    """Chosen options as a response file would hold them, with their key."""
    scores = (chosen == RIGHT).astype(np.float64)
    names = [item.item_id for item in items]
    key = str(RIGHT)
    return ResponseData(
        source="simulated",
        responses=as_responses(scores, [_right_wrong(name) for name in names]),
        keys={name: ItemKey(name, (key,)) for name in names},
        chosen={
            name: tuple(str(option) for option in column)
            for name, column in zip(names, chosen.T.astype(np.int64).tolist(), strict=True)
        },
    )


def _right_wrong(name: str) -> ItemParameters:
    return ItemParameters(name, "rasch", {"a": 1.0, "b": 0.0})


def singled_out(title: str, found: Similarity, *, copied: bool) -> Counts:
    """Pairs singled out at each size.

    Args:
        title: Name of the method.
        found: A comparison of chosen pairs.
        copied: Whether the first of each pair copied from the second.

    Returns:
        Counts by claim; pairs without an answer are none.
    """
    known = [pair.p for pair in found.pairs if np.isfinite(pair.p)]
    about = "copier and source" if copied else "any two"
    return {
        Claim(title, about, true=not copied, size=size): Rejections(
            sum(p <= size for p in known), len(known)
        )
        for size in SIZES
    }
