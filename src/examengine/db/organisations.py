"""Whose rows a transaction sees and writes: those of one organisation, and no other's.

An engine is narrowed to an organisation (`within`), and with it every transaction that is opened on
it. What is read through mapped classes is limited to that organisation here, once for the whole
program, so that no query can forget it; what is inserted gets its organisation here, too. Where
nobody was named such a class cannot be read at all. Statements in Core name the column themselves,
with the value of `organisation_of`; a test watches that they do.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Uuid, column, event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Field, SQLModel

FIRST_ORGANISATION = UUID("00000000-0000-7000-8000-000000000001")
"""The organisation that every installation has from the beginning; most have no other."""

_COLUMN: ColumnElement[UUID] = column("organisation_id", Uuid())

ORGANISATION = "examengine_organisation"
"""The execution option that names the organisation of a transaction."""


class OrganisationMissing(Exception):
    """A transaction that belongs to no organisation asked for rows that belong to one.

    A fault of the program, never of a user: open it on `db.within(engine, organisation_id)`.
    """


def within(engine: Engine, organisation_id: UUID) -> Engine:
    """Return the engine of one organisation: the same connections, and its rows alone."""
    return engine.execution_options(**{ORGANISATION: organisation_id})


def organisation_of(session: AnySession) -> UUID:
    """Return the organisation a transaction belongs to.

    Raises:
        OrganisationMissing: It belongs to none.
    """
    return _named(session.get_bind().get_execution_options())


def organisation_on(engine: Engine) -> UUID:
    """Return the organisation an engine is narrowed to.

    Raises:
        OrganisationMissing: It is narrowed to none.
    """
    return _named(engine.get_execution_options())


def _of_transaction(context: Any) -> UUID:
    return _named(context.execution_options)


def _named(options: Any) -> UUID:
    found = options.get(ORGANISATION)
    if not isinstance(found, UUID):
        raise OrganisationMissing("open the transaction on db.within(engine, organisation_id)")
    return found


def organisation_field(*, primary_key: bool = False) -> Any:
    """Return the column of the organisation; part of the key where rows are named by codes."""
    return Field(
        default=None,
        exclude=True,  # the transaction gives it, not whoever builds a row
        primary_key=primary_key,
        nullable=False,
        foreign_key="organisation.id",
        sa_column_kwargs={"default": _of_transaction},
    )


class OfOrganisation(SQLModel):
    """A row that belongs to an organisation."""

    organisation_id: UUID = organisation_field()


@lru_cache(maxsize=256)
def _only(organisation_id: UUID) -> Any:
    # It is tried on the class itself first, which has no column yet.
    return with_loader_criteria(
        OfOrganisation,
        lambda row: getattr(row, "organisation_id", _COLUMN) == organisation_id,
        include_aliases=True,
    )


@event.listens_for(AnySession, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    """Limit what is read, changed or deleted to the rows of the organisation."""
    if state.is_insert or not state.is_orm_statement:
        return
    options = state.session.get_bind().get_execution_options()
    if isinstance(options.get(ORGANISATION), UUID):
        state.statement = state.statement.options(_only(options[ORGANISATION]))
    elif any(issubclass(one.class_, OfOrganisation) for one in state.all_mappers):
        raise OrganisationMissing(f"{state.statement.__class__.__name__} without an organisation")
