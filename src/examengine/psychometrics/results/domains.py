"""The reliability of content domains, and of a total made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.reliability import alpha, composite_reliability, stratified_alpha


class CannotWeigh(Refusal):
    """Weights were given that do not fit the domains."""


@dataclass(frozen=True, slots=True)
class DomainReliability:
    """Alpha of the items of one domain.

    Attributes:
        domain: Its name.
        n_items: Items of the reliability's basis in it.
        alpha: Alpha; None for a single item.
        weight: Its weight in the composite; None when no weights were given.
    """

    domain: str
    n_items: int
    alpha: float | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class DomainsReliability:
    """The domains and what is made of them.

    Attributes:
        domains: Each domain; empty unless every item has one.
        stratified_alpha: Of the unweighted total; None without domains.
        composite: Reliability of the total of the domains' points, each times its weight; None
            without weights.
    """

    domains: tuple[DomainReliability, ...] = ()
    stratified_alpha: float | None = None
    composite: float | None = None


def domains_reliability(
    covariance: FloatArray,
    domain_of: Sequence[str | None],
    weights: Mapping[str, float] | None = None,
) -> DomainsReliability:
    """Reliability of each domain, of their sum and of their weighted sum.

    Args:
        covariance: Covariances of the items, shape (n_items, n_items), squared points.
        domain_of: Domain of each item.
        weights: Weight of each domain's points.

    Returns:
        The coefficients. A domain of one item counts as perfectly unreliable in itself.

    Raises:
        CannotWeigh: There are weights but an item has no domain, or they name other domains.
    """
    named = [name for name in domain_of if name is not None]
    names = list(dict.fromkeys(named))
    if weights is not None and (len(named) < len(domain_of) or set(weights) != set(names)):
        raise CannotWeigh(
            [
                f"weights for {', '.join(sorted(weights))}, but the key has the domains "
                f"{', '.join(names) or '(none)'}; every item needs a domain and every domain a "
                "weight"
            ]
        )
    if len(named) < len(domain_of):
        return DomainsReliability()
    inside = np.array([[one == name for one in named] for name in names], dtype=np.float64)
    found = []
    for name, mine in zip(names, inside > 0, strict=True):
        own = alpha(covariance[np.ix_(mine, mine)]) if mine.sum() > 1 else None
        weight = None if weights is None else weights[name]
        found.append(DomainReliability(name, int(mine.sum()), own, weight))
    return DomainsReliability(
        domains=tuple(found),
        stratified_alpha=stratified_alpha(covariance, named),
        composite=None if weights is None else _composite(inside @ covariance @ inside.T, found),
    )


def _composite(covariance: FloatArray, domains: Sequence[DomainReliability]) -> float:
    return composite_reliability(
        covariance,
        np.array([domain.alpha or 0.0 for domain in domains]),
        np.array([domain.weight or 0.0 for domain in domains]),
    )
