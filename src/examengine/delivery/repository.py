"""Reads and writes of administrations and response records; no decision is taken here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy
from sqlalchemy import Select, func, insert, or_, update
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.db import organisation_of
from examengine.delivery.administration import (
    Administration,
    AttemptSummary,
    Plan,
    Source,
    state_of,
)
from examengine.delivery.response_record import Reason, ResponseRecord
from examengine.delivery.tables import (
    ADMINISTRATIONS,
    ENROLMENTS,
    RESPONSE_RECORDS,
    AdministrationFiguresRow,
    AdministrationRow,
    AttemptRow,
    ResponseRecordRow,
)

AT_ONCE = 500
"""Rows asked for by id in one statement."""


def administration(session: Session, administration_id: UUID) -> Administration | None:
    """Return one administration."""
    row = session.get(AdministrationRow, administration_id)
    return None if row is None else _administration(row)


def administrations(session: Session) -> list[Administration]:
    """Return all administrations, the newest first."""
    newest = (col(AdministrationRow.created_at).desc(), col(AdministrationRow.id).desc())
    rows = session.exec(select(AdministrationRow).order_by(*newest)).all()
    return [_administration(row) for row in rows]


def administrations_found(
    session: Session, words: str, start: int, most: int
) -> list[Administration]:
    """Return some of the administrations that hold these words, the newest first."""
    newest = (col(AdministrationRow.created_at).desc(), col(AdministrationRow.id).desc())
    query = _holding(select(AdministrationRow), words).order_by(*newest)
    return [_administration(row) for row in session.exec(query.offset(start).limit(most))]


def how_many_administrations(session: Session, words: str = "") -> int:
    """Return how many administrations hold these words in their title or the id of their exam."""
    query = _holding(sqlalchemy.select(func.count()).select_from(AdministrationRow), words)
    found: int = session.execute(query).scalar_one()
    return found


def _holding(query: Any, words: str) -> Any:
    named = func.lower(col(AdministrationRow.title) + " " + col(AdministrationRow.exam_id))
    for word in words.lower().split():
        query = query.where(named.contains(word, autoescape=True))
    return query


def enrolled_counts(session: Session, administration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many candidates are enrolled in each of these administrations that has any."""
    query = (
        select(AttemptRow.administration_id, func.count())
        .where(col(AttemptRow.administration_id).in_(administration_ids))
        .group_by(col(AttemptRow.administration_id))
    )
    return dict(session.exec(query).all())


def figures(
    session: Session, kind: str, administration_ids: Collection[UUID]
) -> dict[UUID, tuple[str, Mapping[str, Any], datetime]]:
    """Return the figures of one kind that are kept: their state, their body, and since when."""
    query = select(AdministrationFiguresRow).where(
        col(AdministrationFiguresRow.kind) == kind,
        col(AdministrationFiguresRow.administration_id).in_(administration_ids),
    )
    return {
        row.administration_id: (row.state, row.body, row.computed_at)
        for row in session.exec(query).all()
    }


