"""What `examengine equate` is given, and the equating made of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from examengine.commands.psychometric_input import (
    Fault,
    keys_from,
    parameters_from,
    responses_from,
)
from examengine.psychometrics.equating import (
    METHODS,
    OBSERVED_SCORES,
    TRUE_SCORES,
    AnchorKind,
    Bootstrap,
    BothForms,
    Criterion,
    Degrees,
    Equating,
    FormResponses,
    IrtForm,
    Options,
    Smoothing,
    answered_all,
    common_item_ids,
    equate,
    equate_predicted_scores,
    equate_single_group,
    equate_true_scores,
    in_metric_of,
    irt_form,
    joint_table,
    score_table,
    with_common_maxima,
)
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.response_files import PERSON
from examengine.psychometrics.responses import Responses

IRT = (TRUE_SCORES, OBSERVED_SCORES)
DEGREES = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2},[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class EquateInput:
    """The command line of `examengine equate`, option by option."""

    method: str
    new: Path | None
    old: Path | None
    source: Path | None
    target: Path | None
    key: Path | None
    anchor: str
    single_group: bool
    weight: float | None
    smooth: tuple[str, ...]
    kernel: bool
    bandwidth: float | None
    link: str | None
    groups: tuple[str, str] | None

    @property
    def anchor_kind(self) -> AnchorKind:
        """Whether common items count towards the total."""
        return "external" if self.anchor == "external" else "internal"

    @property
    def options(self) -> Options:
        """What the method leaves open. A bandwidth asks for kernels."""
        return Options(
            weight=self.weight,
            kernel=self.kernel or self.bandwidth is not None,
            bandwidths=None if self.bandwidth is None else (self.bandwidth,),
        )


def bootstrap_of(replications: int | None, rng: np.random.Generator) -> Bootstrap | None:
    """Return the samples to draw; None when none were asked for."""
    return None if replications is None else Bootstrap(replications, rng)


def equated_by_scores(
    given: EquateInput, bootstrap: Bootstrap | None
) -> tuple[Equating, tuple[str, ...]]:
    """Equate by observed scores; return what a reader has to be warned of beside it.

    Raises:
        Refusal: A file, an option or the scores cannot be used.
    """
    method = METHODS[given.method]
    new, old = _both_responses(given)
    whole = answered_all(new), answered_all(old)
    warnings = tuple(
        f"{path}: persons who were not presented every item are left out: "
        f"{form.n_persons - kept.n_persons} of {form.n_persons}"
        for path, form, kept in zip((given.new, given.old), (new, old), whole, strict=True)
        if kept.n_persons < form.n_persons
    )
    if given.single_group:
        smoothing = _smoothing(given.smooth, paired=True)
        joint = joint_table(*whole)
        found = equate_single_group(
            joint, method, given.options, smoothing=_only(smoothing), bootstrap=bootstrap
        )
        return found, (*warnings, *_unmatched(*whole))
    smoothing = _smoothing(given.smooth, paired=method.anchored)
    common = common_item_ids(new, old) if method.anchored else ()
    if method.anchored and not common:
        raise Fault(f"no item id is in both files; {given.method} needs an anchor")
    kind = given.anchor_kind if method.anchored else None
    tables = [score_table(form, common, anchor=kind) for form in whole]
    found = equate(
        tables[0], tables[1], method, given.options, smoothing=smoothing, bootstrap=bootstrap
    )
    return found, warnings


def equated_by_parameters(
    given: EquateInput, bootstrap: Bootstrap | None
) -> tuple[Equating, tuple[str, ...]]:
    """Equate by item parameters; return what a reader has to be warned of beside it.

    Raises:
        Refusal: A file, an option or the parameters cannot be used.
    """
    if given.source is None or given.target is None:
        raise Fault(f"--method {given.method} needs --from and --to: parameters of both forms")
    calibrated = parameters_from(given.source), parameters_from(given.target)
    responses = None if given.new is None and given.old is None else _both_responses(given)
    if bootstrap is not None and responses is None:
        raise Fault("--bootstrap draws persons: give the responses to both forms as well")
    counted = _counted(given, calibrated, responses)
    method = None if given.link is None else LINKING_METHODS[given.link]
    moved = in_metric_of(*calibrated, method)
    groups = given.groups or (None, None)
    forms = (
        irt_form(moved, counted[0], group=groups[0]),
        irt_form(calibrated[1], counted[1], group=groups[1]),
    )
    taken = None if responses is None else _taken(given, calibrated, responses, counted)
    if bootstrap is not None and taken is not None:
        _check_recalibration(given, taken)
    found = _by_parameters(given, forms, taken, bootstrap)
    return found, () if given.link else _apart(calibrated)


def _unmatched(new: Responses, old: Responses) -> tuple[str, ...]:
    """A sentence when some persons took one form only."""
    alone = len(set(new.person_ids) ^ set(old.person_ids))
    return (f"persons in one file only are left out: {alone}",) if alone else ()


def _by_parameters(
    given: EquateInput,
    forms: tuple[IrtForm, IrtForm],
    taken: BothForms | None,
    bootstrap: Bootstrap | None,
) -> Equating:
    if given.method == TRUE_SCORES:
        return equate_true_scores(*forms, taken, bootstrap)
    return equate_predicted_scores(*forms, given.options, taken, bootstrap)


def _both_responses(given: EquateInput) -> tuple[Responses, Responses]:
    if given.new is None or given.old is None:
        raise Fault(f"--method {given.method} needs two files: the new form's, then the old form's")
    keys = keys_from(given.key)
    both = [responses_from(path, keys) for path in (given.new, given.old)]
    unnamed = [data.source for data in both if given.single_group and not data.named_persons]
    if unnamed:
        raise Fault(
            f"{', '.join(unnamed)}: no column {PERSON!r}; --single-group needs a {PERSON} column "
            "in both files, to know who took both forms"
        )
    return with_common_maxima(both[0].responses, both[1].responses)


def _smoothing(words: tuple[str, ...], *, paired: bool) -> tuple[Smoothing, Smoothing] | None:
    """What --smooth says, for the new and the old form.

    Args:
        words: The option, given once, twice or not at all.
        paired: Whether distributions have two scores, so that both need a degree.
    """
    if not words:
        return None
    if len(words) > 2:
        raise Fault("--smooth is given once, or twice: the new form's, then the old form's")
    found = [_degrees(one, paired=paired) for one in words]
    return found[0], found[-1]


def _degrees(words: str, *, paired: bool) -> Smoothing:
    criteria: Mapping[str, Criterion] = {name: name for name in get_args(Criterion)}
    if words in criteria:
        return criteria[words]
    if not DEGREES.fullmatch(words) or ("," in words and not paired):
        needed = "a number such as 4" + (", three such as 4,4,1" if paired else "")
        raise Fault(f"--smooth {words}: {needed}, aic, bic or chi2 is needed")
    numbers = [int(part) for part in words.split(",")]
    if len(numbers) == 1:
        return Degrees(numbers[0], numbers[0], 1) if paired else Degrees(numbers[0])
    return Degrees(*numbers)


def _only(smoothing: tuple[Smoothing, Smoothing] | None) -> Smoothing | None:
    if smoothing is not None and smoothing[0] != smoothing[1]:
        raise Fault("--smooth is given once with --single-group: both forms are smoothed together")
    return None if smoothing is None else smoothing[0]


def _counted(
    given: EquateInput,
    calibrated: tuple[ParameterSet, ParameterSet],
    responses: tuple[Responses, Responses] | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of each form that count towards its total."""
    forms = [one.item_ids for one in (responses or calibrated)]
    common = set(forms[0]) & set(forms[1]) if given.anchor == "external" else set()
    new, old = (tuple(name for name in names if name not in common) for names in forms)
    return new, old


