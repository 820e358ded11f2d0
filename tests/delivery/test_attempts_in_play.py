"""Remembered attempts: always what the database holds, and read on instead of read again."""

import pytest
from sqlalchemy import delete, update

from examengine import db, delivery
from examengine.delivery import AttemptsInPlay, log_repository
from examengine.delivery.tables import AttemptEventRow, AttemptRow
from tests.delivery.examples import SINGLE, Candidate, sitting


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


def remembered(engine, attempts, candidate) -> delivery.Attempt:
    """The attempt from memory, read on."""
    with db.reading(engine) as session:
        return attempts.of(session, candidate.attempt_id).attempt


def stored(engine, candidate) -> delivery.Attempt:
    """The attempt folded anew from the log in the database."""
    with db.reading(engine) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    return delivery.fold(candidate.attempt_id, log)


def answer(writer, clock, candidate, response, seq: int) -> None:
    """Answer a question, a second later."""
    clock.forward(seconds=1)
    sent = {"item_id": SINGLE, "response": response, "client": "the-page-0001", "seq": seq}
    writer.record(delivery.Save(**candidate.asked(clock), **sent, seen=2))


def test_memory_is_the_log_after_every_event(engine, clock, writer, started, monkeypatch):
    """
    The same as the whole log folded anew, and only what is new is asked for.
    """
    attempts, candidate = AttemptsInPlay(), started[0]
    asked = []
    read = log_repository.events_from
    monkeypatch.setattr(
        log_repository, "events_from", lambda *given: asked.append(given[2]) or read(*given)
    )

    look(writer, clock, candidate, 2)
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)
    answer(writer, clock, candidate, "a", 1)
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)
    look(writer, clock, candidate, 3)
    answer(writer, clock, candidate, "b", 2)
    writer.record(delivery.Submit(**candidate.asked(clock)))
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)

    assert asked == [1, 3, 4]


def test_attempts_are_not_mixed_up_and_the_oldest_make_room(engine, clock, writer, started):
    """
    With room for one attempt, two candidates in turn still get their own.
    """
    attempts = AttemptsInPlay(most=1)

    for place in (2, 3):
        for candidate in started:
            look(writer, clock, candidate, place)
            assert remembered(engine, attempts, candidate) == stored(engine, candidate)

    assert len(attempts._kept) == 1


def test_a_plan_is_read_anew_until_the_start(engine, clock, writer):
    """
    What was prepared may change as long as nobody has begun on it.
    """
    attempts = AttemptsInPlay()
    [candidate] = sitting(engine, clock, 1)
    before = _plan(engine, attempts, candidate)
    with db.writing(engine) as session:
        session.execute(update(AttemptRow).values(extra_time_percent=25))

    after = _plan(engine, attempts, candidate)

    assert (before.extra_time_percent, after.extra_time_percent) == (0, 25)


@pytest.mark.parametrize("gone", [1, 2])
def test_a_log_that_was_put_back_is_read_anew(engine, clock, writer, started, gone):
    """
    When the database returns to an earlier state, so does what the page shows.
    """
    attempts, candidate = AttemptsInPlay(), started[0]
    look(writer, clock, candidate, 2)
    ahead = remembered(engine, attempts, candidate)
    with db.writing(engine) as session:
        session.execute(
            delete(AttemptEventRow).where(
                AttemptEventRow.attempt_id == candidate.attempt_id,
                AttemptEventRow.version > ahead.head.version - gone,
            )
        )

    after = remembered(engine, attempts, candidate)

    assert after.head.version == ahead.head.version - gone
    assert after == stored(engine, candidate)


def test_another_history_of_the_same_length_is_read_anew(engine, clock, writer, started):
    """
    A row in the place of the last one that is remembered, with another digest, ends the memory.
    """
    attempts, candidate = AttemptsInPlay(), started[0]
    ahead = remembered(engine, attempts, candidate)
    with db.writing(engine) as session:
        session.execute(
            update(AttemptEventRow)
            .where(
                AttemptEventRow.attempt_id == candidate.attempt_id,
                AttemptEventRow.version == ahead.head.version,
            )
            .values(digest="sha256:" + "0" * 64, type="reviewed", body={})
        )

    after = remembered(engine, attempts, candidate)

    assert after == stored(engine, candidate) != ahead


def _plan(engine, attempts, candidate) -> delivery.Plan:
    with db.reading(engine) as session:
        return attempts.of(session, candidate.attempt_id).plan
