"""How the constants of a link would vary over samples of persons."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation import SamplingVariation, variation_of
from examengine.psychometrics.linking._contract import (
    CannotLink,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.linking._linking import Link, common_items, without
from examengine.psychometrics.linking._sensitivity import sensitivity
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration and the responses it was made from.

    Attributes:
        parameters: The calibration.
        responses: Persons by items.
    """

    parameters: ParameterSet
    responses: Responses


def constant_errors(
    found: Link,
    method: LinkingMethod,
    weights: CurveWeights,
    source: Calibrated,
    target: Calibrated,
) -> Constants:
    """Standard errors of A and B, by the delta method.

    Cov(A, B) = K_s C_s K_sᵀ + K_t C_t K_tᵀ, K the derivatives of the constants by the common items
    of each calibration, C the covariances of their estimates

    Args:
        found: The link.
        method: How its constants were found.
        weights: Where curves were compared.
        source: The calibration that was transformed.
        target: The calibration whose metric was wanted, of other persons.

    Returns:
        The errors in the places of the constants. They take the items left out as given.

    Raises:
        CannotCalibrate: The variation of a calibration is not known; see `variation_of`.
        CannotLink: A common item has no responses.

    References:
        Ogasawara (2000), Economic Review, Otaru University of Commerce 51, 1–23; Ogasawara (2001),
        Applied Psychological Measurement 25, 53–67.
    """
    common = without(common_items(source.parameters, target.parameters), found.left_out)
    follows = sensitivity(common, method, weights, Constants(found.slope, found.intercept))
    variance = sum(
        _variance(by_item, variation_of(one.parameters, one.responses))
        for by_item, one in ((follows.by_source, source), (follows.by_target, target))
    )
    errors = np.sqrt(variance)
    return Constants(float(errors[0]), float(errors[1]))


def _variance(by_item: Mapping[str, FloatArray], variation: SamplingVariation) -> FloatArray:
    """Variances of A and B from one calibration, shape (2,)."""
    missing = sorted(set(by_item) - set(variation.slots.items))
    if missing:
        raise CannotLink([f"no responses to {', '.join(missing)}"])
    slope = variation.slots.by_estimates(len(variation.covariance), by_item)
    found: FloatArray = np.einsum("kf,fg,kg->k", slope, variation.covariance, slope)
    return found
