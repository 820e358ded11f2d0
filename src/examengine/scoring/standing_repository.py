"""Reads what tells which decisions stand, without the records they rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from examengine.scoring.tables import DecisionRow, ScoreRecordRow


@dataclass(frozen=True, slots=True)
class DecisionCheck:
    """The newest decision about a response record, and the digests it must agree with."""

    response_record_id: UUID
    subject_id: UUID
    decision_id: UUID
    passed: bool
    clearance: str
    stated_ruling: str
    stated_score: str
    newest_score: str


def decision_checks(
    session: Session, administration_id: UUID, among: Collection[UUID] | None
) -> list[DecisionCheck]:
    """Return what tells which decisions stand, of an administration or of some of its records."""
    decided = _newest_versions(DecisionRow, administration_id, among)
    scored = _newest_versions(ScoreRecordRow, administration_id, among)
    query = (
        sqlalchemy.select(
            col(DecisionRow.response_record_id),
            func.coalesce(col(DecisionRow.attempt_id), col(DecisionRow.response_record_id)),
            col(DecisionRow.id),
            col(DecisionRow.passed),
            col(DecisionRow.clearance),
            col(DecisionRow.clearance_digest),
            col(DecisionRow.score_record_digest),
            col(ScoreRecordRow.digest),
        )
        .join(
            decided,
            (decided.c.response_record_id == col(DecisionRow.response_record_id))
            & (decided.c.version == col(DecisionRow.version)),
        )
        .join(scored, scored.c.response_record_id == col(DecisionRow.response_record_id))
        .join(
            ScoreRecordRow,
            (col(ScoreRecordRow.response_record_id) == scored.c.response_record_id)
            & (col(ScoreRecordRow.version) == scored.c.version),
        )
    )
    return [DecisionCheck(*row) for row in session.execute(query).all()]


def _newest_versions(
    table: type[DecisionRow | ScoreRecordRow],
    administration_id: UUID,
    among: Collection[UUID] | None,
) -> Any:
    """Return a table of the newest version of each response record."""
    columns: Any = table
    query = select(columns.response_record_id, func.max(columns.version).label("version")).where(
        columns.administration_id == administration_id
    )
    if among is not None:
        query = query.where(columns.response_record_id.in_(among))
    return query.group_by(columns.response_record_id).subquery()
