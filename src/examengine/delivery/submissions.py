"""Who has handed in, without reading what they answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from examengine.delivery.tables import ResponseRecordRow


@dataclass(frozen=True, slots=True)
class Submission:
    """One response record, for a list: whose it is and when it was closed."""

    id: UUID
    """The response record."""
    attempt_id: UUID | None
    candidate: str
    submitted_at: datetime


def submissions(session: Session, administration_id: UUID) -> list[Submission]:
    """Return who has handed in, by candidate, in the order of `response_records`.

    It does not ask who is asking: the use case that calls it does.
    """
    query = (
        select(
            ResponseRecordRow.id,
            ResponseRecordRow.attempt_id,
            ResponseRecordRow.candidate,
            ResponseRecordRow.submitted_at,
        )
        .where(col(ResponseRecordRow.administration_id) == administration_id)
        .order_by(col(ResponseRecordRow.candidate), col(ResponseRecordRow.id))
    )
    return [Submission(*row) for row in session.exec(query).all()]


def record_counts(session: Session) -> dict[UUID, int]:
    """Return the number of response records of every administration that has any.

    It does not ask who is asking: the use case that calls it does.
    """
    query = select(ResponseRecordRow.administration_id, func.count()).group_by(
        col(ResponseRecordRow.administration_id)
    )
    return dict(session.exec(query).all())
