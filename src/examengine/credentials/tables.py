"""The rows of credentials. Private to this context; versions and revocations are insert only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from examengine.db import OfOrganisation, UtcDateTime, organisation_field
from examengine.ledger import declare


class CredentialRow(OfOrganisation, table=True):
    """What stays the same of a credential. The next one for the same responses has a new ordinal.

    The unique ordinal makes a lost race an error, not a second credential.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("organisation_id", "list_number", "list_index"),
        UniqueConstraint("response_record_id", "ordinal"),
    )

    id: UUID = Field(primary_key=True)
    response_record_id: UUID
    ordinal: int = Field(ge=1, description="1, and one more after each revocation made good.")
    administration_id: UUID = Field(index=True)
    exam_id: str = Field(max_length=80, index=True)
    person_id: UUID | None = Field(default=None, index=True)
    salt: str = Field(max_length=64)
    list_number: int = Field(ge=1)
    list_index: int = Field(ge=0)
    awarded_at: datetime = Field(sa_type=UtcDateTime)
    public: bool = False
    name_shown: bool = False


class CredentialVersionRow(OfOrganisation, table=True):
    """One signed version; the document is the text that was released, byte for byte."""

    __tablename__ = "credential_version"

    credential_id: UUID = Field(primary_key=True, foreign_key="credential.id")
    version: int = Field(primary_key=True, ge=1, description="1, 2, 3 … without gaps.")
    decision_id: UUID = Field(index=True)
    decision_digest: str = Field(max_length=71)
    document: str = Field(sa_type=Text)
    digest: str = Field(max_length=71)
    key_id: str = Field(max_length=40)
    issued_at: datetime = Field(sa_type=UtcDateTime)


class CredentialRevocationRow(OfOrganisation, table=True):
    """The end of a credential. The primary key makes a second revocation an error."""

    __tablename__ = "credential_revocation"

    credential_id: UUID = Field(primary_key=True, foreign_key="credential.id")
    at: datetime = Field(sa_type=UtcDateTime)
    by: UUID
    reason: str = Field(max_length=500)
    ground: str = Field(max_length=10, description="`officer` or `overturned`.")


class CredentialReplacementRow(OfOrganisation, table=True):
    """That a revoked credential may be followed by a new one, though no decision was overturned."""

    __tablename__ = "credential_replacement"

    credential_id: UUID = Field(primary_key=True, foreign_key="credential_revocation.credential_id")
    at: datetime = Field(sa_type=UtcDateTime)
    by: UUID
    reason: str = Field(max_length=500)


class CredentialKeyRow(OfOrganisation, table=True):
    """The public half of a key that signed here, so that a node without it can be told."""

    __tablename__ = "credential_key"

    organisation_id: UUID = organisation_field(primary_key=True)
    key_id: str = Field(primary_key=True, max_length=40)
    public_key: str = Field(max_length=100, description="A multikey, `z6Mk…`.")
    first_used_at: datetime = Field(sa_type=UtcDateTime)


HOLDINGS = declare(
    "credential",
    CredentialRow,
    scope="administration:administration_id",
    at="awarded_at",
    # What the holder shows, and may change.
    apart=("public", "name_shown"),
)
VERSIONS = declare(
    "credential_version",
    CredentialVersionRow,
    scope="credentials",
    at="issued_at",
    key=("credential_id", "version"),
    # It names the holder where they agreed to it.
    by_digest=("document",),
)
REVOCATIONS = declare(
    "credential_revocation",
    CredentialRevocationRow,
    scope="credentials",
    at="at",
    key=("credential_id",),
)
REPLACEMENTS = declare(
    "credential_replacement",
    CredentialReplacementRow,
    scope="credentials",
    at="at",
    key=("credential_id",),
)
