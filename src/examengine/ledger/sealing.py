"""What a seal covers: which tables are sealed, and which of their columns.

A context declares beside a table how its rows are sealed, and appends a row to the ledger where it
inserts one. What is covered is the row itself, column by column, so that nothing in it can change
unseen: neither what the record's own digest leaves out, nor that digest.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest, digest_of_bytes

LOG = "log"
"""The kind of an entry that seals the head of an attempt's log; it has no row of its own."""

SEALINGS: dict[str, "Sealing"] = {}
"""How each kind of record is sealed, as far as the contexts that declare them are imported."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How the rows of one table are sealed."""

    kind: str
    """One word for these records: `decision`, `staff_act`."""
    table: Table
    scope: str
    """What the records belong to: `administration`, `exam`, `bank`, or a whole in itself."""
    scope_column: str | None
    """The column that says which one; None where there is one for the whole installation."""
    at: str
    """The column of the moment at which the record was made."""
    apart: frozenset[str]
    """Columns that no seal covers: names of people, and what moves on after the insert."""
    key: tuple[str, ...]
    """The columns that name a record."""
    about: str | None = None
    """The column of what the records are about, where whoever shows that has to miss them."""
    by_digest: frozenset[str] = frozenset()
    """Columns of texts that are covered by their digest, and stand in no file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that a seal covers.

        Whose a record is, is not among them: that the ledger of an organisation has it, says so.
        """
        names = (column.name for column in self.table.columns)
        return tuple(name for name in names if name not in self.apart | {"organisation_id"})

    def subject_of(self, row: Mapping[str, Any]) -> str:
        """Return what an entry calls a record."""
        return "/".join(str(row[name]) for name in self.key)

    def scope_of(self, row: Mapping[str, Any]) -> str:
        """Return what a record belongs to."""
        if self.scope_column is None:
            return self.scope
        return f"{self.scope}:{row[self.scope_column]}"

    def about_of(self, row: Mapping[str, Any]) -> str | None:
        """Return what a record is about."""
        found = None if self.about is None else row[self.about]
        return None if found is None else str(found)


def declare(
    kind: str,
    table: Any,
    *,
    scope: str,
    at: str,
    apart: tuple[str, ...] = (),
    key: tuple[str, ...] = ("id",),
    about: str | None = None,
    by_digest: tuple[str, ...] = (),
) -> Sealing:
    """Declare that the rows of a table are sealed, and return how.

    Args:
        kind: One word for these records.
        table: The row class of the table.
        scope: `administration:administration_id` says what the records belong to and which column
            tells it; `trail`, without a column, is one for the whole installation.
        at: The column of the moment at which the record was made.
        apart: Columns that no seal covers: names of people, which may be corrected or erased, and
            what moves on after the insert.
        key: The columns that name a record.
        about: The column of what the records are about: asked for it, the ledger names those that
            are missing (`check_about`).
        by_digest: Columns of texts that are covered by their digest, because they are long or hold
            names: they are sealed, and stand in no file.
    """
    whose, _, column = scope.partition(":")
    made = Sealing(
        *(kind, table.__table__, whose, column or None, at),
        *(frozenset(apart), key, about, frozenset(by_digest)),
    )
    SEALINGS[kind] = made
    return made


def sealed_body(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a seal covers of a row, as JSON: what was sealed once stays right for ever.

    A column without a value is left out, so that a column which is added to a table later, and is
    empty in the rows that were there before, does not break their seals.
    """
    return {name: _plain(value) for name, value in columns.items() if value is not None}


def body_of(sealing: Sealing, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the seal of a record covers."""
    covered = {name: row.get(name) for name in sealing.columns}
    for name in sealing.by_digest:
        covered[name] = str(covered[name]).encode("utf-8")
    return sealed_body(covered)


def new_salt() -> str:
    """Return a salt: without it nobody can tell from a seal what an erased record said."""
    return secrets.token_hex(16)


def seal(salt: str | None, body: Mapping[str, Any]) -> str:
    """Return the digest by which the ledger knows a record."""
    return digest({"salt": salt, "record": body})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bytes):
        return digest_of_bytes(value)
    return value
