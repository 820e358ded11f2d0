"""Model fit of a calibrated test, from responses and parameters to the indices people read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.classical.moments import pairwise_covariance, presented
from examengine.psychometrics.fit.available_cases import (
    AvailableCaseInverse,
    n_determined,
    overlap,
)
from examengine.psychometrics.fit.calibrated import CalibratedTest, jacobian
from examengine.psychometrics.fit.limited_information import (
    ModelFit,
    independence_form,
    model_fit,
    quadratic_form,
    root_mean_residual,
)
from examengine.psychometrics.fit.moment_covariance import InverseCovariance, MomentInverse
from examengine.psychometrics.fit.moments import (
    MomentLayout,
    Moments,
    expected_moments,
    layout,
    observed_moments,
)
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.responses import Responses

# Pairs of items times parameters: 300 two-parameter items need 27 million numbers of 8 bytes.
LARGEST_JACOBIAN = 60_000_000
# Moments of which the covariance is written out, as missing cells need: 288 MB a matrix.
LARGEST_WRITTEN_OUT = 6_000

NO_VARIANCE = (
    "M2 needs item scores that vary; under these parameters nearly everybody gets the same score "
    "on some item, so leave that item out"
)

# Probabilities (n_points, n_items, n_categories) and node weights (n_points,) to the inverse.
InverseOf = Callable[[FloatArray, FloatArray], MomentInverse]


class CannotTestFit(Refusal):
    """The responses and parameters do not allow the fit that was asked for."""


def limited_information_fit(responses: Responses, test: CalibratedTest) -> ModelFit:
    """M2 (right/wrong) or C2 (ordered) with RMSEA, SRMSR, CFI and TLI.

    M2 = eᵀ [W − W Δ (Δᵀ W Δ)⁻¹ Δᵀ W] e, W = V⁻¹, V_ab = Ξ_ab n_ab / (n_a n_b)

    With missing cells each moment rests on the n_a persons who were presented the items concerned,
    n_ab of them also supplying the other moment; pairs never presented together have no moment.
    Residuals e and derivatives Δ are both taken as they are: the bracket times Δ is 0, so whatever
    consistent estimates the parameters are, their error drops out and M2 is χ² with as many
    degrees of freedom as there are moments less the rank of Δ. Without missing cells V = Ξ / n and
    this is the ordinary M2. Independent items, for CFI and TLI, are tested in the same way.

    Args:
        responses: One group's scored responses, columns in the order of the test's items. Cells
            are assumed to be missing by design or completely at random: who was presented what
            depends neither on ability nor on answers. Where it does (a test that routes people,
            or questions not reached) moments of the persons presented are not those of all, and
            M2 rejects models that hold.
        test: The calibrated test at its nodes.

    Returns:
        The indices; those that need degrees of freedom are nan without any, CFI and TLI also when
        all scores of an item are alike.

    Raises:
        CannotTestFit: The test is too long for the system that has to be solved, abilities have
            a histogram, whose estimation the statistic does not account for, nobody was presented
            an item, or some item's scores hardly vary under the parameters.

    Notes:
        Equals mirt 1.47 to 1e-4 given equal parameters and nodes for the logistic models up to two
        parameters and for graded items, on complete data. For 3PL, partial credit and nominal items
        mirt's values differ by up to 17 per cent from the definition; this equals the definition
        worked out with dense matrices. χ² is an approximation for many persons behind each moment;
        pairs of items that a few persons saw together make it rough.

    References:
        Maydeu-Olivares & Joe (2005), JASA 100, 1009–1020, and (2006), Psychometrika 71, 713–732:
        the form is χ² for any moments that are asymptotically normal with covariance V; Cai &
        Hansen (2013), BJMSP 66, 245–276; Cai & Monroe (2014), CRESST Report 839. V for available
        cases follows from persons being independent.
    """
    _refuse_at_once(responses, test)
    shown = responses.presented.any(axis=1)
    scores, weight = responses.scores[shown], responses.weights[shown]
    if not scores.size:
        raise CannotTestFit(["M2 needs responses; nobody was presented an item"])
    pairs = pairwise_covariance(scores, weight)
    where = _moments_presented(responses, pairs.count)
    seen = presented(scores)
    inverse_of = _inverse_of(seen, weight, where)
    observed = observed_moments(scores, weight, where)
    expected = expected_moments(test.probabilities, test.node_weights, where)
    residual = Moments(observed.first - expected.first, observed.second - expected.second)
    derivatives = jacobian(test, where)
    n_parameters = derivatives.first.shape[1] if seen.all() else n_determined(derivatives)
    try:
        inverse = inverse_of(test.probabilities, test.node_weights)
    except np.linalg.LinAlgError:
        raise CannotTestFit([NO_VARIANCE]) from None
    return model_fit(
        form=quadratic_form(residual, derivatives, inverse),
        df=where.n - n_parameters,
        null=_independence(observed, test.probabilities.shape[1:], where, inverse_of),
        srmsr=root_mean_residual(pairs.correlation(), test.probabilities, test.node_weights),
        n=float(weight.sum()),
    )


def _refuse_at_once(responses: Responses, test: CalibratedTest) -> None:
    """Refuse what can be seen before anything is worked out.

    Raises:
        CannotTestFit: Abilities have a histogram, or there are too many derivatives.
    """
    if test.group.weights:
        raise CannotTestFit(["M2 is for normal abilities; these have a histogram"])
    size = responses.n_items**2 // 2 * max(test.parameters.n_parameters, 2 * responses.n_items)
    if size > LARGEST_JACOBIAN:
        raise CannotTestFit(
            [f"M2 of {responses.n_items} items needs {size:,} derivatives; test them in parts"]
        )


def _moments_presented(responses: Responses, counts: FloatArray) -> MomentLayout:
    """The moments that somebody supplies; an item that nobody saw has none."""
    every = layout(responses.max_scores, counts)
    known = np.diag(counts)[every.item] > 0
    return replace(every, item=every.item[known], category=every.category[known])


def _inverse_of(seen: BoolArray, weight: FloatArray, where: MomentLayout) -> InverseOf:
    """The way to the inverse covariance that these responses need.

    Raises:
        CannotTestFit: Cells are missing and the matrix would be too large to write out.
    """
    if seen.all():
        return partial(InverseCovariance, where=where)
    if where.n > LARGEST_WRITTEN_OUT:
        raise CannotTestFit(
            [
                f"M2 with items missing writes out the covariance of {where.n:,} moments, and "
                f"{LARGEST_WRITTEN_OUT:,} is the most; test fewer items at a time, or only persons "
                "who were presented the same items"
            ]
        )
    return partial(AvailableCaseInverse, where=where, shared=overlap(seen, weight, where))


def _independence(
    observed: Moments, shape: tuple[int, ...], where: MomentLayout, inverse_of: InverseOf
) -> tuple[float, int]:
    """Form and degrees of freedom for independent items; nan when some item's scores are alike."""
    shares = np.zeros(shape)
    shares[where.item, where.category] = observed.first
    shares[:, 0] = 1 - shares.sum(axis=1)
    try:
        inverse = inverse_of(shares[np.newaxis], np.ones(1))
    except np.linalg.LinAlgError:
        return float("nan"), where.left.size
    return independence_form(observed, shares, where, inverse)
