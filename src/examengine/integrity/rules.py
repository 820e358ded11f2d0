"""The rules of clearance: what the evidence alone decides, and what needs a person.

Evidence alone can clear an attempt or hold it until somebody has looked; it can never void one
and never lift a hold. Every ruling is appended with what was known when it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from examengine.integrity.detectors import Signal
from examengine.integrity.log_verification import LogVerdict
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.ledger.entries import Seal

ClearanceState = Literal["cleared", "held", "voided"]

BY_RULE = "by rule"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one attempt, apart from its answers."""

    verdict: LogVerdict | None
    """Whether the log is the one that was written; None when the responses came from a file."""
    signals: tuple[Signal, ...]
    simulated: bool = False
    """A program gave the answers, so that how quickly it did says nothing."""
    seals: tuple[Seal, ...] = ()
    """What the ledger says of the administration, the enrolment, the response record, what came
    after the end, and the rulings."""

    @property
    def broken_seals(self) -> tuple[Seal, ...]:
        """Return the records that are missing, or are not what was sealed."""
        return tuple(seal for seal in self.seals if not seal.intact)

    @property
    def log_intact(self) -> bool | None:
        """Tell whether the log agrees, and what it rests on; None when there is no log."""
        if self.broken_seals:
            return False
        return None if self.verdict is None else self.verdict.intact

    @property
    def holding(self) -> tuple[Signal, ...]:
        """Return the signals that ask for a person to look."""
        return () if self.simulated else tuple(one for one in self.signals if one.holds)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be appended."""

    state: ClearanceState
    reason: str


@dataclass(frozen=True, slots=True)
class Clearance:
    """One ruling about one attempt: cleared, held or voided, by whom and why. Never edited."""

    id: UUID
    administration_id: UUID
    subject_id: UUID
    """The attempt; or the response record, when the responses came from a file."""
    version: int
    response_record_id: UUID | None
    """None for a hold from before the attempt ended."""
    response_record_digest: str | None
    state: ClearanceState
    reason: str
    by: str
    by_id: UUID | None
    """Who ruled; None when it was the evidence alone."""
    at: datetime
    log_intact: bool | None
    signals: Mapping[str, float]
    """What had been seen by then: the code of each signal, and its measure."""
    digest: str = ""
    """Set by `sealed`."""

    @property
    def by_rule(self) -> bool:
        """Tell whether no person had a part in it."""
        return self.by_id is None


@dataclass(frozen=True, slots=True)
class ListedRuling:
    """The ruling that stands about an attempt, as lists show it."""

    state: str
    by: str
    by_rule: bool
    """Whether no person had a part in it."""
    digest: str


def body(clearance: Clearance) -> dict[str, Any]:
    """Return what the digest of a ruling covers, so that a stranger can compute it again."""
    return {
        "schema": "examengine/clearance/1",
        "id": str(clearance.id),
        "subject_id": str(clearance.subject_id),
        "version": clearance.version,
        "response_record_id": _text(clearance.response_record_id),
        "response_record_digest": clearance.response_record_digest,
        "state": clearance.state,
        "reason": clearance.reason,
        "by": BY_RULE if clearance.by_id is None else str(clearance.by_id),
        "at": iso(clearance.at),
        "log_intact": clearance.log_intact,
        "signals": dict(clearance.signals),
    }


def sealed(clearance: Clearance) -> Clearance:
    """Return the ruling with the digest of its body."""
    return replace(clearance, digest=digest(body(clearance)))


def _text(identity: UUID | None) -> str | None:
    return None if identity is None else str(identity)


def rule_on(
    evidence: Evidence, standing: Clearance | None, *, genuine: bool = True
) -> Ruling | None:
    """Return what the evidence alone decides, or None when what stands goes on standing.

    Args:
        evidence: What is known now.
        standing: The newest ruling that is here; None when there is none.
        genuine: Whether it is the last one that was sealed, and is as it was sealed. One that is
            not is nobody's: a person has to look again.
    """
    if standing is not None and not genuine:
        return None if standing.state == "held" else _hold_for_log(evidence)
    if standing is not None:
        broken_since = evidence.log_intact is False and standing.log_intact is not False
        return _hold_for_log(evidence) if standing.state == "cleared" and broken_since else None
    if evidence.log_intact is False:
        return _hold_for_log(evidence)
    if evidence.holding:
        seen = " ".join(one.words for one in evidence.holding)
        return Ruling("held", f"Somebody should look before a decision is made. {seen}")
    return Ruling("cleared", _clear_words(evidence))


def _hold_for_log(evidence: Evidence) -> Ruling:
    if evidence.broken_seals:
        said = " ".join(f"{one.title}: {one.words}" for one in evidence.broken_seals)
        return Ruling(
            "held", f"A record behind this attempt is not the one that was sealed. {said}"
        )
    words = "" if evidence.verdict is None else evidence.verdict.words
    return Ruling("held", f"The log of this attempt does not verify. {words}")


def _clear_words(evidence: Evidence) -> str:
    if evidence.verdict is None:
        return "The responses came from a file, without a log; no signal asks for a review."
    return f"The log verifies, and no signal asks for a review. {evidence.verdict.words}"
