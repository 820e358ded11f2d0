"""Classical figures of a response matrix: items, answers, totals. Every number is the library's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from examengine.bank import ItemVersion
from examengine.marking import NOT_SHOWN_CODE, OMITTED_CODE, MatrixOutline, ResponseMatrix
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical import (
    ItemStatistics,
    OptionStatistics,
    coded_option_statistics,
    item_statistics,
    score_groups,
    totals,
)
from examengine.psychometrics.documents import plain
from examengine.psychometrics.reliability import ReliabilitySummary, reliability_by_form
from examengine.psychometrics.responses import Responses

N_SCORE_GROUPS = 5


@dataclass(frozen=True, slots=True)
class ItemResponses:
    """One item among the candidates who were given it.

    Attributes:
        item: The version they saw.
        scored: Whether it counts towards the score.
        figures: Classical statistics.
        omitted: Share left unanswered.
        options: Each answer by score group; the order is by answer.
        points: What each answer was worth on average; {} where the item is right or wrong.
    """

    item: ItemVersion
    scored: bool
    figures: ItemStatistics
    omitted: float
    options: tuple[OptionStatistics, ...]
    points: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawScoreCounts:
    """How many candidates reached each raw score, without gaps.

    Attributes:
        max_score: Highest possible raw score.
        counts: Raw score and candidates, ascending from the lowest to the highest observed.
    """

    max_score: int
    counts: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class ResponseAnalysis:
    """What is known of responses before any model.

    Attributes:
        matrix: What the responses are, without their cells.
        items: One for each column.
        reliability: One for each form, the most frequent first; () when too few candidates.
        distribution: None when candidates could reach different totals.
    """

    matrix: MatrixOutline
    items: tuple[ItemResponses, ...]
    reliability: tuple[ReliabilitySummary, ...]
    distribution: RawScoreCounts | None

    @property
    def n_persons(self) -> int:
        """Number of candidates."""
        return self.matrix.n_persons

    def item(self, item_id: str) -> ItemResponses:
        """Return one item.

        Raises:
            ItemNotInMatrix: It is not among these responses.
        """
        return self.items[self.matrix.place(item_id)]


@dataclass(frozen=True, slots=True)
class MatrixAnalysis(ResponseAnalysis):
    """An analysis that was just made, with the cells it was made of."""

    matrix: ResponseMatrix


def analyse(matrix: ResponseMatrix) -> MatrixAnalysis:
    """Describe items, answers and totals."""
    responses = matrix.responses
    return MatrixAnalysis(
        matrix=matrix,
        items=_items(matrix, responses),
        reliability=reliability_by_form(responses, searching=False),
        distribution=_distribution(responses),
    )


def as_statistics(analysis: ResponseAnalysis) -> dict[str, Any]:
    """Return the classical part of the statistics that are stored with a run."""
    return {
        "classical": [
            {
                "item_id": found.item.item_id,
                "n": found.figures.n,
                "p": plain(found.figures.p),
                "item_total_r": plain(found.figures.item_total_r),
                "item_rest_r": plain(found.figures.item_rest_r),
                "omitted": plain(found.omitted),
            }
            for found in analysis.items
        ],
        "reliability": [
            {
                "n": form.total.n,
                "n_items": len(form.item_ids),
                "mean": form.total.mean,
                "sd": form.total.sd,
                "alpha": form.alpha,
                "alpha_interval": list(form.alpha_interval),
                "sem": form.sem,
            }
            for form in analysis.reliability
        ],
    }


def _items(matrix: ResponseMatrix, responses: Responses) -> tuple[ItemResponses, ...]:
    figures = item_statistics(responses.scores, responses.max_scores)
    all_totals = totals(responses.scores, responses.max_scores)
    total, weight = all_totals.shares(), responses.weights
    groups = _GroupsByForm(total, weight)
    found = []
    for place, item in enumerate(matrix.items):
        codes = matrix.codes[:, place]
        rest = all_totals.rest_shares(responses.scores[:, place], matrix.most_points[place])
        options = coded_option_statistics(
            codes.astype(np.intp),
            matrix.categories[place],
            matrix.keys(place),
            total,
            rest,
            weight,
            n_groups=N_SCORE_GROUPS,
            groups=groups.among(codes != NOT_SHOWN_CODE),
        )
        n_presented = max(int((codes != NOT_SHOWN_CODE).sum()), 1)
        omitted = float((codes == OMITTED_CODE).sum() / n_presented)
        points = matrix.points_of_answers(place) if matrix.most_points[place] > 1 else {}
        found.append(
            ItemResponses(item, matrix.scored[place], figures[place], omitted, options, points)
        )
    return tuple(found)


class _GroupsByForm:
    """Score groups of those presented an item: the same for all items of a form, made once."""

    def __init__(self, total: FloatArray, weight: FloatArray) -> None:
        self._total, self._weight = total, weight
        self._known: dict[bytes, npt.NDArray[np.intp]] = {}

    def among(self, presented: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Return the score group of each person who was presented an item."""
        who = presented & np.isfinite(self._total)
        name = np.packbits(who).tobytes()
        if name not in self._known:
            self._known[name] = score_groups(self._total[who], self._weight[who], N_SCORE_GROUPS)
        return self._known[name]


def _distribution(responses: Responses) -> RawScoreCounts | None:
    possible = responses.max_raw_scores
    if not possible.size or (possible != possible[0]).any():
        return None
    raw = responses.raw_scores
    lowest = int(raw.min())
    counts = np.bincount(raw - lowest)
    return RawScoreCounts(
        int(possible[0]),
        tuple((lowest + step, float(count)) for step, count in enumerate(counts)),
    )
