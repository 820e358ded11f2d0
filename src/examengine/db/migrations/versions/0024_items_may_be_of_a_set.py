"""The index of items says of which set an item is, and where in it. No item was of a set before."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, as of items that stand alone."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column(
        "indexed_item",
        sa.Column("set_id", text(length=60), nullable=False, server_default=""),
    )
    op.add_column(
        "indexed_item", sa.Column("set_place", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_indexed_item_set", "indexed_item", ["organisation_id", "bank_id", "set_id"])


def downgrade() -> None:
    op.drop_index("ix_indexed_item_set", "indexed_item")
    op.drop_column("indexed_item", "set_place")
    op.drop_column("indexed_item", "set_id")
