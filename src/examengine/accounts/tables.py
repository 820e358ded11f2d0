"""The rows of people, sessions and staff acts. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from examengine.db.types import Document, Moment


class PersonRow(SQLModel, table=True):
    """Somebody with an account."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=200)
    password_hash: str = Field(max_length=200)
    roles: list[str] = Field(sa_type=Document)
    active: bool = True
    wrong_passwords: int = 0
    last_wrong_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


class SessionRow(SQLModel, table=True):
    """A signed-in browser. Only a digest of its token is stored."""

    __tablename__ = "signed_in_session"

    token_digest: str = Field(primary_key=True, max_length=64)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)


class StaffActRow(SQLModel, table=True):
    """One act of staff: insert only."""

    __tablename__ = "staff_act"

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    actor_id: UUID = Field(index=True)
    actor_name: str = Field(max_length=200)
    action: str = Field(max_length=80)
    subject: str = Field(max_length=200, index=True)
    detail: dict[str, Any] = Field(sa_type=Document)
