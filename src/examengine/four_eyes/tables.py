"""The rows of proposals and of the switch. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from examengine.db.organisations import OfOrganisation
from examengine.db.types import Document, UtcDateTime

_WAITS = text("state = 'waiting'")


class ProposalRow(OfOrganisation, table=True):
    """One proposal. The index lets one wait for each act and thing, whoever is quicker."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "ix_proposal_waiting",
            "organisation_id",
            "act",
            "subject",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: UUID = Field(primary_key=True)
    act: str = Field(max_length=80)
    subject: str = Field(max_length=200)
    role: str = Field(max_length=40)
    terms: dict[str, Any] = Field(sa_type=Document)
    proposed_by: UUID
    proposed_by_name: str = Field(max_length=200)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=10)
    decided_by: UUID | None = None
    decided_by_name: str | None = Field(default=None, max_length=200)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str | None = Field(default=None, max_length=1000)


class SwitchRow(OfOrganisation, table=True):
    """One decision whether two people are needed: insert only, the newest counts."""

    __tablename__ = "four_eyes_switch"

    number: int | None = Field(default=None, primary_key=True)
    on: bool
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: UUID
    by_name: str = Field(max_length=200)
    reason: str = Field(max_length=1000)
