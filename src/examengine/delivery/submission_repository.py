"""Who has handed in, without reading what they answered; and what they did, block by block."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from examengine.delivery import repository
from examengine.delivery.response_record import ResponseRecord
from examengine.delivery.tables import ResponseRecordRow

BLOCK = 500
"""Response records that are worked on together: what they need of memory ends with them."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One response record, for a list: whose it is and when it was closed."""

    id: UUID
    """The response record."""
    attempt_id: UUID | None
    person_id: UUID | None
    """None for responses that came from a file."""
    candidate: str
    submitted_at: datetime
    digest: str


def submissions(session: Session, administration_id: UUID) -> list[Submission]:
    """Return who has handed in, by candidate, in the order of `response_records`.

    It does not ask who is asking: the use case that calls it does.
    """
    query = (
        select(  # type: ignore[call-overload]
            ResponseRecordRow.id,
            ResponseRecordRow.attempt_id,
            ResponseRecordRow.person_id,
            ResponseRecordRow.candidate,
            ResponseRecordRow.submitted_at,
            ResponseRecordRow.digest,
        )
        .where(col(ResponseRecordRow.administration_id) == administration_id)
        .order_by(col(ResponseRecordRow.candidate), col(ResponseRecordRow.id))
    )
    return [Submission(*row) for row in session.exec(query).all()]


def blocks_of_records(
    session: Session, handed_in: Sequence[Submission]
) -> Iterator[list[ResponseRecord]]:
    """Read response records a block at a time, in the order of the submissions.

    It does not ask who is asking: the use case that calls it does.
    """
    for start in range(0, len(handed_in), BLOCK):
        ids = [one.id for one in handed_in[start : start + BLOCK]]
        read = {one.id: one for one in repository.response_records_by_id(session, ids)}
        yield [read[record_id] for record_id in ids]


def forms_handed_in(session: Session, administration_id: UUID) -> set[UUID]:
    """Return the forms that somebody has handed in.

    It does not ask who is asking: the use case that calls it does.
    """
    query = select(ResponseRecordRow.form_id).where(
        col(ResponseRecordRow.administration_id) == administration_id
    )
    return set(session.exec(query.distinct()).all())


def handed_in_by_form(
    session: Session, administration_ids: Collection[UUID]
) -> list[tuple[UUID, UUID, int, datetime]]:
    """Return administration, form, how many handed it in, and when the last one did.

    It does not ask who is asking: the use case that calls it does.
    """
    row = ResponseRecordRow
    query = (
        select(row.administration_id, row.form_id, func.count(), func.max(col(row.submitted_at)))
        .where(col(row.administration_id).in_(administration_ids))
        .group_by(col(row.administration_id), col(row.form_id))
    )
    return [(one[0], one[1], one[2], one[3]) for one in session.exec(query).all()]


def record_counts(
    session: Session, administration_ids: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """Return the number of response records of each administration that has any: of these, or all.

    It does not ask who is asking: the use case that calls it does.
    """
    query = select(ResponseRecordRow.administration_id, func.count()).group_by(
        col(ResponseRecordRow.administration_id)
    )
    if administration_ids is not None:
        query = query.where(col(ResponseRecordRow.administration_id).in_(administration_ids))
    return dict(session.exec(query).all())
