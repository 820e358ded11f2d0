"""When SQLite's write lock is taken, and who gets a turn."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from examengine import db
from examengine.accounts.tables import SessionRow
from examengine.db import sqlite


@pytest.fixture
def impatient(monkeypatch, sqlite_url):
    """An engine on which nobody waits for the write lock."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 0)
    engine = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    yield engine
    engine.dispose()


def delete_all(session: Session) -> None:
    """Change something by a statement that the program would use."""
    session.execute(SessionRow.__table__.delete())


def read_in_a_savepoint(session: Session) -> None:
    """Begin what may be rolled back alone."""
    session.begin_nested()
    session.exec(select(SessionRow)).all()


def fail_after_writing(engine: Engine) -> None:
    """Change something, then meet a defect."""
    with db.writing_late(engine) as session:
        delete_all(session)
        raise ZeroDivisionError


def test_a_late_transaction_lets_others_write_until_it_does(impatient):
    """
    Reading and deciding keep nobody from writing.
    """
    with db.writing_late(impatient) as deciding:
        deciding.exec(select(SessionRow)).all()
        with db.writing(impatient) as other:
            delete_all(other)


@pytest.mark.parametrize(
    "first_write",
    [
        delete_all,
        read_in_a_savepoint,
        lambda session: session.exec(select(SessionRow).with_for_update()).all(),
        lambda session: db.take_turn(session, "something"),
    ],
    ids=["a statement", "a savepoint", "a locked row", "a turn"],
)
def test_a_late_transaction_takes_the_lock_with_what_writes_first(impatient, first_write):
    """
    From its first write, savepoint, locked row or turn on nobody else can write.
    """
    with db.writing_late(impatient) as deciding:
        deciding.exec(select(SessionRow)).all()
        first_write(deciding)

        with pytest.raises(OperationalError, match="locked"), db.writing(impatient) as other:
            delete_all(other)


def test_what_is_read_after_the_lock_is_as_it_stands_now(impatient, person, clock):
    """
    A transaction that locked late sees what others committed before it did, and writes upon it.
    """
    count = text("SELECT count(*) FROM staff_act")
    with db.writing_late(impatient) as deciding:
        before = deciding.execute(count).scalar_one()
        with db.writing(impatient) as other:
            other.execute(
                text(
                    "INSERT INTO staff_act"
                    " (organisation_id, id, at, actor_id, actor_name, action, subject, detail)"
                    " VALUES (:first, 'a', '2026-01-01', 'b', 'c', 'd', 'e', '{}')"
                ),
                {"first": db.FIRST_ORGANISATION.hex},
            )
        db.take_turn(deciding, "something")
        after = deciding.execute(count).scalar_one()
        delete_all(deciding)

    assert (before, after) == (0, 1)


def test_a_refused_transaction_leaves_nothing(impatient):
    """
    An error after the first write rolls all of it back, and gives the lock away.
    """
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(impatient)

    with db.writing(impatient) as other:
        delete_all(other)


def test_names_are_found_in_lower_case_beyond_the_latin_alphabet(session):
    """
    Both databases know that Ä is a letter.
    """
    assert session.execute(text("SELECT lower('ÄRZTE ΣΟΦΙΑ')")).scalar_one() == "ärzte σοφια"


@pytest.mark.postgres
def test_one_process_sweeps_at_a_time(postgresql_url):
    """
    Whoever comes second is told that somebody else is at it, and does not wait.
    """
    one, other = (
        db.within(db.make_engine(postgresql_url), db.FIRST_ORGANISATION),
        db.within(db.make_engine(postgresql_url), db.FIRST_ORGANISATION),
    )

    with db.alone(one, "sweep") as first, db.alone(other, "sweep") as second:
        told = (first, second)
    with db.alone(other, "sweep") as later:
        told = (*told, later)
    one.dispose()
    other.dispose()

    assert told == (True, False, True)


def test_only_what_was_promised_nobody_does_without_a_sync(engine):
    """
    A count does not wait for the disk; the next transaction on its connection does again.
    """

    def synced(session: Session) -> str:
        setting = {
            "sqlite": "PRAGMA synchronous",
            "postgresql": "SHOW synchronous_commit",
        }[engine.dialect.name]
        said = str(session.execute(text(setting)).scalar())
        return {"1": "off", "2": "on"}.get(said, said)

    with db.writing(engine) as session:
        before = synced(session)
    with db.writing_unsynced(engine) as session:
        meanwhile = synced(session)
    with db.writing(engine) as session:
        after = synced(session)

    assert (before, meanwhile, after) == ("on", "off", "on")
