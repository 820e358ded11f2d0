"""Reads and writes of administrations and response records; no decision is taken here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy
from sqlalchemy import Select, func, insert
from sqlmodel import Session, col, select

from examengine.delivery.administration import (
    Administration,
    AttemptSummary,
    Plan,
    Source,
    state_of,
)
from examengine.delivery.response_record import Reason, ResponseRecord
from examengine.delivery.tables import (
    AdministrationRow,
    AttemptRow,
    ResponseRecordRow,
)


def administration(session: Session, administration_id: UUID) -> Administration | None:
    """Return one administration."""
    row = session.get(AdministrationRow, administration_id)
    return None if row is None else _administration(row)


def administrations(session: Session) -> list[Administration]:
    """Return all administrations, the newest first."""
    newest = (col(AdministrationRow.created_at).desc(), col(AdministrationRow.id).desc())
    rows = session.exec(select(AdministrationRow).order_by(*newest)).all()
    return [_administration(row) for row in rows]


def add_administration(session: Session, value: Administration, created_at: datetime) -> None:
    """Insert an administration."""
    session.execute(
        insert(AdministrationRow).values(
            id=value.id,
            exam_id=value.exam_id,
            exam_digest=value.exam_digest,
            title=value.title,
            form_ids=[str(form_id) for form_id in value.form_ids],
            opens_at=value.opens_at,
            closes_at=value.closes_at,
            source=value.source,
            simulated=value.simulated,
            test=value.test,
            source_digest=value.source_digest,
            created_at=created_at,
        )
    )


def forms_given(session: Session, administration_id: UUID) -> dict[UUID, int]:
    """Return how many candidates have each form so far."""
    query = (
        select(AttemptRow.form_id, func.count())
        .where(col(AttemptRow.administration_id) == administration_id)
        .group_by(col(AttemptRow.form_id))
    )
    return dict(session.exec(query).all())


def enrolled(session: Session, administration_id: UUID) -> dict[UUID, str]:
    """Return the people who have an attempt, with their names."""
    query = select(AttemptRow.person_id, AttemptRow.candidate).where(
        col(AttemptRow.administration_id) == administration_id
    )
    return dict(session.exec(query).all())


def add_attempts(session: Session, prepared: Sequence[Plan], prepared_at: datetime) -> None:
    """Insert what was prepared for candidates, all at once."""
    rows: list[dict[str, Any]] = [
        {
            "id": plan.attempt_id,
            "administration_id": plan.administration_id,
            "person_id": plan.person_id,
            "candidate": plan.candidate,
            "form_id": plan.form_id,
            "form_digest": plan.form_digest,
            "minutes": plan.minutes,
            "extra_time_percent": plan.extra_time_percent,
            "orders": {item_id: list(order) for item_id, order in plan.orders.items()},
            "prepared_at": prepared_at,
            "version": 0,
            "answered_version": 0,
            "last_seq": 0,
        }
        for plan in prepared
    ]
    session.execute(insert(AttemptRow), rows)


def attempts(session: Session, administration_id: UUID, now: datetime) -> list[AttemptSummary]:
    """Return where the attempts of an administration stand, by candidate."""
    query = _with_window().where(col(AttemptRow.administration_id) == administration_id)
    ordered = query.order_by(col(AttemptRow.candidate), col(AttemptRow.id))
    return [_summary(row, closes_at, now) for row, closes_at in session.execute(ordered)]


def attempts_of_person(session: Session, person_id: UUID, now: datetime) -> list[AttemptSummary]:
    """Return where the attempts of one candidate stand, the newest first."""
    query = _with_window().where(col(AttemptRow.person_id) == person_id)
    newest = query.order_by(col(AttemptRow.id).desc())
    return [_summary(row, closes_at, now) for row, closes_at in session.execute(newest)]


def attempt(session: Session, attempt_id: UUID, now: datetime) -> AttemptSummary | None:
    """Return where one attempt stands."""
    row = session.execute(_with_window().where(col(AttemptRow.id) == attempt_id)).one_or_none()
    return None if row is None else _summary(row[0], row[1], now)


def _with_window() -> Select[AttemptRow, datetime | None]:
    return sqlalchemy.select(AttemptRow, col(AdministrationRow.closes_at)).join(
        AdministrationRow, col(AdministrationRow.id) == col(AttemptRow.administration_id)
    )


def _summary(row: AttemptRow, closes_at: datetime | None, now: datetime) -> AttemptSummary:
    return AttemptSummary(
        id=row.id,
        administration_id=row.administration_id,
        person_id=row.person_id,
        candidate=row.candidate,
        form_id=row.form_id,
        minutes=row.minutes,
        extra_time_percent=row.extra_time_percent,
        state=state_of(
            now,
            started_at=row.started_at,
            deadline=row.deadline,
            submitted_at=row.submitted_at,
            closes_at=closes_at,
        ),
        version=row.version,
        started_at=row.started_at,
        deadline=row.deadline,
        submitted_at=row.submitted_at,
    )


def add_response_records(session: Session, records: Sequence[ResponseRecord]) -> None:
    """Insert response records."""
    rows = [
        {
            "id": record.id,
            "administration_id": record.administration_id,
            "attempt_id": record.attempt_id,
            "person_id": record.person_id,
            "candidate": record.candidate,
            "form_id": record.form_id,
            "form_digest": record.form_digest,
            "responses": dict(record.responses),
            "seconds": dict(record.seconds),
            "head": record.head,
            "head_version": record.head_version,
            "reason": record.reason,
            "submitted_at": record.submitted_at,
            "digest": record.digest,
        }
        for record in records
    ]
    session.execute(insert(ResponseRecordRow), rows)


def response_record(session: Session, record_id: UUID) -> ResponseRecord | None:
    """Return one response record."""
    row = session.get(ResponseRecordRow, record_id)
    return None if row is None else _record(row)


def response_records(session: Session, administration_id: UUID) -> list[ResponseRecord]:
    """Return the response records of an administration, by candidate."""
    query = (
        select(ResponseRecordRow)
        .where(col(ResponseRecordRow.administration_id) == administration_id)
        .order_by(col(ResponseRecordRow.candidate), col(ResponseRecordRow.id))
    )
    return [_record(row) for row in session.exec(query).all()]


def record_of_attempt(session: Session, attempt_id: UUID) -> ResponseRecord | None:
    """Return the response record of an attempt."""
    query = select(ResponseRecordRow).where(col(ResponseRecordRow.attempt_id) == attempt_id)
    row = session.exec(query).one_or_none()
    return None if row is None else _record(row)


def _administration(row: AdministrationRow) -> Administration:
    return Administration(
        id=row.id,
        exam_id=row.exam_id,
        exam_digest=row.exam_digest,
        title=row.title,
        form_ids=tuple(UUID(form_id) for form_id in row.form_ids),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        source=cast(Source, row.source),
        simulated=row.simulated,
        test=row.test,
        source_digest=row.source_digest,
    )


def _record(row: ResponseRecordRow) -> ResponseRecord:
    return ResponseRecord(
        id=row.id,
        administration_id=row.administration_id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
        candidate=row.candidate,
        form_id=row.form_id,
        form_digest=row.form_digest,
        responses=row.responses,
        seconds=row.seconds,
        head=row.head,
        head_version=row.head_version,
        reason=cast(Reason, row.reason),
        submitted_at=row.submitted_at,
        digest=row.digest,
    )
