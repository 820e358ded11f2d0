"""Remembered logs: always what the database holds, and read on instead of read again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete

from examengine import db, delivery
from examengine.delivery import repository
from examengine.delivery.logs_in_play import LogsInPlay
from examengine.delivery.tables import AttemptEventRow
from tests.clock import SetClock
from tests.delivery.examples import Candidate, sitting


@pytest.fixture
def writer(engine: Engine, clock: SetClock) -> Iterator[delivery.AttemptWriter]:
    """A writer that runs."""
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def started(engine, clock, writer) -> list[Candidate]:
    """Two candidates who have started and looked at a question."""
    found = sitting(engine, clock, 2)
    for candidate in found:
        writer.record(delivery.Start(**candidate.asked(clock), consented=True))
        look(writer, clock, candidate, 1)
    return found


def look(writer, clock, candidate, place: int) -> None:
    """Look at a question, a second later."""
    clock.forward(seconds=1)
    writer.record(delivery.ShowItem(**candidate.asked(clock), place=place))


def remembered(engine, logs, candidate) -> list[delivery.LoggedEvent]:
    """The log from memory, read on."""
    with db.reading(engine) as session:
        return list(logs.of(session, candidate.attempt_id))


def stored(engine, candidate) -> list[delivery.LoggedEvent]:
    """The log as the database holds it."""
    with db.reading(engine) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def test_memory_is_the_log_after_every_event(engine, clock, writer, started, monkeypatch):
    """
    Row by row the same as the whole log read anew, and only what is new is asked for.
    """
    logs, candidate = LogsInPlay(), started[0]
    asked = []
    read = repository.events_after
    monkeypatch.setattr(
        repository, "events_after", lambda *given: asked.append(given[2]) or read(*given)
    )
    for place in (2, 3, 4):
        look(writer, clock, candidate, place)

        assert remembered(engine, logs, candidate) == stored(engine, candidate)

    assert [last and last.version for last in asked] == [None, 3, 4]


def test_logs_are_not_mixed_up_and_the_oldest_make_room(engine, clock, writer, started):
    """
    With room for one log, two candidates in turn still get their own.
    """
    logs = LogsInPlay(most=1)

    for place in (2, 3):
        for candidate in started:
            look(writer, clock, candidate, place)
            assert remembered(engine, logs, candidate) == stored(engine, candidate)

    assert len(logs._read) == 1


def test_a_log_that_was_put_back_is_read_anew(engine, clock, writer, started):
    """
    Events of another history are not appended to the remembered one.
    """
    logs, candidate = LogsInPlay(), started[0]
    look(writer, clock, candidate, 2)
    before = remembered(engine, logs, candidate)
    other = started[1]
    with db.writing(engine) as session:
        session.execute(
            delete(AttemptEventRow).where(AttemptEventRow.attempt_id == candidate.attempt_id)
        )
    for row in stored(engine, other):
        _put(engine, candidate, row)
    look(writer, clock, other, 5)
    look(writer, clock, other, 6)
    for row in stored(engine, other)[2:]:
        _put(engine, candidate, row)

    after = remembered(engine, logs, candidate)

    assert [row.body for row in after] == [row.body for row in stored(engine, candidate)]
    assert [row.body for row in after[: len(before)]] != [row.body for row in before]


def _put(engine, candidate, row) -> None:
    """Put a row of somebody else's log into a candidate's."""
    values = {"version": row.version, "at": row.at, "type": row.type, "body": dict(row.body)}
    with db.writing(engine) as session:
        session.add(AttemptEventRow(attempt_id=candidate.attempt_id, digest=row.digest, **values))
