"""The database: one engine and one way to open a transaction, on SQLite and on PostgreSQL."""

from examengine.db.engine import make_engine
from examengine.db.migrate import check_schema, upgrade
from examengine.db.session import reading, writing
from examengine.db.types import Document, Moment

__all__ = ["Document", "Moment", "check_schema", "make_engine", "reading", "upgrade", "writing"]
