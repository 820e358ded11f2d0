"""The rows of workflows, states, moves, comments, assignments, votes. Private to this context."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text
from sqlmodel import Field

from examengine.bank.tables import of_bank
from examengine.db.organisations import OfOrganisation, organisation_field
from examengine.db.types import Document, UtcDateTime


def of_version() -> ForeignKeyConstraint:
    """Return the constraint of what is about an item version."""
    own = ["organisation_id", "item_id", "version"]
    return ForeignKeyConstraint(own, [f"item_version.{name}" for name in own])


class WorkflowRow(OfOrganisation, table=True):
    """That a bank has a workflow, or none any more: insert only, the newest counts."""

    __tablename__ = "bank_workflow"
    __table_args__ = (of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    body: dict[str, Any] | None = Field(
        default=None, sa_type=Document, description="None: versions are used as they arrive."
    )
    set_by: UUID
    set_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)


class ItemStateRow(OfOrganisation, table=True):
    """In which state an item version is; of one that never moved there is no row."""

    __tablename__ = "item_state"
    __table_args__ = (of_version(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    item_id: str = Field(primary_key=True, max_length=128)
    version: int = Field(primary_key=True, ge=1)
    bank_id: str = Field(max_length=60, index=True)
    state: str = Field(max_length=30)
    since: datetime = Field(sa_type=UtcDateTime)


class ItemMoveRow(OfOrganisation, table=True):
    """That somebody moved an item version, or agreed that it may move: insert only."""

    __tablename__ = "item_move"
    __table_args__ = (of_version(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    item_id: str = Field(max_length=128, index=True)
    version: int
    source: str = Field(max_length=30)
    target: str = Field(max_length=30)
    moved: bool = Field(description="False where more people have to agree.")
    person_id: UUID
    at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)


class ItemCommentRow(OfOrganisation, table=True):
    """A remark about a field of an item version, and whether it has been dealt with."""

    __tablename__ = "item_comment"
    __table_args__ = (of_version(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    item_id: str = Field(max_length=128, index=True)
    version: int
    field: str = Field(max_length=200, description="What it is about; empty for the whole item.")
    text: str = Field(sa_type=Text)
    person_id: UUID
    at: datetime = Field(sa_type=UtcDateTime)
    resolved_by: UUID | None = None
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ItemAssignmentRow(OfOrganisation, table=True):
    """That somebody was asked to look at an item; done when they have moved or voted on it."""

    __tablename__ = "item_assignment"
    __table_args__ = (of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    item_id: str = Field(max_length=128, index=True)
    person_id: UUID = Field(index=True)
    due: date | None = None
    asked_by: UUID
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ItemVoteRow(OfOrganisation, table=True):
    """What one person of a content panel says of an item version; said again, it counts anew."""

    __tablename__ = "item_vote"
    __table_args__ = (of_version(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    item_id: str = Field(primary_key=True, max_length=128)
    version: int = Field(primary_key=True, ge=1)
    person_id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    vote: str = Field(max_length=20)
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
