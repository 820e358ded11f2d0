"""The response record: what one candidate answered, closed and handed over to scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest

Reason = Literal["submitted", "time", "staff", "imported"]


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """The last answers of one attempt, and the head of the log they were read from."""

    id: UUID
    administration_id: UUID
    attempt_id: UUID | None
    """The attempt, when it was sat here; None when it came from a file."""
    person_id: UUID | None
    candidate: str
    """How staff know the candidate: a name, or the key of the row in the imported file."""
    form_id: UUID
    form_digest: str
    responses: Mapping[str, Any]
    """The response to each item that was presented; None where nothing was answered."""
    seconds: Mapping[str, float]
    """How long each item was on the screen, in seconds."""
    head: str
    """The digest of the log's head, or of the file the responses came from."""
    head_version: int | None
    reason: Reason
    """How it ended: submitted by the candidate, by time, by staff; or imported."""
    submitted_at: datetime
    sections: Sequence[Mapping[str, Any]] = ()
    """The sections that were opened, and when and how each was closed; none without sections."""
    digest: str = ""
    """Set by `sealed`."""


def body(record: ResponseRecord) -> dict[str, Any]:
    """Return what the digest of a record covers, so that a stranger can compute it again.

    Somebody with an account stands in it by id: a name can be corrected, or erased, without
    breaking the chain. Without sections nothing is said about them, as before there were any.
    """
    return {
        "id": str(record.id),
        "administration_id": str(record.administration_id),
        "attempt_id": None if record.attempt_id is None else str(record.attempt_id),
        "person": record.candidate if record.person_id is None else str(record.person_id),
        "form_id": str(record.form_id),
        "form_digest": record.form_digest,
        "responses": dict(record.responses),
        "seconds": dict(record.seconds),
        "head": record.head,
        "head_version": record.head_version,
        "reason": record.reason,
        "submitted_at": iso(record.submitted_at),
        **({"sections": [dict(one) for one in record.sections]} if record.sections else {}),
    }


def agrees(record: ResponseRecord) -> bool:
    """Tell whether a record is what it was when it was sealed; one that is not counts nowhere."""
    return digest(body(record)) == record.digest


def sealed(record: ResponseRecord) -> ResponseRecord:
    """Return the record with the digest of its body; whatever it had before is replaced."""
    return replace(record, digest=digest(body(record)))
