"""The rows of jobs. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from examengine.db import Document, UtcDateTime


class JobRow(SQLModel, table=True):
    """One job, as it stands. `tries` is also the fence: an older try can write nothing.

    Workers work for every organisation, so what pages ask names the organisation itself.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_not_before", "state", "not_before"),
        Index("ix_job_asked_by_id", "asked_by", "id"),
        Index(
            "uq_job_apart_running",
            "apart",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    kind: str = Field(max_length=60)
    title: str = Field(max_length=300)
    subject: str = Field(max_length=200, index=True)
    arguments: dict[str, Any] = Field(sa_type=Document)
    asked_by: UUID
    asked_by_name: str = Field(max_length=200)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    roles: list[str] = Field(sa_type=Document)
    apart: str | None = Field(
        default=None, max_length=200, description="Of jobs that share it, one runs at a time."
    )
    state: str = Field(max_length=10)
    words: str = Field(max_length=300)
    done: int
    of: int | None = None
    tries: int
    losses: int
    not_before: datetime = Field(sa_type=UtcDateTime)
    worker: str | None = Field(default=None, max_length=120)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancel_asked: bool
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    result_digest: str | None = Field(default=None, max_length=71)
    failure: str | None = Field(default=None, description="JSON in ASCII: it may quote anything.")


class JobInputRow(SQLModel, table=True):
    """The files that came with a job; gone when it is done."""

    __tablename__ = "job_input"

    job_id: UUID = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    data: bytes


class JobResultRow(SQLModel, table=True):
    """What came of a job: JSON in ASCII, whose digest the job names."""

    __tablename__ = "job_result"

    job_id: UUID = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    data: bytes
