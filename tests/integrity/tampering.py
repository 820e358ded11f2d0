"""Somebody with the database in their hands: changes and deletes rows as no use case would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    Float,
    Integer,
    Table,
    Uuid,
    delete,
    inspect,
    select,
    text,
    update,
)
from sqlmodel import SQLModel

import examengine.app  # noqa: F401  (brings every table)
from examengine.db import UtcDateTime

SOMETHING = (
    (Boolean, True),
    (Integer, 1),
    (Float, 0.5),
    (Uuid, UUID(int=1)),
    (UtcDateTime, datetime(2026, 1, 1, tzinfo=UTC)),
)
"""For columns that hold nothing, something that they can hold."""
CHANGED = (
    (bytes, lambda value: value + b"x"),
    (bool, lambda value: not value),
    (int | float, lambda value: value + 1),
    (UUID, lambda value: UUID(int=value.int ^ 1)),
    (datetime, lambda value: value + timedelta(seconds=1)),
    (dict | list, lambda value: json.loads(json.dumps([value, "more"]))),
)
"""For everything else, something near it."""


def table(name: str) -> Table:
    """Return a table by its name."""
    return SQLModel.metadata.tables[name]


@contextmanager
def unchecked(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which no foreign key holds anybody up."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.rollback()
            # The switch does nothing within a transaction, and this engine opens one at once.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")


def remove(engine: Engine, name: str, **which: Any) -> int:
    """Delete the rows of a table in which columns hold these values."""
    found = table(name)
    with unchecked(engine) as connection:
        where = [found.c[column] == value for column, value in which.items()]
        return connection.execute(delete(found).where(*where)).rowcount


def change(engine: Engine, name: str, which: dict[str, Any], **values: Any) -> int:
    """Change the rows of a table in which columns hold these values."""
    found = table(name)
    with unchecked(engine) as connection:
        where = [found.c[column] == value for column, value in which.items()]
        return connection.execute(update(found).where(*where).values(**values)).rowcount


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    with engine.connect() as connection:
        there = {column["name"] for column in inspect(connection).get_columns(name)}
        columns = [column for column in table(name).c if column.name in there]
        return [dict(row) for row in connection.execute(select(*columns)).mappings()]


def another(value: Any, column: Any) -> Any:
    """Return another value that the column can hold."""
    if value is None:
        return next((other for kind, other in SOMETHING if isinstance(column.type, kind)), "more")
    for kind, changed in CHANGED:
        if isinstance(value, kind):
            return changed(value)
    return f"x{value}"[: max(1, len(value))]
