"""Who writes to an SQLite file next."""

import sqlite3
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from examengine import db
from examengine.db import sqlite, write_queue
from examengine.db.write_queue import WriteQueue, queue_of


class Waiting:
    """Somebody who waits for the place, in a thread, and notes when it was had."""

    def __init__(self, queue: WriteQueue, name: str, had: list[str], *, first: bool) -> None:
        self._queue, self._name, self._had, self._first = queue, name, had, first
        self._thread = Thread(target=self._wait)
        self._asked = Event()

    def begin(self) -> None:
        """Ask for the place, and return once it has been asked for."""
        before = len(self._queue)
        self._thread.start()
        while len(self._queue) == before:
            self._asked.wait(0.001)

    def end(self) -> None:
        """Wait until it was had and given back."""
        self._thread.join(10)

    def _wait(self) -> None:
        assert self._queue.enter(first=self._first, patience_s=10)
        self._had.append(self._name)
        self._queue.leave()


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_answers_go_first_and_all_others_in_the_order_of_asking(firsts):
    """
    Whatever the order in which they come: those who go first, as they came; then the rest.
    """
    queue, had = WriteQueue(), []
    assert queue.enter(first=False, patience_s=0)
    everybody = [
        Waiting(queue, f"{number}", had, first=first) for number, first in enumerate(firsts)
    ]

    for somebody in everybody:
        somebody.begin()
    queue.leave()
    for somebody in everybody:
        somebody.end()

    numbered = list(enumerate(firsts))
    expected = [n for n, first in numbered if first] + [n for n, first in numbered if not first]
    assert had == [str(number) for number in expected]
    assert queue.enter(first=False, patience_s=0)


def test_whoever_gives_up_is_passed_over():
    """
    One who has waited long enough leaves the queue, and the place goes on without them.
    """
    queue = WriteQueue()
    assert queue.enter(first=False, patience_s=0)

    assert not queue.enter(first=True, patience_s=0.01)

    queue.leave()
    assert len(queue) == 0
    assert queue.enter(first=False, patience_s=0)


def test_all_engines_on_a_file_share_its_queue(tmp_path):
    """
    The engine of answers and that of pages wait for each other, however the path is spelled.
    """
    (tmp_path / "below").mkdir()

    ours = queue_of(str(tmp_path / "exam.db"))

    assert queue_of(str(tmp_path / "below" / ".." / "exam.db")) is ours
    assert queue_of(str(tmp_path / "other.db")) is not ours


@pytest.mark.parametrize("way_out", ["commit", "rollback", "defect"])
def test_a_transaction_gives_its_place_back_however_it_ends(sqlite_url, way_out):
    """
    After a commit, a rollback and a defect the next one can write at once.
    """
    engine = db.make_engine(sqlite_url)
    try:
        with db.writing(engine) as session:
            session.execute(text("CREATE TABLE note (word TEXT)"))
            if way_out == "rollback":
                session.rollback()
            if way_out == "defect":
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    assert queue_of(str(engine.url.database)).enter(first=False, patience_s=0)
    engine.dispose()


def test_a_late_transaction_that_never_writes_keeps_nobody(sqlite_url):
    """
    Reading and deciding take no place.
    """
    engine = db.make_engine(sqlite_url)

    with db.writing_late(engine) as session:
        session.execute(text("SELECT 1"))

        assert queue_of(str(engine.url.database)).enter(first=False, patience_s=0)
    engine.dispose()


@pytest.fixture
def another_process(sqlite_url):
    """A connection that knows nothing of the queue, and holds SQLite's lock."""
    held = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    yield held
    held.close()


def test_an_answer_asks_again_at_once_where_another_process_writes(
    sqlite_url, another_process, monkeypatch
):
    """
    It has the lock as soon as that process lets go, where SQLite would sleep longer each time.
    """
    engine = db.make_engine(sqlite_url)
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 40:
            another_process.rollback()

    monkeypatch.setattr(write_queue, "sleep", sleep)
    with db.writing_first(engine) as session:
        session.execute(text("CREATE TABLE note (word TEXT)"))
        patience = session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    engine.dispose()

    assert slept == [write_queue.ASKED_EVERY_S] * 40
    assert patience == sqlite.BUSY_TIMEOUT_MS


def test_an_answer_gives_up_where_another_process_writes_for_ever(
    sqlite_url, another_process, monkeypatch
):
    """
    It says what SQLite says, leaves its place to the next, and can ask again.
    """
    engine = db.make_engine(sqlite_url)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 0)

    with pytest.raises(OperationalError) as busy, db.writing_first(engine) as session:
        session.connection()
    another_process.rollback()
    with db.writing_first(engine) as session:
        session.execute(text("CREATE TABLE note (word TEXT)"))
    engine.dispose()

    assert db.is_unavailable(busy.value)
    assert "locked" in str(busy.value)
