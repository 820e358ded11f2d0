"""The rows of snapshots and calibration runs. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from examengine.db import Document, Moment


class SnapshotRow(SQLModel, table=True):
    """A response matrix a run was made of: insert only. Files are kept compressed."""

    __tablename__ = "response_snapshot"

    digest: str = Field(primary_key=True, max_length=71)
    bank_id: str = Field(foreign_key="bank.id", max_length=80, index=True)
    body: dict[str, Any] = Field(sa_type=Document)
    scored: bytes
    raw: bytes
    key: bytes
    taken_at: datetime = Field(sa_type=Moment)


class CalibrationRunRow(SQLModel, table=True):
    """One calibration: insert only."""

    __tablename__ = "calibration_run"

    id: UUID = Field(primary_key=True)
    snapshot_digest: str = Field(foreign_key="response_snapshot.digest", max_length=71, index=True)
    administration_ids: list[str] = Field(sa_type=Document)
    bank_id: str = Field(foreign_key="bank.id", max_length=80, index=True)
    scope: str = Field(max_length=20)
    model: str = Field(max_length=20)
    estimator: str = Field(max_length=20)
    settings: dict[str, Any] = Field(sa_type=Document)
    summary: dict[str, Any] = Field(sa_type=Document, description="What a list shows of it.")
    body: dict[str, Any] = Field(sa_type=Document)
    statistics: dict[str, Any] = Field(sa_type=Document)
    result_digest: str = Field(max_length=71)
    code_version: str = Field(max_length=40)
    ran_by: UUID
    ran_at: datetime = Field(sa_type=Moment, index=True)
    digest: str = Field(max_length=71)
