"""Begin an attempt, with or without consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from examengine.delivery.errors import (
    AdministrationWithdrawn,
    AttemptClosed,
    AttemptNotOpen,
    ConsentMissing,
)
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._step import CandidateCommand, Situation, Step
from examengine.kernel.clock import from_iso, iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(CandidateCommand):
    """Begin, with or without consent."""

    consented: bool


@dataclass(frozen=True, slots=True)
class AttemptStarted(Event):
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
        """Return the event as plain JSON, without its moment."""
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

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds."""
        return cls(
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

    def words(self) -> str:
        """Say what happened, for staff."""
        extra = f", with {self.extra_time_percent} % extra time"
        return (
            f"The candidate agreed to the conditions and started: {self.minutes} minutes"
            f"{extra if self.extra_time_percent else ''}, until {self.deadline:%H:%M:%S} UTC"
        )

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of other events)
        """Return when the attempt began, and when it must end."""
        return {"started_at": self.at, "deadline": self.deadline}


def decide(command: Start, situation: Situation) -> AttemptStarted | None:
    """Begin. A second start is harmless: it is None, and the attempt goes on where it stands.

    Raises:
        AdministrationWithdrawn: There is no such exam any more.
        AttemptNotOpen: The administration opens later.
        AttemptClosed: The administration is over.
        ConsentMissing: The candidate did not agree to the conditions.
    """
    if situation.head.started_at is not None:
        return None
    plan, now = situation.plan(), command.received_at
    if plan.withdrawn_at is not None:
        raise AdministrationWithdrawn
    if plan.opens_at is not None and now < plan.opens_at:
        raise AttemptNotOpen(plan.opens_at)
    if plan.closes_at is not None and now >= plan.closes_at:
        raise AttemptClosed(plan.closes_at)
    if not command.consented:
        raise ConsentMissing
    return AttemptStarted(
        at=now,
        administration_id=plan.administration_id,
        person_id=plan.person_id,
        form_id=plan.form_id,
        form_digest=plan.form_digest,
        orders=plan.orders,
        minutes=plan.minutes,
        extra_time_percent=plan.extra_time_percent,
        deadline=plan.deadline(now),
        consent=situation.form.consent,
    )


_NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

STEP = Step(
    command=Start,
    events=(AttemptStarted,),
    decide=decide,
    needs_plan=True,
    example=lambda asked: Start(**asked, consented=True),
    example_events=(
        AttemptStarted(
            at=_NINE,
            administration_id=UUID(int=1),
            person_id=UUID(int=2),
            form_id=UUID(int=3),
            form_digest="sha256:form",
            orders={"I-1": ("b", "a")},
            minutes=60,
            extra_time_percent=25,
            deadline=_NINE + timedelta(minutes=75),
            consent="sha256:consent",
        ),
    ),
)
