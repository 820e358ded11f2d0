"""The index knows in which state the newest version of an item is, and which one forms may take.

It is made here of the states that versions are in; banks without a workflow have none.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types
from examengine.bank.workflow import Workflow, read_workflow, usable_version

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and fill them for banks that have a workflow."""
    state = sqlmodel.sql.sqltypes.AutoString(length=30)
    op.add_column("indexed_item", sa.Column("state", state, nullable=True))
    op.add_column("indexed_item", sa.Column("usable", sa.Integer(), nullable=True))
    connection = op.get_bind()
    for (organisation_id, bank_id), workflow in _workflows(connection).items():
        _fill(connection, organisation_id, bank_id, workflow)


def downgrade() -> None:
    """Drop the columns: they are made again."""
    op.drop_column("indexed_item", "usable")
    op.drop_column("indexed_item", "state")


def _workflows(connection: sa.Connection) -> dict[tuple[object, str], Workflow]:
    """Return the workflow of each bank that has one."""
    table = sa.table(
        "bank_workflow",
        sa.column("id", sa.Uuid()),
        sa.column("organisation_id", sa.Uuid()),
        sa.column("bank_id", sa.String()),
        sa.column("body", examengine.db.types.Document),
        sa.column("set_at", examengine.db.types.UtcDateTime(timezone=True)),
    )
    query = sa.select(table).order_by(table.c.set_at, table.c.id)
    newest = {
        (row.organisation_id, row.bank_id): row.body for row in connection.execute(query).all()
    }
    return {bank: read_workflow(**body) for bank, body in newest.items() if body is not None}


def _fill(
    connection: sa.Connection, organisation_id: object, bank_id: str, workflow: Workflow
) -> None:
    """Write the states of the items of one bank."""
    moved = sa.table(
        "item_state",
        sa.column("organisation_id", sa.Uuid()),
        *map(sa.column, ("item_id", "version", "bank_id", "state")),
    )
    items = sa.table(
        "indexed_item",
        sa.column("organisation_id", sa.Uuid()),
        *map(sa.column, ("id", "item_id", "bank_id", "version", "state", "usable")),
    )

    def own(table: sa.TableClause) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.organisation_id == organisation_id, table.c.bank_id == bank_id)

    states: dict[str, dict[int, str]] = {}
    for row in connection.execute(sa.select(moved).where(own(moved))).all():
        states.setdefault(row.item_id, {})[row.version] = row.state
    rows = connection.execute(
        sa.select(items.c.id, items.c.item_id, items.c.version).where(own(items))
    )
    known = [
        {
            "number": row.id,
            "state_now": states[row.item_id].get(row.version),
            "usable_now": usable_version(workflow, states[row.item_id]),
        }
        for row in rows.all()
        if row.item_id in states
    ]
    if known:
        write = (
            items.update()
            .where(items.c.id == sa.bindparam("number"))
            .values(state=sa.bindparam("state_now"), usable=sa.bindparam("usable_now"))
        )
        connection.execute(write, known)
