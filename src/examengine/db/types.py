"""Column types that mean the same on both databases."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from examengine.db.naming import CONVENTION
from examengine.kernel.clock import as_utc

# Set here because every module that declares a table imports its column types from here first.
SQLModel.metadata.naming_convention = CONVENTION

Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document. Digests are taken of the value, never of the stored text."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC that comes back as it went in; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> Any:
        """Refuse a moment without a zone before it is stored."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return None if value is None else as_utc(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else as_utc(value)
