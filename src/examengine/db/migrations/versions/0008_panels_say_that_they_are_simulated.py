"""Panels say that they are simulated."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_RATINGS = "simulated-ratings.csv"
"""The file that the demonstration and the rehearsal have always read their ratings from."""


def upgrade() -> None:
    """Add the mark, and set it where the trail says that the ratings came from that file."""
    op.add_column(
        "panel", sa.Column("simulated", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    panel = sa.table("panel", sa.column("id", sa.Uuid()), sa.column("simulated", sa.Boolean()))
    rated = _rated_by_program()
    ids = [row.id for row in op.get_bind().execute(sa.select(panel.c.id))]
    marked = [panel_id for panel_id in ids if f"panel:{panel_id}" in rated]
    if marked:
        op.execute(panel.update().where(panel.c.id.in_(marked)).values(simulated=True))


def downgrade() -> None:
    """Take the mark away again."""
    op.drop_column("panel", "simulated")


def _rated_by_program() -> set[str]:
    act = sa.table(
        "staff_act",
        sa.column("action", sa.String()),
        sa.column("subject", sa.String()),
        sa.column("detail", sa.JSON()),
    )
    query = sa.select(act.c.subject, act.c.detail).where(
        act.c.action == "standard_setting.import_ratings"
    )
    return {
        row.subject for row in op.get_bind().execute(query) if row.detail.get("source") == _RATINGS
    }
