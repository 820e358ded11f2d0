"""Migrations: the one way in which the schema comes about, on an empty or a full machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import Connection

from examengine.db.engine import connecting
from examengine.db.sqlite import LOCK, NEVER, UNCHECKED
from examengine.db.turns import turn_number
from examengine.kernel.errors import ExamError, Kind


class SchemaOutOfDate(ExamError):
    """The database was made by an older version of the program."""

    code = "schema_out_of_date"
    kind = Kind.UNAVAILABLE

    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(
            f"the database is at migration {found or 'none'}, this program needs {needed}; "
            "run `examengine db upgrade`"
        )


class SchemaTooNew(ExamError):
    """The database was made by a newer version of the program, which this one cannot read."""

    code = "schema_too_new"
    kind = Kind.UNAVAILABLE

    def __init__(self, found: str, known: str | None) -> None:
        super().__init__(
            f"the database is at migration {found[:40]}, of a newer version of examengine; "
            f"this one knows migrations up to {known}. Install the newer version, or go back to "
            "a copy of the database that was made before it"
        )


class SchemaDamaged(ExamError):
    """Rows refer to others that are not there, so that the database cannot be migrated."""

    code = "schema_damaged"
    kind = Kind.UNAVAILABLE

    def __init__(self, table: str, how_many: int) -> None:
        super().__init__(
            f"{how_many} rows refer to others that are missing, the first in the table {table}; "
            "nothing was changed. Go back to a copy of the database that is whole"
        )


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Bring the schema up to date, in one transaction; an up-to-date schema is left alone.

    Several may ask at once, as nodes do that start together: one migrates, the others wait.

    Raises:
        SchemaTooNew: A newer version of the program has been here.
        DatabaseUnreachable: It does not answer, cannot be written, or is no database.
    """
    with _migrating(engine) as connection:
        _found(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def downgrade(engine: Engine, *, to: str) -> None:
    """Undo migrations down to `to`; for developers, who then have lost what was in the tables."""
    with _migrating(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def is_up_to_date(engine: Engine) -> bool:
    """Tell whether there is nothing to migrate.

    Raises:
        SchemaTooNew: A newer version of the program has been here.
        DatabaseUnreachable: It does not answer, or is no database.
    """
    with connecting(_reading(engine)) as connection:
        return _found(connection) == _head()


def check_schema(engine: Engine) -> None:
    """Refuse to go on with a schema this program was not written for.

    Raises:
        SchemaOutOfDate: The database is older than the program.
        SchemaTooNew: It is newer.
        DatabaseUnreachable: It does not answer, or is no database.
    """
    with connecting(_reading(engine)) as connection:
        found = _found(connection)
    if found != _head():
        raise SchemaOutOfDate(found, _head())


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Open the transaction of a migration, alone; every reference is checked at its end.

    SQLite makes a table anew to change it, so that it cannot look at references meanwhile.
    """
    with connecting(engine.execution_options(**{UNCHECKED: True})) as connection:
        _take_turn(connection)
        yield connection
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise SchemaDamaged(str(broken[0][0]), len(broken))


def _reading(engine: Engine) -> Engine:
    return engine.execution_options(**{LOCK: NEVER})


def _take_turn(connection: Connection) -> None:
    """Let one migrate at a time; SQLite's write lock, which is held already, does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(turn_number("migrations"))))


def _found(connection: Connection) -> str | None:
    """Return at which migration a database is.

    Raises:
        SchemaTooNew: At one that this program does not know.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(found, _head())
    return found


def _head() -> str | None:
    return _scripts().get_current_head()


@cache
def _scripts() -> ScriptDirectory:
    """Return the migrations of this program; every one is a file that is read and run."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
