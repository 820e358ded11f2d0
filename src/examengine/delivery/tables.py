"""The rows of administrations, attempts, their logs, and response records. Private."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from examengine.db.types import Document, Moment


class AdministrationRow(SQLModel, table=True):
    """One offer of an exam."""

    __tablename__ = "administration"

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(foreign_key="exam.id", max_length=80, index=True)
    exam_digest: str = Field(max_length=71)
    title: str = Field(max_length=200)
    form_ids: list[str] = Field(sa_type=Document)
    opens_at: datetime | None = Field(default=None, sa_type=Moment)
    closes_at: datetime | None = Field(default=None, sa_type=Moment)
    source: str = Field(max_length=10)
    simulated: bool
    test: bool
    source_digest: str | None = Field(default=None, max_length=71)
    created_at: datetime = Field(sa_type=Moment)


class AttemptRow(SQLModel, table=True):
    """What was prepared for a candidate, and where the log of the attempt stands.

    The columns from `version` on are derived from the log, in the transaction that appends to
    it. The log is the truth: a test folds it and compares.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("administration_id", "person_id"),)

    id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(foreign_key="administration.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    candidate: str = Field(max_length=200)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    minutes: int
    extra_time_percent: int
    orders: dict[str, list[str]] = Field(sa_type=Document)
    prepared_at: datetime = Field(sa_type=Moment)

    version: int = 0
    digest: str | None = Field(default=None, max_length=71)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    deadline: datetime | None = Field(default=None, sa_type=Moment, index=True)
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    last_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_version: int = 0
    answered_by: str | None = Field(default=None, max_length=40)
    last_client: str | None = Field(default=None, max_length=40)
    last_seq: int = 0


class AttemptEventRow(SQLModel, table=True):
    """One event: insert only. The primary key makes a lost race an error, not a lost answer."""

    __tablename__ = "attempt_event"
    __table_args__ = (UniqueConstraint("attempt_id", "client", "seq"),)

    attempt_id: UUID = Field(primary_key=True, foreign_key="attempt.id")
    version: int = Field(primary_key=True, description="1, 2, 3 … without gaps.")
    at: datetime = Field(sa_type=Moment)
    type: str = Field(max_length=20)
    body: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71, description="Chained on the previous row's digest.")
    client: str | None = Field(default=None, max_length=40)
    seq: int | None = None


class ResponseRecordRow(SQLModel, table=True):
    """The last answers of one candidate: insert only."""

    __tablename__ = "response_record"

    id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(foreign_key="administration.id", index=True)
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id", unique=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    candidate: str = Field(max_length=200)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    responses: dict[str, Any] = Field(sa_type=Document)
    seconds: dict[str, float] = Field(sa_type=Document)
    head: str = Field(max_length=71)
    head_version: int | None = None
    reason: str = Field(max_length=10)
    submitted_at: datetime = Field(sa_type=Moment)
    digest: str = Field(max_length=71)
