"""How many response records each administration has, without reading one."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from examengine.delivery.tables import ResponseRecordRow


def record_counts(session: Session) -> dict[UUID, int]:
    """Return the number of response records of every administration that has any.

    It does not ask who is asking: the use case that calls it does.
    """
    query = select(ResponseRecordRow.administration_id, func.count()).group_by(
        col(ResponseRecordRow.administration_id)
    )
    return dict(session.exec(query).all())
