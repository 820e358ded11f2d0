"""The rows of credentials. Private to this context; versions and revocations are insert only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from examengine.db import Moment


class CredentialRow(SQLModel, table=True):
    """What stays the same of a credential. One for each response record, ever."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("list_number", "list_index"),)

    id: UUID = Field(primary_key=True)
    response_record_id: UUID = Field(unique=True)
    administration_id: UUID = Field(index=True)
    exam_id: str = Field(max_length=80, index=True)
    person_id: UUID | None = Field(default=None, index=True)
    salt: str = Field(max_length=64)
    list_number: int = Field(ge=1)
    list_index: int = Field(ge=0)
    awarded_at: datetime = Field(sa_type=Moment)
    public: bool = False
    name_shown: bool = False


class CredentialVersionRow(SQLModel, table=True):
    """One signed version; the document is the text that was released, byte for byte."""

    __tablename__ = "credential_version"

    credential_id: UUID = Field(primary_key=True, foreign_key="credential.id")
    version: int = Field(primary_key=True, ge=1, description="1, 2, 3 … without gaps.")
    decision_id: UUID = Field(index=True)
    decision_digest: str = Field(max_length=71)
    document: str = Field(sa_type=Text)
    digest: str = Field(max_length=71)
    key_id: str = Field(max_length=40)
    issued_at: datetime = Field(sa_type=Moment)


class CredentialRevocationRow(SQLModel, table=True):
    """The end of a credential. The primary key makes a second revocation an error."""

    __tablename__ = "credential_revocation"

    credential_id: UUID = Field(primary_key=True, foreign_key="credential.id")
    at: datetime = Field(sa_type=Moment)
    by: UUID
    reason: str = Field(max_length=500)
