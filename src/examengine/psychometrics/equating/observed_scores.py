"""Equate two forms by the scores observed on them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import (
    Equating,
    EquatingDesign,
    Errors,
    SmoothingReport,
    equating_of,
)
from examengine.psychometrics.equating.degrees import Criterion, smooth
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.log_linear import Degrees, LogLinearFit
from examengine.psychometrics.equating.methods import (
    EquatingOptions,
    ObservedEquivalents,
    ObservedScoreMethod,
)
from examengine.psychometrics.equating.resampling import Bootstrap, bootstrap_errors
from examengine.psychometrics.equating.score_tables import CannotEquate, ScoreFrequencies
from examengine.psychometrics.equating.sparse_scores import error_notes
from examengine.psychometrics.refusals import refuse

Smoothing = Degrees | Criterion


@dataclass(frozen=True, slots=True, eq=False)
class _Estimated:
    """Distributions of both forms, and how they were found.

    Attributes:
        new: Scores on the new form.
        old: Scores on the old form.
        joint: Totals on both forms when one group took both; None otherwise.
        fits: The fits, in the order of `degrees`; empty without smoothing.
    """

    new: ScoreDistribution
    old: ScoreDistribution
    joint: ScoreDistribution | None
    fits: tuple[LogLinearFit, ...]


def equate(
    new: ScoreFrequencies,
    old: ScoreFrequencies,
    method: ObservedScoreMethod,
    options: EquatingOptions = EquatingOptions(),  # noqa: B008 - frozen
    *,
    smoothing: Smoothing | tuple[Smoothing, Smoothing] | None = None,
    bootstrap: Bootstrap | None = None,
) -> Equating:
    """Equate a new form to an old one that another group took.

    Args:
        new: Scores of the group that took the new form.
        old: Scores of the group that took the old form.
        method: How to equate.
        options: Choices the method leaves open.
        smoothing: Moments that presmoothing keeps, or what chooses them, for both forms or for the
            new and the old one; None for none.
        bootstrap: Samples to draw for the standard errors; by the delta method when None.

    Returns:
        The conversion with its standard errors.

    Raises:
        CannotEquate: The scores do not determine the conversion, or an option plays no part in
            the method; one sentence per fault.

    Notes:
        Standard errors hold for random samples of persons. By the delta method they take
        bandwidths as given; the bootstrap keeps bandwidths and degrees of smoothing as chosen on
        the data. Notes name the scores at which the delta method has no error, or a rough one.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, chapters 2 to 5 and 7.
    """
    _check(new, old, method, options, smoothed=smoothing is not None)
    wanted = smoothing if isinstance(smoothing, tuple) else (smoothing, smoothing)
    estimated = _two_groups(new, old, wanted)
    degrees = _degrees(estimated, 2)

    def resampled(rng: np.random.Generator) -> _Estimated:
        return _two_groups(_drawn(new, rng), _drawn(old, rng), (degrees[0], degrees[1]))

    design: EquatingDesign = (
        "nonequivalent groups with anchor" if method.anchored else "equivalent groups"
    )
    return _equating(estimated, method, options, design, resampled, bootstrap)


def equate_single_group(
    joint: FloatArray,
    method: ObservedScoreMethod,
    options: EquatingOptions = EquatingOptions(),  # noqa: B008 - frozen
    *,
    smoothing: Smoothing | None = None,
    bootstrap: Bootstrap | None = None,
) -> Equating:
    """Equate two forms that the same persons took.

    The equivalents are those of equivalent groups; the standard errors know that both scores
    belong to one person.

    Args:
        joint: Frequencies of the totals, shape (n_new_scores, n_old_scores).
        method: How to equate; one without an anchor.
        options: Choices the method leaves open.
        smoothing: Moments that presmoothing keeps in the joint distribution (the old form's total
            stands where an anchor would), or what chooses them; None for none.
        bootstrap: Samples to draw for the standard errors; by the delta method when None.

    Returns:
        The conversion with its standard errors.

    Raises:
        CannotEquate: See `equate`; or the method needs an anchor.
    """
    # The old form is to the joint table what an external anchor is.
    table = ScoreFrequencies(joint, "external")
    if method.anchored:
        raise CannotEquate([f"{method.code} needs two groups; one group took both forms"])
    new, old = (ScoreFrequencies(joint.sum(axis=axis)[:, np.newaxis]) for axis in (1, 0))
    _check(new, old, method, options, smoothed=smoothing is not None)
    estimated = _one_group(table, smoothing)
    degrees = _degrees(estimated, 1)

    def resampled(rng: np.random.Generator) -> _Estimated:
        return _one_group(_drawn(table, rng), degrees[0])

    return _equating(estimated, method, options, "single group", resampled, bootstrap)


def _check(
    new: ScoreFrequencies,
    old: ScoreFrequencies,
    method: ObservedScoreMethod,
    options: EquatingOptions,
    *,
    smoothed: bool,
) -> None:
    faults = []
    if method.anchored and (new.anchor is None or new.anchor != old.anchor):
        faults.append(f"{method.code} needs an anchor of the same kind in both groups")
    elif method.anchored and new.counts.shape[1] != old.counts.shape[1]:
        faults.append(
            f"the anchor has {new.counts.shape[1]} scores in one group and "
            f"{old.counts.shape[1]} in the other"
        )
    refuse(CannotEquate, [*faults, *method.option_faults(options, smoothed=smoothed)])


def _two_groups(
    new: ScoreFrequencies,
    old: ScoreFrequencies,
    smoothing: tuple[Smoothing | None, Smoothing | None],
) -> _Estimated:
    if smoothing[0] is None or smoothing[1] is None:
        observed = ScoreDistribution.observed
        return _Estimated(observed(new), observed(old), None, ())
    fits = smooth(new, smoothing[0]), smooth(old, smoothing[1])
    return _Estimated(fits[0].distribution, fits[1].distribution, None, fits)


def _one_group(table: ScoreFrequencies, smoothing: Smoothing | None) -> _Estimated:
    fits = () if smoothing is None else (smooth(table, smoothing),)
    joint = fits[0].distribution if fits else ScoreDistribution.observed(table)
    new, old = (
        ScoreDistribution(margin[:, np.newaxis], joint.n)
        for margin in (joint.totals, joint.anchors)
    )
    return _Estimated(new, old, joint, fits)


def _degrees(estimated: _Estimated, count: int) -> tuple[Degrees | None, ...]:
    return tuple(fit.degrees for fit in estimated.fits) or (None,) * count


def _drawn(table: ScoreFrequencies, rng: np.random.Generator) -> ScoreFrequencies:
    """As many persons drawn anew from a table."""
    share = table.counts.ravel() / table.n
    counts = rng.multinomial(round(table.n), share).reshape(table.counts.shape)
    return replace(table, counts=counts.astype(np.float64))


def _equating(
    estimated: _Estimated,
    method: ObservedScoreMethod,
    options: EquatingOptions,
    design: EquatingDesign,
    resampled: Callable[[np.random.Generator], _Estimated],
    bootstrap: Bootstrap | None,
) -> Equating:
    found = method.equate(estimated.new, estimated.old, options)
    if bootstrap is None:
        errors = _delta_errors(estimated, found, method)
    else:
        settled = found.settled(options)

        def replicate(rng: np.random.Generator) -> FloatArray:
            again = resampled(rng)
            return method.equate(again.new, again.old, settled).values

        errors = bootstrap_errors(replicate, bootstrap)
    return equating_of(
        method,
        found,
        errors,
        design=design,
        anchor=estimated.new.anchor if method.anchored else None,
        n=(estimated.new.n, estimated.old.n),
        totals=(estimated.new.totals, estimated.old.totals),
        smoothing=_reports(estimated),
    )


def _delta_errors(
    estimated: _Estimated, found: ObservedEquivalents, method: ObservedScoreMethod
) -> Errors:
    """Standard errors by the delta method; nan where nobody stands."""
    by_new, by_old = found.derivatives()
    if estimated.joint is None:
        variance = estimated.new.variance(by_new) + estimated.old.variance(by_old)
    else:
        variance = estimated.joint.variance(by_new + by_old[:, :, 0][:, np.newaxis, :])
    errors: FloatArray = np.sqrt(variance)
    # Lines and smoothed distributions are drawn through all persons, not those at a score.
    if not method.curved or estimated.fits:
        return Errors(errors, "delta")
    new, old = (one.totals * one.n for one in (estimated.new, estimated.old))
    return Errors(errors, "delta", notes=tuple(error_notes(found.values, errors, new, old)))


def _reports(estimated: _Estimated) -> tuple[SmoothingReport, ...]:
    if estimated.joint is not None:
        return tuple(SmoothingReport.of("both", fit) for fit in estimated.fits)
    return tuple(
        SmoothingReport.of("new" if place == 0 else "old", fit)
        for place, fit in enumerate(estimated.fits)
    )
