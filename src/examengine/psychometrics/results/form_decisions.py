"""Decisions at a cut on one form: every method judges the same items and the same persons."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from examengine.psychometrics.binding import persons_by_group
from examengine.psychometrics.classification import (
    BetaClassification,
    Classification,
    lee_in_population,
)
from examengine.psychometrics.information import (
    characteristic_curve,
    conditional_sem,
    conditional_sem_of_score,
    theta_at_expected_score,
)
from examengine.psychometrics.parameters import GroupParameters, ParameterSet
from examengine.psychometrics.reliability import lord_binomial
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results.forms import AnalysedForm, off_scale
from examengine.psychometrics.results.total_scores import (
    by_totals,
    items_of_points,
    reliability_of,
)

Metric = Literal["raw", "theta"]


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
class GroupShare:
    """A group of the parameters and its share of the persons judged.

    Attributes:
        group: Its label.
        share: In (0, 1].
    """

    group: str
    share: float


@dataclass(frozen=True, slots=True)
class FormDecisions:
    """How good decisions at one cut on one form are.

    Attributes:
        item_ids: The items of the form; every method judges these.
        n: Persons who sat it, as a sum of weights; None without responses.
        n_items: Number of items.
        max_score: Highest possible raw score, points.
        reliability: Of the raw score, as given or else alpha; None when there is none.
        groups: Groups whose abilities Lee's method integrates over; empty without its answer.
        at_cut: Standard errors at the cut.
        lee: From the model.
        livingston_lewis: From total scores, at a raw cut.
        hanson_brennan: From total scores of right/wrong items, at a raw cut.
        notes: Why a figure is not there or whom it is of, a sentence each.
    """

    item_ids: tuple[str, ...]
    n: float | None
    n_items: int
    max_score: int
    reliability: float | None
    groups: tuple[GroupShare, ...]
    at_cut: CutError
    lee: Classification | None
    livingston_lewis: BetaClassification | None
    hanson_brennan: BetaClassification | None
    notes: tuple[str, ...]


def judge_form(
    form: AnalysedForm, cut: float, metric: Metric, reliability: float | None = None
) -> FormDecisions:
    """Judge decisions at a cut on one form by every method that can.

    Args:
        form: Who sat it and what is known of its items.
        cut: The cut.
        metric: "raw" for points of the form, "theta" for logits.
        reliability: Of the raw score; alpha when None.

    Returns:
        What each method says, and a sentence for each that says nothing. A raw cut outside the
        scale of the form gets no answers and a sentence that names the scale.

    Raises:
        CannotScore: A group of the responses is not in parameters with several.
    """
    fault = off_scale(form, cut) if metric == "raw" else None
    if fault is not None:
        return _described(form, CutError(None, None, cut, None), notes=(fault,))
    notes = list(form.notes)
    rho = reliability_of(form, reliability, notes) if metric == "raw" else None
    at_cut = _raw_error(form, cut, notes) if metric == "raw" else _theta_error(form, cut, notes)
    groups, by_lee = _lee(form, cut if metric == "raw" else at_cut.raw, notes)
    livingston, hanson = None, None
    if metric == "raw":
        livingston, hanson = by_totals(form, cut, rho, notes)
    else:
        notes.append(
            "Livingston-Lewis and Hanson-Brennan: they take a cut in points, and this one is in "
            "logits"
        )
    return replace(
        _described(form, at_cut, notes=(*notes, *_without_kappa(by_lee, livingston, hanson))),
        reliability=rho,
        groups=groups,
        lee=by_lee,
        livingston_lewis=livingston,
        hanson_brennan=hanson,
    )


def _described(form: AnalysedForm, at_cut: CutError, *, notes: tuple[str, ...]) -> FormDecisions:
    """A form and who sat it, without any answer yet."""
    return FormDecisions(
        item_ids=form.item_ids,
        n=None if form.responses is None else float(form.responses.weights.sum()),
        n_items=len(form.item_ids),
        max_score=form.max_score,
        reliability=None,
        groups=(),
        at_cut=at_cut,
        lee=None,
        livingston_lewis=None,
        hanson_brennan=None,
        notes=notes,
    )


def without_groups(parameters: ParameterSet, method: str) -> str | None:
    """Say whose abilities a method takes when the persons' groups are not known.

    Args:
        parameters: A set with one group or several.
        method: Which method takes them.

    Returns:
        The sentence; None for a set with a single group.
    """
    if len(parameters.groups) == 1:
        return None
    return (
        f"{method}: abilities are those of group {parameters.groups[0].group!r}, the first of "
        f"{len(parameters.groups)} in the parameters, because the groups of the persons are not "
        "known; name the column of the responses that holds them"
    )


def _raw_error(form: AnalysedForm, cut: float, notes: list[str]) -> CutError:
    if form.parameters is None:
        notes.append("ability at the cut: item parameters of the raw score are needed")
        return CutError(None, None, cut, _binomial_error(form, cut, notes))
    items = form.parameters.items
    theta = float(theta_at_expected_score(items, np.array([cut]))[0])
    if np.isfinite(theta):
        return _model_error(form.parameters, theta, cut, notes)
    low, high = characteristic_curve(items, np.array([-12.0, 12.0])).tolist()
    notes.append(
        f"errors at the cut: no ability has an expected score of {cut:g} points; expected scores "
        f"lie above {low:.2f} and below {high:.2f}"
    )
    return CutError(None, None, cut, None)


def _binomial_error(form: AnalysedForm, cut: float, notes: list[str]) -> float | None:
    """Lord's error of the number right, straight between scores; None for other items."""
    if form.responses is None or items_of_points(form) or len(form.item_ids) < 2:
        notes.append(
            "error of the raw score at the cut: item parameters, or at least two items that are "
            "all right or wrong, are needed"
        )
        return None
    errors = lord_binomial(len(form.item_ids))
    return float(np.interp(cut, np.arange(errors.size), errors))


