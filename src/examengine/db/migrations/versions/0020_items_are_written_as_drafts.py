"""Items are written as drafts, and a version says who made it and why."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions that came with files were made by nobody in particular: nothing is reckoned."""
    text = sqlmodel.sql.sqltypes.AutoString
    # Column by column: SQLite would make a table anew that other rows point at.
    op.add_column("item_version", sa.Column("made_by", sa.Uuid(), nullable=True))
    op.add_column("item_version", sa.Column("made_by_name", text(length=200), nullable=True))
    op.add_column("item_version", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "item_draft",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", text(length=128), nullable=False),
        sa.Column("bank_id", text(length=60), nullable=False),
        sa.Column("content", examengine.db.types.Document, nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_by_name", text(length=200), nullable=False),
        sa.Column("saved_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(
            ["organisation_id", "bank_id"], ["bank.organisation_id", "bank.id"]
        ),
        sa.PrimaryKeyConstraint("organisation_id", "item_id"),
    )
    op.create_index("ix_item_draft_bank_id", "item_draft", ["bank_id"])


def downgrade() -> None:
    op.drop_table("item_draft")
    for name in ("reason", "made_by_name", "made_by"):
        op.drop_column("item_version", name)
