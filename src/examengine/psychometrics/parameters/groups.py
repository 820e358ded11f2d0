"""Ability distributions of groups, and the points over which they are integrated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from examengine.psychometrics.refusals import UnusableParameters


@dataclass(frozen=True, slots=True)
class Quadrature:
    """Equally spaced points over a range of ability, in latent standard deviations.

    Attributes:
        points: Number of points.
        low: Lowest point.
        high: Highest point.
        fixed: Whether the points stand still where a group has another mean or deviation.
    """

    points: int = 61
    low: float = -6.0
    high: float = 6.0
    fixed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The quadrature as it stands in a parameter file."""
        return {
            "points": self.points,
            "range": [self.low, self.high],
            **({"fixed": True} if self.fixed else {}),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "Quadrature":
        """The quadrature of a file; what is left out is the default."""
        low, high = entry.get("range", (-6.0, 6.0))
        points, fixed = int(entry.get("points", 61)), bool(entry.get("fixed", False))
        return cls(points, float(low), float(high), fixed)


@dataclass(frozen=True, slots=True)
class GroupParameters:
    """The ability distribution of one group: normal, unless its histogram was estimated.

    Attributes:
        group: Label; "all" when there is only one.
        mean: Latent mean, logits.
        sd: Latent standard deviation, logits, > 0.
        fixed: Whether both were fixed to identify the metric.
        se: Standard errors of what was estimated, by "mean" and "sd".
        weights: Share of persons at each quadrature point, mean + sd times the point; empty for
            a normal distribution.
    """

    group: str = "all"
    mean: float = 0.0
    sd: float = 1.0
    fixed: bool = True
    se: Mapping[str, float] = field(default_factory=dict)
    weights: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The group as it stands in a parameter file."""
        entry = {"group": self.group, "mean": self.mean, "sd": self.sd, "fixed": self.fixed}
        return {
            **entry,
            **({"se": dict(self.se)} if self.se else {}),
            **({"weights": list(self.weights)} if self.weights else {}),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "GroupParameters":
        """A group from a file; what is left out is the standard normal.

        Raises:
            UnusableParameters: The mean is not finite, the deviation not positive, or the weights
                are no shares.
        """
        mean, sd = float(entry.get("mean", 0.0)), float(entry.get("sd", 1.0))
        label = str(entry.get("group", "all"))
        if not (isfinite(mean) and isfinite(sd) and sd > 0):
            raise UnusableParameters(
                [f"group {label!r}: mean {mean} and sd {sd}; sd > 0 is needed"]
            )
        weights = tuple(float(weight) for weight in entry.get("weights") or ())
        if weights and not (min(weights) >= 0 and abs(sum(weights) - 1.0) < 1e-6):
            raise UnusableParameters(
                [f"group {label!r}: weights must not be negative and sum to 1"]
            )
        fixed = bool(entry.get("fixed", True))
        return cls(label, mean, sd, fixed, entry.get("se") or {}, weights)


STANDARD_NORMAL = GroupParameters()
USUAL_POINTS = Quadrature()
