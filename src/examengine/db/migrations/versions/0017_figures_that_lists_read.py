"""Figures of administrations: computed once for a state of the records, and read by lists."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "administration_figures"


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("state", text(length=71), nullable=False),
        sa.Column("body", examengine.db.types.Document, nullable=False),
        sa.Column("computed_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_administration_figures_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["administration_id"],
            ["administration.id"],
            name=op.f("fk_administration_figures_administration_id_administration"),
        ),
        sa.PrimaryKeyConstraint(
            "administration_id", "kind", name=op.f("pk_administration_figures")
        ),
    )


def downgrade() -> None:
    """Drop them: they are computed again where they are needed."""
    op.drop_table(TABLE)
