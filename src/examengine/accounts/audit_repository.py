"""The trail of staff acts in the database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from examengine.accounts.rules import StaffAct
from examengine.accounts.tables import StaffActRow

_ADD = insert(SQLModel.metadata.tables["staff_act"])
"""Made once: every act of staff, and every sign-in, asks it."""


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Store one act."""
    session.connection().execute(_ADD, dict(values))


def newest(session: Session, subject: str | None, start: int, limit: int) -> list[StaffAct]:
    """Return the newest acts first, of one subject or of all, from the `start`th on."""
    query = select(StaffActRow).order_by(col(StaffActRow.at).desc(), col(StaffActRow.id).desc())
    if subject is not None:
        query = query.where(col(StaffActRow.subject) == subject)
    return [
        StaffAct(row.at, row.actor_id, row.actor_name, row.action, row.subject, row.detail)
        for row in session.exec(query.offset(start).limit(limit)).all()
    ]
