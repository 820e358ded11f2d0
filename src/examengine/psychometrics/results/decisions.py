"""Accuracy and consistency of decisions at a cut score, by every method the input allows.

A raw cut belongs to one form. Where persons were presented different sets of items, each form is
judged by itself, and every method judges the same items.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification import BetaClassification, Classification, rudner
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.presented_forms import FEWEST_PERSONS
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results.form_decisions import (
    CutError,
    FormDecisions,
    GroupShare,
    Metric,
    judge_form,
    without_groups,
)
from examengine.psychometrics.results.forms import (
    AnalysedForm,
    AnalysedForms,
    form_of_parameters,
    form_sat,
    forms_of,
    no_scores,
    off_scale,
)
from examengine.psychometrics.shown import Result, Table, table_of


class CannotClassify(Refusal):
    """There is nothing that a decision could be judged by; one sentence per fault."""


@dataclass(frozen=True, slots=True, eq=False)
class DecisionEvidence:
    """What is known of candidates and test; more evidence lets more methods answer.

    Attributes:
        responses: Scored responses; their groups, if any, are those of the parameters.
        parameters: The calibrated test.
        theta: Ability estimates, shape (n,), logits.
        se: Their standard errors, shape (n,), logits.
        reliability: Of the total score of the one form; alpha when None.
        categories: Responses as the parameters have them, where some items were calibrated from
            chosen options; the scored responses when None.
    """

    responses: Responses | None = None
    parameters: ParameterSet | None = None
    theta: FloatArray | None = None
    se: FloatArray | None = None
    reliability: float | None = None
    categories: Responses | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Decisions(Result):
    """How good decisions at one cut are.

    Attributes:
        cut: The cut as given.
        metric: "raw" or "theta".
        n: Persons who sat the one form, as a sum of weights; None without responses or with
            several forms.
        n_items: Items of the one form, which every method but Rudner's judges; None without a form
            or with several.
        max_score: Highest possible raw score of the one form, points; None likewise.
        reliability: Of the raw score of the one form, as given or else alpha.
        groups: Groups whose abilities Lee's method integrates over; empty without its answer.
        at_cut: Standard errors at the cut.
        rudner: From ability estimates, at a cut in logits.
        n_rudner: Persons whose ability estimates Rudner's method takes, as a sum of weights.
        lee: From the model, at a raw cut or at the raw score expected at a cut in logits.
        livingston_lewis: From total scores, at a raw cut.
        hanson_brennan: From total scores of right/wrong items, at a raw cut.
        forms: Each form when persons were presented different ones, the most frequent first; empty
            for a single form, which the fields above describe.
        notes: Why a figure is not there or whom it is of, a sentence each.
    """

    cut: float
    metric: Metric
    n: float | None
    n_items: int | None
    max_score: int | None
    reliability: float | None
    groups: tuple[GroupShare, ...]
    at_cut: CutError
    rudner: Classification | None
    n_rudner: float | None
    lee: Classification | None
    livingston_lewis: BetaClassification | None
    hanson_brennan: BetaClassification | None
    forms: tuple[FormDecisions, ...]
    notes: tuple[str, ...]

    def headline(self) -> str:
        """The cut and the methods that answer."""
        return f"Decisions at {self.cut:g} ({self.metric}): {len(self.table())} methods answer"

    def table(self) -> Table:
        """One row for each method that answers, form by form where there are several."""
        rows = _answers(self, {})
        for number, form in enumerate(self.forms, start=1):
            rows += _answers(form, {"form": number})
        if self.rudner is not None:
            rows.insert(0, {"method": "rudner", **_shares(self.rudner)})
        return Table(rows)


def decisions_at(evidence: DecisionEvidence, cut: float, metric: Metric) -> Decisions:
    """Judge decisions at a cut by every method the evidence allows.

    Args:
        evidence: Responses, parameters, abilities: any of them.
        cut: The cut.
        metric: "raw" for points of the form, "theta" for logits.

    Returns:
        What each method says; None, with a sentence in the notes, for a method that the evidence or
        the metric does not allow.

    Raises:
        CannotClassify: No method can answer, the cut lies outside the scale of every form, or a
            reliability was given for several forms.
        CannotScore: Responses and parameters do not belong together.
    """
    _check_evidence(evidence, metric)
    notes: list[str] = []
    by_rudner, n_rudner = _rudner(evidence, cut, metric, notes)
    forms = _forms(evidence, metric, notes)
    _check_cut(forms, cut, metric, evidence.reliability)
    judged = tuple(judge_form(form, cut, metric, evidence.reliability) for form in forms)
    answers = [one for form in judged for one in (form.lee, form.livingston_lewis)]
    answers += [form.hanson_brennan for form in judged]
    if not any((by_rudner, *answers)):
        raise CannotClassify([*notes, *(note for form in judged for note in form.notes)])
    one = judged[0] if len(judged) == 1 else None
    return Decisions(
        cut=cut,
        metric=metric,
        n=None if one is None else one.n,
        n_items=None if one is None else one.n_items,
        max_score=None if one is None else one.max_score,
        reliability=None if one is None else one.reliability,
        groups=() if one is None else one.groups,
        at_cut=_no_form(cut, metric) if one is None else one.at_cut,
        rudner=by_rudner,
        n_rudner=n_rudner,
        lee=None if one is None else one.lee,
        livingston_lewis=None if one is None else one.livingston_lewis,
        hanson_brennan=None if one is None else one.hanson_brennan,
        forms=() if one is not None else judged,
        notes=(*notes, *(() if one is None else one.notes)),
    )


def _answers(judged: Decisions | FormDecisions, place: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for each method that answers for a form."""
    named = {
        "lee": judged.lee,
        "livingston-lewis": judged.livingston_lewis,
        "hanson-brennan": judged.hanson_brennan,
    }
    return [
        {"method": name, **place, **_shares(found)}
        for name, found in named.items()
        if found is not None
    ]


