"""Migrations: the one way in which the schema comes about, on an empty or a full machine."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from examengine.db.engine import connecting
from examengine.kernel.errors import ExamError, Kind


class SchemaOutOfDate(ExamError):
    """The database was made by another version of the program."""

    code = "schema_out_of_date"
    kind = Kind.UNAVAILABLE

    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(
            f"the database is at migration {found or 'none'}, this program needs {needed}; "
            "run `examengine db upgrade`"
        )


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Bring the schema up to date, in one transaction; an up-to-date schema is left alone."""
    with connecting(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def downgrade(engine: Engine, *, to: str) -> None:
    """Undo migrations down to `to`; for developers, who then have lost what was in the tables."""
    with connecting(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def check_schema(engine: Engine) -> None:
    """Refuse to go on with a schema this program was not written for.

    Raises:
        SchemaOutOfDate: The database is older or newer than the program.
        DatabaseUnreachable: It does not answer, or is no database.
    """
    needed = ScriptDirectory.from_config(_config()).get_current_head()
    with connecting(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != needed:
        raise SchemaOutOfDate(found, needed)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
