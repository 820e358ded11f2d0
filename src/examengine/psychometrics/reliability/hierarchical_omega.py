"""Omega hierarchical: how much of the total's variance one general factor accounts for."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.reliability.factor_solution import (
    general_loadings,
    minimum_residuals,
    quartimin,
)


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
    """

    general: FloatArray
    groups: FloatArray
    uniquenesses: FloatArray
    omega_hierarchical: float
    omega_total: float
    explained: float


def omega_hierarchical(correlation: FloatArray, n_factors: int = 3) -> SchmidLeiman:
    """Omega hierarchical and omega total from a Schmid–Leiman solution.

    ω_h = (Σ g_j)² / 1ᵀ R 1, ω_t = 1 − Σ u_j² / 1ᵀ R 1; g = Λ γ, group loadings Λ diag(1 − γ²)^½,
    Λ and Φ from minimum residuals rotated by oblimin, γ from one factor of Φ

    Args:
        correlation: Correlations R of the items (Pearson or polychoric), all keyed one way, shape
            (n_items, n_items).
        n_factors: Number of group factors, at least 2.

    Returns:
        Loadings and coefficients. They are those of the standardised items.

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
    factors = quartimin(minimum_residuals(correlation, n_factors))
    above = np.clip(general_loadings(factors), -1.0, 1.0)
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
    )
