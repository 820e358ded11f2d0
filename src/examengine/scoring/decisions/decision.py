"""The decision: what a score means under an adopted cut and a clearance, and nothing else.

Pass if, and only if, the attempt is cleared and the reported score is at least the cut. Both are
what the candidate is shown, whole numbers on the scale or points, so that anybody can check it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from examengine.integrity import Clearance, ListedRuling
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.scoring.listed import ListedDecision, ListedScore
from examengine.scoring.score_record import ScoreRecord
from examengine.standard_setting import CutScore

DecidedClearance = Literal["cleared", "voided"]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rests on, each by id and digest."""

    score_record_id: UUID
    score_record_digest: str
    cut_score_id: UUID
    cut_score_digest: str
    clearance: DecidedClearance
    clearance_id: UUID
    clearance_digest: str

    def body(self) -> dict[str, Any]:
        """Return the basis as it stands in a decision."""
        return {
            "score_record_id": str(self.score_record_id),
            "score_record_digest": self.score_record_digest,
            "cut_score_id": str(self.cut_score_id),
            "cut_score_digest": self.cut_score_digest,
            "clearance": self.clearance,
            "clearance_id": str(self.clearance_id),
            "clearance_digest": self.clearance_digest,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about one response record; a later one supersedes it and never edits it."""

    id: UUID
    version: int
    administration_id: UUID
    response_record_id: UUID
    attempt_id: UUID | None
    person_id: UUID | None
    exam_id: str
    basis: Basis
    scale_score: int | None
    scale_cut: int | None
    passed: bool
    decided_by: UUID
    decided_at: datetime
    digest: str = ""
    """Set by `sealed`."""
    points: str | None = None
    """The points where they are reported, a decimal in text; then there is no scale score."""
    points_cut: str | None = None

    @property
    def in_points(self) -> bool:
        """Tell whether points are reported."""
        return self.points is not None

    @property
    def score(self) -> Decimal:
        """Return the reported score: on the scale, or in points."""
        return Decimal(str(self.scale_score if self.points is None else self.points))

    @property
    def cut(self) -> Decimal:
        """Return the least reported score that passes."""
        return Decimal(str(self.scale_cut if self.points_cut is None else self.points_cut))

    @property
    def score_record_id(self) -> UUID:
        """Return the score it rests on."""
        return self.basis.score_record_id

    @property
    def score_record_digest(self) -> str:
        """Return the digest of that score."""
        return self.basis.score_record_digest

    @property
    def cut_score_id(self) -> UUID:
        """Return the cut score it was taken at."""
        return self.basis.cut_score_id

    @property
    def cut_score_digest(self) -> str:
        """Return the digest of that cut score."""
        return self.basis.cut_score_digest

    @property
    def clearance(self) -> DecidedClearance:
        """Return whether the attempt was cleared or voided."""
        return self.basis.clearance

    @property
    def clearance_digest(self) -> str:
        """Return the digest of the ruling that says so."""
        return self.basis.clearance_digest


def basis_of(score: ScoreRecord, cut: CutScore, clearance: Clearance | None) -> Basis | None:
    """Return what a decision would rest on; None while it is held or nobody has looked yet."""
    if clearance is None or clearance.state == "held":
        return None
    return Basis(
        score_record_id=score.id,
        score_record_digest=score.digest,
        cut_score_id=cut.id,
        cut_score_digest=cut.digest,
        clearance=clearance.state,
        clearance_id=clearance.id,
        clearance_digest=clearance.digest,
    )


def passes(score: Decimal | int, cut: Decimal | int, clearance: DecidedClearance) -> bool:
    """Tell whether a candidate passes: cleared, and at least the cut."""
    return clearance == "cleared" and score >= cut


def next_version(newest: Decision | None, basis: Basis) -> int | None:
    """Return the version to append, or None when the newest decision rests on the same."""
    if newest is None:
        return 1
    return None if newest.basis == basis else newest.version + 1


def in_force(
    decision: Decision | ListedDecision,
    score: ScoreRecord | ListedScore,
    clearance: Clearance | ListedRuling | None,
) -> bool:
    """Tell whether a decision still stands: on the newest score, under the ruling that stands.

    Args:
        decision: The newest decision about a response record.
        score: The newest score record.
        clearance: The newest ruling.
    """
    return (
        clearance is not None
        and decision.score_record_digest == score.digest
        and decision.clearance_digest == clearance.digest
    )


def body(decision: Decision) -> dict[str, Any]:
    """Return what the digest of a decision covers, so that a stranger can compute it again."""
    outcome: dict[str, Any] = {
        "schema": "examengine/decision/1",
        "scale_score": decision.scale_score,
        "scale_cut": decision.scale_cut,
    }
    if decision.in_points:
        outcome = {
            "schema": "examengine/decision/2",
            "points": decision.points,
            "points_cut": decision.points_cut,
        }
    return {
        **outcome,
        "id": str(decision.id),
        "version": decision.version,
        "response_record_id": str(decision.response_record_id),
        "exam_id": decision.exam_id,
        **decision.basis.body(),
        "passed": decision.passed,
        "decided_by": str(decision.decided_by),
        "decided_at": iso(decision.decided_at),
    }


def sealed(decision: Decision) -> Decision:
    """Return the decision with the digest of its body."""
    return replace(decision, digest=digest(body(decision)))


def agrees(decision: Decision) -> bool:
    """Tell whether the digest computed now, and the rule applied now, give what was recorded."""
    rule = passes(decision.score, decision.cut, decision.clearance)
    return digest(body(decision)) == decision.digest and rule == decision.passed
