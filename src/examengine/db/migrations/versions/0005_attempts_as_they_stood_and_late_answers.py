"""Keep attempts as they stood, late answers, and windows that were withdrawn."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import examengine.db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt_state",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=71), nullable=False),
        sa.Column(
            "body",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("seal", sqlmodel.sql.sqltypes.AutoString(length=71), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_state_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_state")),
    )
    op.create_table(
        "late_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("item_id", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column(
            "fields",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_at", examengine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("client", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=71), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_late_answer_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_answer")),
        sa.UniqueConstraint(
            "attempt_id", "client", "seq", name=op.f("uq_late_answer_attempt_id_client_seq")
        ),
    )
    with op.batch_alter_table("late_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_answer_attempt_id"), ["attempt_id"], unique=False)

    # Plain statements, on SQLite too: a table that others refer to is never made anew.
    op.add_column(
        "administration",
        sa.Column("withdrawn_at", examengine.db.types.UtcDateTime(timezone=True), nullable=True),
    )
    op.drop_column("attempt", "answered_by")


def downgrade() -> None:
    op.add_column("attempt", sa.Column("answered_by", sa.String(length=40), nullable=True))
    op.drop_column("administration", "withdrawn_at")
    op.drop_table("late_answer")
    op.drop_table("attempt_state")
