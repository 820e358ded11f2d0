"""The rows of score records and decisions: insert only. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from examengine.db.organisations import OfOrganisation
from examengine.db.types import Document, UtcDateTime
from examengine.ledger import declare


class ScoreRecordRow(OfOrganisation, table=True):
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
    parameters_id: UUID | None
    parameters_digest: str | None = Field(max_length=71)
    model: str | None = Field(max_length=20)
    estimator: str | None = Field(max_length=20)
    prior: dict[str, Any] | None = Field(sa_type=Document)
    marks_digest: str | None = Field(default=None, max_length=71)
    scoring_digest: str | None = Field(default=None, max_length=71)
    item_scores: dict[str, int] = Field(sa_type=Document)
    raw_score: int
    max_raw_score: int
    theta: float | None
    se: float | None
    scale_score: int | None
    points: str | None = Field(default=None, max_length=40, description="A decimal number.")
    most_points: str | None = Field(default=None, max_length=40)
    code_version: str = Field(max_length=40)
    scored_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


class DecisionRow(OfOrganisation, table=True):
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
    scale_score: int | None
    scale_cut: int | None
    points: str | None = Field(default=None, max_length=40, description="A decimal number.")
    points_cut: str | None = Field(default=None, max_length=40)
    passed: bool
    decided_by: UUID
    decided_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


SCORES = declare(
    "score_record",
    ScoreRecordRow,
    scope="administration:administration_id",
    at="scored_at",
    apart=("candidate",),
    about="response_record_id",
)
DECISIONS = declare(
    "decision",
    DecisionRow,
    scope="administration:administration_id",
    at="decided_at",
    about="response_record_id",
)
