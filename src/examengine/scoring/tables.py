"""The rows of score records and decisions: insert only. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from examengine.db.types import Document, Moment


class ScoreRecordRow(SQLModel, table=True):
    """One version of one score. The unique version makes a lost race an error."""

    __tablename__ = "score_record"
    __table_args__ = (UniqueConstraint("response_record_id", "version"),)

    id: UUID = Field(primary_key=True)
    version: int = Field(ge=1, description="1, 2, 3 … within the response record.")
    administration_id: UUID = Field(foreign_key="administration.id", index=True)
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    candidate: str = Field(max_length=200)
    response_record_id: UUID = Field(foreign_key="response_record.id")
    response_record_digest: str = Field(max_length=71)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    exam_id: str = Field(max_length=80)
    exam_digest: str = Field(max_length=71)
    parameters_id: UUID
    parameters_digest: str = Field(max_length=71)
    model: str = Field(max_length=20)
    estimator: str = Field(max_length=20)
    prior: dict[str, Any] = Field(sa_type=Document)
    item_scores: dict[str, int] = Field(sa_type=Document)
    raw_score: int
    max_raw_score: int
    theta: float
    se: float
    scale_score: int
    code_version: str = Field(max_length=40)
    scored_at: datetime = Field(sa_type=Moment)
    digest: str = Field(max_length=71)


class DecisionRow(SQLModel, table=True):
    """One decision. The unique version makes a lost race an error."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("response_record_id", "version"),)

    id: UUID = Field(primary_key=True)
    version: int = Field(ge=1, description="1, 2, 3 … within the response record.")
    administration_id: UUID = Field(foreign_key="administration.id", index=True)
    response_record_id: UUID = Field(foreign_key="response_record.id")
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    exam_id: str = Field(max_length=80)
    score_record_id: UUID = Field(foreign_key="score_record.id", index=True)
    score_record_digest: str = Field(max_length=71)
    cut_score_id: UUID = Field(foreign_key="cut_score.id")
    cut_score_digest: str = Field(max_length=71)
    clearance: str = Field(max_length=10)
    clearance_id: UUID
    clearance_digest: str = Field(max_length=71)
    scale_score: int
    scale_cut: int
    passed: bool
    decided_by: UUID
    decided_at: datetime = Field(sa_type=Moment)
    digest: str = Field(max_length=71)
