"""Answers that came after the end, in the database: appended, never changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, func, insert
from sqlmodel import Session, col, select

from examengine.delivery.tables import LateAnswerRow

_COUNT = (
    sqlalchemy.select(func.count())
    .select_from(LateAnswerRow)
    .where(col(LateAnswerRow.attempt_id) == bindparam("of_attempt"))
)
"""Made once: every receipt asks it."""


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store answers."""
    session.execute(insert(LateAnswerRow), rows)


def of_attempt(session: Session, attempt_id: UUID) -> list[LateAnswerRow]:
    """Return the answers of an attempt, in the order in which they came."""
    query = (
        select(LateAnswerRow)
        .where(col(LateAnswerRow.attempt_id) == attempt_id)
        .order_by(col(LateAnswerRow.received_at), col(LateAnswerRow.seq))
    )
    return list(session.exec(query))


def count(session: Session, attempt_id: UUID) -> int:
    """Return how many answers of an attempt there are."""
    asked = {"of_attempt": attempt_id}
    found: int = session.connection().execute(_COUNT, asked).scalar_one()
    return found


def known(session: Session, attempt_id: UUID) -> set[tuple[str, int]]:
    """Return client and number of each answer of an attempt; the pair is unique in it."""
    query = select(LateAnswerRow.client, LateAnswerRow.seq).where(
        col(LateAnswerRow.attempt_id) == attempt_id
    )
    return {(client, seq) for client, seq in session.exec(query)}
