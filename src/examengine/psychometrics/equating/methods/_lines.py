"""Linear methods: a slope and an intercept that are functions of means, variances, covariances.

Derivatives by the moments are taken by complex steps, f′(m) = Im f(m + ih) / h, which are exact to
rounding for the algebra used here (Squire & Trapp, 1998, SIAM Review 40, 110–112).
"""

from abc import abstractmethod
from typing import NamedTuple

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
    ObservedScoreMethod,
)
from examengine.psychometrics.equating.score_tables import AnchorKind, CannotEquate

STEP = 1e-30


class GroupMoments(NamedTuple):
    """Moments of one group. Declared complex because derivatives are taken by complex steps.

    Attributes:
        mean: Mean total, points.
        variance: Variance of the total, divisor n.
        anchor_mean: Mean anchor score; 0 without an anchor.
        anchor_variance: Variance of the anchor score; 0 without an anchor.
        covariance: Of total and anchor score; 0 without an anchor.
    """

    mean: complex
    variance: complex
    anchor_mean: complex = 0.0
    anchor_variance: complex = 0.0
    covariance: complex = 0.0


class EquatingLine(NamedTuple):
    """An equating line y = slope x + intercept; complex as `GroupMoments` are."""

    slope: complex
    intercept: complex


class LinearMethod(ObservedScoreMethod):
    """A method whose equivalents lie on a line."""

    @abstractmethod
    def line(
        self, new: GroupMoments, old: GroupMoments, weight: float, anchor: AnchorKind | None
    ) -> EquatingLine:
        """The line from the moments of both groups.

        Args:
            new: Moments of the group that took the new form.
            old: Moments of the group that took the old form.
            weight: w₁ of the synthetic population.
            anchor: Whether the anchor counts towards the total.

        Returns:
            Slope and intercept.
        """

    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: EquatingOptions
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""
        weight = options.weight_of_new(new, old)
        groups = moments(new), moments(old)
        if self.anchored:
            _check_anchor(*groups)
        slope, intercept = (float(value.real) for value in self.line(*groups, weight, new.anchor))
        if not (np.isfinite(slope) and np.isfinite(intercept) and slope > 0):
            raise CannotEquate(
                [f"{self.title}: the moments of the two groups give no line that rises"]
            )

        def derivatives() -> Derivatives:
            by_moments = self._by_moments(groups, weight, new.anchor)
            lines = np.stack([new.scores, np.ones(new.scores.size)], axis=1)
            return (
                _through(lines @ by_moments[0], influence(new)),
                _through(lines @ by_moments[1], influence(old)),
            )

        return Equivalents(
            values=slope * new.scores + intercept,
            derivatives=derivatives,
            weight=weight if self.synthetic else None,
            line=(slope, intercept),
        )

    def _by_moments(
        self, groups: tuple[GroupMoments, GroupMoments], weight: float, anchor: AnchorKind | None
    ) -> tuple[FloatArray, FloatArray]:
        """Derivatives of slope and intercept by the moments of each group, shape (2, 5) each."""
        found = np.zeros((2, 2, len(GroupMoments._fields)))
        for group in range(2):
            for place in range(len(GroupMoments._fields)):
                moved = [list(one) for one in groups]
                moved[group][place] += 1j * STEP
                line = self.line(GroupMoments(*moved[0]), GroupMoments(*moved[1]), weight, anchor)
                found[group, :, place] = [line.slope.imag / STEP, line.intercept.imag / STEP]
        return found[0], found[1]


def moments(distribution: ScoreDistribution) -> GroupMoments:
    """The moments of a distribution, divisor n.

    Raises:
        CannotEquate: All persons have the same total.
    """
    x, v = distribution.scores, distribution.anchor_scores
    totals, anchors = distribution.totals, distribution.anchors
    mean, anchor_mean = float(totals @ x), float(anchors @ v)
    variance = float(totals @ (x - mean) ** 2)
    if variance <= 1e-12:
        raise CannotEquate(["all persons of a group have the same total: there is no spread"])
    return GroupMoments(
        mean=mean,
        variance=variance,
        anchor_mean=anchor_mean,
        anchor_variance=float(anchors @ (v - anchor_mean) ** 2),
        covariance=float((x - mean) @ distribution.joint @ (v - anchor_mean)),
    )


def influence(distribution: ScoreDistribution) -> FloatArray:
    """Derivatives of the moments by the cells, shape (5, n_scores, n_anchor_scores)."""
    found = moments(distribution)
    x = (distribution.scores - found.mean.real)[:, np.newaxis]
    v = (distribution.anchor_scores - found.anchor_mean.real)[np.newaxis, :]
    one = np.ones(distribution.joint.shape)
    return np.stack([x * one, x**2 * one, v * one, v**2 * one, x * v])


def synthetic_line(
    new: GroupMoments, old: GroupMoments, gammas: tuple[complex, complex], weight: float
) -> EquatingLine:
    """The linear equating function of a synthetic population.

    μ_s(X) = μ₁(X) − w₂ γ₁ Δμ,  σ²_s(X) = σ²₁(X) − w₂ γ₁² Δσ² + w₁ w₂ γ₁² Δμ²,
    μ_s(Y) = μ₂(Y) + w₁ γ₂ Δμ,  σ²_s(Y) = σ²₂(Y) + w₁ γ₂² Δσ² + w₁ w₂ γ₂² Δμ²,

    with Δμ = μ₁(V) − μ₂(V), Δσ² = σ²₁(V) − σ²₂(V) and l(x) = σ_s(Y)/σ_s(X) (x − μ_s(X)) + μ_s(Y).

    Args:
        new: Moments of group 1, which took the new form X.
        old: Moments of group 2, which took the old form Y.
        gammas: γ₁ and γ₂, points of the form per point of the anchor.
        weight: w₁; w₂ = 1 − w₁.

    Returns:
        Slope and intercept.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 4.1.
    """
    other = 1.0 - weight
    first, second = gammas
    means = new.anchor_mean - old.anchor_mean
    variances = new.anchor_variance - old.anchor_variance
    mixed = weight * other * means**2
    variance_new = new.variance + first**2 * (mixed - other * variances)
    variance_old = old.variance + second**2 * (mixed + weight * variances)
    slope = (variance_old / variance_new) ** 0.5
    mean_new = new.mean - other * first * means
    mean_old = old.mean + weight * second * means
    return EquatingLine(slope, mean_old - slope * mean_new)


def _through(by_moment: FloatArray, by_cell: FloatArray) -> FloatArray:
    """Derivatives by the cells: (n, 5) by moment and (5, …) by cell give (n, …)."""
    flat: FloatArray = by_moment @ by_cell.reshape(len(by_cell), -1)
    return flat.reshape(len(by_moment), *by_cell.shape[1:])


def _check_anchor(new: GroupMoments, old: GroupMoments) -> None:
    for name, group in (("new", new), ("old", old)):
        if group.anchor_variance.real <= 1e-12:
            raise CannotEquate(
                [f"all persons of the {name} form's group have the same score on the anchor"]
            )
        if group.covariance.real <= 0:
            raise CannotEquate(
                [f"the anchor does not rise with the total in the {name} form's group"]
            )
