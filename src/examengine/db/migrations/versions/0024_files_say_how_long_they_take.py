"""Recordings and videos say how long they take, so that an exam that counts playings need not ask.

Of what was stored before it is not known here: it is read from the file when a form first plays it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("media_file", sa.Column("seconds", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("media_file", "seconds")
