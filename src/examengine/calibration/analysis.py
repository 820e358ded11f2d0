"""Classical figures of a snapshot: items, answers, totals. Every number is the library's."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from examengine.bank import ItemVersion
from examengine.calibration.snapshot import NOT_SHOWN, OMITTED, Snapshot
from examengine.psychometrics.classical import (
    ItemStatistics,
    OptionStatistics,
    item_statistics,
    option_statistics,
    totals,
)
from examengine.psychometrics.reliability import ReliabilitySummary, reliability_by_form
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results import plain

N_SCORE_GROUPS = 5


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """One item among the candidates who were given it.

    Attributes:
        item: The version they saw.
        scored: Whether it counts towards the score.
        figures: Classical statistics.
        omitted: Share left unanswered.
        options: Each answer by score group; the order is by answer.
    """

    item: ItemVersion
    scored: bool
    figures: ItemStatistics
    omitted: float
    options: tuple[OptionStatistics, ...]


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """How many candidates reached each raw score, without gaps.

    Attributes:
        max_score: Highest possible raw score.
        counts: Raw score and candidates, ascending from the lowest to the highest observed.
    """

    max_score: int
    counts: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a snapshot before any model.

    Attributes:
        snapshot: The responses.
        items: One for each column.
        reliability: One for each form, the most frequent first; () when too few candidates.
        distribution: None when candidates could reach different totals.
    """

    snapshot: Snapshot
    items: tuple[ItemAnalysis, ...]
    reliability: tuple[ReliabilitySummary, ...]
    distribution: ScoreDistribution | None

    @property
    def n_persons(self) -> int:
        """Number of candidates."""
        return len(self.snapshot.records)

    def item(self, item_id: str) -> ItemAnalysis:
        """Return one item.

        Raises:
            ItemNotInSnapshot: It is not among these responses.
        """
        return self.items[self.snapshot.place(item_id)]


def analyse(snapshot: Snapshot) -> Analysis:
    """Describe items, answers and totals."""
    responses = snapshot.responses
    return Analysis(
        snapshot=snapshot,
        items=_items(snapshot, responses),
        reliability=reliability_by_form(responses),
        distribution=_distribution(responses),
    )


def as_statistics(analysis: Analysis) -> dict[str, Any]:
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


def _items(snapshot: Snapshot, responses: Responses) -> tuple[ItemAnalysis, ...]:
    figures = item_statistics(responses.scores, responses.max_scores)
    all_totals = totals(responses.scores, responses.max_scores)
    total, weight = all_totals.shares(), responses.weights
    found = []
    for place, item in enumerate(snapshot.items):
        chosen = snapshot.categories[:, place]
        rest = all_totals.rest_shares(responses.scores[:, place], 1)
        options = option_statistics(
            chosen.tolist(), snapshot.keys(place), total, rest, weight, n_groups=N_SCORE_GROUPS
        )
        omitted = float((chosen == OMITTED).sum() / max((chosen != NOT_SHOWN).sum(), 1))
        found.append(ItemAnalysis(item, snapshot.scored[place], figures[place], omitted, options))
    return tuple(found)


def _distribution(responses: Responses) -> ScoreDistribution | None:
    possible = responses.max_raw_scores
    if not possible.size or (possible != possible[0]).any():
        return None
    raw = responses.raw_scores
    lowest = int(raw.min())
    counts = np.bincount(raw - lowest)
    return ScoreDistribution(
        int(possible[0]),
        tuple((lowest + step, float(count)) for step, count in enumerate(counts)),
    )
