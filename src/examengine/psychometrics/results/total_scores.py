"""Decisions at a raw cut on one form from its total scores, and how far those can be relied on."""

from collections.abc import Callable

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import pairwise_covariance
from examengine.psychometrics.classification import (
    BetaClassification,
    hanson_brennan,
    livingston_lewis,
)
from examengine.psychometrics.presented_forms import FEWEST_PERSONS
from examengine.psychometrics.reliability import alpha
from examengine.psychometrics.results.forms import AnalysedForm


def reliability_of(form: AnalysedForm, given: float | None, notes: list[str]) -> float | None:
    """The reliability of the raw score as given, else alpha.

    Args:
        form: Who sat it.
        given: The reliability, if anybody said it.
        notes: Takes a sentence when there are responses without alpha.
    """
    if given is not None:
        return given
    if form.responses is None:
        return None
    if len(form.item_ids) < 2:
        notes.append("reliability: alpha needs at least two items; give a reliability")
        return None
    covariance = pairwise_covariance(form.responses.scores, form.responses.weights).covariance
    found = alpha(covariance) if np.isfinite(covariance).all() else float("nan")
    if np.isfinite(found):
        return found
    notes.append("reliability: the raw score does not vary, so there is no alpha")
    return None


def items_of_points(form: AnalysedForm) -> list[str]:
    """The items that are more than right or wrong; none without responses."""
    if form.responses is None:
        return []
    highest = form.responses.max_scores.tolist()
    return [name for name, best in zip(form.item_ids, highest, strict=True) if best > 1]


def by_totals(
    form: AnalysedForm, cut: float, reliability: float | None, notes: list[str]
) -> tuple[BetaClassification | None, BetaClassification | None]:
    """Livingston and Lewis's answer and, for right/wrong items, Hanson and Brennan's.

    Args:
        form: Who sat it.
        cut: The cut, points.
        reliability: Of the raw score.
        notes: Takes a sentence for each answer that there is not.
    """
    both = "Livingston-Lewis and Hanson-Brennan"
    if form.responses is None:
        notes.append(f"{both}: responses are needed")
        return None, None
    if form.responses.weights.sum() < FEWEST_PERSONS:
        notes.append(f"{both}: at least {FEWEST_PERSONS} persons are needed")
        return None, None
    totals: FloatArray = form.responses.raw_scores.astype(np.float64)
    if reliability is None or np.ptp(totals) == 0:
        why = (
            "the raw score has no reliability"
            if reliability is None
            else "the raw score does not vary"
        )
        notes.append(f"{both}: {why}")
        return None, None
    weights, given = form.responses.weights, float(reliability)
    first = _tried(
        "Livingston-Lewis",
        lambda: livingston_lewis(totals, form.max_score, cut, given, weights),
        notes,
    )
    several = items_of_points(form)
    if several:
        notes.append(
            f"Hanson-Brennan: it is for items that are right or wrong, and item {several[0]!r} has "
            "more points than one"
        )
        return first, None
    n_items = len(form.item_ids)
    return first, _tried(
        "Hanson-Brennan", lambda: hanson_brennan(totals, n_items, cut, given, weights), notes
    )


def _tried(
    method: str, run: Callable[[], BetaClassification], notes: list[str]
) -> BetaClassification | None:
    try:
        return run()
    except ValueError as fault:
        notes.append(f"{method}: {fault}")
        return None
