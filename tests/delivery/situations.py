"""Situations in which steps are decided, without a database: a form of two items."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from examengine.assembly import Form, FormItem, Section, exam_of, read_exam
from examengine.bank import item_version
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.reading import advance, fold
from examengine.delivery.steps import Command, Event, Situation, step_of
from examengine.delivery.steps.start import Start
from tests.bank.small_bank import item
from tests.delivery.examples import SAMPLE

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN = Plan(
    attempt_id=UUID(int=1),
    administration_id=UUID(int=2),
    person_id=UUID(int=3),
    candidate="Ada",
    form_id=UUID(int=4),
    form_digest="sha256:f",
    minutes=60,
    extra_time_percent=0,
    orders={"I-1": ("b", "a")},
    opens_at=NINE,
    closes_at=NINE + timedelta(hours=4),
)


def minutes(count: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=count)


FIRST = Section("First part", "Read this.", 20, True, ("I-1",))
SECOND = Section("Second part", "", None, False, ("I-2",))
IN_SECTIONS = (FIRST, SECOND)


RECORDING = {
    "audio": {"file": "recordings/talk.mp3", "digest": "sha256:talk", "plays": 2},
}
"""Stands above the first item, takes 30 seconds, and may be played twice."""
STORED = 8
"""Bytes that are in the database of every file that an attempt may name."""


@cache
def form(sections: tuple[Section, ...] = (), item_type: str = "single_choice") -> FormInPlay:
    """A form of two items of one type, `I-1` and `I-2`; in sections, if they are given."""
    exam = exam_of(read_exam(SAMPLE / "exam.toml"))
    items = (
        item_version("small", item("I-1", item_type, stimulus=[RECORDING])),
        item_version("small", item("I-2", item_type)),
    )
    published = Form(
        id=PLAN.form_id,
        exam_id=exam.id,
        exam_digest=exam.digest,
        code="A",
        items=tuple(FormItem(version.ref, scored=True) for version in items),
        minutes=60,
        digest="sha256:f",
        published_at=NINE,
        sections=sections,
    )
    by_id = {version.item_id: version for version in items}
    return FormInPlay(published, exam, items, by_id, {"sha256:talk": 30.0})


def asked(now: datetime) -> dict[str, object]:
    """What every command of the candidate has."""
    return {"attempt_id": PLAN.attempt_id, "session": "s", "received_at": now}


def situation(
    head: Head,
    attempt: Attempt | None = None,
    plan: Plan = PLAN,
    sections: tuple[Section, ...] = (),
    item_type: str = "single_choice",
) -> Situation:
    """A situation in which the log stands at this head."""
    known = attempt or Attempt(head)
    return Situation(
        head=head,
        form=form(sections, item_type),
        plan=lambda: plan,
        attempt=lambda: known,
        stored=lambda _digest: STORED,
    )


def happened(command: Command, head: Head, **where: Any) -> list[Event]:
    """What a command becomes in the log: what has to stand before it, and the event itself."""
    step, events = step_of(command), []
    first = step.before(command, situation(head, **where))
    if first is not None:
        head = advance(head, first)[0]
        events.append(first)
    event = step.decide(command, situation(head, **where))
    return events if event is None else [*events, event]


def decided(
    command: Command, head: Head, attempt: Attempt | None = None, **where: Any
) -> Event | None:
    """What the step of a command decides, where the log stands at this head."""
    step = step_of(command)
    first = step.before(command, situation(head, attempt, **where))
    ready = head if first is None else advance(head, first)[0]
    return step.decide(command, situation(ready, attempt, **where))


def started(plan: Plan = PLAN, now: datetime = NINE) -> tuple[Head, list[LoggedEvent]]:
    """The head and the log of an attempt that has just begun."""
    event = decided(Start(**asked(now), consented=True), Head(plan.attempt_id), plan=plan)
    assert event is not None
    head, row = advance(Head(plan.attempt_id), event)
    return head, [row]


def attempt_of(rows: Sequence[LoggedEvent]) -> Attempt:
    """What a log comes to."""
    return fold(PLAN.attempt_id, rows)
