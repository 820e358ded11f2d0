"""Answers that a device still held when the time was over: kept as evidence, never scored.

Somebody who was cut off until after the end has answers that nobody can date but their own
device. They do not belong to the log, which ended, nor to what was handed in. They are kept
beside both, each with the head of the log it missed, sealed in the ledger, for a person to rule on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import Actor, Role, require
from examengine.delivery import late_answer_repository as repository
from examengine.delivery import log_repository
from examengine.delivery.answer_reading import as_draft
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import AttemptUnknown, LateAnswersRefused
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.log_repository import AttemptHeader
from examengine.delivery.sitting import Sitting, find_sitting
from examengine.delivery.tables import LATE_ANSWERS
from examengine.kernel.clock import Clock, iso
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id

MOST = 200
"""Late answers of one attempt; a device keeps one for each question it could not send."""
ACCEPTED_FOR = timedelta(days=14)
"""After the end. Whoever comes later than that writes to the awarding body, with the file."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One answer as a device hands it over."""

    item_id: str
    fields: Mapping[str, Sequence[str]]
    made_at: datetime | None
    """When it was given, by the device's own clock, which nobody vouches for."""
    client: str
    seq: int


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """One answer that came after the end."""

    received_at: datetime
    item_id: str
    fields: Mapping[str, Sequence[str]]
    made_at: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a candidate is told of an attempt that is over."""

    sitting: Sitting
    n_late: int
    """Answers that came after the end and are kept."""


def hand_over_late(
    session: Session,
    clock: Clock,
    forms: FormsInPlay,
    actor: Actor,
    attempt_id: UUID,
    answers: Sequence[HandedOver],
) -> int:
    """Keep answers of one's own attempt that arrive after its end; return how many are kept now.

    Handing over the same answer twice keeps it once.

    Raises:
        AttemptUnknown: There is no such attempt, or it is somebody else's.
        LateAnswersRefused: The attempt still runs, ended too long ago, or holds too many.
        ItemNotInForm, ResponseMalformed: Something is no answer to an item of the form.
    """
    header = log_repository.header_now(session, attempt_id)
    if header is None or not log_repository.is_theirs(header, actor):
        raise AttemptUnknown(f"no attempt {attempt_id} for whoever asks")
    now, head = clock.now(), header.head
    if head.submitted_at is None or head.digest is None:
        raise LateAnswersRefused("the exam has not ended, so that answers can still be saved")
    if now > head.submitted_at + ACCEPTED_FOR:
        raise LateAnswersRefused(f"the exam ended more than {ACCEPTED_FOR.days} days ago")
    form = forms.of(session, header.form_id)
    known = repository.known(session, attempt_id)
    new = {(one.client, one.seq): one for one in answers if (one.client, one.seq) not in known}
    if len(known) + len(new) > MOST:
        raise LateAnswersRefused(f"no more than {MOST} late answers are kept")
    rows = [_row(header, head.digest, form, one, now) for one in new.values()]
    if rows:
        repository.add(session, rows)
        ledger.append(session, LATE_ANSWERS, rows)
    return len(known) + len(rows)


def late_answers(session: Session, actor: Actor, attempt_id: UUID) -> list[LateAnswer]:
    """Return the late answers of an attempt, in the order in which they came.

    Raises:
        NotAllowed: The actor is neither awarding officer nor invigilator.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR)
    return [
        LateAnswer(row.received_at, row.item_id, row.fields, row.made_at, row.digest)
        for row in repository.of_attempt(session, attempt_id)
    ]


def find_receipt(
    session: Session, forms: FormsInPlay, attempts: AttemptsInPlay, actor: Actor, attempt_id: UUID
) -> Receipt:
    """Return one's own attempt, and how many answers came after its end.

    Raises:
        AttemptUnknown: There is no such attempt, or it is somebody else's.
    """
    sitting = find_sitting(session, forms, attempts, actor, attempt_id)
    return Receipt(sitting, repository.count(session, attempt_id))


def _row(
    header: AttemptHeader, head: str, form: FormInPlay, answer: HandedOver, now: datetime
) -> dict[str, Any]:
    attempt_id = header.head.attempt_id
    fields = {name: list(values) for name, values in as_draft(answer.fields).items()}
    body = {
        "attempt_id": str(attempt_id),
        "head": head,
        "received_at": iso(now),
        "item_id": form.item(answer.item_id).item_id,
        "fields": fields,
        "made_at": None if answer.made_at is None else iso(answer.made_at),
        "client": answer.client,
        "seq": answer.seq,
    }
    return {
        "id": new_id(now),
        "administration_id": header.administration_id,
        "attempt_id": attempt_id,
        "received_at": now,
        "item_id": answer.item_id,
        "fields": fields,
        "made_at": answer.made_at,
        "client": answer.client,
        "seq": answer.seq,
        "digest": digest(body),
    }
