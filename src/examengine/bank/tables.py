"""The rows of banks, item versions, media files and adopted parameters. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Text
from sqlmodel import Field

from examengine.db.organisations import OfOrganisation, organisation_field
from examengine.db.types import Document, UtcDateTime
from examengine.ledger import declare


def of_bank() -> ForeignKeyConstraint:
    """Return the constraint of what belongs to a bank."""
    return ForeignKeyConstraint(["organisation_id", "bank_id"], ["bank.organisation_id", "bank.id"])


class BankRow(OfOrganisation, table=True):
    """A bank. Its words may be corrected; its items only ever gain versions."""

    __tablename__ = "bank"

    organisation_id: UUID = organisation_field(primary_key=True)
    id: str = Field(primary_key=True, max_length=60)
    title: str = Field(max_length=200)
    description: str = Field(sa_type=Text)
    language: str = Field(max_length=20)
    licence: str = Field(max_length=200)
    provenance: str = Field(sa_type=Text)
    areas: list[dict[str, str]] = Field(sa_type=Document)
    levels: list[dict[str, str]] = Field(sa_type=Document)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    linted_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When its findings were kept; none before 0.2.",
    )


class ItemVersionRow(OfOrganisation, table=True):
    """One version of an item: insert only. The primary key makes a second version 3 an error."""

    __tablename__ = "item_version"
    __table_args__ = (of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    item_id: str = Field(primary_key=True, max_length=128)
    version: int = Field(primary_key=True, ge=1)
    bank_id: str = Field(max_length=60, index=True)
    digest: str = Field(max_length=71, description="Of the content, media files by their digests.")
    content: dict[str, Any] = Field(sa_type=Document)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID | None = Field(default=None, description="Not known of versions before 0.2.")
    made_by_name: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, sa_type=Text)


class ItemDraftRow(OfOrganisation, table=True):
    """An item that is being written, faults and all; one for each item, overwritten by each save.

    It is no record: nothing rests on it before it becomes a version.
    """

    __tablename__ = "item_draft"
    __table_args__ = (of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    item_id: str = Field(primary_key=True, max_length=128)
    bank_id: str = Field(max_length=60, index=True)
    content: dict[str, Any] = Field(sa_type=Document)
    based_on: int | None = Field(default=None, description="The version it began as.")
    revision: int = Field(ge=1, description="Counted up by each save.")
    saved_by: UUID
    saved_by_name: str = Field(max_length=200)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class MediaFileRow(OfOrganisation, table=True):
    """A picture or a recording, named by its bytes: insert only."""

    __tablename__ = "media_file"

    organisation_id: UUID = organisation_field(primary_key=True)
    digest: str = Field(primary_key=True, max_length=71)
    media_type: str = Field(max_length=60)
    data: bytes = Field(sa_type=LargeBinary)


class ItemFindingRow(OfOrganisation, table=True):
    """What the lint found in a bank; written anew whenever it is linted. Derived, so no record."""

    __tablename__ = "item_finding"
    __table_args__ = (of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    bank_id: str = Field(primary_key=True, max_length=60)
    place: int = Field(primary_key=True, ge=0)
    item_id: str | None = Field(default=None, max_length=128, index=True)
    rule: str = Field(max_length=60)
    field: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)


class LintRulingRow(OfOrganisation, table=True):
    """That a rule of the lint is judged otherwise in a bank: insert only, the newest counts."""

    __tablename__ = "lint_ruling"
    __table_args__ = (of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    rule: str = Field(max_length=60)
    severity: str = Field(max_length=10)
    reason: str = Field(sa_type=Text)
    ruled_by: UUID
    ruled_at: datetime = Field(sa_type=UtcDateTime)


class AdoptedParametersRow(OfOrganisation, table=True):
    """Item parameters adopted for a bank: insert only, the newest are current."""

    __tablename__ = "adopted_parameters"
    __table_args__ = (of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    digest: str = Field(max_length=71)
    body: dict[str, Any] = Field(sa_type=Document)
    run_id: UUID
    run_digest: str = Field(max_length=71)
    adopted_at: datetime = Field(sa_type=UtcDateTime)
    adopted_by: UUID
    reason: str = Field(sa_type=Text)


ADOPTIONS = declare(
    "adopted_parameters", AdoptedParametersRow, scope="bank:bank_id", at="adopted_at"
)
