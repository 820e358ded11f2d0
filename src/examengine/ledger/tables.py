"""The rows of the ledger. Private to this context."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from examengine.db import OfOrganisation, UtcDateTime, organisation_field


class LedgerEntryRow(OfOrganisation, table=True):
    """One entry: insert only. The primary key makes a lost race an error, not a fork."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_kind_subject", "kind", "subject"),
        Index("ix_ledger_entry_kind_about", "kind", "about"),
    )

    organisation_id: UUID = organisation_field(primary_key=True)
    position: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
        description="1, 2, 3 … without gaps, for each organisation.",
    )
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=40)
    scope: str = Field(max_length=120)
    subject: str = Field(max_length=120)
    version: int | None = None
    digest: str = Field(max_length=71)
    salt: str | None = Field(default=None, max_length=32)
    backdated: bool
    about: str | None = Field(default=None, max_length=120)
    link: str = Field(max_length=71)
