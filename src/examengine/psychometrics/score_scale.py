"""The scale on which scores are reported, and its rounding."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale on which scores are reported: intercept + slope · θ, rounded and clipped.

    Attributes:
        slope: Points a logit, as a decimal string, so that a score never depends on how a computer
            writes a fraction.
        intercept: Points at θ = 0, likewise.
        minimum: Lowest score, points.
        maximum: Highest score, points.
    """

    slope: str
    intercept: str
    minimum: int
    maximum: int

    def score(self, theta: float) -> int:
        """Return the reported score of an ability in logits; halves are rounded up."""
        return self._rounded(theta, ROUND_HALF_UP)

    def cut(self, theta: float) -> int:
        """Return the least score that is not below `theta`: a cut is rounded up.

        Whoever passes has then at least the standard that was set, never a fraction less.
        """
        return self._rounded(theta, ROUND_CEILING)

    def error(self, se: float) -> float:
        """Return the standard error of a score before it is rounded, from that of an ability."""
        return abs(float(Decimal(self.slope))) * se

    def _rounded(self, theta: float, rounding: str) -> int:
        exact = Decimal(self.intercept) + Decimal(self.slope) * Decimal(repr(float(theta)))
        whole = int(exact.quantize(Decimal(1), rounding=rounding))
        return min(self.maximum, max(self.minimum, whole))
