"""The rows of administrations, attempts, their logs, and response records. Private."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from examengine.db.organisations import OfOrganisation
from examengine.db.types import Document, UtcDateTime
from examengine.ledger import declare


class AdministrationRow(OfOrganisation, table=True):
    """One offer of an exam."""

    __tablename__ = "administration"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "exam_id"], ["exam.organisation_id", "exam.id"]),
    )

    id: UUID = Field(primary_key=True)
    exam_id: str = Field(max_length=80, index=True)
    exam_digest: str = Field(max_length=71)
    title: str = Field(max_length=200)
    form_ids: list[str] = Field(sa_type=Document)
    opens_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = Field(max_length=10)
    simulated: bool
    test: bool
    source_digest: str | None = Field(default=None, max_length=71)
    created_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AttemptRow(OfOrganisation, table=True):
    """What was prepared for a candidate, and where the log of the attempt stands.

    The columns from `version` on are derived from the log, in the transaction that appends to
    it. The log is the truth: a test folds it and compares.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("administration_id", "person_id"),
        # What the sweeper asks again and again: only attempts that are still open stand in it.
        Index(
            "ix_attempt_open",
            "deadline",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        # The invigilator's list, in its order, and the counts above it.
        Index("ix_attempt_roster", "administration_id", "candidate", "id"),
        Index("ix_attempt_states", "administration_id", "submitted_at", "started_at", "deadline"),
    )

    id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(foreign_key="administration.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    candidate: str = Field(max_length=200)
    form_id: UUID = Field(foreign_key="form.id")
    form_digest: str = Field(max_length=71)
    minutes: int
    extra_time_percent: int
    orders: dict[str, list[str]] = Field(sa_type=Document)
    prepared_at: datetime = Field(sa_type=UtcDateTime)

    version: int = 0
    digest: str | None = Field(default=None, max_length=71)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deadline: datetime | None = Field(default=None, sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_version: int = 0
    last_client: str | None = Field(default=None, max_length=40)
    last_seq: int = 0
    chosen: int = 0
    section: int = 0
    section_deadline: datetime | None = Field(default=None, sa_type=UtcDateTime)
    section_closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AttemptEventRow(OfOrganisation, table=True):
    """One event: insert only. The primary key makes a lost race an error, not a lost answer."""

    __tablename__ = "attempt_event"
    __table_args__ = (UniqueConstraint("attempt_id", "client", "seq"),)

    attempt_id: UUID = Field(primary_key=True, foreign_key="attempt.id")
    version: int = Field(primary_key=True, description="1, 2, 3 … without gaps.")
    at: datetime = Field(sa_type=UtcDateTime)
    type: str = Field(max_length=20)
    body: dict[str, Any] = Field(sa_type=Document)
    digest: str = Field(max_length=71, description="Chained on the previous row's digest.")
    client: str | None = Field(default=None, max_length=40)
    seq: int | None = None


class AnswerFileRow(OfOrganisation, table=True):
    """A file that was sent in an attempt. The log names it; its bytes are in pieces."""

    __tablename__ = "answer_file"
    __table_args__ = (
        # What the sweeper asks: of the files that are needed none stands in it.
        Index(
            "ix_answer_file_unneeded",
            "unneeded_since",
            sqlite_where=text("unneeded_since IS NOT NULL"),
            postgresql_where=text("unneeded_since IS NOT NULL"),
        ),
    )

    attempt_id: UUID = Field(primary_key=True, foreign_key="attempt.id")
    digest: str = Field(primary_key=True, max_length=71)
    size: int
    media_type: str = Field(max_length=100)
    stored_at: datetime = Field(sa_type=UtcDateTime)
    unneeded_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AnswerFilePieceRow(OfOrganisation, table=True):
    """A piece of such a file: insert only, until the whole file is removed."""

    __tablename__ = "answer_file_piece"
    __table_args__ = (
        ForeignKeyConstraint(
            ["attempt_id", "digest"], ["answer_file.attempt_id", "answer_file.digest"]
        ),
    )

    attempt_id: UUID = Field(primary_key=True)
    digest: str = Field(primary_key=True, max_length=71)
    number: int = Field(primary_key=True, description="1, 2, 3 … in the order of the file.")
    size: int
    data: bytes = Field(sa_type=LargeBinary)


class AttemptStateRow(OfOrganisation, table=True):
    """An attempt as it stood at a version of its log. Derived: see `stored_attempts`."""

    __tablename__ = "attempt_state"

    attempt_id: UUID = Field(primary_key=True, foreign_key="attempt.id")
    version: int
    digest: str = Field(max_length=71, description="Of the log's row of that version.")
    body: dict[str, Any] = Field(sa_type=Document)
    seal: str = Field(max_length=71, description="Over the body and that digest.")


class LateAnswerRow(OfOrganisation, table=True):
    """An answer that a device handed over after the end: insert only, and never scored."""

    __tablename__ = "late_answer"
    __table_args__ = (UniqueConstraint("attempt_id", "client", "seq"),)

    id: UUID = Field(primary_key=True)
    administration_id: UUID
    attempt_id: UUID = Field(foreign_key="attempt.id", index=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    item_id: str = Field(max_length=128)
    fields: dict[str, Any] = Field(sa_type=Document)
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    client: str = Field(max_length=40)
    seq: int
    digest: str = Field(max_length=71)


class ResponseRecordRow(OfOrganisation, table=True):
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
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    sections: list[dict[str, Any]] | None = Field(default=None, sa_type=Document)
    digest: str = Field(max_length=71)


class CodedResponsesRow(OfOrganisation, table=True):
    """The responses of many records of one form as numbers, for those who read them by column.

    Insert only, and a copy: the records are the truth. A block that does not name the records as
    they are is not used.
    """

    __tablename__ = "coded_responses"

    administration_id: UUID = Field(primary_key=True, foreign_key="administration.id")
    form_id: UUID = Field(primary_key=True, foreign_key="form.id")
    number: int = Field(primary_key=True, description="1, 2, 3 … in the order of coding.")
    n_records: int
    records: list[list[str]] = Field(sa_type=Document, description="Id and digest of each record.")
    items: list[str] = Field(sa_type=Document, description="The items of the form, in its order.")
    responses: list[list[Any]] = Field(
        sa_type=Document, description="For each item its different responses, coded 1, 2, 3 …"
    )
    width: int = Field(description="Bytes of a code.")
    codes: bytes = Field(description="Record by record, compressed; 0 is no response.")
    digest: str = Field(max_length=71)


class AdministrationFiguresRow(OfOrganisation, table=True):
    """What was computed of an administration for lists. Derived: see `figures`."""

    __tablename__ = "administration_figures"

    administration_id: UUID = Field(primary_key=True, foreign_key="administration.id")
    kind: str = Field(primary_key=True, max_length=20)
    state: str = Field(max_length=71, description="A digest: of what they were computed.")
    body: dict[str, Any] = Field(sa_type=Document)
    computed_at: datetime = Field(sa_type=UtcDateTime)


ADMINISTRATIONS = declare(
    "administration", AdministrationRow, scope="administration:id", at="created_at"
)
ENROLMENTS = declare(
    "enrolment",
    AttemptRow,
    scope="administration:administration_id",
    at="prepared_at",
    # A name, and what is derived from the log: the ledger seals the log's heads by themselves.
    apart=(
        "candidate",
        "version",
        "digest",
        "started_at",
        "deadline",
        "submitted_at",
        "last_at",
        "answered_version",
        "answered_by",
        "last_client",
        "last_seq",
        "chosen",
        "section",
        "section_deadline",
        "section_closed_at",
    ),
)
RESPONSE_RECORDS = declare(
    "response_record",
    ResponseRecordRow,
    scope="administration:administration_id",
    at="submitted_at",
    apart=("candidate",),
)
LATE_ANSWERS = declare(
    "late_answer",
    LateAnswerRow,
    scope="administration:administration_id",
    at="received_at",
    about="attempt_id",
)
