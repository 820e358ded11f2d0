"""Reads the scores and decisions of an administration column by column, as lists show them."""

from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session

from examengine.scoring.listed import ListedDecision, ListedScore
from examengine.scoring.tables import DecisionRow, ScoreRecordRow

_DECISION = list(ListedDecision.__slots__)
_SCORE = [name for name in ListedScore.__slots__ if name != "item_scores"]


def listed_scores(
    session: Session, administration_id: UUID, *, with_items: bool
) -> dict[UUID, ListedScore]:
    """Return the newest score of each response record.

    Args:
        session: The transaction.
        administration_id: Of which administration.
        with_items: Whether the points of each item are read too.
    """
    if with_items:
        rows = _newest(session, ScoreRecordRow, [*_SCORE, "item_scores"], administration_id)
        return {row[0]: ListedScore(*row) for row in rows}
    rows = _newest(session, ScoreRecordRow, _SCORE, administration_id)
    return {row[0]: ListedScore(*(*row, {})) for row in rows}


def listed_decisions(session: Session, administration_id: UUID) -> dict[UUID, ListedDecision]:
    """Return the newest decision about each response record."""
    rows = _newest(session, DecisionRow, _DECISION, administration_id)
    return {row[0]: ListedDecision(*row) for row in rows}


def _newest(
    session: Session,
    table: type[ScoreRecordRow | DecisionRow],
    names: list[str],
    administration_id: UUID,
) -> Any:
    """Yield these columns of the newest version of each response record."""
    columns: Any = table
    newest = (
        sqlalchemy.select(columns.response_record_id, func.max(columns.version).label("version"))
        .where(columns.administration_id == administration_id)
        .group_by(columns.response_record_id)
        .subquery()
    )
    query = sqlalchemy.select(*(getattr(columns, name) for name in names)).join(
        newest,
        (newest.c.response_record_id == columns.response_record_id)
        & (newest.c.version == columns.version),
    )
    return session.execute(query)
