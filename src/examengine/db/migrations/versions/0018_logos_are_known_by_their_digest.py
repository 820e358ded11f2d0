"""A logo is known by its digest: pages name it without reading it, and browsers keep it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is reckoned: no logo could be stored before."""
    text = sqlmodel.sql.sqltypes.AutoString(length=71)
    op.add_column("organisation", sa.Column("logo_digest", text, nullable=True))


def downgrade() -> None:
    op.drop_column("organisation", "logo_digest")
