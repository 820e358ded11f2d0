"""Forms have sections, and attempts know what was chosen and which section is open.

Forms, attempts and records that were there before have none, and every digest stays what it was.
"""

import sqlalchemy as sa
from alembic import op

import examengine.db.types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document, moment = examengine.db.types.Document, examengine.db.types.UtcDateTime(timezone=True)
    # Column by column: SQLite would make a table anew that other rows point at.
    for table in ("form", "response_record"):
        op.add_column(table, sa.Column("sections", document, nullable=True))
    for name in ("chosen", "section"):
        made = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("attempt", made)
    for name in ("section_deadline", "section_closed_at"):
        op.add_column("attempt", sa.Column(name, moment, nullable=True))


def downgrade() -> None:
    for name in ("chosen", "section", "section_deadline", "section_closed_at"):
        op.drop_column("attempt", name)
    for table in ("form", "response_record"):
        op.drop_column(table, "sections")
