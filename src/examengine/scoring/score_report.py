"""The score report: what a candidate is told, in figures that can be checked and plain words. Pure.

A result by content area rests on few items. It is therefore told against what a candidate exactly
at the pass mark would be expected to answer right on those very items, and only in three steps.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from examengine.assembly import Form, Scale
from examengine.bank import Bank, ItemRef, ItemVersion
from examengine.psychometrics.information import expected_item_scores
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring.score_record import ScoreRecord

FEWEST_ITEMS = 4
"""With fewer items than this nothing can be said about an area."""
NINETY_FIVE = 1.96
"""Standard errors on either side that hold 95 % of a normal distribution."""


class Level(StrEnum):
    """How an area was answered, seen from the pass mark."""

    ABOVE = "above"
    NEAR = "near"
    BELOW = "below"
    TOO_FEW = "too few questions to say"


@dataclass(frozen=True, slots=True)
class AreaResult:
    """What was answered right in one content area."""

    title: str
    n_items: int
    n_right: int
    level: Level


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Where the true score lies with a probability of about 95 %."""

    low: int
    high: int


def score_range(score: ScoreRecord, scale: Scale) -> ScoreRange:
    """Return θ ± 1.96 standard errors on the scale, clipped to it.

    EAP's standard error is the deviation of the posterior, so that this is a statement about the
    candidate's true score, not about what a repetition would give.
    """
    margin = NINETY_FIVE * score.se
    return ScoreRange(scale.score(score.theta - margin), scale.score(score.theta + margin))


def area_results(
    score: ScoreRecord,
    form: Form,
    versions: Mapping[ItemRef, ItemVersion],
    bank: Bank,
    parameters: ParameterSet,
    theta_cut: float,
) -> list[AreaResult]:
    """Return the result of each content area, in the order of the bank; pretest items are out.

    Args:
        score: The score record.
        form: The form that was sat.
        versions: Its item versions.
        bank: The bank, for the areas' titles.
        parameters: The parameters the score was computed with.
        theta_cut: The ability at the pass mark, logits.
    """
    by_area: dict[str, list[str]] = defaultdict(list)
    for item in form.items:
        if item.scored:
            by_area[versions[item.ref].area].append(item.ref.item_id)
    order = {area.id: place for place, area in enumerate(bank.areas)}
    known = {item.item_id: item for item in parameters.items}
    return [
        AreaResult(
            title=bank.area_title(area_id),
            n_items=len(item_ids),
            n_right=sum(score.item_scores[item_id] for item_id in item_ids),
            level=_level(score, item_ids, [known[item_id] for item_id in item_ids], theta_cut),
        )
        for area_id, item_ids in sorted(
            by_area.items(), key=lambda entry: order.get(entry[0], len(order))
        )
    ]


def _level(
    score: ScoreRecord, item_ids: Sequence[str], items: Sequence[ItemParameters], theta_cut: float
) -> Level:
    right = sum(score.item_scores[item_id] for item_id in item_ids)
    shares = expected_item_scores(items, [theta_cut])[0]
    return level(right, [float(share) for share in shares])


def level(n_right: int, expected: Sequence[float]) -> Level:
    """Compare a number right with what is expected of a candidate exactly at the pass mark.

    Above or below means more than one standard deviation away: √(Σ P(1 − P)).

    Args:
        n_right: How many of the items were answered right.
        expected: The probability of each item at the pass mark.
    """
    if len(expected) < FEWEST_ITEMS:
        return Level.TOO_FEW
    deviation = sqrt(sum(share * (1 - share) for share in expected))
    distance = n_right - sum(expected)
    if distance > deviation:
        return Level.ABOVE
    return Level.BELOW if distance < -deviation else Level.NEAR
