"""The migrations make what the code declares, on both databases, and can be undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Uuid, bindparam, create_engine, inspect, text
from sqlmodel import SQLModel

import examengine.app  # noqa: F401  (brings every table)
from examengine import accounts, bank, db
from examengine.bank.formats import load_files
from examengine.db.migrate import SchemaOutOfDate
from tests.bank.small_bank import files, item, three_items

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def is_ours(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Tell whether the code declares this.

    The tables of offers are procrastinate's, and each database has an index of words of its own.
    """
    if kind == "table":
        return not str(name).startswith(("procrastinate_", "item_search"))
    words = {("column", "search"), ("index", "ix_item_words_search")}
    return parents.get("table_name") != "item_words" or (kind, name) not in words


def test_the_migrations_make_every_table_as_the_code_declares_it(engine):
    """
    A database that was migrated and one that the code would make are the same.
    """
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)

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


def test_a_newer_schema_is_refused_in_a_sentence(engine):
    """
    Neither serving nor upgrading touches what a newer version of the program has made.
    """
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for refused in (db.check_schema, db.upgrade, db.is_up_to_date):
        with pytest.raises(db.SchemaTooNew, match="9999, of a newer version"):
            refused(engine)


@pytest.mark.postgres
def test_nodes_that_start_together_may_all_migrate(postgresql_server):
    """
    Three ask at once on an empty database: one migrates, the others wait, nobody fails.
    """
    base = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with base.connect() as connection:
        connection.execute(text("CREATE DATABASE together"))
    url = postgresql_server.replace("/postgres?", "/together?")
    engines = [db.make_engine(url) for _ in range(3)]

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(db.upgrade, engine) for engine in engines]
        failures = [one.exception() for one in done]
    up_to_date = db.is_up_to_date(engines[0])
    for engine in engines:
        engine.dispose()
    with base.connect() as connection:
        connection.execute(text("DROP DATABASE together WITH (FORCE)"))
    base.dispose()

    assert failures == [None, None, None]
    assert up_to_date


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


def test_people_of_before_keep_their_accounts_and_get_a_look(engine):
    """
    From a filled first schema: two addresses that look alike both go on, sessions too.
    """
    db.downgrade(engine, to="0001")
    insert = text(
        "INSERT INTO person"
        " (id, email, name, password_hash, roles, active, wrong_passwords, created_at)"
        " VALUES (:id, :email, 'Ada', 'hash', '[]', :yes, 4, :at)"
    )
    people = [
        (UUID(int=1), "ada@example.org"),
        (UUID(int=2), "ada\u200b@example.org"),
        (UUID(int=3), "\u0430\u0501\u0430@example.org"),
    ]
    with engine.begin() as connection:
        for place, (identity, email) in enumerate(people):
            connection.execute(
                insert.bindparams(
                    bindparam("id", type_=Uuid), bindparam("at", type_=db.UtcDateTime)
                ),
                {"id": identity, "email": email, "yes": True, "at": NOON.replace(minute=place)},
            )

    db.upgrade(engine)

    with engine.connect() as connection:
        looks = dict(connection.execute(text("SELECT email, look FROM person")).all())
    assert looks["ada@example.org"] == "ada@example.org"
    assert len(set(looks.values())) == 3
    with db.reading(engine) as session:
        found = [accounts.find_person(session, identity).email for identity, _ in people]
    assert found == [email for _, email in people]


def test_items_of_before_are_found(engine, clock):
    """
    From a filled schema without an index: every item is listed in its newest version, and found.
    """
    staff = accounts.system_actor()
    with db.writing(engine) as session:
        bank.import_bank(session, clock, staff, load_files(files(*three_items())))
        changed = item("S-1", "single_choice", version=2, stem="Which *marmalade* is the newest?")
        bank.import_bank(session, clock, staff, load_files(files(changed)))
    db.downgrade(engine, to="0018")

    db.upgrade(engine)

    with db.reading(engine) as session:
        every = bank.search_items(session, staff, "small", bank.ItemView())
        found = bank.search_items(session, staff, "small", bank.ItemView(words="MARMALADE"))
    assert [(line.item_id, line.version) for line in every.lines] == [
        ("S-1", 2),
        ("S-2", 1),
        ("S-3", 1),
    ]
    assert [line.item_id for line in found.lines] == ["S-1"]
    with db.writing(engine) as session:
        added = item("S-4", "short_text")
        bank.import_bank(session, clock, staff, load_files(files(*three_items()[1:], added)))
        assert bank.search_items(session, staff, "small", bank.ItemView()).n_found == 4
