"""The rows of exams and forms. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from examengine.db import Document, Moment


class ExamRow(SQLModel, table=True):
    """An exam, as its specification describes it."""

    __tablename__ = "exam"

    id: str = Field(primary_key=True, max_length=80)
    bank_id: str = Field(max_length=80, index=True)
    body: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71)
    saved_at: datetime = Field(sa_type=Moment)


class FormRow(SQLModel, table=True):
    """A published form: insert only."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("exam_id", "code"),)

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(foreign_key="exam.id", max_length=80)
    exam_digest: str = Field(max_length=71)
    code: str = Field(max_length=20)
    items: list[dict[str, Any]] = Field(sa_type=Document)
    minutes: int
    assembly: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71)
    published_at: datetime = Field(sa_type=Moment)
