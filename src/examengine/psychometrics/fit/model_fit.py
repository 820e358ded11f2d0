"""Model fit of a calibrated test, from responses and parameters to the indices people read."""

import numpy as np

from examengine.psychometrics.classical.moments import pairwise_covariance
from examengine.psychometrics.fit.calibrated import CalibratedTest, jacobian
from examengine.psychometrics.fit.limited_information import (
    ModelFit,
    independence_form,
    model_fit,
    quadratic_form,
    root_mean_residual,
)
from examengine.psychometrics.fit.moment_covariance import InverseCovariance
from examengine.psychometrics.fit.moments import (
    Moments,
    expected_moments,
    layout,
    observed_moments,
)
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.responses import Responses

# Pairs of items times parameters: 300 two-parameter items need 27 million numbers of 8 bytes.
LARGEST_JACOBIAN = 60_000_000


class CannotTestFit(Refusal):
    """The responses and parameters do not allow the fit that was asked for."""


def limited_information_fit(responses: Responses, test: CalibratedTest) -> ModelFit:
    """M2 (right/wrong) or C2 (ordered) with RMSEA, SRMSR, CFI and TLI.

    With missing cells each moment rests on the persons who were presented the items concerned, its
    residual counts by the root of their share of all persons (so that every moment's own variance
    is right), and n is the number of all; pairs never presented together have no moment.

    Args:
        responses: One group's scored responses, columns in the order of the test's items.
        test: The calibrated test at its nodes.

    Returns:
        The indices; those that need degrees of freedom are nan without any.

    Raises:
        CannotTestFit: The test is too long for the system that has to be solved, or abilities have
            a histogram, whose estimation the statistic does not account for.

    Notes:
        Equals mirt 1.47 to 1e-4 given equal parameters and nodes for the logistic models up to two
        parameters and for graded items. For 3PL, partial credit and nominal items mirt's values
        differ by up to 17 per cent from the definition; this equals the definition worked out
        with dense matrices.

    References:
        Maydeu-Olivares & Joe (2005), JASA 100, 1009–1020; Cai & Monroe (2014), CRESST Report 839.
    """
    if test.group.weights:
        raise CannotTestFit(["M2 is for normal abilities; these have a histogram"])
    size = responses.n_items**2 // 2 * max(test.parameters.n_parameters, 2 * responses.n_items)
    if size > LARGEST_JACOBIAN:
        raise CannotTestFit(
            [f"M2 of {responses.n_items} items needs {size:,} derivatives; test them in parts"]
        )
    weight = responses.weights
    pairs = pairwise_covariance(responses.scores, weight)
    where = layout(responses.max_scores, pairs.count)
    observed = observed_moments(responses.scores, weight, where)
    expected = expected_moments(test.probabilities, test.node_weights, where)
    n = float(weight.sum())
    first_share = np.diag(pairs.count)[where.item] / n
    second_share = pairs.count[where.left, where.right] / n
    residual = Moments(
        (observed.first - expected.first) * np.sqrt(first_share),
        (observed.second - expected.second) * np.sqrt(second_share),
    )
    derivatives = jacobian(test, where)
    inverse = InverseCovariance(test.probabilities, test.node_weights, where)
    shares = np.zeros(test.probabilities.shape[1:])
    shares[where.item, where.category] = observed.first
    shares[:, 0] = 1 - shares.sum(axis=1)
    return model_fit(
        form=quadratic_form(residual, derivatives, inverse),
        df=where.n - derivatives.first.shape[1],
        null=independence_form(observed, shares, where),
        srmsr=root_mean_residual(pairs.correlation(), test.probabilities, test.node_weights),
        n=n,
    )
