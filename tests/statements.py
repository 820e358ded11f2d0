"""Statements of SQL that are compiled once, though every test has a database of its own.

SQLAlchemy keeps what it compiled with the engine, for the dialect of that engine. Each test has
engines of its own, so that the same few hundred statements were compiled again and again: a quarter
of what it takes to set up a small programme. Here all dialects of one kind are equal and share what
they compiled. They are so in truth: each is made by the product, for the same library or server.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

MOST = 3000
"""Statements that are kept for each kind of database."""


class OfOneKind:
    """A dialect that equals every other one of its class."""

    compiled: LRUCache[Any, Any]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Have an engine look among the statements of all engines of its kind."""
        engine.update_execution_options(compiled_cache=cls.compiled)


class SQLite(OfOneKind, SQLiteDialect_pysqlite):
    """SQLite, as the product speaks to it."""

    supports_statement_cache = True
    compiled = LRUCache(MOST)


class PostgreSQL(OfOneKind, PGDialect_psycopg):
    """PostgreSQL, as the product speaks to it."""

    supports_statement_cache = True
    compiled = LRUCache(MOST)


def share_what_is_compiled() -> None:
    """Have engines that are made from now on share what they compile."""
    registry.register("sqlite", __name__, SQLite.__name__)
    registry.register("postgresql.psycopg", __name__, PostgreSQL.__name__)
