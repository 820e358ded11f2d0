"""Banks may have a workflow: states of item versions, moves, comments, assignments and votes.

Banks that were there before have none, and their versions are used as they arrive.
"""

from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ABOUT_ITEMS = ("item_state", "item_move", "item_comment", "item_assignment", "item_vote")
TABLES = ("bank_workflow", *ABOUT_ITEMS)


def upgrade() -> None:
    """Make the tables, with nothing in them."""
    _create(
        "bank_workflow",
        _id(),
        _text("bank_id", 60),
        sa.Column("body", examengine.db.types.Document, nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        _moment("set_at"),
        sa.Column("reason", sa.Text(), nullable=False),
        about="bank",
    )
    _create(
        "item_state",
        *_version(),
        _text("bank_id", 60),
        _text("state", 30),
        _moment("since"),
        key=["organisation_id", "item_id", "version"],
    )
    _create(
        "item_move",
        _id(),
        _text("bank_id", 60),
        *_version(),
        _text("source", 30),
        _text("target", 30),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    _create(
        "item_comment",
        _id(),
        _text("bank_id", 60),
        *_version(),
        _text("field", 200),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        _moment("resolved_at", nullable=True),
    )
    _create(
        "item_assignment",
        _id(),
        _text("bank_id", 60),
        _text("item_id", 128),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        _moment("asked_at"),
        _moment("done_at", nullable=True),
        about="bank",
    )
    _create(
        "item_vote",
        *_version(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _text("bank_id", 60),
        _text("vote", 20),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("at"),
        key=["organisation_id", "item_id", "version", "person_id"],
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_bank_id", table, ["bank_id"])
    for table in ("item_move", "item_comment", "item_assignment"):
        op.create_index(f"ix_{table}_item_id", table, ["item_id"])
    op.create_index("ix_item_assignment_person_id", "item_assignment", ["person_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create(
    table: str, *columns: sa.Column[Any], about: str = "version", key: list[str] | None = None
) -> None:
    own = ["organisation_id", "item_id", "version"]
    refers = (
        (own, [f"item_version.{name}" for name in own])
        if about == "version"
        else (["organisation_id", "bank_id"], ["bank.organisation_id", "bank.id"])
    )
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(*refers),
        sa.PrimaryKeyConstraint(*(key or ["id"])),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _version() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _text("item_id", 128), sa.Column("version", sa.Integer(), nullable=False)


def _text(name: str, length: int) -> sa.Column[Any]:
    text = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, text, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    moment = examengine.db.types.UtcDateTime(timezone=True)
    return sa.Column(name, moment, nullable=nullable)
