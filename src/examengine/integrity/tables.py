"""The rows of clearance rulings. Private to this context."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from examengine.db.organisations import OfOrganisation
from examengine.db.types import Document, UtcDateTime
from examengine.ledger import declare


class ClearanceRow(OfOrganisation, table=True):
    """One ruling: insert only. The primary key makes a lost race an error, not a lost ruling."""

    __tablename__ = "clearance"

    subject_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True, ge=1, description="1, 2, 3 … without gaps.")
    id: UUID = Field(unique=True)
    administration_id: UUID = Field(foreign_key="administration.id", index=True)
    response_record_id: UUID | None = Field(
        default=None, foreign_key="response_record.id", index=True
    )
    response_record_digest: str | None = Field(default=None, max_length=71)
    state: str = Field(max_length=10)
    reason: str = Field(max_length=4000)
    by_id: UUID | None = None
    by: str = Field(max_length=200)
    at: datetime = Field(sa_type=UtcDateTime)
    log_intact: bool | None = None
    signals: dict[str, float] = Field(sa_type=Document)
    digest: str = Field(max_length=71)


CLEARANCES = declare(
    "clearance",
    ClearanceRow,
    scope="administration:administration_id",
    at="at",
    apart=("by",),
    about="subject_id",
)
