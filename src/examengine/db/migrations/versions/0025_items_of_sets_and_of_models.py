"""The index says of which set and model an item is; item models are kept as they are written.

No item was of a set or a model before.
"""

from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("item_model", "item_model_version")


def upgrade() -> None:
    """Add the columns, as of items that stand alone, and the tables, with nothing in them."""
    for name, length in (("set_id", 60), ("model_id", 128)):
        text = sqlmodel.sql.sqltypes.AutoString(length=length)
        op.add_column("indexed_item", sa.Column(name, text, nullable=False, server_default=""))
    op.add_column(
        "indexed_item", sa.Column("set_place", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_indexed_item_set", "indexed_item", ["organisation_id", "bank_id", "set_id"])
    _create(
        "item_model",
        _text("model_id", 128),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("struck", examengine.db.types.Document, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        _text("saved_by_name", 200),
        _moment("saved_at"),
        key=["organisation_id", "model_id"],
    )
    _create(
        "item_model_version",
        _text("model_id", 128),
        _text("digest", 71),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("made_at"),
        key=["organisation_id", "model_id", "digest"],
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_indexed_item_set", "indexed_item")
    for name in ("set_place", "model_id", "set_id"):
        op.drop_column("indexed_item", name)


def _create(table: str, *columns: sa.Column[Any], key: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        _text("bank_id", 60),
        *columns,
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(
            ["organisation_id", "bank_id"], ["bank.organisation_id", "bank.id"]
        ),
        sa.PrimaryKeyConstraint(*key),
    )
    op.create_index(f"ix_{table}_bank_id", table, ["bank_id"])


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    kind = examengine.db.types.UtcDateTime(timezone=True)
    return sa.Column(name, kind, nullable=False)
