"""Stores an administration whose answers are known: imported, or simulated.

What a candidate answered goes down the same chain from here on as what is sat here: the same
response records, the same keys, the same digests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form
from examengine.delivery import repository
from examengine.delivery.administration import Administration, checked_title
from examengine.delivery.coding import keep_coded
from examengine.delivery.response_record import ResponseRecord, sealed
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class CandidateResponses:
    """What one candidate answered on a published form, and how long each item took."""

    candidate: str
    form: Form
    responses: Mapping[str, Any]
    seconds: Mapping[str, float]


def record_administration(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam: Exam,
    answers: Sequence[CandidateResponses],
    *,
    title: str,
    simulated: bool,
    test: bool,
    source_digest: str,
    at: datetime,
) -> Administration:
    """Store an administration whose answers are known, with a response record for each candidate.

    Args:
        session: The transaction.
        clock: Tells when it is stored.
        actor: Who stores it.
        exam: The exam.
        answers: What the candidates answered, on published forms of the exam.
        title: What the administration is called.
        simulated: Whether a program made the answers.
        test: Whether what comes of it is for trying the system out.
        source_digest: Where the answers come from; the head of every record.
        at: When they were given.

    Raises:
        NotAllowed: The actor is neither psychometrician nor awarding officer.
        AdministrationMalformed: The title is empty or too long.
    """
    require(actor, Role.PSYCHOMETRICIAN, Role.AWARDING_OFFICER)
    now = clock.now()
    administration = Administration(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        title=checked_title(title),
        form_ids=tuple(dict.fromkeys(given.form.id for given in answers)),
        opens_at=None,
        closes_at=None,
        source="imported",
        simulated=simulated,
        test=test,
        source_digest=source_digest,
    )
    repository.add_administration(session, administration, now)
    records = [_record(administration.id, given, source_digest, now, at) for given in answers]
    repository.add_response_records(session, records)
    keep_coded(session, administration.id, records)
    detail = {"title": administration.title, "source": source_digest, "candidates": len(records)}
    subject = f"administration:{administration.id}"
    record_act(session, now, actor, "delivery.import_administration", subject, detail)
    return administration


def title_of_source(session: Session, source_digest: str) -> str | None:
    """Return the title of the administration that was recorded from this source, if any.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.title_of_source(session, source_digest)


def _record(
    administration_id: UUID, given: CandidateResponses, head: str, now: datetime, at: datetime
) -> ResponseRecord:
    return sealed(
        ResponseRecord(
            id=new_id(now),
            administration_id=administration_id,
            attempt_id=None,
            person_id=None,
            candidate=given.candidate,
            form_id=given.form.id,
            form_digest=given.form.digest,
            responses=dict(given.responses),
            seconds=dict(given.seconds),
            head=head,
            head_version=None,
            reason="imported",
            submitted_at=at,
        )
    )
