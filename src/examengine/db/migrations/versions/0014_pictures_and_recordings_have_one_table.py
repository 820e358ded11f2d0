"""Pictures and recordings have one table, and ids of items may be longer."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ITEM_IDS = {"item_version": 60, "late_answer": 80, "panel_rating": 80}
"""The tables that name items by id, and how long an id could be."""
_LONGEST = 128
_DRAWING = "image/svg+xml"

_figure = sa.table(
    "figure",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("digest", sa.String()),
    sa.column("svg", sa.Text()),
)
_media_file = sa.table(
    "media_file",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("digest", sa.String()),
    sa.column("media_type", sa.String()),
    sa.column("data", sa.LargeBinary()),
)


def upgrade() -> None:
    """Keep each drawing as the bytes that its digest covers."""
    op.create_table(
        "media_file",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_media_file_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_media_file")),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(_figure)).all():
        connection.execute(
            _media_file.insert().values(
                organisation_id=row.organisation_id,
                digest=row.digest,
                media_type=_DRAWING,
                data=row.svg.encode(),
            )
        )
    op.drop_table("figure")
    for table, before in _ITEM_IDS.items():
        _set_length(table, before, _LONGEST)


def downgrade() -> None:
    """Keep the drawings alone; there was no room for anything else."""
    for table, before in _ITEM_IDS.items():
        _set_length(table, _LONGEST, before)
    op.create_table(
        "figure",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_figure_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_figure")),
    )
    connection = op.get_bind()
    drawings = sa.select(_media_file).where(_media_file.c.media_type == _DRAWING)
    for row in connection.execute(drawings).all():
        connection.execute(
            _figure.insert().values(
                organisation_id=row.organisation_id, digest=row.digest, svg=row.data.decode()
            )
        )
    op.drop_table("media_file")


def _set_length(table: str, before: int, after: int) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(
            "item_id",
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=False,
        )
