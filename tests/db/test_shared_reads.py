"""Short reads of an event loop share one thread and one transaction, on each database."""

import asyncio
import threading
from uuid import UUID

import pytest
from sqlalchemy import text

from examengine.db import FIRST_ORGANISATION, SharedReads, organisation_of

ONE = text("select 1")
SECOND = UUID(int=2)


@pytest.fixture
def reads(engine):
    """Return short reads of a database, which end with the test."""
    found = SharedReads(engine)
    yield found
    found.stop()


def _held(reads, held, begun):
    """Let the thread stand still until it is told to go on."""

    def wait(_):
        begun.set()
        held.wait(10)

    return asyncio.create_task(reads.of(None, wait))


def test_what_waits_together_is_read_in_one_transaction(engine, reads):
    """
    Ten that wait while another is read are answered from one connection, each with its own.
    """
    held, begun = threading.Event(), threading.Event()

    async def ask():
        first = _held(reads, held, begun)
        await asyncio.to_thread(begun.wait, 10)
        others = [
            asyncio.create_task(
                reads.of(None, lambda s, n=n: (n, s.connection().execute(ONE) and id(s)))
            )
            for n in range(10)
        ]
        await asyncio.sleep(0)
        held.set()
        return await first, await asyncio.gather(*others)

    _, answers = asyncio.run(ask())

    assert [number for number, _ in answers] == list(range(10))
    assert len({session for _, session in answers}) == 1


def test_a_read_that_fails_costs_its_neighbours_nothing(reads):
    """
    A statement that the database refuses is told to whoever asked; those behind it are answered.
    """
    wrong = text("select nothing from nowhere")

    async def ask():
        return await asyncio.gather(
            reads.of(None, lambda s: s.connection().execute(ONE).scalar_one()),
            reads.of(None, lambda s: s.connection().execute(wrong)),
            reads.of(None, lambda s: s.connection().execute(ONE).scalar_one()),
            return_exceptions=True,
        )

    before, failed, behind = asyncio.run(ask())

    assert (before, behind) == (1, 1)
    assert isinstance(failed, Exception)


def test_each_read_belongs_to_the_organisation_it_was_asked_for(reads):
    """
    Those of two organisations that wait together never share a transaction.
    """

    async def ask():
        return await asyncio.gather(
            reads.of(SECOND, organisation_of),
            reads.of(FIRST_ORGANISATION, organisation_of),
        )

    assert asyncio.run(ask()) == [SECOND, FIRST_ORGANISATION]


def test_whoever_goes_away_is_not_waited_for(reads):
    """
    An answer that nobody wants any more is dropped, and the next one is given.
    """
    held, begun = threading.Event(), threading.Event()

    async def ask():
        gone = _held(reads, held, begun)
        await asyncio.to_thread(begun.wait, 10)
        gone.cancel()
        held.set()
        return await reads.of(None, lambda s: s.connection().execute(ONE).scalar_one())

    assert asyncio.run(ask()) == 1


def test_it_begins_anew_after_it_was_stopped(reads):
    """
    Its thread ends with what waits; whoever asks later begins another.
    """

    def ask():
        return asyncio.run(reads.of(None, lambda s: s.connection().execute(ONE).scalar_one()))

    assert ask() == 1
    reads.stop()
    assert not [t for t in threading.enumerate() if t.name == "shared-reads"]
    assert ask() == 1


def test_no_fault_ends_the_thread():
    """
    Where no transaction can be opened at all, everybody is told, those who ask later too.
    """
    broken = SharedReads(None)

    def ask():
        return asyncio.run(broken.of(None, lambda s: s))

    for _ in range(2):
        with pytest.raises(AttributeError):
            ask()
    broken.stop()


def test_answers_for_an_event_loop_that_has_ended_are_dropped(reads):
    """
    A loop that is gone before its answer costs nobody else theirs.
    """
    held, begun = threading.Event(), threading.Event()

    async def leave():
        _held(reads, held, begun)
        await asyncio.to_thread(begun.wait, 10)

    asyncio.run(leave())
    held.set()

    assert asyncio.run(reads.of(None, lambda s: s.connection().execute(ONE).scalar_one())) == 1
