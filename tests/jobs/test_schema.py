"""A worker whose database becomes one of another version while it works."""

from threading import Event

import pytest
from sqlalchemy import text

from examengine import db
from examengine.jobs.embedded import EmbeddedQueue


def test_a_worker_ends_in_words_when_the_schema_is_another_one(engine, clock):
    """
    It does not look for jobs for ever in tables that are not there; it says what to run.
    """
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE job RENAME TO job_of_before"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))

    with pytest.raises(db.SchemaOutOfDate, match="examengine db upgrade"):
        EmbeddedQueue(engine, clock).work("here", lambda _: None, Event())


def test_a_defect_of_the_database_alone_lets_a_worker_try_again(engine, clock, monkeypatch):
    """
    Where the schema is the right one, what went wrong may pass: the worker looks again.
    """
    over, looked = Event(), []

    def fails(*_args, **_kwargs):
        looked.append(1)
        if len(looked) > 1:
            over.set()
        with engine.begin() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr("examengine.jobs.embedded.begin_next", fails)
    monkeypatch.setattr("examengine.jobs.embedded._AWAY_S", 0.01)

    EmbeddedQueue(engine, clock).work("here", lambda _: None, over)

    assert len(looked) == 2
