"""Omega hierarchical: how much of the total's variance one general factor accounts for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.reliability.factor_solution import (
    LOWEST_UNIQUENESS,
    Oblique,
    general_loadings,
    minimum_residuals,
    quartimin,
)

# A bound is reached to this many units: the search ends on it exactly, rounding aside.
ON_THE_BOUND = 1e-6


@dataclass(frozen=True, slots=True)
class SchmidLeiman:
    """A general factor and group factors that are unrelated to it and to each other.

    Attributes:
        general: Loadings on the general factor, shape (n_items,).
        groups: Loadings on the group factors, shape (n_items, n_factors).
        uniquenesses: What no factor accounts for, shape (n_items,).
        omega_hierarchical: Share of the total's variance due to the general factor.
        omega_total: Share due to all common factors.
        explained: Share of the common variance due to the general factor (ECV).
        improper: Why no such factors can have made these correlations, a sentence each; the
            coefficients of an improper solution are those of nothing. Empty for a proper one.
    """

    general: FloatArray
    groups: FloatArray
    uniquenesses: FloatArray
    omega_hierarchical: float
    omega_total: float
    explained: float
    improper: tuple[str, ...]


def omega_hierarchical(
    correlation: FloatArray, n_factors: int = 3, *, item_ids: Sequence[str] | None = None
) -> SchmidLeiman:
    """Omega hierarchical and omega total from a Schmid–Leiman solution.

    ω_h = (Σ g_j)² / 1ᵀ R 1, ω_t = 1 − Σ u_j² / 1ᵀ R 1; g = Λ γ, group loadings Λ diag(1 − γ²)^½,
    Λ and Φ from minimum residuals rotated by oblimin, γ from one factor of Φ

    Args:
        correlation: Correlations R of the items (Pearson or polychoric), all keyed one way, shape
            (n_items, n_items).
        n_factors: Number of group factors, at least 2.
        item_ids: What the items are called in sentences; their numbers from 1 when None.

    Returns:
        Loadings and coefficients. They are those of the standardised items. An improper solution
        says so: an item that is all common factor, a group factor that is all general factor, or
        factors whose correlations no general factor gives.

    Raises:
        ValueError: Fewer than two factors, or too few items to determine them:
            (J − k)² < J + k.

    Notes:
        Equals psych 2.2.9 (`omega`, minres, oblimin) to 1e-4 on six sets, Pearson and polychoric.

    References:
        McDonald (1999), Test Theory, chapter 6; Zinbarg, Revelle, Yovel & Li (2005), Psychometrika
        70, 123–133; Schmid & Leiman (1957), Psychometrika 22, 53–61.
    """
    n_items = correlation.shape[0]
    if n_factors < 2:
        raise ValueError("a general factor above group factors needs at least two of them")
    if (n_items - n_factors) ** 2 < n_items + n_factors:
        raise ValueError(f"{n_items} items do not determine {n_factors} factors")
    names = range(1, n_items + 1) if item_ids is None else item_ids
    unrotated = minimum_residuals(correlation, n_factors)
    factors = quartimin(unrotated)
    unclipped = general_loadings(factors)
    above = np.clip(unclipped, -1.0, 1.0)
    general = factors.loadings @ above
    groups = factors.loadings * np.sqrt(1 - above**2)
    common = general**2 + (groups**2).sum(axis=1)
    total = float(correlation.sum())
    return SchmidLeiman(
        general=general,
        groups=groups,
        uniquenesses=1 - common,
        omega_hierarchical=float(general.sum()) ** 2 / total,
        omega_total=1 - float((1 - common).sum()) / total,
        explained=float(general @ general) / float(common.sum()),
        improper=(*_item_faults(unrotated, names), *_factor_faults(factors, unclipped)),
    )


def _item_faults(unrotated: FloatArray, names: Sequence[str | int]) -> Iterator[str]:
    """A sentence for each item without any variance of its own: a Heywood case."""
    unique = 1 - (unrotated**2).sum(axis=1)
    for item in np.flatnonzero(unique <= LOWEST_UNIQUENESS + ON_THE_BOUND):
        yield (
            f"item {names[item]!r} has no variance of its own: its uniqueness is at the bound of "
            f"{LOWEST_UNIQUENESS:g}"
        )


def _factor_faults(factors: Oblique, above: FloatArray) -> Iterator[str]:
    """A sentence for each way in which the factors have no general factor above them.

    A factor turned round is the same factor, so only signs that no turning makes equal count.
    """
    for factor in np.flatnonzero(above**2 >= 1 - LOWEST_UNIQUENESS - ON_THE_BOUND):
        yield (
            f"group factor {factor + 1} is all general factor: its loading on the general factor "
            f"is {above[factor]:.3f}"
        )
    between = factors.correlations[np.triu_indices(above.size, 1)]
    turned = factors.correlations * np.outer(np.sign(above), np.sign(above))
    if (turned[np.triu_indices(above.size, 1)] < -ON_THE_BOUND).any():
        listed = ", ".join(f"{value:.2f}" for value in between)
        yield f"no general factor gives the group factors' correlations {listed}"
