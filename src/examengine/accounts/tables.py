"""The rows of organisations, people, sessions, limits and staff acts. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from examengine.db.organisations import OfOrganisation, organisation_field
from examengine.db.types import Document, UtcDateTime
from examengine.ledger import declare


class OrganisationRow(SQLModel, table=True):
    """An awarding body."""

    __tablename__ = "organisation"

    id: UUID = Field(primary_key=True)
    code: str = Field(max_length=40, unique=True, description="Stands in addresses and its DID.")
    name: str | None = Field(
        default=None, max_length=200, description="None: what the installation's settings say."
    )
    language: str = Field(max_length=20)
    time_zone: str = Field(max_length=60)
    logo: bytes | None = None
    logo_type: str | None = Field(default=None, max_length=20)
    logo_digest: str | None = Field(default=None, max_length=71)
    demonstration: bool = Field(default=False, description="It holds sample data alone.")
    created_at: datetime = Field(sa_type=UtcDateTime)


class PersonRow(SQLModel, table=True):
    """Somebody with an account."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "name", "id"),)

    id: UUID = Field(primary_key=True)
    email: str = Field(max_length=254, unique=True)
    look: str = Field(
        max_length=300, index=True, unique=True, description="What the address looks like."
    )
    name: str = Field(max_length=200)
    password_hash: str = Field(max_length=200)
    password_due: bool = Field(
        default=False, description="Somebody else knows the password: it is changed at sign-in."
    )
    created_at: datetime = Field(sa_type=UtcDateTime)


class MembershipRow(OfOrganisation, table=True):
    """What somebody does in an organisation."""

    __tablename__ = "membership"

    organisation_id: UUID = organisation_field(primary_key=True)
    person_id: UUID = Field(primary_key=True, foreign_key="person.id", index=True)
    roles: list[str] = Field(sa_type=Document)
    active: bool = True
    joined_at: datetime = Field(sa_type=UtcDateTime)
    chosen_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When they last turned to this organisation."
    )


class SessionRow(SQLModel, table=True):
    """A signed-in browser. Only a digest of its token is stored."""

    __tablename__ = "signed_in_session"

    token_digest: str = Field(primary_key=True, max_length=64)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    organisation_id: UUID = Field(
        foreign_key="organisation.id", description="The one in which its pages are read."
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    password_due: bool = Field(
        default=False, description="It was opened with a password that has to be changed first."
    )


class AttemptHoldRow(SQLModel, table=True):
    """The session in which an attempt is being sat: the one device that may go on with it."""

    __tablename__ = "attempt_hold"

    attempt_id: UUID = Field(primary_key=True)
    token_digest: str = Field(
        max_length=64, foreign_key="signed_in_session.token_digest", ondelete="CASCADE", index=True
    )
    person_id: UUID = Field(foreign_key="person.id", index=True)
    until: datetime = Field(sa_type=UtcDateTime)


class KnownBrowserRow(SQLModel, table=True):
    """A browser in which somebody has signed in before. Only a digest of its token is stored."""

    __tablename__ = "known_browser"

    token_digest: str = Field(primary_key=True, max_length=64)
    person_id: UUID = Field(primary_key=True, foreign_key="person.id", index=True)
    last_used_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class EntryCodeRow(SQLModel, table=True):
    """The code with which an invigilator lets somebody in; the newest one counts."""

    __tablename__ = "entry_code"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    code_digest: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class TallyRow(SQLModel, table=True):
    """How often something was tried in a window of time; what it was is stored as a digest."""

    __tablename__ = "sign_in_tally"

    key: str = Field(primary_key=True, max_length=64)
    count: int
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class StaffActRow(OfOrganisation, table=True):
    """One act of staff: insert only."""

    __tablename__ = "staff_act"

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: UUID = Field(index=True)
    actor_name: str = Field(max_length=200)
    action: str = Field(max_length=80)
    subject: str = Field(max_length=200, index=True)
    detail: dict[str, Any] = Field(sa_type=Document)


STAFF_ACTS = declare("staff_act", StaffActRow, scope="trail", at="at", apart=("actor_name",))
