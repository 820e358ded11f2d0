"""The database: one engine and one way to open a transaction, on SQLite and on PostgreSQL."""

from examengine.db.bulk import BulkRead, BulkWrite
from examengine.db.engine import DatabaseUnreachable, DatabaseUrlUnusable, make_engine
from examengine.db.migrate import SchemaOutOfDate, check_schema, downgrade, upgrade
from examengine.db.session import reading, writing
from examengine.db.types import Document, Moment

__all__ = [
    "BulkRead",
    "BulkWrite",
    "DatabaseUnreachable",
    "DatabaseUrlUnusable",
    "Document",
    "Moment",
    "SchemaOutOfDate",
    "check_schema",
    "downgrade",
    "make_engine",
    "reading",
    "upgrade",
    "writing",
]
