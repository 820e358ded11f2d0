"""The migrations make what the code declares, on both databases, and can be undone."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

import examengine.app  # noqa: F401  (brings every table)
from examengine import db
from examengine.db.migrate import SchemaOutOfDate


def test_the_migrations_make_every_table_as_the_code_declares_it(engine):
    """
    A database that was migrated and one that the code would make are the same.
    """
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(engine):
    """
    An up-to-date schema is left alone, so that every start may ask for it.
    """
    before = set(inspect(engine).get_table_names())

    db.upgrade(engine)

    assert set(inspect(engine).get_table_names()) == before


def test_a_migration_can_be_undone(engine):
    """
    Going back to the beginning leaves nothing but the note of where the schema stands.
    """
    db.downgrade(engine, to="base")

    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_another_schema_is_refused_before_anything_is_served(engine):
    """
    A program never works on a schema it was not written for, and says what to run.
    """
    db.downgrade(engine, to="base")

    with pytest.raises(SchemaOutOfDate, match="examengine db upgrade"):
        db.check_schema(engine)


@pytest.mark.parametrize(
    "url",
    ["mysql://somebody:secret@host/name", "postgresql://me:secret@host:x/name", "not a url", ""],
)
def test_an_unusable_address_is_refused_without_repeating_it(url):
    """
    The refusal says what an address looks like, and never shows the password in the wrong one.
    """
    with pytest.raises(db.DatabaseUrlUnusable) as refusal:
        db.make_engine(url)

    assert "postgresql://" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_database_that_is_none_is_refused_in_words(tmp_path):
    """
    A file that is no database, a folder that cannot be made, a server that does not answer.
    """
    (tmp_path / "plain").write_text("no database, just a text that is long enough to be read")
    with pytest.raises(db.DatabaseUnreachable) as no_database:
        db.check_schema(db.make_engine(f"sqlite:///{tmp_path / 'plain'}"))
    with pytest.raises(db.DatabaseUnreachable) as no_folder:
        db.make_engine(f"sqlite:///{tmp_path / 'plain' / 'within' / 'exam.db'}")
    with pytest.raises(db.DatabaseUnreachable) as no_server:
        db.upgrade(db.make_engine("postgresql://me:secret@127.0.0.1:1/name"))

    assert "not a database" in str(no_database.value)
    assert "EXAMENGINE_STATE" in str(no_folder.value)
    assert "127.0.0.1:1" in str(no_server.value)
    assert "secret" not in str(no_server.value)


def test_sqlite_syncs_every_commit(sqlite_url):
    """
    Acknowledged means on disk: write-ahead log, full sync, foreign keys on.
    """
    engine = db.make_engine(sqlite_url)

    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert found == ["wal", 2, 1]
