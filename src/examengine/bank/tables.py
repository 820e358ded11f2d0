"""The rows of banks, item versions, media files and adopted parameters. Private to this context."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
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
    usage_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When the use of its items was gathered.",
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
    """A picture, a recording or a video, named by its bytes: insert only."""

    __tablename__ = "media_file"

    organisation_id: UUID = organisation_field(primary_key=True)
    digest: str = Field(primary_key=True, max_length=71)
    media_type: str = Field(max_length=60)
    data: bytes = Field(sa_type=LargeBinary)
    seconds: float | None = Field(
        default=None, description="How long it takes; not known of files before 0.2."
    )


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
    run_id: UUID | None = Field(default=None, description="The calibration here, if it was here.")
    run_digest: str | None = Field(default=None, max_length=71)
    elsewhere_id: UUID | None = Field(default=None, description="The calibration elsewhere.")
    elsewhere_digest: str | None = Field(default=None, max_length=71)
    adopted_at: datetime = Field(sa_type=UtcDateTime)
    adopted_by: UUID
    reason: str = Field(sa_type=Text)


class IndexedItemRow(OfOrganisation, table=True):
    """An item as lists show, filter and sort it: its newest version, and how it has been used.

    Derived, so no record: `index_entry` makes it of the versions, `index_states` of their states;
    whoever knows of its use writes that beside it.
    """

    __tablename__ = "indexed_item"
    __table_args__ = (
        of_bank(),
        UniqueConstraint("organisation_id", "item_id"),
        Index("ix_indexed_item_bank", "organisation_id", "bank_id", "item_id"),
        Index("ix_indexed_item_set", "organisation_id", "bank_id", "set_id"),
    )

    id: int | None = Field(default=None, primary_key=True, description="Of its words, too.")
    bank_id: str = Field(max_length=60)
    item_id: str = Field(max_length=128)
    version: int
    heading: str = Field(max_length=200)
    item_type: str = Field(max_length=60)
    area: str = Field(max_length=60)
    level: str = Field(max_length=60)
    language: str = Field(max_length=20)
    seconds: int
    points: int
    stimulus: bool
    model_id: str = Field(
        default="", max_length=128, description="The item model it is an instance of."
    )
    set_id: str = Field(default="", max_length=60, description="Empty where it stands alone.")
    set_place: int = Field(default=0, description="From 1; 0 where it stands alone.")
    enemies: str = Field(sa_type=Text, description="Ids, parted by spaces.")
    n_enemies: int
    added_at: datetime = Field(sa_type=UtcDateTime, description="Its first version.")
    changed_at: datetime = Field(sa_type=UtcDateTime, description="Its newest version.")
    state: str | None = Field(
        default=None, max_length=30, description="Of the newest version; none if it never moved."
    )
    usable: int | None = Field(
        default=None, description="The version that the workflow lets into forms, if any."
    )

    n: float | None = Field(default=None, description="Answers to the newest version.")
    p: float | None = None
    item_rest_r: float | None = None
    a: float | None = None
    b: float | None = None
    c: float | None = None
    flags: str = Field(default="", sa_type=Text, description="Codes, each between spaces.")
    forms: int = 0
    administrations: int = 0
    candidates: int = 0
    simulated: bool = Field(default=False, description="Whether answers behind it are.")
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    n_elsewhere: float | None = Field(default=None, description="As others said, never of ours.")
    p_elsewhere: float | None = None
    item_rest_r_elsewhere: float | None = None


class ItemModelRow(OfOrganisation, table=True):
    """An item model as it is written now; overwritten by each save. No item rests on it."""

    __tablename__ = "item_model"
    __table_args__ = (of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    model_id: str = Field(primary_key=True, max_length=128)
    bank_id: str = Field(max_length=60, index=True)
    text: str = Field(sa_type=Text)
    struck: list[int] = Field(sa_type=Document, description="Instances that are not made.")
    revision: int = Field(ge=1, description="Counted up by each save.")
    saved_by: UUID
    saved_by_name: str = Field(max_length=200)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class ItemModelVersionRow(OfOrganisation, table=True):
    """An item model of which instances were made, by the digest that they name: insert only."""

    __tablename__ = "item_model_version"
    __table_args__ = (of_bank(),)

    organisation_id: UUID = organisation_field(primary_key=True)
    model_id: str = Field(primary_key=True, max_length=128)
    digest: str = Field(primary_key=True, max_length=71)
    bank_id: str = Field(max_length=60, index=True)
    text: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcDateTime)


class ItemWordsRow(OfOrganisation, table=True):
    """The words by which an indexed item is found, and the runs by which it is compared. Derived.

    Beside this table each database keeps its own index of the words: see `word_search_repository`.
    """

    __tablename__ = "item_words"

    id: int = Field(primary_key=True, foreign_key="indexed_item.id")
    words: str = Field(sa_type=Text)
    runs: bytes = Field(sa_type=LargeBinary)


class StatisticsElsewhereRow(OfOrganisation, table=True):
    """Statistics that others had computed, as one file brought them: insert only."""

    __tablename__ = "statistics_elsewhere"
    __table_args__ = (of_bank(),)

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60, index=True)
    source: dict[str, Any] = Field(sa_type=Document)
    n_items: int
    lines_digest: str = Field(max_length=71, description="Of all that it says of items.")
    brought_by: UUID
    brought_at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=71)


class ItemStatisticsElsewhereRow(OfOrganisation, table=True):
    """What one of these files says of one item, as it stood then: insert only."""

    __tablename__ = "item_statistics_elsewhere"
    __table_args__ = (Index("ix_item_statistics_elsewhere_item", "organisation_id", "item_id"),)

    statistics_id: UUID = Field(primary_key=True, foreign_key="statistics_elsewhere.id")
    item_id: str = Field(primary_key=True, max_length=128)
    version: int = Field(description="The newest of the item when they came.")
    n: float | None = None
    p: float | None = None
    item_rest_r: float | None = None
    item_total_r: float | None = None
    a: float | None = None
    b: float | None = None
    c: float | None = None
    last_used: date | None = None


class BankViewRow(OfOrganisation, table=True):
    """A view of a bank that somebody saved: what it asks for, and whether all may use it."""

    __tablename__ = "bank_view"
    __table_args__ = (
        of_bank(),
        UniqueConstraint("organisation_id", "bank_id", "saved_by", "title"),
    )

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(max_length=60)
    title: str = Field(max_length=80)
    query: str = Field(sa_type=Text)
    shared: bool
    saved_by: UUID = Field(foreign_key="person.id")
    saved_by_name: str = Field(max_length=200)
    saved_at: datetime = Field(sa_type=UtcDateTime)


ADOPTIONS = declare(
    "adopted_parameters", AdoptedParametersRow, scope="bank:bank_id", at="adopted_at"
)
STATISTICS_ELSEWHERE = declare(
    "statistics_elsewhere", StatisticsElsewhereRow, scope="bank:bank_id", at="brought_at"
)
