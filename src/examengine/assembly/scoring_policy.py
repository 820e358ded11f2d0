"""By what an exam is scored: points that are added up, or an ability that is estimated. Pure.

The specification of an exam says it; an awarding officer may say it anew, with a reason, when a
programme has enough answers to calibrate its items. What was scored before stays as it was scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from examengine.assembly.key_corrections import KeyCorrection, Remedy
from examengine.bank import ItemRef
from examengine.kernel.digest import digest
from examengine.psychometrics.score_scale import Scale


class ScoringBasis(StrEnum):
    """What a reported score is made of."""

    ABILITY = "ability"
    """θ under adopted item parameters, put on a scale."""
    POINTS = "points"
    """The points of the items that count, weighted as the exam says; nothing is calibrated."""


@dataclass(frozen=True, slots=True)
class ScoringPolicy:
    """By what an exam is scored.

    Attributes:
        basis: Points, or ability.
        weights: What a point of an item counts, a decimal in text; 1 for an item that is not here.
            Only of use with points.
        scale: The scale of abilities; None where points are reported as they are.
        corrections: How items count whose keys were found wrong, by item.
    """

    basis: ScoringBasis = ScoringBasis.ABILITY
    weights: Mapping[str, str] | None = None
    scale: Scale | None = None
    corrections: tuple[KeyCorrection, ...] = ()

    @property
    def by_points(self) -> bool:
        """Tell whether points are added up."""
        return self.basis is ScoringBasis.POINTS

    def weight(self, item_id: str) -> Decimal:
        """Return what a point of an item counts."""
        return Decimal((self.weights or {}).get(item_id, "1"))

    def correction_of(self, ref: ItemRef) -> KeyCorrection | None:
        """Return how an item version counts since its key was found wrong; None as it was made."""
        return next((one for one in self.corrections if one.concerns(ref)), None)

    def drops(self, ref: ItemRef) -> bool:
        """Tell whether an item version does not count any more."""
        correction = self.correction_of(ref)
        return correction is not None and correction.remedy is Remedy.DROP

    def credits(self, ref: ItemRef) -> bool:
        """Tell whether everybody gets all points of an item version."""
        correction = self.correction_of(ref)
        return correction is not None and correction.remedy is Remedy.CREDIT

    def gives_the_same_points(self, other: "ScoringPolicy") -> bool:
        """Tell whether scores of the two can be held against one cut.

        They can where points are weighted alike and the same items count: whether one more answer
        is accepted does not change what the points of a form stand for.
        """
        return (self.basis, dict(self.weights or {}), self._dropped) == (
            other.basis,
            dict(other.weights or {}),
            other._dropped,
        )

    @property
    def corrections_digest(self) -> str:
        """Return a digest of the corrections of keys; "" where there are none."""
        return digest([one.body() for one in self.corrections]) if self.corrections else ""

    @property
    def _dropped(self) -> list[tuple[str, int]]:
        dropped = (one for one in self.corrections if one.remedy is Remedy.DROP)
        return [(one.item_id, one.version) for one in dropped]

    def body(self) -> dict[str, Any]:
        """Return the policy as its digest covers it; without corrections it says nothing of any."""
        scale = self.scale
        said: dict[str, Any] = {"schema": "examengine/scoring-policy/1"}
        if self.corrections:
            said = {
                "schema": "examengine/scoring-policy/2",
                "corrections": [one.body() for one in self.corrections],
            }
        return {
            **said,
            "basis": self.basis.value,
            "weights": dict(self.weights or {}),
            "scale": None
            if scale is None
            else {
                "slope": scale.slope,
                "intercept": scale.intercept,
                "minimum": scale.minimum,
                "maximum": scale.maximum,
            },
        }

    @property
    def digest(self) -> str:
        """Return the digest by which scores and cuts name the policy they rest on."""
        return digest(self.body())


@dataclass(frozen=True, slots=True)
class ScoringPolicyRecord:
    """Who said anew by what an exam is scored, when and why."""

    id: UUID
    version: int
    policy: ScoringPolicy
    reason: str
    adopted_by_name: str
    adopted_at: datetime
    digest: str
    """As it was recorded; it should be that of the policy."""


def policy_of(spec: Mapping[str, Any]) -> ScoringPolicy:
    """Return what a checked specification says of scoring."""
    return ScoringPolicy(
        basis=ScoringBasis(spec.get("scoring", ScoringBasis.ABILITY)),
        weights=dict(spec.get("weights", {})),
        scale=Scale(**spec["scale"]) if "scale" in spec else None,
    )


def shown(points: Decimal) -> str:
    """Return points as people write them: 12, 7.5, never 12.0 or 1E+1."""
    return f"{points.normalize():f}"
