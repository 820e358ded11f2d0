"""Every row of one organisation, of all contexts: counted, and deleted together.

Asked of the tables themselves, so that a table of next year is neither forgotten nor left behind.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select
from sqlmodel import SQLModel


def rows_of(connection: Connection, organisation_id: UUID) -> dict[str, int]:
    """Return how many rows an organisation has in each table in which it has any."""
    counted = {
        table.name: connection.execute(
            select(func.count()).select_from(table).where(mine)
        ).scalar_one()
        for table, mine in _each(organisation_id)
    }
    return {name: n for name, n in counted.items() if n}


def delete_rows_of(connection: Connection, organisation_id: UUID) -> None:
    """Delete every row of an organisation, what refers to another one first."""
    for table, mine in reversed(list(_each(organisation_id))):
        connection.execute(delete(table).where(mine))


def _each(organisation_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield the tables that hold rows of organisations, and which of them are of this one.

    A table without the column belongs to the rows that it refers to: the files of a job, the
    attempts that a session holds.
    """
    for table in SQLModel.metadata.sorted_tables:
        if "organisation_id" in table.c:
            yield table, table.c.organisation_id == organisation_id
            continue
        owners = [
            key.parent.in_(
                select(key.column).where(key.column.table.c.organisation_id == organisation_id)
            )
            for key in sorted(table.foreign_keys, key=lambda one: one.target_fullname)
            if "organisation_id" in key.column.table.c
        ]
        if owners:
            yield table, or_(*owners)