def _shares(found: Classification | BetaClassification) -> dict[str, float]:
    """The shares of one answer, without the model it rests on."""
    return table_of([found.result if isinstance(found, BetaClassification) else found])[0]


def _check_evidence(evidence: DecisionEvidence, metric: Metric) -> None:
    if metric == "raw" and evidence.responses is None and evidence.parameters is None:
        raise CannotClassify(["a cut in points needs responses or parameters"])
    if metric == "theta" and evidence.theta is None and evidence.parameters is None:
        raise CannotClassify(["a cut in logits needs parameters or ability estimates"])


def _no_form(cut: float, metric: Metric) -> CutError:
    """The cut where no single form says how sure it is."""
    if metric == "raw":
        return CutError(None, None, cut, None)
    return CutError(cut, None, None, None)


def _rudner(
    evidence: DecisionEvidence, cut: float, metric: Metric, notes: list[str]
) -> tuple[Classification | None, float | None]:
    """Rudner's answer and the persons it is of; why there is none goes into the notes."""
    if metric == "raw":
        notes.append("Rudner: it takes a cut in logits, and this one is in points")
        return None, None
    theta, se, weight = evidence.theta, evidence.se, None
    if theta is None and evidence.responses is not None and evidence.parameters is not None:
        answers = evidence.responses if evidence.categories is None else evidence.categories
        abilities = estimate_abilities(answers, evidence.parameters, "eap")
        theta, se, weight = abilities.theta, abilities.se, answers.weights
        words = None if answers.group else without_groups(evidence.parameters, "Rudner")
        notes.extend([] if words is None else [words])
    if theta is None or se is None:
        notes.append(
            "Rudner: ability estimates with their standard errors, or responses and parameters to "
            "estimate them, are needed"
        )
        return None, None
    known = np.isfinite(theta) & np.isfinite(se) & (se > 0)
    n_known = float(known.sum() if weight is None else weight[known].sum())
    if n_known < FEWEST_PERSONS:
        notes.append(f"Rudner: at least {FEWEST_PERSONS} persons with estimates are needed")
        return None, None
    try:
        found = rudner(theta, se, cut, weight)
    except ValueError as fault:
        notes.append(f"Rudner: {fault}")
        return None, None
    if not np.isfinite(found.kappa):
        notes.append("Rudner: there is no kappa, because everybody is decided alike")
    return found, n_known


def _forms(
    evidence: DecisionEvidence, metric: Metric, notes: list[str]
) -> tuple[AnalysedForm, ...]:
    """The forms to judge; whom that leaves out goes into the notes.

    Raises:
        CannotClassify: A cut in points, and no form that enough persons sat.
        CannotScore: An item of a form has no parameters, or a score lies outside its categories.
    """
    responses, parameters = evidence.responses, evidence.parameters
    if responses is None:
        return _form_alone(parameters, notes)
    found = forms_of(responses)
    notes.extend(_about_forms(found))
    if metric == "raw" and not found.forms:
        raise CannotClassify(_about_forms(found))
    return tuple(form_sat(form, parameters) for form in found.forms)


def _form_alone(parameters: ParameterSet | None, notes: list[str]) -> tuple[AnalysedForm, ...]:
    """The form of a parameter set nobody's responses to which were given; none without one."""
    words = None if parameters is None else no_scores(parameters, parameters.item_ids)
    if parameters is not None and words is None:
        return (form_of_parameters(parameters),)
    notes.append(
        "Lee and the errors at the cut: "
        + ("item parameters are needed" if words is None else words)
    )
    notes.append("Livingston-Lewis and Hanson-Brennan: responses and a cut in points are needed")
    return ()


def _about_forms(found: AnalysedForms) -> list[str]:
    """What has to be said about persons who were presented different sets of items."""
    if not found.forms:
        return [
            f"persons were presented {found.n_sets} different sets of items, none of them at least "
            f"{FEWEST_PERSONS} persons; a raw cut belongs to one form: give the responses "
            "to one form, with blanks scored by the exam's rule"
        ]
    words = []
    if len(found.forms) > 1:
        words.append(
            f"persons were presented {found.n_sets} different sets of items, and a raw cut "
            f"belongs to one form: the {len(found.forms)} forms are judged one by one under `forms`"
        )
    if found.n_left_out:
        words.append(
            f"persons in no form: {found.n_left_out:g}, each presented a set of items that fewer "
            f"than {FEWEST_PERSONS} were, or none"
        )
    return words


def _check_cut(
    forms: tuple[AnalysedForm, ...], cut: float, metric: Metric, reliability: float | None
) -> None:
    """Refuse a raw cut on no form's scale, and one reliability for several forms."""
    if metric == "theta":
        return
    if len(forms) > 1 and reliability is not None:
        raise CannotClassify(
            [
                f"a reliability belongs to one form, and there are {len(forms)}; give the "
                "responses to one form, or no reliability"
            ]
        )
    faults = [fault for form in forms if (fault := off_scale(form, cut)) is not None]
    if faults and len(faults) == len(forms):
        raise CannotClassify(dict.fromkeys(faults))