def _theta_error(form: AnalysedForm, cut: float, notes: list[str]) -> CutError:
    if form.parameters is None:
        notes.append("errors at the cut: item parameters of the raw score are needed")
        return CutError(cut, None, None, None)
    raw = float(characteristic_curve(form.parameters.items, np.array([cut]))[0])
    return _model_error(form.parameters, cut, raw, notes)


def _model_error(parameters: ParameterSet, theta: float, raw: float, notes: list[str]) -> CutError:
    at = np.array([theta])
    theta_se = float(conditional_sem(parameters.items, at)[0])
    if not np.isfinite(theta_se):
        notes.append(f"error of ability: the test has no information at {theta:g} logits")
    raw_se = float(conditional_sem_of_score(parameters.items, at)[0])
    return CutError(theta, theta_se if np.isfinite(theta_se) else None, raw, raw_se)


def _lee(
    form: AnalysedForm, cut: float | None, notes: list[str]
) -> tuple[tuple[GroupShare, ...], Classification | None]:
    if form.parameters is None or cut is None:
        notes.append("Lee: item parameters of the raw score are needed")
        return (), None
    population = _population(form.responses, form.parameters, notes)
    everybody = sum(share for _, share in population)
    groups = tuple(GroupShare(group.group, share / everybody) for group, share in population)
    found = lee_in_population(form.parameters.items, population, cut, form.parameters.quadrature)
    return groups, found


def _population(
    responses: Responses | None, parameters: ParameterSet, notes: list[str]
) -> list[tuple[GroupParameters, float]]:
    """Every group with its number of persons; the first alone where nobody's group is known."""
    if responses is not None and (responses.group is not None or len(parameters.groups) == 1):
        return [
            (group, float(responses.weights[persons].sum()))
            for group, persons in persons_by_group(responses, parameters)
        ]
    words = without_groups(parameters, "Lee")
    if words is not None:
        notes.append(words)
    return [(parameters.groups[0], 1.0)]


def _without_kappa(
    by_lee: Classification | None, *by_totals: BetaClassification | None
) -> list[str]:
    """A sentence for each method whose kappa does not exist."""
    results = (by_lee, *(None if one is None else one.result for one in by_totals))
    names = ("Lee", "Livingston-Lewis", "Hanson-Brennan")
    return [
        f"{name}: there is no kappa, because everybody is decided alike"
        for name, found in zip(names, results, strict=True)
        if found is not None and not np.isfinite(found.kappa)
    ]