def keep_figures(
    session: Session,
    kind: str,
    administration_id: UUID,
    state: str,
    body: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep figures in place of the earlier ones of their kind."""
    row = AdministrationFiguresRow(
        organisation_id=organisation_of(session),
        administration_id=administration_id,
        kind=kind,
        state=state,
        body=dict(body),
        computed_at=now,
    )
    session.merge(row)


def administrations_among(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, Administration]:
    """Return the administrations that have these ids."""
    query = select(AdministrationRow).where(col(AdministrationRow.id).in_(administration_ids))
    return {row.id: _administration(row) for row in session.exec(query).all()}


def administrations_of_exam(session: Session, exam_id: str) -> list[Administration]:
    """Return the administrations of one exam, the newest first."""
    newest = (col(AdministrationRow.created_at).desc(), col(AdministrationRow.id).desc())
    query = select(AdministrationRow).where(col(AdministrationRow.exam_id) == exam_id)
    return [_administration(row) for row in session.exec(query.order_by(*newest)).all()]


def add_administration(session: Session, value: Administration, created_at: datetime) -> None:
    """Insert an administration, and seal it."""
    values = {
        "id": value.id,
        "exam_id": value.exam_id,
        "exam_digest": value.exam_digest,
        "title": value.title,
        "form_ids": [str(form_id) for form_id in value.form_ids],
        "opens_at": value.opens_at,
        "closes_at": value.closes_at,
        "source": value.source,
        "simulated": value.simulated,
        "test": value.test,
        "source_digest": value.source_digest,
        "created_at": created_at,
    }
    session.execute(insert(AdministrationRow).values(**values))
    ledger.append(session, ADMINISTRATIONS, [values])


def change_window(
    session: Session, administration_id: UUID, opens_at: datetime, closes_at: datetime
) -> None:
    """Move the window of an administration."""
    changed = (
        update(AdministrationRow)
        .where(col(AdministrationRow.id) == administration_id)
        .values(opens_at=opens_at, closes_at=closes_at)
    )
    session.execute(changed)
    ledger.append_again(session, ADMINISTRATIONS, administration_id)


def withdraw(session: Session, administration_id: UUID, now: datetime) -> None:
    """Mark an administration as withdrawn."""
    changed = update(AdministrationRow).where(col(AdministrationRow.id) == administration_id)
    session.execute(changed.values(withdrawn_at=now))
    ledger.append_again(session, ADMINISTRATIONS, administration_id)


def started(session: Session, administration_id: UUID) -> bool:
    """Tell whether anybody has begun, and keep everybody from beginning until the commit.

    Starting locks the row of the attempt, so that it waits for whoever asks this.
    """
    query = select(AttemptRow.started_at).where(
        col(AttemptRow.administration_id) == administration_id
    )
    ordered = query.order_by(col(AttemptRow.id)).with_for_update()
    return any(moment is not None for moment in session.exec(ordered))


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


def sits_exam(session: Session, person_id: UUID, exam_ids: Sequence[str]) -> bool:
    """Tell whether somebody has an attempt in any administration of these exams."""
    query = (
        select(AttemptRow.id)
        .join(AdministrationRow, col(AdministrationRow.id) == col(AttemptRow.administration_id))
        .where(col(AttemptRow.person_id) == person_id, col(AdministrationRow.exam_id).in_(exam_ids))
        .limit(1)
    )
    return session.exec(query).one_or_none() is not None


def has_exam_ahead(
    session: Session, person_id: UUID, exam_ids: Sequence[str], now: datetime
) -> bool:
    """Tell whether somebody can still sit, or is sitting, one of these exams in earnest."""
    offered, attempt = AdministrationRow, AttemptRow
    query = (
        select(attempt.id)
        .join(offered, col(offered.id) == col(attempt.administration_id))
        .where(
            col(attempt.person_id) == person_id,
            col(attempt.submitted_at).is_(None),
            col(offered.exam_id).in_(exam_ids),
            col(offered.test).is_(False),
            col(offered.withdrawn_at).is_(None),
            or_(col(attempt.started_at).is_not(None), col(offered.closes_at) > now),
        )
        .limit(1)
    )
    return session.exec(query).one_or_none() is not None


def add_attempts(session: Session, prepared: Sequence[Plan], prepared_at: datetime) -> None:
    """Insert what was prepared for candidates, all at once, and seal it."""
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
            "chosen": 0,
            "section": 0,
        }
        for plan in prepared
    ]
    session.execute(insert(AttemptRow), rows)
    ledger.append(session, ENROLMENTS, rows)


def attempt_ids(session: Session, administration_id: UUID) -> list[UUID]:
    """Return the attempts of an administration, in the order in which they were prepared."""
    query = select(AttemptRow.id).where(col(AttemptRow.administration_id) == administration_id)
    return list(session.exec(query.order_by(col(AttemptRow.id))).all())


def attempts(session: Session, administration_id: UUID, now: datetime) -> list[AttemptSummary]:
    """Return where the attempts of an administration stand, by candidate."""
    query = _with_window().where(col(AttemptRow.administration_id) == administration_id)
    ordered = query.order_by(col(AttemptRow.candidate), col(AttemptRow.id))
    return [
        summary_of(row, closes_at, withdrawn_at, now)
        for row, closes_at, withdrawn_at in session.execute(ordered)
    ]


def attempts_of_person(session: Session, person_id: UUID, now: datetime) -> list[AttemptSummary]:
    """Return where the attempts of one candidate stand, the newest first."""
    query = _with_window().where(col(AttemptRow.person_id) == person_id)
    newest = query.order_by(col(AttemptRow.id).desc())
    return [
        summary_of(row, closes_at, withdrawn_at, now)
        for row, closes_at, withdrawn_at in session.execute(newest)
    ]


def attempt(session: Session, attempt_id: UUID, now: datetime) -> AttemptSummary | None:
    """Return where one attempt stands."""
    row = session.execute(_with_window().where(col(AttemptRow.id) == attempt_id)).one_or_none()
    return None if row is None else summary_of(row[0], row[1], row[2], now)


def _with_window() -> Select[AttemptRow, datetime | None, datetime | None]:
    return sqlalchemy.select(
        AttemptRow, col(AdministrationRow.closes_at), col(AdministrationRow.withdrawn_at)
    ).join(AdministrationRow, col(AdministrationRow.id) == col(AttemptRow.administration_id))


def summary_of(
    row: Any, closes_at: datetime | None, withdrawn_at: datetime | None, now: datetime
) -> AttemptSummary:
    """Return where an attempt stands, of a row that has the columns of a line."""
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
            withdrawn_at=withdrawn_at,
        ),
        version=row.version,
        started_at=row.started_at,
        deadline=row.deadline,
        submitted_at=row.submitted_at,
    )


def add_response_records(session: Session, records: Sequence[ResponseRecord]) -> None:
    """Insert response records, and seal them."""
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
            "sections": [dict(one) for one in record.sections] or None,
            "digest": record.digest,
        }
        for record in records
    ]
    session.execute(insert(ResponseRecordRow), rows)
    ledger.append(session, RESPONSE_RECORDS, rows)


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


def response_records_by_id(session: Session, ids: Sequence[UUID]) -> list[ResponseRecord]:
    """Return some response records, in the order of their ids."""
    found: list[ResponseRecord] = []
    for start in range(0, len(ids), AT_ONCE):
        wanted = col(ResponseRecordRow.id).in_(ids[start : start + AT_ONCE])
        query = select(ResponseRecordRow).where(wanted)
        found += [_record(row) for row in session.exec(query).all()]
    return sorted(found, key=lambda record: record.id)


def record_of_attempt(session: Session, attempt_id: UUID) -> ResponseRecord | None:
    """Return the response record of an attempt."""
    query = select(ResponseRecordRow).where(col(ResponseRecordRow.attempt_id) == attempt_id)
    row = session.exec(query).one_or_none()
    return None if row is None else _record(row)


def records_of_attempts(
    session: Session, attempt_ids: Sequence[UUID]
) -> dict[UUID, ResponseRecord]:
    """Return the response records of attempts, by attempt; those that are open have none."""
    query = select(ResponseRecordRow).where(col(ResponseRecordRow.attempt_id).in_(attempt_ids))
    found = (_record(row) for row in session.exec(query).all())
    return {record.attempt_id: record for record in found if record.attempt_id is not None}


def title_of_source(session: Session, source_digest: str) -> str | None:
    """Return the title of the administration that came from a file with this digest."""
    query = select(AdministrationRow.title).where(
        col(AdministrationRow.source_digest) == source_digest
    )
    return session.exec(query.limit(1)).first()


def _administration(row: AdministrationRow) -> Administration:
    return Administration(
        id=row.id,
        exam_id=row.exam_id,
        exam_digest=row.exam_digest,
        title=row.title,
        form_ids=_form_ids(row.form_ids),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        source=cast(Source, row.source),
        simulated=row.simulated,
        test=row.test,
        source_digest=row.source_digest,
        withdrawn_at=row.withdrawn_at,
    )


def _form_ids(stored: object) -> tuple[UUID, ...]:
    """Return the forms a row names, or none where somebody changed it into what names no form.

    The administration can then still be listed, and its cases opened: the ledger says there, and
    in the audit file, that the row was changed.
    """
    try:
        return tuple(UUID(form_id) for form_id in cast(list[str], stored))
    except (ValueError, TypeError, AttributeError):
        return ()


def _sections(stored: object) -> tuple[Mapping[str, Any], ...]:
    """Return the sections of a record, or that what somebody wrote in their place is unreadable.

    The case can then still be opened, and the digest of the record says that it was changed.
    """
    if stored is None:
        return ()
    if isinstance(stored, list) and all(isinstance(one, Mapping) for one in stored):
        return tuple(stored)
    return ({"unreadable": True},)


def _by_item(stored: object) -> Mapping[str, Any]:
    """Return what a record holds by item, or nothing that anybody could have answered or spent.

    A row that somebody changed can then still be read, and its digest says that it was changed.
    """
    return stored if isinstance(stored, Mapping) else {"": None}


def _record(row: ResponseRecordRow) -> ResponseRecord:
    return ResponseRecord(
        id=row.id,
        administration_id=row.administration_id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
        candidate=row.candidate,
        form_id=row.form_id,
        form_digest=row.form_digest,
        responses=_by_item(row.responses),
        seconds=_by_item(row.seconds),
        head=row.head,
        head_version=row.head_version,
        reason=cast(Reason, row.reason),
        submitted_at=row.submitted_at,
        sections=_sections(row.sections),
        digest=row.digest,
    )
