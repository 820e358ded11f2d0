"""The rows of exams and forms. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from examengine.db import Document, OfOrganisation, UtcDateTime, organisation_field
from examengine.ledger import declare


class ExamRow(OfOrganisation, table=True):
    """An exam, as its specification describes it."""

    __tablename__ = "exam"

    organisation_id: UUID = organisation_field(primary_key=True)
    id: str = Field(primary_key=True, max_length=80)
    bank_id: str = Field(max_length=80, index=True)
    body: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class ScoringPolicyRow(OfOrganisation, table=True):
    """By what an exam is scored from a moment on: insert only. Before the first, as specified."""

    __tablename__ = "scoring_policy"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "exam_id"], ["exam.organisation_id", "exam.id"]),
        UniqueConstraint("organisation_id", "exam_id", "version"),
    )

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(max_length=80)
    version: int = Field(ge=1, description="1, 2, 3 … within the exam.")
    body: dict[str, Any] = Field(sa_type=Document)
    reason: str = Field(max_length=2000)
    adopted_by: UUID
    adopted_by_name: str = Field(max_length=200)
    adopted_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


class FormRow(OfOrganisation, table=True):
    """A published form: insert only."""

    __tablename__ = "form"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "exam_id"], ["exam.organisation_id", "exam.id"]),
        UniqueConstraint("organisation_id", "exam_id", "code"),
    )

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(max_length=80)
    exam_digest: str = Field(max_length=71)
    code: str = Field(max_length=20)
    items: list[dict[str, Any]] = Field(sa_type=Document)
    minutes: int
    assembly: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71)
    published_at: datetime = Field(sa_type=UtcDateTime)
    sections: list[dict[str, Any]] | None = Field(default=None, sa_type=Document)


POLICIES = declare(
    "scoring_policy",
    ScoringPolicyRow,
    scope="exam:exam_id",
    at="adopted_at",
    apart=("adopted_by_name",),
)
