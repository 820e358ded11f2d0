"""Rows that travel together: they arrive as if each had been sent alone, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, insert, select

from examengine.db import BulkRead, BulkWrite, Document, UtcDateTime

NOTE = Table(
    "bulk_note",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("at", UtcDateTime),
    Column("words", String(12)),
    Column("body", Document),
)
COLUMNS = list(NOTE.c)

WRITE = BulkWrite(
    COLUMNS, lambda sent: NOTE.insert().from_select([c.name for c in COLUMNS], select(*sent.c))
)
READ = BulkRead(
    [NOTE.c.id],
    COLUMNS[:4],
    lambda asked: (
        select(*COLUMNS[:4]).where(NOTE.c.id.in_(select(asked.c.id))).order_by(NOTE.c.place)
    ),
)
MOVE = BulkWrite(
    [NOTE.c.id, NOTE.c.place],
    lambda sent: NOTE.update().where(NOTE.c.id == sent.c.id).values(place=sent.c.place),
)

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
ROWS = [
    [UUID(int=1), 1, NOON, "plain", {"a": 1, "b": [1.5, None, True]}],
    [UUID(int=2**127), 2, None, None, {}],
    [UUID(int=3), 3, NOON.replace(microsecond=0), 'ü "q" \\ \n 漢', {"ü": '"\\\n漢', "n": 1e-7}],
]


@pytest.fixture
def connection(engine):
    """A connection on a database that has the table."""
    with engine.connect() as connection:
        NOTE.create(connection)
        yield connection
        connection.rollback()


def test_rows_that_were_sent_together_read_as_rows_that_were_sent_alone(connection):
    """
    Ids, moments, empty values, foreign scripts and documents come back through the ORM's types.
    """
    touched = WRITE.run(connection, ROWS)

    found = connection.execute(select(*COLUMNS).order_by(NOTE.c.place)).all()

    assert touched == len(ROWS)
    assert [list(row) for row in found] == ROWS


def test_rows_that_come_together_are_rows_that_come_alone(connection):
    """
    What was inserted one by one comes back in one value, in order and in its types.
    """
    for row in ROWS:
        connection.execute(insert(NOTE).values(row))

    found = READ.run(connection, [[row[0]] for row in ROWS[::-1]])

    assert found == [row[:4] for row in ROWS]


def test_nothing_asked_is_nothing_found(connection):
    """
    No keys, or keys that nobody has, are an empty answer and no error.
    """
    assert READ.run(connection, []) == []
    assert READ.run(connection, [[UUID(int=99)]]) == []


def test_an_update_says_how_many_rows_it_touched(connection):
    """
    A key that is not there is not counted: this is how a lost race is noticed.
    """
    WRITE.run(connection, ROWS)

    touched = MOVE.run(connection, [[UUID(int=1), 7], [UUID(int=99), 8]])

    assert touched == 1
    assert connection.execute(select(NOTE.c.place).where(NOTE.c.id == UUID(int=1))).scalar() == 7


def test_a_moment_of_another_zone_is_stored_in_utc(connection):
    """
    Two in the afternoon in Berlin is noon here.
    """
    zoned = NOON.astimezone(timezone(timedelta(hours=2)))
    WRITE.run(connection, [[UUID(int=1), 1, zoned, "x", {}]])

    assert connection.execute(select(NOTE.c.at)).scalar() == NOON


def test_a_moment_without_a_zone_is_refused(connection):
    """
    Nobody could say what it means, so it is not stored.
    """
    with pytest.raises(ValueError, match="no moment with a time zone"):
        WRITE.run(connection, [[UUID(int=1), 1, NOON.replace(tzinfo=None), "x", {}]])
