"""How the constants of a link would vary over samples of persons."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.estimation import variation_of
from examengine.psychometrics.linking._contract import (
    CannotLink,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.linking._linking import Link, common_items, without
from examengine.psychometrics.linking._sensitivity import sensitivity
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.responses import Responses


@dataclass(frozen=True, slots=True)
class CalibratedResponses:
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
    source: CalibratedResponses,
    target: CalibratedResponses,
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
    variance = np.zeros(2)
    for by_item, one in ((follows.by_source, source), (follows.by_target, target)):
        variation = variation_of(one.parameters, one.responses)
        refuse(CannotLink, variation.unknown(by_item))
        variance += variation.variance(variation.slope(by_item))
    errors = np.sqrt(variance)
    return Constants(float(errors[0]), float(errors[1]))
