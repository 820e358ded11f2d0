"""Missing records are missed where they belong, and late answers and credentials are sealed.

An entry of the ledger says what its record is about, so that a ruling that was deleted is missed at
its attempt, and a decision at the responses. Scores, decisions and rulings that are sealed already
get another entry, which repeats the digest and the salt of the first: whatever was changed in the
meantime is told as before. What was not sealed yet is sealed as it stands (`backdated`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types
from examengine.ledger import Draft, chained, new_salt, seal, sealed_body

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 500

ABOUT = {
    "clearance": "subject_id",
    "score_record": "response_record_id",
    "decision": "response_record_id",
}
"""Sealed tables, and what their records are about."""


class Sealed(NamedTuple):
    """How a table is sealed, as the code had it when this was written."""

    table: str
    scope: str
    scope_column: str | None
    at: str
    key: tuple[str, ...] = ("credential_id",)
    about: str | None = None
    apart: frozenset[str] = frozenset()


SEALED = (
    Sealed(
        "late_answer", "administration", "administration_id", "received_at", ("id",), "attempt_id"
    ),
    Sealed(
        "credential",
        "administration",
        "administration_id",
        "awarded_at",
        ("id",),
        apart=frozenset({"public", "name_shown"}),
    ),
    Sealed("credential_version", "credentials", None, "issued_at", ("credential_id", "version")),
    Sealed("credential_revocation", "credentials", None, "at"),
    Sealed("credential_replacement", "credentials", None, "at"),
)


def upgrade() -> None:
    op.add_column(
        "ledger_entry",
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
    )
    op.create_index("ix_ledger_entry_kind_about", "ledger_entry", ["kind", "about"])
    _name_the_administration_of_late_answers()
    _seal(op.get_bind())


def downgrade() -> None:
    """Go back: no link covers `about` any more, so that the entries are chained anew."""
    _chain_anew(op.get_bind())
    with op.batch_alter_table("late_answer") as batch_op:
        batch_op.drop_column("administration_id")
    op.drop_index("ix_ledger_entry_kind_about", table_name="ledger_entry")
    op.drop_column("ledger_entry", "about")


def _chain_anew(connection: sa.Connection) -> None:
    ledger = _as_stored(connection, sa.MetaData(), "ledger_entry")
    names = [name for name in Draft.__slots__ if name != "about"]
    link = None
    for page in _pages(connection, ledger, [ledger.c.position]):
        drafts = [Draft(**{name: row[name] for name in names}) for row in page]
        for entry in chained(drafts, page[0]["position"] - 1 if page else 0, link):
            link = entry.link
            same = ledger.c.position == entry.position
            connection.execute(ledger.update().where(same).values(link=link))


def _name_the_administration_of_late_answers() -> None:
    op.add_column("late_answer", sa.Column("administration_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE late_answer SET administration_id = ("
        "SELECT administration_id FROM attempt WHERE attempt.id = late_answer.attempt_id)"
    )
    with op.batch_alter_table("late_answer") as batch_op:
        batch_op.alter_column("administration_id", existing_type=sa.Uuid(), nullable=False)


def _seal(connection: sa.Connection) -> None:
    metadata = sa.MetaData()
    ledger = _as_stored(connection, metadata, "ledger_entry")
    last = connection.execute(
        sa.select(ledger.c.position, ledger.c.link).order_by(ledger.c.position.desc()).limit(1)
    ).one_or_none()
    position, link = (0, None) if last is None else (last.position, last.link)
    waiting: list[dict[str, Any]] = []
    for entry in chained(_drafts(connection, metadata, ledger), position, link):
        values = {
            name: getattr(entry.draft, name)
            for name in entry.draft.__slots__
            if name in ledger.columns
        }
        waiting.append({"position": entry.position, "link": entry.link, **values})
        if len(waiting) == AT_ONCE:
            connection.execute(ledger.insert(), waiting)
            waiting = []
    if waiting:
        connection.execute(ledger.insert(), waiting)


def _drafts(connection: sa.Connection, metadata: sa.MetaData, ledger: sa.Table) -> Iterator[Draft]:
    for kind, about in ABOUT.items():
        table = _as_stored(connection, metadata, kind)
        for page in _pages(connection, table, [table.c["id"]]):
            named = {str(row["id"]): str(row[about]) for row in page}
            yield from _repeated(connection, ledger, kind, named)
    for sealed in SEALED:
        table = _as_stored(connection, metadata, sealed.table)
        for page in _pages(connection, table, [table.c[name] for name in sealed.key]):
            for row in page:
                yield _draft(sealed, row)


def _repeated(
    connection: sa.Connection, ledger: sa.Table, kind: str, named: dict[str, str]
) -> Iterator[Draft]:
    """Repeat the newest entries about these records, and say what they are about."""
    query = (
        sa.select(ledger)
        .where(ledger.c.kind == kind, ledger.c.subject.in_(named))
        .order_by(ledger.c.position)
    )
    newest = {row.subject: row for row in connection.execute(query)}
    for subject, about in named.items():
        before = newest.get(subject)
        if before is not None:
            yield Draft(
                at=before.at,
                kind=kind,
                scope=before.scope,
                subject=subject,
                version=None,
                digest=before.digest,
                salt=before.salt,
                backdated=True,
                about=about,
            )


def _draft(sealed: Sealed, row: dict[str, Any]) -> Draft:
    whose = "" if sealed.scope_column is None else f":{row[sealed.scope_column]}"
    covered = {name: value for name, value in row.items() if name not in sealed.apart}
    if "document" in covered:
        covered["document"] = covered["document"].encode("utf-8")
    salt = new_salt()
    return Draft(
        at=row[sealed.at],
        kind=sealed.table,
        scope=f"{sealed.scope}{whose}",
        subject="/".join(str(row[name]) for name in sealed.key),
        version=None,
        digest=seal(salt, sealed_body(covered)),
        salt=salt,
        backdated=True,
        about=None if sealed.about is None else str(row[sealed.about]),
    )


def _pages(
    connection: sa.Connection, table: sa.Table, key: Iterable[sa.Column[Any]]
) -> Iterator[list[dict[str, Any]]]:
    """Yield all rows, page by page: what follows writes, and no cursor stays open beside it."""
    columns = list(key)
    after: tuple[Any, ...] | None = None
    while True:
        query = sa.select(table).order_by(*columns).limit(AT_ONCE)
        if after is not None:
            query = query.where(sa.tuple_(*columns) > after)
        page = [dict(row) for row in connection.execute(query).mappings()]
        yield page
        if len(page) < AT_ONCE:
            return
        after = tuple(page[-1][column.name] for column in columns)


def _as_stored(connection: sa.Connection, metadata: sa.MetaData, name: str) -> sa.Table:
    """Return a table as it is now, whatever the code has made of it since."""
    table = sa.Table(name, metadata, autoload_with=connection, resolve_fks=False)
    for column in table.columns:
        if isinstance(column.type, sa.CHAR) and column.type.length == 32:
            column.type = sa.Uuid()
        elif isinstance(column.type, sa.DateTime):
            column.type = examengine.db.types.UtcDateTime(timezone=True)
    return table
