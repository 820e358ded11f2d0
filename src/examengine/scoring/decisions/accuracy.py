"""How sure decisions are: shares that are right, and that would be repeated. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.assembly import Form, ScoringPolicy
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification import (
    Classification,
    hanson_brennan,
    livingston_lewis,
    rudner,
)
from examengine.psychometrics.reliability import (
    alpha,
    standard_error_of_measurement,
    stratified_alpha,
)
from examengine.scoring.listed import ListedScore
from examengine.standard_setting import CutScore

FEWEST_FOR_ACCURACY = 30
"""With fewer scores than this, shares of right and repeated decisions are not told."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the points of a form can be relied on.

    Attributes:
        name: `KR-20` where every item is right or wrong and counts the same; else `alpha`.
        value: The coefficient, of the weighted points.
        sem: Standard error of measurement, points.
        stratified: Stratified alpha, over the sections of the form; None where it is one whole.
            Sections measure different things, which alpha takes for error and it does not.
    """

    name: str
    value: float
    sem: float
    stratified: float | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How sure the decisions at a cut are.

    Attributes:
        method: Whose method it is.
        n: Candidates it rests on.
        classification: The shares; None where no distribution of true scores fits, as `note` says.
        reliability: Of the points; None where ability is estimated.
        note: Why there are no shares, in words; "" where there are.
    """

    method: str
    n: int
    classification: Classification | None
    reliability: Reliability | None = None
    note: str = ""


def accuracy_of_abilities(scores: Sequence[ListedScore], cut: CutScore) -> Accuracy | None:
    """Return how sure decisions by ability are, by Rudner's method; None for too few."""
    known = [
        (score.theta, score.se)
        for score in scores
        if score.theta is not None and score.se is not None
    ]
    if len(known) < FEWEST_FOR_ACCURACY or cut.theta_cut is None:
        return None
    theta, errors = np.array(known).T
    return Accuracy("Rudner", len(known), rudner(theta, errors, cut.theta_cut))


def accuracy_of_points(
    scores: Sequence[ListedScore],
    form: Form,
    most_points: Mapping[str, int],
    scoring: ScoringPolicy,
    cut: CutScore,
) -> Accuracy | None:
    """Return how sure decisions by points on one form are; None for too few.

    Where every item is right or wrong and counts 1, by Hanson and Brennan's method (beta true
    scores, Lord's two-term errors); else by Livingston and Lewis's, which needs only the totals.

    Args:
        scores: The scores on the form.
        form: The form.
        most_points: What each of its items is worth at most.
        scoring: How points are weighted.
        cut: The cut, in points.
    """
    if len(scores) < FEWEST_FOR_ACCURACY:
        return None
    ids = [item.ref.item_id for item in form.counted(scoring)]
    weights = np.array([float(scoring.weight(item_id)) for item_id in ids])
    most = np.array([most_points[item_id] for item_id in ids], dtype=np.float64)
    points = np.array([[score.item_scores[item_id] for item_id in ids] for score in scores])
    plain = bool((most == 1).all() and (weights == 1).all())
    reliability = _reliability(points * weights, _strata(form, ids), plain=plain)
    method = "Hanson and Brennan" if plain else "Livingston and Lewis"
    totals, highest = (points * weights).sum(axis=1), float(weights @ most)
    try:
        if reliability is None:
            raise ValueError("the points do not vary, or there is one item alone")
        if plain:
            found = hanson_brennan(totals, len(ids), cut.raw_cut, reliability.value)
        else:
            found = livingston_lewis(totals, highest, cut.raw_cut, reliability.value)
    except ValueError as refusal:
        return Accuracy(method, len(scores), None, reliability, str(refusal))
    return Accuracy(method, len(scores), found.result, reliability)


def _strata(form: Form, item_ids: Sequence[str]) -> list[str] | None:
    """Return the section of each item; None where fewer than two sections have items that count."""
    section_of = {
        item_id: str(number)
        for number, section in enumerate(form.sections, start=1)
        for item_id in section.item_ids
    }
    strata = [section_of.get(item_id, "") for item_id in item_ids]
    return strata if len(set(strata)) > 1 else None


def _reliability(
    points: FloatArray, strata: Sequence[str] | None, *, plain: bool
) -> Reliability | None:
    """Return alpha of weighted points, shape (n_persons, n_items); for right/wrong it is KR-20."""
    if points.shape[1] < 2:
        return None
    covariance: FloatArray = np.cov(points, rowvar=False).astype(np.float64)
    value = alpha(covariance)
    if not np.isfinite(value):
        return None
    sem = standard_error_of_measurement(float(covariance.sum()), value)
    stratified = None if strata is None else stratified_alpha(covariance, strata)
    return Reliability("KR-20" if plain else "alpha", value, sem, stratified)
