"""What can happen in an attempt, in the past tense, and how it stands in the log.

Each event has a moment, a type and a body of plain JSON. Each row's digest covers the attempt,
the version, the moment, the type, the body and the digest of the row before, so that a history
that was edited, shortened in the middle or put in another order does not add up any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from examengine.kernel.clock import from_iso, iso
from examengine.kernel.digest import digest

Ending = Literal["submitted", "time", "staff"]


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """The candidate agreed to the conditions and began; everything fixed is fixed here."""

    type: ClassVar[str] = "started"

    at: datetime
    administration_id: UUID
    person_id: UUID
    form_id: UUID
    form_digest: str
    orders: Mapping[str, tuple[str, ...]]
    minutes: int
    extra_time_percent: int
    deadline: datetime
    consent: str
    """The digest of the words the candidate agreed to."""

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {
            "administration_id": str(self.administration_id),
            "person_id": str(self.person_id),
            "form_id": str(self.form_id),
            "form_digest": self.form_digest,
            "orders": {item_id: list(order) for item_id, order in self.orders.items()},
            "minutes": self.minutes,
            "extra_time_percent": self.extra_time_percent,
            "deadline": iso(self.deadline),
            "consent": self.consent,
        }


@dataclass(frozen=True, slots=True)
class ItemShown:
    """The page of an item was drawn for the candidate."""

    type: ClassVar[str] = "shown"

    at: datetime
    item_id: str

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {"item_id": self.item_id}


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """The review page was drawn: the time that follows belongs to no item."""

    type: ClassVar[str] = "reviewed"

    at: datetime

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {}


@dataclass(frozen=True, slots=True)
class ResponseSaved:
    """The candidate answered, changed an answer, or took it back (`response` is None)."""

    type: ClassVar[str] = "saved"

    at: datetime
    item_id: str
    response: Any
    seen: int
    """The version of the log that the page was drawn from, or had been told of since."""
    client: str | None
    """The page that sent it; None for a form sent without script."""
    seq: int | None
    """The page's own count of what it sent; a replay repeats it."""

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {
            "item_id": self.item_id,
            "response": self.response,
            "seen": self.seen,
            "client": self.client,
            "seq": self.seq,
        }


@dataclass(frozen=True, slots=True)
class ItemFlagged:
    """The candidate put a flag on an item, to come back to it, or took it off."""

    type: ClassVar[str] = "flagged"

    at: datetime
    item_id: str
    flagged: bool
    client: str | None
    seq: int | None

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {
            "item_id": self.item_id,
            "flagged": self.flagged,
            "client": self.client,
            "seq": self.seq,
        }


@dataclass(frozen=True, slots=True)
class FocusLost:
    """The exam page says that it is no longer in front: a signal, never a verdict."""

    type: ClassVar[str] = "focus_lost"

    at: datetime
    item_id: str | None
    client: str
    seq: int

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {"item_id": self.item_id, "client": self.client, "seq": self.seq}


@dataclass(frozen=True, slots=True)
class FocusReturned:
    """The exam page says that it is in front again."""

    type: ClassVar[str] = "focus_returned"

    at: datetime
    item_id: str | None
    client: str
    seq: int

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {"item_id": self.item_id, "client": self.client, "seq": self.seq}


@dataclass(frozen=True, slots=True)
class AttemptSubmitted:
    """The attempt ended. One that ran out of time ended at its deadline, whenever it was seen."""

    type: ClassVar[str] = "submitted"

    at: datetime
    by: Ending
    recorded_at: datetime
    """When the server wrote it down: later than `at` when nobody came by at the deadline."""
    actor_id: UUID | None = None
    """Who ended it, when it was one of the staff."""
    why: str = ""

    def body(self) -> dict[str, Any]:
        """Return the event as JSON, without its moment."""
        return {
            "by": self.by,
            "recorded_at": iso(self.recorded_at),
            "actor_id": None if self.actor_id is None else str(self.actor_id),
            "reason": self.why,
        }


Event = (
    AttemptStarted
    | ItemShown
    | ReviewShown
    | ResponseSaved
    | ItemFlagged
    | FocusLost
    | FocusReturned
    | AttemptSubmitted
)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One row of the log, exactly as its digest covers it."""

    attempt_id: UUID
    version: int
    at: datetime
    type: str
    body: Mapping[str, Any]
    previous: str | None
    """The digest of the row before; None for the first."""
    digest: str


def link(
    attempt_id: UUID,
    version: int,
    at: datetime,
    type: str,  # noqa: A002  (the log's own word)
    body: Mapping[str, Any],
    previous: str | None,
) -> str:
    """Return the digest of one row of the log, chained on the row before."""
    return digest(
        {
            "attempt_id": str(attempt_id),
            "version": version,
            "at": iso(at),
            "type": type,
            "body": body,
            "previous": previous,
        }
    )


def _read_started(at: datetime, body: Mapping[str, Any]) -> AttemptStarted:
    return AttemptStarted(
        at=at,
        administration_id=UUID(body["administration_id"]),
        person_id=UUID(body["person_id"]),
        form_id=UUID(body["form_id"]),
        form_digest=body["form_digest"],
        orders={item_id: tuple(order) for item_id, order in body["orders"].items()},
        minutes=body["minutes"],
        extra_time_percent=body["extra_time_percent"],
        deadline=from_iso(body["deadline"]),
        consent=body["consent"],
    )


def _read_submitted(at: datetime, body: Mapping[str, Any]) -> AttemptSubmitted:
    return AttemptSubmitted(
        at=at,
        by=body["by"],
        recorded_at=from_iso(body["recorded_at"]),
        actor_id=None if body["actor_id"] is None else UUID(body["actor_id"]),
        why=body["reason"],
    )


_READERS: Mapping[str, Callable[[datetime, Mapping[str, Any]], Event]] = {
    "started": _read_started,
    "shown": lambda at, body: ItemShown(at, **body),
    "reviewed": lambda at, _body: ReviewShown(at),
    "saved": lambda at, body: ResponseSaved(at, **body),
    "flagged": lambda at, body: ItemFlagged(at, **body),
    "focus_lost": lambda at, body: FocusLost(at, **body),
    "focus_returned": lambda at, body: FocusReturned(at, **body),
    "submitted": _read_submitted,
}


def read_event(row: LoggedEvent) -> Event:
    """Return the event of a row.

    Raises:
        KeyError: The type is none of those this version of the program writes.
    """
    return _READERS[row.type](row.at, row.body)
