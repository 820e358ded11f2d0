"""Frequency estimation: given the anchor score, totals are distributed alike in both groups."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
    ObservedScoreMethod,
    bandwidths_of,
)
from examengine.psychometrics.equating.methods._percentiles import crossing
from examengine.psychometrics.equating.score_tables import CannotEquate


class FrequencyEstimation(ObservedScoreMethod):
    """Equipercentile equating in a synthetic population of both groups.

    f_s(x) = Σ_v P₁(x | v) (w₁ h₁(v) + w₂ h₂(v)),  g_s(y) = Σ_v P₂(y | v) (w₁ h₁(v) + w₂ h₂(v))

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, chapter 5; with kernels this
        is poststratification equating, von Davier, Holland & Thayer (2004), The Kernel Method of
        Test Equating.
    """

    code = "frequency-estimation"
    title = "frequency estimation"
    anchored = True
    curved = True
    synthetic = True

    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: EquatingOptions
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""
        weight = options.weight_of_new(new, old)
        on_new = _Synthetic.of(new, old, weight)
        on_old = _Synthetic.of(old, new, 1.0 - weight)
        forms = options.continuous(on_new.totals, on_old.totals)
        link = crossing(forms[0], forms[1], new.scores)

        def derivatives() -> Derivatives:
            by_form = link.derivatives()
            own_new, other_old = on_new.derivatives(by_form[0])
            own_old, other_new = on_old.derivatives(by_form[1])
            return own_new + other_new[:, np.newaxis, :], own_old + other_old[:, np.newaxis, :]

        return Equivalents(
            values=link.values,
            derivatives=derivatives,
            weight=weight,
            bandwidths=bandwidths_of(forms),
            notes=_notes(new, old),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Synthetic:
    """The distribution of one form's total in the synthetic population.

    Attributes:
        totals: Probability of each total, shape (n_scores,).
        own: The group that took the form.
        factor: What each anchor score's persons are multiplied by, w + (1 − w) h_other / h_own,
            shape (n_anchor_scores,); 0 where the own group has nobody.
        ratio: (1 − w) h_other / h_own², same shape.
        share: (1 − w) / h_own, same shape.
        mass: Sum of the totals before they were made to sum to 1.
    """

    totals: FloatArray
    own: ScoreDistribution
    factor: FloatArray
    ratio: FloatArray
    share: FloatArray
    mass: float

    @classmethod
    def of(cls, own: ScoreDistribution, other: ScoreDistribution, weight: float) -> "_Synthetic":
        mine, theirs = own.anchors, other.anchors
        seen = mine > 0
        inverse = np.where(seen, 1.0 / np.where(seen, mine, 1.0), 0.0)
        share = (1.0 - weight) * inverse
        factor = np.where(seen, weight + share * theirs, 0.0)
        totals = own.joint @ factor
        mass = float(totals.sum())
        if not mass > 0:
            raise CannotEquate(["the two groups have no anchor score in common"])
        return cls(totals / mass, own, factor, share * theirs * inverse, share, mass)

    def derivatives(self, by_total: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Carry derivatives by the totals on to the cells of both groups.

        Args:
            by_total: Shape (n, n_scores).

        Returns:
            By the own group's cells, shape (n, n_scores, n_anchor_scores), and by the other
            group's anchor distribution, shape (n, n_anchor_scores).
        """
        free = (by_total - (by_total @ self.totals)[:, np.newaxis]) / self.mass
        given = free @ self.own.joint
        own = free[:, :, np.newaxis] * self.factor - (given * self.ratio)[:, np.newaxis, :]
        return own, given * self.share


def _notes(new: ScoreDistribution, old: ScoreDistribution) -> tuple[str, ...]:
    alone = np.flatnonzero((new.anchors > 0) != (old.anchors > 0))
    if not alone.size:
        return ()
    listed = ", ".join(str(score) for score in alone)
    return (
        f"anchor scores reached in one group only are left out of the other's synthetic "
        f"distribution: {listed}; smoothing avoids that",
    )


METHOD = FrequencyEstimation()
