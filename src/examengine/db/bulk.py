"""Many rows in one parameter, and many rows in one result.

A driver gives up the interpreter's lock for every row that it sends or fetches. Beside a busy
event loop each of these hand-overs costs more than the row itself, so a path that handles
hundreds of rows at a time sends them as one JSON array, and gets one back. Statements and columns
stay SQLAlchemy's; only the transport differs.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    String,
    Subquery,
    Text,
    UpdateBase,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine import Connection, CursorResult

from examengine.db.types import UtcDateTime
from examengine.kernel.clock import as_utc

ROWS = "rows"
"""The name of the parameter that carries the rows."""

Columns = Sequence[ColumnElement[Any]]
Row = Sequence[Any]

_uuid = lru_cache(maxsize=16_384)(UUID)


class BulkWrite:
    """A statement over rows that are sent together.

    Args:
        columns: What the values of a row are, in their order.
        statement: Makes the statement from the table of the rows that are sent.
    """

    def __init__(self, columns: Columns, statement: Callable[[Subquery], UpdateBase]) -> None:
        self._made = lru_cache(lambda dialect: statement(_sent_rows(dialect, columns)))

    def run(self, connection: Connection, rows: Iterable[Row]) -> int:
        """Execute it, and return how many rows of the database it touched."""
        dialect = connection.dialect.name
        result = connection.execute(
            self._made(dialect),
            {ROWS: _encoded(dialect, rows)},
            execution_options={"preserve_rowcount": True},  # kept for an insert, too
        )
        assert isinstance(result, CursorResult)  # noqa: S101  (what writes returns no other kind)
        return result.rowcount


class BulkRead:
    """A query about keys that are sent together; what it finds comes back together.

    Args:
        keys: What the values of a key are, in their order.
        columns: What the query selects, in its order.
        query: Makes the query from the table of the keys that are sent.
    """

    def __init__(
        self, keys: Columns, columns: Columns, query: Callable[[Subquery], Select[Any]]
    ) -> None:
        self._made = lru_cache(lambda dialect: _packed(dialect, query(_sent_rows(dialect, keys))))
        decoders = [(place, _decoder(column)) for place, column in enumerate(columns)]
        self._decoders = [(place, decode) for place, decode in decoders if decode is not None]

    def run(
        self, connection: Connection, keys: Iterable[Row], **parameters: object
    ) -> list[list[Any]]:
        """Execute it, with what else the query binds, and return the rows that were found."""
        dialect = connection.dialect.name
        sent = {ROWS: _encoded(dialect, keys), **parameters}
        rows: list[list[Any]] = json.loads(
            connection.execute(self._made(dialect), sent).scalar_one()
        )
        for row in rows:
            for place, decode in self._decoders:
                if row[place] is not None:
                    row[place] = decode(row[place])
        return rows


def _sent_rows(dialect: str, columns: Columns) -> Subquery:
    """Return the rows of the parameter as a table with these columns."""
    sent = bindparam(ROWS, type_=Text)
    values: list[ColumnElement[Any]]
    if dialect == "sqlite":
        row = func.json_each(sent).table_valued("value").c.value
        values = [func.json_extract(row, f"$[{place}]") for place in range(len(columns))]
    else:
        row = func.json_array_elements(cast(sent, JSON)).column_valued("sent_row")
        texts = [row.op("->>")(literal_column(str(place))) for place in range(len(columns))]
        values = [_typed(text, column) for text, column in zip(texts, columns, strict=True)]
    named = [value.label(column.key) for value, column in zip(values, columns, strict=True)]
    return select(*named).subquery("sent")


def _typed(text: ColumnElement[Any], column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a text in the type of its column; a string as it is, for a cast might cut it."""
    return text if isinstance(column.type, String) else cast(text, column.type)


def _packed(dialect: str, query: Select[Any]) -> Select[Any]:
    """Return a query whose one value is a JSON array of all rows of a query."""
    found = query.subquery("found")
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*found.c)))
    rows = func.json_agg(func.json_build_array(*found.c))
    return select(func.coalesce(cast(rows, Text), "[]"))


def _encoded(dialect: str, rows: Iterable[Row]) -> str:
    plain = _as_sqlite_stores_it if dialect == "sqlite" else _as_postgresql_reads_it
    return json.dumps(list(rows), separators=(",", ":"), default=plain)


def _as_sqlite_stores_it(value: Any) -> str:
    if isinstance(value, UUID):
        return value.hex
    return _without_zone(_zoned(value))


@lru_cache(maxsize=4096)  # the deadlines of a sitting are few, and written with every answer
def _without_zone(moment: datetime) -> str:
    return as_utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


def _as_postgresql_reads_it(value: Any) -> str:
    return value.hex if isinstance(value, UUID) else _zoned(value).isoformat()


def _zoned(value: Any) -> datetime:
    """Return a moment that has a zone.

    Raises:
        ValueError: It has none, or is no moment.
    """
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r} cannot be sent: it is no moment with a time zone")
    return value


def _decoder(column: ColumnElement[Any]) -> Callable[[str], Any] | None:
    """Return what makes a value of its JSON; None for what JSON has itself."""
    if isinstance(column.type, Uuid):
        return _uuid
    if isinstance(column.type, UtcDateTime):
        return lambda text: as_utc(datetime.fromisoformat(text))
    return None
