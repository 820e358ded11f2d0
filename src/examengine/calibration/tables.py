"""The rows of snapshots and calibration runs. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from examengine.db import Document, OfOrganisation, UtcDateTime, organisation_field
from examengine.ledger import declare


def _of_bank() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", "bank_id"], ["bank.organisation_id", "bank.id"])


class SnapshotRow(OfOrganisation, table=True):
    """A response matrix a run was made of: insert only. Files are kept compressed."""

    __tablename__ = "response_snapshot"
    __table_args__ = (_of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    digest: str = Field(primary_key=True, max_length=71)
    bank_id: str = Field(max_length=80, index=True)
    body: dict[str, Any] = Field(sa_type=Document)
    scored: bytes
    raw: bytes
    key: bytes
    taken_at: datetime = Field(sa_type=UtcDateTime)


class CalibrationRunRow(OfOrganisation, table=True):
    """One calibration: insert only."""

    __tablename__ = "calibration_run"
    __table_args__ = (
        _of_bank(),
        ForeignKeyConstraint(
            ["organisation_id", "snapshot_digest"],
            ["response_snapshot.organisation_id", "response_snapshot.digest"],
            name="fk_calibration_run_response_snapshot",
        ),
    )

    id: UUID = Field(primary_key=True)
    snapshot_digest: str = Field(max_length=71, index=True)
    administration_ids: list[str] = Field(sa_type=Document)
    bank_id: str = Field(max_length=80, index=True)
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
    ran_at: datetime = Field(sa_type=UtcDateTime, index=True)
    digest: str = Field(max_length=71)


class CalibrationElsewhereRow(OfOrganisation, table=True):
    """A calibration that took place elsewhere, as it was brought in: insert only."""

    __tablename__ = "calibration_elsewhere"
    __table_args__ = (_of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=80, index=True)
    title: str = Field(max_length=120)
    source: dict[str, Any] = Field(sa_type=Document)
    scale: dict[str, Any] = Field(sa_type=Document)
    body: dict[str, Any] = Field(sa_type=Document)
    report: dict[str, Any] = Field(sa_type=Document)
    file: bytes = Field(description="The table as it was sent, compressed.")
    brought_by: UUID
    brought_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


ELSEWHERE = declare(
    "calibration_elsewhere", CalibrationElsewhereRow, scope="bank:bank_id", at="brought_at"
)
RUNS = declare("calibration_run", CalibrationRunRow, scope="bank:bank_id", at="ran_at")
