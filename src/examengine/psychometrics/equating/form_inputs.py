"""Two forms as they were given, brought to what a method of equating takes.

Persons without a total, items both forms have, groups nobody named, calibrations in two metrics:
what is settled before an equating is settled here, and what a reader has to know of it is a note.
"""

from dataclasses import dataclass, replace

from examengine.psychometrics.equating.conversions import Equating
from examengine.psychometrics.equating.irt_equating import equate_by_parameters
from examengine.psychometrics.equating.irt_forms import (
    BothForms,
    FormResponses,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.methods import (
    AnyMethod,
    EquatingOptions,
    IrtMethod,
    ObservedScoreMethod,
)
from examengine.psychometrics.equating.observed_scores import (
    Smoothing,
    equate,
    equate_single_group,
)
from examengine.psychometrics.equating.resampling import Bootstrap
from examengine.psychometrics.equating.score_tables import (
    AnchorKind,
    CannotEquate,
    answered_all,
    common_item_ids,
    joint_table,
    score_table,
    with_common_maxima,
)
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.linking import LinkingMethod
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses


@dataclass(frozen=True, slots=True, eq=False)
class FormInput:
    """One form as it was given.

    Attributes:
        responses: To the form; None when there are only parameters.
        parameters: Of its items; None when there are only responses.
        group: The calibrated group that took the form; the first when None.
        responses_source: What to call the responses in sentences.
        parameters_source: What to call the parameters.
    """

    responses: Responses | None = None
    parameters: ParameterSet | None = None
    group: str | None = None
    responses_source: str = "responses"
    parameters_source: str = "parameters"


_NOTHING_CHOSEN = EquatingOptions()


@dataclass(frozen=True, slots=True, eq=False)
class EquatingPlan:
    """How two forms are equated, beside the method.

    Attributes:
        options: Choices the method leaves open.
        anchor: Whether items both forms have count towards the total.
        single_group: Whether the same persons took both forms.
        smoothing: Moments that presmoothing keeps, for the new and the old form; None for none.
        link: How the new calibration is brought to the metric of the old one; None when both are
            in one.
        bootstrap: Samples to draw for the standard errors; by the delta method when None.
    """

    options: EquatingOptions = _NOTHING_CHOSEN
    anchor: AnchorKind = "internal"
    single_group: bool = False
    smoothing: tuple[Smoothing, Smoothing] | None = None
    link: LinkingMethod | None = None
    bootstrap: Bootstrap | None = None


def equate_forms(new: FormInput, old: FormInput, method: AnyMethod, plan: EquatingPlan) -> Equating:
    """Equate a new form to an old one from whatever the method needs of them.

    Args:
        new: The new form; responses for methods by observed scores, parameters for those by IRT,
            and responses as well for their standard errors.
        old: The old form, likewise.
        method: How to equate.
        plan: What else was chosen.

    Returns:
        The conversion; its notes say who was left out and what was taken for granted.

    Raises:
        Refusal: Something needed is missing, or the forms do not determine a conversion.
    """
    if isinstance(method, IrtMethod):
        return _by_parameters(new, old, method, plan)
    return _by_scores(new, old, method, plan)


def _by_scores(
    new: FormInput, old: FormInput, method: ObservedScoreMethod, plan: EquatingPlan
) -> Equating:
    both = _both_responses(new, old)
    if both is None:
        raise CannotEquate([f"{method.code} needs the responses to both forms"])
    whole = answered_all(both[0]), answered_all(both[1])
    notes = _left_out((new, old), both, whole)
    if plan.single_group:
        found = equate_single_group(
            joint_table(*whole),
            method,
            plan.options,
            smoothing=_one_smoothing(plan),
            bootstrap=plan.bootstrap,
        )
        return _noted(found, *notes, *_unmatched(*whole))
    common = common_item_ids(*both) if method.anchored else ()
    if method.anchored and not common:
        raise CannotEquate([f"no item id is in both files; {method.code} needs an anchor"])
    kind = plan.anchor if method.anchored else None
    tables = [score_table(form, common, anchor=kind) for form in whole]
    found = equate(
        tables[0],
        tables[1],
        method,
        plan.options,
        smoothing=plan.smoothing,
        bootstrap=plan.bootstrap,
    )
    return _noted(found, *notes)


def _by_parameters(
    new: FormInput, old: FormInput, method: IrtMethod, plan: EquatingPlan
) -> Equating:
    if new.parameters is None or old.parameters is None:
        raise CannotEquate([f"{method.code} needs the parameters of both forms"])
    if plan.smoothing is not None:
        raise CannotEquate([f"{method.code} observes no distributions: smoothing plays no part"])
    calibrated = new.parameters, old.parameters
    both = _both_responses(new, old)
    if plan.bootstrap is not None and both is None:
        raise CannotEquate(["a bootstrap draws persons: give the responses to both forms as well"])
    counted = _counted(both or calibrated, plan.anchor)
    taken = None
    if both is not None:
        sides = [
            FormResponses(responses, parameters, items, form.group)
            for responses, parameters, items, form in zip(
                both, calibrated, counted, (new, old), strict=True
            )
        ]
        taken = BothForms(sides[0], sides[1], plan.link)
    if plan.bootstrap is not None and taken is not None:
        _check_recalibration(taken)
    moved = in_metric_of(*calibrated, plan.link)
    found = equate_by_parameters(
        irt_form(moved, counted[0], group=new.group),
        irt_form(calibrated[1], counted[1], group=old.group),
        method,
        plan.options,
        taken=taken,
        bootstrap=plan.bootstrap,
    )
    apart = () if plan.link else _apart(*calibrated)
    return _noted(found, *_group_not_named(new), *_group_not_named(old), *apart)


def _noted(found: Equating, *notes: str) -> Equating:
    return replace(found, notes=(*notes, *found.notes))


def _both_responses(new: FormInput, old: FormInput) -> tuple[Responses, Responses] | None:
    """The responses to both forms; None when neither has any.

    Raises:
        CannotEquate: One of them has some.
    """
    if new.responses is None and old.responses is None:
        return None
    if new.responses is None or old.responses is None:
        raise CannotEquate(["responses to one form were given, and none to the other"])
    return with_common_maxima(new.responses, old.responses)


def _left_out(
    given: tuple[FormInput, FormInput],
    both: tuple[Responses, Responses],
    whole: tuple[Responses, Responses],
) -> list[str]:
    """A sentence for each form some of whose persons have no total."""
    return [
        f"{form.responses_source}: persons who were not presented every item are left out: "
        f"{every.weights.sum() - kept.weights.sum():g} of {every.weights.sum():g}"
        for form, every, kept in zip(given, both, whole, strict=True)
        if kept.n_persons < every.n_persons
    ]


def _unmatched(new: Responses, old: Responses) -> tuple[str, ...]:
    """A sentence when some persons took one form only."""
    alone = len(set(new.person_ids) ^ set(old.person_ids))
    return (f"persons in one file only are left out: {alone}",) if alone else ()


def _one_smoothing(plan: EquatingPlan) -> Smoothing | None:
    """What smooths the joint distribution of a single group.

    Raises:
        CannotEquate: The forms were to be smoothed differently.
    """
    if plan.smoothing is None:
        return None
    first, second = plan.smoothing
    if first != second:
        raise CannotEquate(
            ["smoothing is given once for a single group: both forms are smoothed together"]
        )
    return first


def _counted(
    forms: tuple[Responses, Responses] | tuple[ParameterSet, ParameterSet], anchor: AnchorKind
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of each form that count towards its total."""
    new, old = (form.item_ids for form in forms)
    common = set(new) & set(old) if anchor == "external" else set()
    counted = [tuple(name for name in names if name not in common) for names in (new, old)]
    return counted[0], counted[1]


def _check_recalibration(taken: BothForms) -> None:
    """Refuse to draw samples from what can be calibrated together only.

    Raises:
        CannotEquate: Groups were named, or common items do not bring the calibrations to one
            metric.
    """
    if taken.new.group is not None or taken.old.group is not None:
        raise CannotEquate(
            ["groups were named, and a bootstrap calibrates each form on its own, without groups"]
        )
    if taken.link is None and common_item_ids(taken.new.responses, taken.old.responses):
        raise CannotEquate(
            [
                "a bootstrap calibrates the forms apart, so their common items have to bring them "
                f"to one metric: choose a link, one of {', '.join(LINKING_METHODS)}"
            ]
        )


def _group_not_named(form: FormInput) -> tuple[str, ...]:
    """A sentence when a calibration has several groups and nobody said who took the form."""
    labels = [] if form.parameters is None else [one.group for one in form.parameters.groups]
    if form.group is not None or len(labels) < 2:
        return ()
    return (
        f"{form.parameters_source}: the parameters are of groups {', '.join(labels)}, and "
        f"{labels[0]} is taken to have taken the form, since none was named",
    )


def _apart(new: ParameterSet, old: ParameterSet) -> tuple[str, ...]:
    """A sentence when common items have different parameters and nobody asked for a link."""
    known = {item.item_id: item for item in new.items}
    moved = [
        item.item_id
        for item in old.items
        if item.item_id in known and not known[item.item_id].repeats(item)
    ]
    if not moved:
        return ()
    return (
        f"{len(moved)} common items have different parameters in the two files, which are taken to "
        "be in one metric; a link would bring them to one",
    )
