"""Answers that are files: each is named by the log, and lies beside it in pieces."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No attempt has files yet."""
    text = sqlmodel.sql.sqltypes.AutoString
    moment = examengine.db.types.UtcDateTime(timezone=True)
    op.create_table(
        "answer_file",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("digest", text(length=71), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", text(length=100), nullable=False),
        sa.Column("stored_at", moment, nullable=False),
        sa.Column("unneeded_since", moment, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"]),
        sa.PrimaryKeyConstraint("attempt_id", "digest"),
    )
    op.create_index(
        "ix_answer_file_unneeded",
        "answer_file",
        ["unneeded_since"],
        sqlite_where=sa.text("unneeded_since IS NOT NULL"),
        postgresql_where=sa.text("unneeded_since IS NOT NULL"),
    )
    op.create_table(
        "answer_file_piece",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("digest", text(length=71), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(
            ["attempt_id", "digest"], ["answer_file.attempt_id", "answer_file.digest"]
        ),
        sa.PrimaryKeyConstraint("attempt_id", "digest", "number"),
    )


def downgrade() -> None:
    op.drop_table("answer_file_piece")
    op.drop_index("ix_answer_file_unneeded", "answer_file")
    op.drop_table("answer_file")
