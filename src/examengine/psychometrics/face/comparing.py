"""Groups, metrics, forms and answers compared."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from examengine.psychometrics.dif import METHODS as DIF_METHODS
from examengine.psychometrics.dif import CannotCompareGroups, DifRow, compare_groups
from examengine.psychometrics.equating import METHODS as EQUATING_METHODS
from examengine.psychometrics.equating import (
    AnchorKind,
    Bootstrap,
    CannotEquate,
    Degrees,
    Equating,
    EquatingOptions,
    EquatingPlan,
    FormInput,
    equate_forms,
)
from examengine.psychometrics.estimation import Calibration
from examengine.psychometrics.face.given import (
    Data,
    Groups,
    Key,
    Parameters,
    Weights,
    method_named,
    model_code,
    parameters_of,
    read_responses,
)
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.linking import CannotLink, CurveWeights, Link
from examengine.psychometrics.linking import link as link_sets
from examengine.psychometrics.option_categories import by_option
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.shown import Findings
from examengine.psychometrics.similarity import METHODS as SIMILARITY_METHODS
from examengine.psychometrics.similarity import (
    CannotCompareAnswers,
    Similarity,
    compare_answers,
    evidence_of,
)

CURVE_WEIGHTS = {"normal": CurveWeights.normal, "uniform": CurveWeights.uniform}


def dif(
    data: Data,
    group: Groups = None,
    *,
    method: object = "mh",
    reference: str | None = None,
    purify: bool = False,
    adjustment: str = "bh",
    models: Mapping[str, Any] | None = None,
    key: Key = None,
    weight: Weights = None,
) -> Findings[DifRow]:
    """Look for items that work differently for matched persons of different groups.

    Args:
        data: Responses; see `read_responses`.
        group: Group of each person, or the column with it; those of the responses when not given.
        method: "mh", "std", "logistic", "lr" or "wald", any case.
        reference: The reference group; the first to appear when not given.
        purify: Whether to match again without flagged items until these stay the same.
        adjustment: "bh", "holm" or "bonferroni", over the items.
        models: Model by item, for lr and wald, which calibrate.
        key: The right options.
        weight: Frequency of each person.

    Returns:
        One row for each item and focal group, with an effect size and its A, B or C.

    Raises:
        Refusal: There are fewer than two groups, or the method is unknown.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("rasch", 400, 8, rng=1).responses
        >>> found = dif(data, ["women", "men"] * 200, method="MH")
        >>> found[0].reference, found[0].effect
        ('women', 'd_dif')
    """
    found = read_responses(data, key=key, group=group, weight=weight)
    chosen = method_named(method, DIF_METHODS, CannotCompareGroups, "method")
    rows = compare_groups(
        by_option(found, {}).responses if chosen.calibrates else found.responses,
        chosen,
        reference=reference,
        purify=purify,
        adjustment=adjustment.lower(),
        models=models and {name: model_code(model) for name, model in models.items()},
    )
    flagged = sum(row.ets_class in {"B", "C"} for row in rows)
    return Findings(f"DIF by {chosen.title}: {flagged} of {len(rows)} comparisons B or C", rows)


def link(
    new: Parameters,
    old: Parameters,
    *,
    method: object = "stocking-lord",
    weights: str | CurveWeights = "normal",
    robust: bool = False,
) -> Link:
    """Bring one calibration into the metric of another by the items they share.

    Args:
        new: The calibration to be transformed.
        old: The calibration whose metric is wanted.
        method: "stocking-lord", "haebara", "mean-sigma" or "mean-mean", any case.
        weights: Where curves are compared: "normal", "uniform" or `CurveWeights`.
        robust: Whether to do without items that have drifted.

    Returns:
        The constants, how far each item has moved, and `transformed`: the parameters in the old
        metric.

    Raises:
        Refusal: Fewer than two items in common, or the method is unknown.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> test = simulate("2pl", 1, 10, rng=1).parameters
        >>> found = link(test, test, method="Haebara")
        >>> round(found.slope, 6), abs(round(found.intercept, 6))
        (1.0, 0.0)
    """
    chosen = method_named(method, LINKING_METHODS, CannotLink, "method")
    if isinstance(weights, str):
        weights = method_named(weights, CURVE_WEIGHTS, CannotLink, "weights")()
    return link_sets(parameters_of(new), parameters_of(old), chosen, weights, robust=robust)


def equate(
    new: Data | Parameters,
    old: Data | Parameters,
    *,
    method: object = "equipercentile",
    key: Key = None,
    anchor: AnchorKind = "internal",
    single_group: bool = False,
    weight: float | None = None,
    smoothing: int | str | tuple[int, ...] | None = None,
    kernel: bool = False,
    link: object = None,
    groups: tuple[str | None, str | None] = (None, None),
    bootstrap: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> Equating:
    """Bring the scores of a new form to the scale of an old one.

    Args:
        new: The new form: responses, or for IRT methods a calibration.
        old: The old form, likewise.
        method: Of observed scores ("identity", "mean", "linear", "equipercentile", "kernel",
            "tucker", "levine", "levine-true", "chained-linear", "chained-equipercentile",
            "frequency-estimation") or of item parameters ("irt-true", "irt-observed"), any case.
        key: The right options of both forms, by item.
        anchor: "internal" or "external": whether common items count towards the total.
        single_group: Whether the same persons took both forms.
        weight: Share of the new form's group in the synthetic population.
        smoothing: Moments that presmoothing keeps: 4, (total, anchor, cross), or "aic", "bic",
            "chi2".
        kernel: Whether percentile ranks are continued by Gaussian kernels.
        link: How the new calibration is brought to the old metric first; see `link`.
        groups: Calibrated groups that took the forms.
        bootstrap: Samples for the standard errors; by the delta method when not given.
        rng: For a bootstrap: a generator, or the seed of one.

    Returns:
        The conversion table with standard errors.

    Raises:
        Refusal: The forms do not determine a conversion, or the method is unknown.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> old, new = (simulate("2pl", 400, 6, rng=seed).responses for seed in (1, 2))
        >>> found = equate(new, old, method="linear")
        >>> len(found.table()), found.table().columns
        (7, ('score', 'equated', 'rounded', 'se'))
    """
    chosen = method_named(method, EQUATING_METHODS, CannotEquate, "method")
    by_link = None if link is None else method_named(link, LINKING_METHODS, CannotLink, "link")
    if bootstrap is not None and rng is None:
        raise CannotEquate(["a bootstrap draws samples: give rng=, a generator or a seed"])
    samples = None if bootstrap is None else Bootstrap(bootstrap, np.random.default_rng(rng))
    smooth = _smoothing(smoothing)
    plan = EquatingPlan(
        options=EquatingOptions(weight=weight, kernel=kernel),
        anchor=anchor,
        single_group=single_group,
        smoothing=None if smooth is None else (smooth, smooth),
        link=by_link,
        bootstrap=samples,
    )
    return equate_forms(_form(new, key, groups[0]), _form(old, key, groups[1]), chosen, plan)


def similarity(
    data: Data,
    calibration: Parameters | None = None,
    *,
    method: object = "gbt",
    key: Key = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    rooms: Sequence[str] | None = None,
    omitted: Collection[str] = (),
    ability: str = "eap",
    adjustment: str = "holm",
    level: float = 0.05,
) -> Similarity:
    """Ask whether pairs of persons agree more than independent work explains.

    A flagged pair is a signal for people to look into, never a verdict.

    Args:
        data: Responses; see `read_responses`. With a key answers are compared option by option.
        calibration: A calibration or item parameters, for methods with a model.
        method: "gbt", "omega", "m4", "k", "k1" or "k2", any case.
        key: The right options.
        pairs: The pairs to compare, by person; all pairs when not given.
        rooms: Room of each person: only pairs within a room are compared.
        omitted: Options that mean "left out".
        ability: How abilities are estimated.
        adjustment: "holm", "bonferroni" or "bh", over all pairs compared.
        level: Pairs are flagged up to this adjusted p.

    Returns:
        The flagged pairs, or all those that were chosen.

    Raises:
        Refusal: The method needs a model or a key that is not there.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 30, 20, rng=1)
        >>> similarity(data.responses, data.parameters).n_compared
        435
    """
    found = read_responses(data, key=key)
    return compare_answers(
        evidence_of(
            found,
            None if calibration is None else parameters_of(calibration),
            omitted=omitted,
            ability=ability.lower(),
        ),
        method_named(method, SIMILARITY_METHODS, CannotCompareAnswers, "method"),
        pairs=pairs,
        rooms=rooms,
        adjustment=adjustment.lower(),
        level=level,
    )


def _form(given: Any, key: Key, group: str | None) -> FormInput:
    """One form, from responses, parameters or a calibration, which has both."""
    if isinstance(given, Calibration):
        return FormInput(given.responses, given.parameters, group)
    if isinstance(given, ParameterSet):
        return FormInput(None, given, group)
    return FormInput(read_responses(given, key=key).responses, None, group)


def _smoothing(given: int | str | tuple[int, ...] | None) -> Any:
    """Degrees from numbers; a criterion as it is."""
    if isinstance(given, int):
        return Degrees(given)
    return Degrees(*given) if isinstance(given, tuple) else given
