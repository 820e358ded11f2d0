"""The forms in a response matrix: a form is a set of items that persons were presented together."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.binding import aligned
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.presented_forms import FEWEST_PERSONS, frequent_forms
from examengine.psychometrics.responses import Responses


@dataclass(frozen=True, slots=True, eq=False)
class AnalysedForms:
    """The forms that can be judged, and whom that leaves out.

    Attributes:
        forms: Responses to each form, without missing cells; the most frequent first, ties in order
            of appearance.
        n_sets: Different sets of items that somebody was presented.
        n_left_out: Persons who were presented another set of items, as a sum of weights.
    """

    forms: tuple[Responses, ...]
    n_sets: int
    n_left_out: float


@dataclass(frozen=True, slots=True, eq=False)
class AnalysedForm:
    """One form: who sat it, what is known of its items, or both.

    Attributes:
        item_ids: Its items.
        max_score: Highest possible raw score, points.
        responses: Without missing cells; None when there are parameters only.
        parameters: Of exactly these items, in this order; None when there are responses only, or
            when an item's categories are no scores.
        notes: Why the parameters play no part.
    """

    item_ids: tuple[str, ...]
    max_score: int
    responses: Responses | None
    parameters: ParameterSet | None
    notes: tuple[str, ...] = ()


def form_sat(responses: Responses, parameters: ParameterSet | None) -> AnalysedForm:
    """Bring the responses to a form together with the parameters of its items.

    Args:
        responses: To the form, without missing cells.
        parameters: A set with every item of the responses, or None.

    Returns:
        The form, with highest scores as the parameters have them. Parameters of chosen options
        are left out, with a note: the raw score is no function of such categories.

    Raises:
        CannotScore: An item has no parameters, or a score lies outside its categories.
    """
    words = None if parameters is None else no_scores(parameters, responses.item_ids)
    if parameters is not None and words is None:
        responses, parameters = aligned(responses, parameters)
    return AnalysedForm(
        item_ids=responses.item_ids,
        max_score=int(responses.max_scores.sum()),
        responses=responses,
        parameters=parameters if words is None else None,
        notes=() if words is None else (words,),
    )


def form_of_parameters(parameters: ParameterSet) -> AnalysedForm:
    """The form that is made of all items of a parameter set, whose categories are scores."""
    highest = sum(item.n_categories - 1 for item in parameters.items)
    return AnalysedForm(parameters.item_ids, highest, None, parameters)


def no_scores(parameters: ParameterSet, item_ids: Iterable[str]) -> str | None:
    """Say which item was calibrated from chosen options; None when none of these was."""
    mine = set(item_ids)
    for item in parameters.items:
        if item.options and item.item_id in mine:
            return (
                f"item {item.item_id!r} was calibrated from its chosen options, which are no "
                "scores: the parameters say nothing of the raw score"
            )
    return None


def off_scale(form: AnalysedForm, cut: float) -> str | None:
    """Say that a raw cut lies outside the scale of a form; None when it does not."""
    if 0 < cut <= form.max_score:
        return None
    return f"cut {cut:g}; on this form it lies above 0 and up to {form.max_score}"


def forms_of(responses: Responses, *, fewest: float = FEWEST_PERSONS) -> AnalysedForms:
    """Take a response matrix apart into its forms.

    Args:
        responses: Scored responses, missing by design allowed.
        fewest: Sets of items presented to fewer persons (by weight) are left out; one form for
            everybody stands however few they are.

    Returns:
        The forms; none when every set of items was presented to fewer persons.
    """
    if responses.presented.all():
        return AnalysedForms((responses,), 1, 0.0)
    found = tuple(frequent_forms(responses, fewest))
    judged = sum(float(form.weights.sum()) for form in found)
    n_sets = np.unique(responses.presented[responses.presented.any(axis=1)], axis=0).shape[0]
    return AnalysedForms(found, n_sets, float(responses.weights.sum()) - judged)
