"""Classical figures of items and totals, and how many dimensions the items have."""

from collections.abc import Collection, Mapping

import numpy as np

from examengine.psychometrics.dimensionality import Dimensionality, parallel_analysis
from examengine.psychometrics.face.given import Data, Groups, Key, Weights, read_responses
from examengine.psychometrics.refusals import UnusableResponses
from examengine.psychometrics.reliability import ReliabilitySummary, reliability_summary
from examengine.psychometrics.results import Analysis, analyse


def item_analysis(
    data: Data,
    *,
    key: Key = None,
    weight: Weights = None,
    omitted: Collection[str] = (),
    domain_weights: Mapping[str, float] | None = None,
) -> Analysis:
    """Difficulty, discrimination, options and reliability of a test, classically.

    Args:
        data: Responses; see `read_responses`. With a key every option has its figures.
        key: The right options.
        weight: Frequency of each person.
        omitted: Options that mean "left out".
        domain_weights: Weight of each domain's points in a composite score.

    Returns:
        Every figure; the items' options are in `items[…].options`.

    Raises:
        Refusal: The responses or the weights cannot be used.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> found = item_analysis(simulate("2pl", 200, 5, rng=1).responses)
        >>> found.table().columns[:4]
        ('item_id', 'n', 'max_score', 'mean')
    """
    found = read_responses(data, key=key, weight=weight)
    return analyse(found, omitted=omitted, domain_weights=domain_weights)


def reliability(data: Data, *, key: Key = None, weight: Weights = None) -> ReliabilitySummary:
    """Alpha, omega, Guttman's bounds and the standard error of measurement of the total.

    Args:
        data: Responses; see `read_responses`.
        key: The right options.
        weight: Frequency of each person.

    Returns:
        The coefficients, with the items and persons they rest on.

    Raises:
        UnusableResponses: There is no total: fewer than two items were presented to nearly
            everybody, or the total does not vary.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> found = reliability(simulate("rasch", 300, 8, rng=1).responses)
        >>> 0 < found.alpha < 1
        True
        >>> found.table().column("coefficient")[:3]
        ['alpha', 'KR-20', 'KR-21']
    """
    found = reliability_summary(read_responses(data, key=key, weight=weight).responses)
    if found is None:
        raise UnusableResponses(
            [
                "there is no total score: fewer than two items were presented to nearly everybody, "
                "or their total does not vary"
            ]
        )
    return found


def dimensionality(
    data: Data,
    *,
    rng: int | np.random.Generator,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
    correlation: str = "polychoric",
    reference: str = "permuted",
    replications: int = 20,
    quantile: float = 0.95,
) -> Dimensionality:
    """Parallel analysis: how many dimensions stand out from what unrelated items would show.

    Args:
        data: Responses; see `read_responses`.
        rng: A generator, or the seed of one.
        key: The right options.
        group: Group of each person; it plays no part.
        weight: Frequency of each person.
        correlation: "polychoric" or "pearson".
        reference: "permuted" or "drawn": how unrelated items are made.
        replications: How many data sets of unrelated items.
        quantile: Which of their quantiles an eigenvalue has to exceed.

    Returns:
        Eigenvalues beside those of unrelated items.

    Raises:
        Refusal: An item does not vary, or an option is unknown.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 500, 8, rng=2).responses
        >>> dimensionality(data, rng=1, correlation="pearson").n_dimensions
        1
    """
    return parallel_analysis(
        read_responses(data, key=key, group=group, weight=weight).responses,
        np.random.default_rng(rng),
        correlation=correlation.lower(),
        reference=reference.lower(),
        replications=replications,
        quantile=quantile,
    )
