"""The score report: what a candidate is told, in figures that can be checked and plain words. Pure.

A result by content area rests on few items. It is therefore told against what a candidate exactly
at the pass mark would be expected to get on those very items, and only in three steps; and where no
model says what to expect, in points alone.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import ceil, floor, sqrt

import numpy as np

from examengine.assembly import Form, Scale, ScoringPolicy, shown
from examengine.bank import Bank, ItemRef, ItemVersion
from examengine.marking import most_points
from examengine.psychometrics.fit.expected_scores import score_moments
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.reliability import lord_binomial
from examengine.scoring.score_record import ScoreRecord

FEWEST_ITEMS = 4
"""With fewer items than this nothing can be said about an area."""
NINETY_FIVE = 1.96
"""Standard errors on either side that hold 95 % of a normal distribution."""


class AreaLevel(StrEnum):
    """How an area was answered, seen from the pass mark."""

    ABOVE = "above"
    NEAR = "near"
    BELOW = "below"
    TOO_FEW = "too few questions to say"


@dataclass(frozen=True, slots=True)
class AreaResult:
    """What was reached in one content area, in points as the exam weights them.

    `level` is None where no model says what a candidate at the pass mark would get.
    """

    title: str
    n_items: int
    points: str
    most_points: str
    level: AreaLevel | None


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Where the true score lies with a probability of about 95 %."""

    low: int
    high: int


def points_range(score: ScoreRecord) -> ScoreRange | None:
    """Return the points ± 1.96 of Lord's binomial standard errors, clipped and rounded outwards.

    None where some item gives more than one point, or counts more or less than another: the errors
    of such points are not binomial.
    """
    points, most = score.reported, Decimal(score.scored.most_points or 0)
    plain = points == score.raw_score and most == score.max_raw_score
    if not plain or most < 2:
        return None
    if any(given > 1 for given in score.item_scores.values()):
        return None
    margin = NINETY_FIVE * float(lord_binomial(int(most))[int(points)])
    low, high = floor(float(points) - margin), ceil(float(points) + margin)
    return ScoreRange(max(0, low), min(int(most), high))


def score_range(score: ScoreRecord, scale: Scale) -> ScoreRange:
    """Return θ ± 1.96 standard errors on the scale, clipped to it.

    EAP's standard error is the deviation of the posterior, so that this is a statement about the
    candidate's true score, not about what a repetition would give.
    """
    theta, margin = float(score.theta or 0), NINETY_FIVE * float(score.se or 0)
    return ScoreRange(scale.score(theta - margin), scale.score(theta + margin))


@dataclass(frozen=True, slots=True)
class AtCut:
    """What the model expects of a candidate exactly at the pass mark.

    Attributes:
        parameters: The parameters the score was computed with.
        theta: The ability at the pass mark, logits.
    """

    parameters: ParameterSet
    theta: float

    def level(self, score: ScoreRecord, item_ids: Sequence[str]) -> AreaLevel:
        """Compare the points of some items with what is expected of them."""
        known = {item.item_id: item for item in self.parameters.items}
        items = [known[item_id] for item_id in item_ids]
        moments = score_moments(items, np.array([self.theta]))
        points = sum(score.item_scores[item_id] for item_id in item_ids)
        return level(points, moments.expected[0].tolist(), moments.variance[0].tolist())


def area_results(
    score: ScoreRecord,
    form: Form,
    versions: Mapping[ItemRef, ItemVersion],
    bank: Bank,
    scoring: ScoringPolicy,
    at_cut: AtCut | None,
) -> list[AreaResult]:
    """Return the result of each content area, in the order of the bank; what does not count is out.

    Of items that everybody got the points of, nothing can be expected at the pass mark.

    Args:
        score: The score record.
        form: The form that was sat.
        versions: Its item versions.
        bank: The bank, for the areas' titles.
        scoring: How points are weighted.
        at_cut: What to expect at the pass mark; None where no model says so.
    """
    by_area: dict[str, list[str]] = defaultdict(list)
    for item in form.counted(scoring):
        by_area[versions[item.ref].area].append(item.ref.item_id)
    credited = {item.ref.item_id for item in form.items if scoring.credits(item.ref)}
    order = {area.id: place for place, area in enumerate(bank.areas)}
    most = {item.ref.item_id: most_points(versions[item.ref]) for item in form.items}
    weight = scoring.weight if scoring.by_points else _once
    return [
        AreaResult(
            title=bank.area_title(area_id),
            n_items=len(item_ids),
            points=shown(_sum(score.item_scores, item_ids, weight)),
            most_points=shown(_sum(most, item_ids, weight)),
            level=None
            if at_cut is None
            else at_cut.level(score, [one for one in item_ids if one not in credited]),
        )
        for area_id, item_ids in sorted(
            by_area.items(), key=lambda entry: order.get(entry[0], len(order))
        )
    ]


def level(points: int, expected: Sequence[float], variances: Sequence[float]) -> AreaLevel:
    """Compare points with what is expected of a candidate exactly at the pass mark.

    Above or below means more than one standard deviation away: √(Σ Var(X_j | θ_cut)), which for
    items that are right or wrong is √(Σ P(1 − P)).

    Args:
        points: The points of the items together.
        expected: The expected points of each item at the pass mark.
        variances: Their variances.
    """
    if len(expected) < FEWEST_ITEMS:
        return AreaLevel.TOO_FEW
    deviation = sqrt(sum(variances))
    distance = points - sum(expected)
    if distance > deviation:
        return AreaLevel.ABOVE
    return AreaLevel.BELOW if distance < -deviation else AreaLevel.NEAR


def _once(item_id: str) -> Decimal:  # noqa: ARG001 - an ability knows no weights
    return Decimal(1)


def _sum(
    points: Mapping[str, int], item_ids: Sequence[str], weight: Callable[[str], Decimal]
) -> Decimal:
    return sum((weight(item_id) * points[item_id] for item_id in item_ids), Decimal(0))
