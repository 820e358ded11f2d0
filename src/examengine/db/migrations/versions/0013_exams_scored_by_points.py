"""Exams that are scored by points: scores, cuts and decisions without a scale; scoring said anew.

What was stored before stays as it is, its digests too: the new columns are empty there, and a seal
covers no empty column.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
ABILITIES = {
    "score_record": {
        "parameters_id": sa.Uuid(),
        "parameters_digest": TEXT(length=71),
        "model": TEXT(length=20),
        "estimator": TEXT(length=20),
        "prior": examengine.db.types.Document,
        "theta": sa.Float(),
        "se": sa.Float(),
        "scale_score": sa.Integer(),
    },
    "decision": {"scale_score": sa.Integer(), "scale_cut": sa.Integer()},
    "cut_score": {
        "theta_cut": sa.Float(),
        "scale_cut": sa.Integer(),
        "parameters_id": sa.Uuid(),
        "parameters_digest": TEXT(length=71),
    },
}
"""What a record has only where abilities are estimated."""
ADDED = {
    "score_record": {
        "marks_digest": TEXT(length=71),
        "scoring_digest": TEXT(length=71),
        "points": TEXT(length=40),
        "most_points": TEXT(length=40),
    },
    "decision": {"points": TEXT(length=40), "points_cut": TEXT(length=40)},
    "cut_score": {"scoring_digest": TEXT(length=71)},
    "panel": {"points": examengine.db.types.Document},
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch_op:
            for name, kind in columns.items():
                batch_op.add_column(sa.Column(name, kind, nullable=True))
            for name, kind in ABILITIES.get(table, {}).items():
                batch_op.alter_column(name, existing_type=kind, nullable=True)
    op.create_table(
        "scoring_policy",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", TEXT(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", examengine.db.types.Document, nullable=False),
        sa.Column("reason", TEXT(length=2000), nullable=False),
        sa.Column("adopted_by", sa.Uuid(), nullable=False),
        sa.Column("adopted_by_name", TEXT(length=200), nullable=False),
        sa.Column("adopted_at", examengine.db.types.UtcDateTime, nullable=False),
        sa.Column("digest", TEXT(length=71), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scoring_policy_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "exam_id"],
            ["exam.organisation_id", "exam.id"],
            name=op.f("fk_scoring_policy_organisation_id_exam_id_exam"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_policy")),
        sa.UniqueConstraint(
            "organisation_id",
            "exam_id",
            "version",
            name=op.f("uq_scoring_policy_organisation_id_exam_id_version"),
        ),
    )


def downgrade() -> None:
    """Go back: only while nothing was scored by points, because that has no place there."""
    op.drop_table("scoring_policy")
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch_op:
            for name, kind in ABILITIES.get(table, {}).items():
                batch_op.alter_column(name, existing_type=kind, nullable=False)
            for name in columns:
                batch_op.drop_column(name)
