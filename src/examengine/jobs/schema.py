"""What a worker does when the database has become one of another version: it ends, in words."""

from sqlalchemy import Engine

from examengine.db import DatabaseUnreachable, check_schema


def refuse_other_schema(engine: Engine) -> None:
    """Refuse to go on where trying again would fail for ever; where nobody answers it would not.

    Raises:
        SchemaOutOfDate, SchemaTooNew: The database is of another version by now.
    """
    try:
        check_schema(engine)
    except DatabaseUnreachable:
        return
