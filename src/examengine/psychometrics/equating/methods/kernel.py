"""Kernel: equipercentile equating of distributions made continuous by Gaussian kernels."""

from dataclasses import replace

from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.methods._contract import EquatingOptions, ObservedEquivalents
from examengine.psychometrics.equating.methods.equipercentile import Equipercentile


class Kernel(Equipercentile):
    """e(x) = G_h⁻¹(F_h(x)) in equivalent groups; linear equating is its limit for wide kernels.

    References:
        von Davier, Holland & Thayer (2004), The Kernel Method of Test Equating, chapter 4.
    """

    code = "kernel"
    title = "kernel"

    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: EquatingOptions
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""
        return super().equate(new, old, replace(options, kernel=True))


METHOD = Kernel()