def _taken(
    given: EquateInput,
    calibrated: tuple[ParameterSet, ParameterSet],
    responses: tuple[Responses, Responses],
    counted: tuple[tuple[str, ...], tuple[str, ...]],
) -> BothForms:
    """What both forms were calibrated from."""
    new, old = (
        FormResponses(form, parameters, items, group)
        for form, parameters, items, group in zip(
            responses, calibrated, counted, given.groups or (None, None), strict=True
        )
    )
    return BothForms(new, old, None if given.link is None else LINKING_METHODS[given.link])


def _check_recalibration(given: EquateInput, taken: BothForms) -> None:
    """Refuse to draw samples from what can be calibrated together only.

    Raises:
        Fault: Groups were named, or common items do not bring the calibrations to one metric.
    """
    if given.groups is not None:
        raise Fault("--groups: --bootstrap calibrates each form on its own, without groups")
    if given.link is None and common_item_ids(taken.new.responses, taken.old.responses):
        raise Fault(
            "--bootstrap calibrates the forms apart: give --link METHOD, so that their common "
            "items bring them to one metric"
        )


def _apart(calibrated: tuple[ParameterSet, ParameterSet]) -> tuple[str, ...]:
    """A sentence when common items have different parameters and nobody asked for a link."""
    new = {item.item_id: item for item in calibrated[0].items}
    moved = [
        item.item_id
        for item in calibrated[1].items
        if item.item_id in new and not new[item.item_id].repeats(item)
    ]
    if not moved:
        return ()
    return (
        f"{len(moved)} common items have different parameters in the two files, which are taken to "
        "be in one metric; --link brings them to one",
    )
