"""Item parameters and statistics may come from elsewhere, with their source.

Parameters that were adopted before rest on a run; what the new columns would say of them is empty,
and a seal covers no empty column.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FIGURES = ("n", "p", "item_rest_r", "item_total_r", "a", "b", "c")
INDEXED = ("n_elsewhere", "p_elsewhere", "item_rest_r_elsewhere")


def upgrade() -> None:
    """Make the tables, with nothing in them, and let adopted parameters name another source."""
    op.create_table(
        "calibration_elsewhere",
        _organisation(),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("bank_id", 80),
        _text("title", 120),
        *(_document(name) for name in ("source", "scale", "body", "report")),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        *_brought(),
        *_of_bank("calibration_elsewhere"),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_elsewhere"),
    )
    op.create_table(
        "statistics_elsewhere",
        _organisation(),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("bank_id", 60),
        _document("source"),
        sa.Column("n_items", sa.Integer(), nullable=False),
        _text("lines_digest", 71),
        *_brought(),
        *_of_bank("statistics_elsewhere"),
        sa.PrimaryKeyConstraint("id", name="pk_statistics_elsewhere"),
    )
    op.create_table(
        "item_statistics_elsewhere",
        _organisation(),
        sa.Column("statistics_id", sa.Uuid(), nullable=False),
        _text("item_id", 128),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in FIGURES),
        sa.Column("last_used", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_item_statistics_elsewhere_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["statistics_id"],
            ["statistics_elsewhere.id"],
            name="fk_item_statistics_elsewhere_statistics_id_statistics_elsewhere",
        ),
        sa.PrimaryKeyConstraint("statistics_id", "item_id", name="pk_item_statistics_elsewhere"),
    )
    for table in ("calibration_elsewhere", "statistics_elsewhere"):
        op.create_index(f"ix_{table}_bank_id", table, ["bank_id"])
    op.create_index(
        "ix_item_statistics_elsewhere_item",
        "item_statistics_elsewhere",
        ["organisation_id", "item_id"],
    )
    with op.batch_alter_table("adopted_parameters") as batch_op:
        batch_op.add_column(sa.Column("elsewhere_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("elsewhere_digest", _kind(71), nullable=True))
        batch_op.alter_column("run_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("run_digest", existing_type=_kind(71), nullable=True)
    for name in INDEXED:
        op.add_column("indexed_item", sa.Column(name, sa.Float(), nullable=True))


def downgrade() -> None:
    """Go back: only while no parameters from elsewhere are adopted; they have no place there."""
    for name in INDEXED:
        op.drop_column("indexed_item", name)
    with op.batch_alter_table("adopted_parameters") as batch_op:
        batch_op.alter_column("run_digest", existing_type=_kind(71), nullable=False)
        batch_op.alter_column("run_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("elsewhere_digest")
        batch_op.drop_column("elsewhere_id")
    for table in ("item_statistics_elsewhere", "statistics_elsewhere", "calibration_elsewhere"):
        op.drop_table(table)


def _organisation() -> sa.Column[sa.Uuid[str]]:
    return sa.Column("organisation_id", sa.Uuid(), nullable=False)


def _of_bank(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=f"fk_{table}_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "bank_id"],
            ["bank.organisation_id", "bank.id"],
            name=f"fk_{table}_organisation_id_bank_id_bank",
        ),
    )


def _brought() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("brought_by", sa.Uuid(), nullable=False),
        sa.Column("brought_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        _text("digest", 71),
    )


def _document(name: str) -> sa.Column[object]:
    return sa.Column(name, examengine.db.types.Document, nullable=False)


def _kind(length: int) -> sa.types.TypeEngine[str]:
    found: sa.types.TypeEngine[str] = sqlmodel.sql.sqltypes.AutoString(length=length)
    return found


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, _kind(length), nullable=False)
