"""A ledger that seals every record.

Records were provable one by one, and nothing said which there had been: whatever was deleted was
gone without a trace. What is there when this runs is sealed as it stands, table by table in the
order of the chain and row by row in the order of their keys, and its entries say so (`backdated`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types
from examengine.ledger import Draft, chained, new_salt, seal, sealed_body

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 500


class Sealed(NamedTuple):
    """How a table is sealed, as the code had it when this was written."""

    kind: str
    table: str
    scope: str
    scope_column: str | None
    at: str
    apart: frozenset[str] = frozenset()


_MOVING = {
    "candidate",
    "version",
    "digest",
    "started_at",
    "deadline",
    "submitted_at",
    "last_at",
    "answered_version",
    "answered_by",
    "last_client",
    "last_seq",
}
SEALED = (
    Sealed("staff_act", "staff_act", "trail", None, "at", frozenset({"actor_name"})),
    Sealed("calibration_run", "calibration_run", "bank", "bank_id", "ran_at"),
    Sealed("adopted_parameters", "adopted_parameters", "bank", "bank_id", "adopted_at"),
    Sealed("administration", "administration", "administration", "id", "created_at"),
    Sealed(
        "enrolment",
        "attempt",
        "administration",
        "administration_id",
        "prepared_at",
        frozenset(_MOVING),
    ),
    Sealed(
        "response_record",
        "response_record",
        "administration",
        "administration_id",
        "submitted_at",
        frozenset({"candidate"}),
    ),
    Sealed(
        "clearance", "clearance", "administration", "administration_id", "at", frozenset({"by"})
    ),
    Sealed(
        "cut_score", "cut_score", "exam", "exam_id", "adopted_at", frozenset({"adopted_by_name"})
    ),
    Sealed(
        "score_record",
        "score_record",
        "administration",
        "administration_id",
        "scored_at",
        frozenset({"candidate"}),
    ),
    Sealed("decision", "decision", "administration", "administration_id", "decided_at"),
)


def upgrade() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=71), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("backdated", sa.Boolean(), nullable=False),
        sa.Column("link", sqlmodel.sql.sqltypes.AutoString(length=71), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_kind_subject", ["kind", "subject"], unique=False)
    _seal_what_is_there(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_kind_subject")
    op.drop_table("ledger_entry")


def _seal_what_is_there(connection: sa.Connection) -> None:
    metadata = sa.MetaData()
    ledger = _as_stored(connection, metadata, "ledger_entry")
    waiting: list[dict[str, Any]] = []
    for entry in chained(_drafts(connection, metadata), 0, None):
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


def _drafts(connection: sa.Connection, metadata: sa.MetaData) -> Iterator[Draft]:
    for sealed in SEALED:
        table = _as_stored(connection, metadata, sealed.table)
        key = (table.c["id"],) if "id" in table.c else tuple(table.primary_key)
        for row in _rows(connection, table, key):
            yield _draft(sealed, row)
            if sealed.kind == "enrolment" and row["version"]:
                yield _head(row)


def _draft(sealed: Sealed, row: dict[str, Any]) -> Draft:
    whose = "" if sealed.scope_column is None else f":{row[sealed.scope_column]}"
    body = sealed_body({name: value for name, value in row.items() if name not in sealed.apart})
    salt = new_salt()
    return Draft(
        at=row[sealed.at],
        kind=sealed.kind,
        scope=f"{sealed.scope}{whose}",
        subject=str(row["id"]),
        version=None,
        digest=seal(salt, body),
        salt=salt,
        backdated=True,
    )


def _head(row: dict[str, Any]) -> Draft:
    return Draft(
        at=row["last_at"],
        kind="log",
        scope=f"administration:{row['administration_id']}",
        subject=str(row["id"]),
        version=row["version"],
        digest=row["digest"],
        salt=None,
        backdated=True,
    )


def _rows(
    connection: sa.Connection, table: sa.Table, key: Iterable[sa.Column[Any]]
) -> Iterator[dict[str, Any]]:
    """Yield all rows, page by page: what follows writes, and no cursor stays open beside it."""
    columns = list(key)
    after: tuple[Any, ...] | None = None
    while True:
        query = sa.select(table).order_by(*columns).limit(AT_ONCE)
        if after is not None:
            query = query.where(sa.tuple_(*columns) > after)
        page = connection.execute(query).mappings().all()
        yield from map(dict, page)
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
