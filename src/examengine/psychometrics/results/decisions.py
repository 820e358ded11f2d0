"""Accuracy and consistency of decisions at a cut score, by every method the input allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification import (
    BetaClassification,
    Classification,
    hanson_brennan,
    lee,
    livingston_lewis,
    rudner,
)
from examengine.psychometrics.fit import at_nodes
from examengine.psychometrics.information import (
    characteristic_curve,
    conditional_sem,
    conditional_sem_of_score,
    theta_at_expected_score,
)
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.reliability import lord_binomial, reliability_summary
from examengine.psychometrics.responses import Responses


class CannotClassify(Refusal):
    """There is nothing that a decision could be judged by; one sentence per fault."""


Metric = Literal["raw", "theta"]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of candidates and test; more evidence lets more methods answer.

    Attributes:
        responses: Scored responses.
        parameters: The calibrated test.
        theta: Ability estimates, shape (n,), logits.
        se: Their standard errors, shape (n,), logits.
        reliability: Of the total score; alpha when None.
    """

    responses: Responses | None = None
    parameters: ParameterSet | None = None
    theta: FloatArray | None = None
    se: FloatArray | None = None
    reliability: float | None = None


@dataclass(frozen=True, slots=True)
class CutError:
    """The standard error of measurement at the cut.

    Attributes:
        theta: The cut on the ability scale, logits; None without parameters.
        theta_se: Standard error of an efficient estimate there, logits.
        raw: The cut on the raw scale, points; None for an ability without parameters.
        raw_se: Conditional standard error of the raw score there, points.
    """

    theta: float | None
    theta_se: float | None
    raw: float | None
    raw_se: float | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """How good decisions at one cut are.

    Attributes:
        cut: The cut as given.
        metric: "raw" or "theta".
        at_cut: Standard errors at the cut.
        rudner: From ability estimates, at a cut in logits.
        lee: From the model, at a raw cut or at the raw score expected at a cut in logits.
        livingston_lewis: From total scores, at a raw cut.
        hanson_brennan: From total scores of right/wrong items, at a raw cut.
        notes: Why a method has no answer, a sentence each.
    """

    cut: float
    metric: Metric
    at_cut: CutError
    rudner: Classification | None
    lee: Classification | None
    livingston_lewis: BetaClassification | None
    hanson_brennan: BetaClassification | None
    notes: tuple[str, ...]


def decisions_at(evidence: Evidence, cut: float, metric: Metric) -> Decisions:
    """Judge decisions at a cut by every method the evidence allows.

    Args:
        evidence: Responses, parameters, abilities: any of them.
        cut: The cut.
        metric: "raw" for points, "theta" for logits.

    Returns:
        What each method says; None for a method that the evidence or the metric does not allow.

    Raises:
        CannotClassify: No method can answer, or the cut lies outside the scale.
        CannotScore: Responses and parameters do not belong together.
    """
    found = _at_raw(evidence, cut) if metric == "raw" else _at_theta(evidence, cut)
    answers = (found.rudner, found.lee, found.livingston_lewis, found.hanson_brennan)
    if not any(answers):
        needed = (
            "a cut in points needs responses or parameters"
            if metric == "raw"
            else "a cut in logits needs parameters or ability estimates"
        )
        raise CannotClassify(found.notes or [needed])
    return found


def _at_theta(evidence: Evidence, cut: float) -> Decisions:
    parameters = evidence.parameters
    theta, se, weight = evidence.theta, evidence.se, None
    if theta is None and evidence.responses is not None and parameters is not None:
        abilities = estimate_abilities(evidence.responses, parameters, "eap")
        theta, se, weight = abilities.theta, abilities.se, evidence.responses.weights
    by_rudner, notes = None, []
    if theta is not None and se is not None:
        try:
            by_rudner = rudner(theta, se, cut, weight)
        except ValueError as fault:
            notes.append(f"Rudner: {fault}")
    raw = None
    if parameters is not None:
        raw = float(characteristic_curve(parameters.items, np.array([cut]))[0])
    return Decisions(
        cut=cut,
        metric="theta",
        at_cut=_model_error(parameters, cut, raw),
        rudner=by_rudner,
        lee=None if parameters is None or raw is None else _lee(parameters, raw),
        livingston_lewis=None,
        hanson_brennan=None,
        notes=tuple(notes),
    )


def _at_raw(evidence: Evidence, cut: float) -> Decisions:
    parameters, notes = evidence.parameters, list[str]()
    by_totals: tuple[BetaClassification | None, BetaClassification | None] = (None, None)
    if evidence.responses is not None:
        by_totals = _from_totals(evidence.responses, cut, evidence.reliability, notes)
    at_cut, by_lee = CutError(None, None, cut, None), None
    if parameters is not None:
        _check_scale(cut, sum(item.n_categories - 1 for item in parameters.items))
        theta = float(theta_at_expected_score(parameters.items, np.array([cut]))[0])
        at_cut, by_lee = _model_error(parameters, theta, cut), _lee(parameters, cut)
    elif by_totals[1] is not None:
        at_cut = CutError(None, None, cut, _binomial_error(cut, int(by_totals[1].n_trials)))
    return Decisions(
        cut=cut,
        metric="raw",
        at_cut=at_cut,
        rudner=None,
        lee=by_lee,
        livingston_lewis=by_totals[0],
        hanson_brennan=by_totals[1],
        notes=tuple(notes),
    )


def _from_totals(
    responses: Responses, cut: float, reliability: float | None, notes: list[str]
) -> tuple[BetaClassification | None, BetaClassification | None]:
    """Livingston–Lewis and, for right/wrong items, Hanson–Brennan; why not goes into the notes.

    Raises:
        CannotClassify: There is no total score, or the cut lies outside it.
    """
    summary = reliability_summary(responses)
    if summary is None:
        raise CannotClassify(["no two items were presented to the same persons: there is no total"])
    _check_scale(cut, summary.total.max_score)
    data = responses.with_items(summary.item_ids)
    data = data.with_persons(np.asarray(data.presented.all(axis=1)))
    totals: FloatArray = data.raw_scores.astype(np.float64)
    rho = summary.alpha if reliability is None else reliability

    def tried(method: str, run: Callable[[], BetaClassification]) -> BetaClassification | None:
        try:
            return run()
        except ValueError as fault:
            notes.append(f"{method}: {fault}")
            return None

    first = tried(
        "Livingston-Lewis",
        lambda: livingston_lewis(totals, summary.total.max_score, cut, rho, data.weights),
    )
    if (data.max_scores != 1).any():
        return first, None
    return first, tried(
        "Hanson-Brennan", lambda: hanson_brennan(totals, data.n_items, cut, rho, data.weights)
    )


def _check_scale(cut: float, highest: int) -> None:
    if not 0 < cut <= highest:
        raise CannotClassify([f"cut {cut:g}; on this test it lies above 0 and up to {highest}"])


def _lee(parameters: ParameterSet, cut: float) -> Classification:
    test = at_nodes(parameters, parameters.groups[0])
    return lee(test.probabilities, test.node_weights, cut)


def _model_error(parameters: ParameterSet | None, theta: float, raw: float | None) -> CutError:
    if parameters is None:
        return CutError(theta, None, raw, None)
    at = np.array([theta])
    return CutError(
        theta=theta,
        theta_se=float(conditional_sem(parameters.items, at)[0]),
        raw=raw,
        raw_se=float(conditional_sem_of_score(parameters.items, at)[0]),
    )


def _binomial_error(cut: float, n_items: int) -> float:
    errors = lord_binomial(n_items)
    return float(np.interp(cut, np.arange(errors.size), errors))
