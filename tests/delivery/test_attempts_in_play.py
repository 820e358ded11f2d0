"""Remembered attempts: always what the database holds, and read on instead of read again."""

import threading

import pytest
from sqlalchemy import delete, update
from sqlmodel import select

from examengine import db, delivery
from examengine.delivery import AttemptsInPlay, log_repository
from examengine.delivery.stored_attempts import EVERY
from examengine.delivery.tables import AttemptEventRow, AttemptRow, AttemptStateRow
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

    def watched(session, attempt_id, version):
        if threading.current_thread() is threading.main_thread():  # the writer reads, too
            asked.append(version)
        return read(session, attempt_id, version)

    monkeypatch.setattr(log_repository, "events_from", watched)

    look(writer, clock, candidate, 2)
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)
    answer(writer, clock, candidate, "a", 1)
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)
    look(writer, clock, candidate, 3)
    answer(writer, clock, candidate, "b", 2)
    writer.record(delivery.Submit(**candidate.asked(clock)))
    assert remembered(engine, attempts, candidate) == stored(engine, candidate)

    assert asked == [1, 4, 5]


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


def grown(writer, clock, candidate, to: int) -> None:
    """Look at questions until the log has so many events."""
    while look_version(writer, clock, candidate) < to:
        pass


def look_version(writer, clock, candidate) -> int:
    """Look at the first question, and return how long the log is then."""
    clock.forward(seconds=0.1)
    return writer.record(delivery.ShowItem(**candidate.asked(clock), place=1)).version


def test_a_long_log_is_read_from_the_last_version_that_was_kept(
    engine, clock, writer, started, monkeypatch
):
    """
    A process that never saw the attempt reads what is kept, and the few rows after it.
    """
    candidate = started[0]
    grown(writer, clock, candidate, 2 * EVERY + 5)
    asked = []
    read = log_repository.events_from
    monkeypatch.setattr(
        log_repository, "events_from", lambda *given: asked.append(given[2]) or read(*given)
    )

    cold = remembered(engine, AttemptsInPlay(), candidate)

    assert asked == [2 * EVERY]
    assert cold == stored(engine, candidate)


@pytest.mark.parametrize("changed", [{"seal": "sha256:other"}, {"digest": "sha256:other"}])
def test_what_is_kept_is_never_believed_against_the_log(engine, clock, writer, started, changed):
    """
    A kept state whose seal is broken, or whose row is another, is passed over; handing in, too.
    """
    candidate = started[0]
    answer(writer, clock, candidate, "a", 1)
    grown(writer, clock, candidate, EVERY + 5)
    wrong = {"responses": {SINGLE: "b"}}
    with db.writing(engine) as session:
        row = session.exec(select(AttemptStateRow)).one()
        session.execute(update(AttemptStateRow).values(body={**row.body, **wrong}, **changed))

    cold = remembered(engine, AttemptsInPlay(), candidate)
    writer.record(delivery.Submit(**candidate.asked(clock)))

    assert cold.responses == {SINGLE: "a"}
    with db.reading(engine) as session:
        assert delivery.response_record_of(session, candidate.attempt_id).responses[SINGLE] == "a"
