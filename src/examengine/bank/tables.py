"""The rows of banks, item versions, figures and adopted parameters. Private to this context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from examengine.db.types import Document, Moment


class BankRow(SQLModel, table=True):
    """A bank. Its words may be corrected; its items only ever gain versions."""

    __tablename__ = "bank"

    id: str = Field(primary_key=True, max_length=60)
    title: str = Field(max_length=200)
    description: str = Field(sa_type=Text)
    language: str = Field(max_length=20)
    licence: str = Field(max_length=200)
    provenance: str = Field(sa_type=Text)
    areas: list[dict[str, str]] = Field(sa_type=Document)
    levels: list[dict[str, str]] = Field(sa_type=Document)
    imported_at: datetime = Field(sa_type=Moment)


class ItemVersionRow(SQLModel, table=True):
    """One version of an item: insert only. The primary key makes a second version 3 an error."""

    __tablename__ = "item_version"

    item_id: str = Field(primary_key=True, max_length=60)
    version: int = Field(primary_key=True, ge=1)
    bank_id: str = Field(foreign_key="bank.id", max_length=60, index=True)
    digest: str = Field(max_length=71, description="Of the content, figures by their digests.")
    content: dict[str, Any] = Field(sa_type=Document)
    imported_at: datetime = Field(sa_type=Moment)


class FigureRow(SQLModel, table=True):
    """A figure, named by its bytes: insert only."""

    __tablename__ = "figure"

    digest: str = Field(primary_key=True, max_length=71)
    svg: str = Field(sa_type=Text)


class AdoptedParametersRow(SQLModel, table=True):
    """Item parameters adopted for a bank: insert only, the newest are current."""

    __tablename__ = "adopted_parameters"

    id: UUID = Field(primary_key=True)
    bank_id: str = Field(foreign_key="bank.id", max_length=60, index=True)
    digest: str = Field(max_length=71)
    body: dict[str, Any] = Field(sa_type=Document)
    run_id: UUID
    run_digest: str = Field(max_length=71)
    adopted_at: datetime = Field(sa_type=Moment)
    adopted_by: UUID
    reason: str = Field(sa_type=Text)
