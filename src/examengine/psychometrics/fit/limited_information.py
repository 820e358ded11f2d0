"""Does the model reproduce how items go together? M2 and C2, RMSEA, SRMSR, CFI and TLI."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtr, chndtr

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.fit.moment_covariance import MomentInverse
from examengine.psychometrics.fit.moments import (
    MomentLayout,
    Moments,
    expected_moments,
    mean_scores,
    moved_by_item,
)
from examengine.psychometrics.shown import Result, Table, table_of


@dataclass(frozen=True, slots=True, repr=False)
class ModelFit(Result):
    """Limited-information fit of a calibrated test.

    Attributes:
        statistic: M2 (right/wrong items) or C2 (ordered categories).
        df: Moments less parameters.
        p: Upper tail probability; nan when df < 1.
        rmsea: √(max(M2/df − 1, 0) / (n − 1)); with items missing, misfit per person as presented.
        rmsea_lower: Lower end of its 90 per cent interval.
        rmsea_upper: Upper end.
        srmsr: Root mean squared difference of observed and expected correlations of items.
        cfi: Comparative fit index against independent items; nan when all scores of an item are
            alike, for then independence cannot be tested.
        tli: Tucker–Lewis index against independent items; nan likewise.
        n: Persons who were presented an item, as a sum of weights.
    """

    statistic: float
    df: int
    p: float
    rmsea: float
    rmsea_lower: float
    rmsea_upper: float
    srmsr: float
    cfi: float
    tli: float
    n: float

    def headline(self) -> str:
        """Statistic and RMSEA with its interval."""
        return (
            f"Limited-information fit: {self.statistic:.3f} on {self.df} degrees of freedom, "
            f"p {self.p:.3f}, RMSEA {self.rmsea:.3f} "
            f"(90 % {self.rmsea_lower:.3f} to {self.rmsea_upper:.3f})"
        )

    def table(self) -> Table:
        """One row."""
        return table_of([self])


def quadratic_form(residual: Moments, jacobian: Moments, inverse: MomentInverse) -> float:
    """eᵀ C e with C = Ξ⁻¹ − Ξ⁻¹ Δ (Δᵀ Ξ⁻¹ Δ)⁻¹ Δᵀ Ξ⁻¹.

    Args:
        residual: Observed less expected moments, shapes (n_first,), (n_pairs,).
        jacobian: Δ, shapes (n_first, n_parameters), (n_pairs, n_parameters).
        inverse: Ξ⁻¹, of the moments' covariance times the number of persons.

    Returns:
        The form, to be multiplied by the number of persons.

    References:
        Maydeu-Olivares & Joe (2005), JASA 100, 1009–1020, eq. 3; Cai & Monroe (2014), CRESST
        Report 839, for C2.
    """
    together = Moments(
        np.column_stack([residual.first, jacobian.first]),
        np.column_stack([residual.second, jacobian.second]),
    )
    products = inverse.products(together)
    cross, information = products[1:, 0], products[1:, 1:]
    solved = np.linalg.lstsq(information, cross, rcond=None)[0]
    return float(products[0, 0] - cross @ solved)


def independence_form(
    observed: Moments, category_shares: FloatArray, where: MomentLayout, inverse: MomentInverse
) -> tuple[float, int]:
    """The same form for a model in which items have nothing to do with one another.

    Args:
        observed: Observed moments.
        category_shares: Observed share of each category, shape (n_items, n_categories).
        where: Which moments.
        inverse: Ξ⁻¹ for items of these shares that are independent.

    Returns:
        The form and the degrees of freedom.
    """
    alone, one = category_shares[np.newaxis], np.ones(1)
    parts: Sequence[Moments] = [
        moved_by_item(item, _free_shares(category_shares.shape[1], highest), alone, one, where)
        for item, highest in enumerate(np.bincount(where.item))
    ]
    jacobian = Moments(
        np.concatenate([part.first for part in parts], axis=1),
        np.concatenate([part.second for part in parts], axis=1),
    )
    expected = expected_moments(alone, one, where)
    residual = Moments(observed.first - expected.first, observed.second - expected.second)
    return quadratic_form(residual, jacobian, inverse), where.left.size


def model_fit(form: float, df: int, null: tuple[float, int], srmsr: float, n: float) -> ModelFit:
    """Statistics and indices from the two quadratic forms.

    CFI = 1 − max(M2 − df, 0) / max(M2₀ − df₀, M2 − df, 0), TLI = (M2₀/df₀ − M2/df) / (M2₀/df₀ − 1)

    Args:
        form: eᵀ C e of the model.
        df: Its degrees of freedom.
        null: The same two for independent items; a form of nan when they cannot be tested.
        srmsr: Root mean squared residual correlation.
        n: Persons.

    Returns:
        All indices; those that need degrees of freedom or a second person are nan without any.
    """
    statistic, null_statistic, null_df = n * form, n * null[0], null[1]
    nan = float("nan")
    if df < 1 or n <= 1:
        return ModelFit(statistic, df, nan, nan, nan, nan, srmsr, nan, nan, n)
    excess, null_excess = max(statistic - df, 0.0), null_statistic - null_df
    ratio = null_statistic / null_df if null_df else nan
    lower, upper = (_noncentrality(statistic, df, tail) for tail in (0.95, 0.05))
    return ModelFit(
        statistic=statistic,
        df=df,
        p=chi_square_p(statistic, df),
        rmsea=float(np.sqrt(excess / df / (n - 1))),
        rmsea_lower=float(np.sqrt(lower / df / n)),
        rmsea_upper=float(np.sqrt(upper / df / n)),
        srmsr=srmsr,
        cfi=1 - excess / max(null_excess, excess, 1e-300) if null_df else nan,
        tli=(ratio - statistic / df) / (ratio - 1),
        n=n,
    )


def root_mean_residual(
    correlations: FloatArray, probabilities: FloatArray, node_weights: FloatArray
) -> float:
    """SRMSR: how far observed correlations of items are from the model's.

    √(Σ_{j<k} (r_jk − ρ_jk)² / number of pairs)

    Args:
        correlations: Observed, shape (n_items, n_items), nan for pairs without any.
        probabilities: Shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,), summing to 1.

    Returns:
        The root mean square; nan without any pair.

    References:
        Maydeu-Olivares & Joe (2014), Multivariate Behavioral Research 49, 305–328.
    """
    means = mean_scores(probabilities)
    squares = probabilities @ np.arange(probabilities.shape[2], dtype=np.float64) ** 2
    overall = node_weights @ means
    covariance = (node_weights[:, np.newaxis] * means).T @ means - np.outer(overall, overall)
    spread = np.sqrt(node_weights @ squares - overall**2)
    gap = correlations - covariance / np.outer(spread, spread)
    pairs = gap[np.tril_indices(gap.shape[0], -1)]
    known = pairs[np.isfinite(pairs)]
    return float(np.sqrt((known**2).mean())) if known.size else float("nan")


def _free_shares(n_categories: int, highest: int) -> FloatArray:
    """∂P_k/∂P_c for the categories c = 1 … of one item, the first giving way."""
    change = np.zeros((n_categories, highest, 1))
    change[0] = -1.0
    change[np.arange(1, highest + 1), np.arange(highest)] = 1.0
    return change


def _noncentrality(statistic: float, df: int, tail: float) -> float:
    """The noncentrality under which the statistic has a given lower tail; 0 if none has."""
    if chdtr(df, max(statistic, 0.0)) < tail:
        return 0.0
    highest = 10 * statistic + 100
    return float(brentq(lambda value: chndtr(statistic, df, value) - tail, 1e-10, highest))
