"""A revoked credential can be followed by a new one, and the keys that signed are known.

One response record had one credential for ever, so that a revocation by mistake could never be
made good: an ordinal takes the place of that rule. Revocations say on what ground they rest; those
made so far were an officer's. Credentials are unique by response record and ordinal, so that two
issuers at once still make one.

SQLite cannot drop the old rule in place, and cannot rebuild a table while others point at it; so
versions and revocations are set aside and put back, row by row as they were.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SET_ASIDE = ("credential_version", "credential_revocation")


def upgrade() -> None:
    """Bring the schema here from the one before."""
    aside = _set_aside()
    with op.batch_alter_table("credential") as batch_op:
        batch_op.add_column(sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint("uq_credential_response_record_id", type_="unique")
        batch_op.create_unique_constraint(
            "uq_credential_response_record_id_ordinal", ["response_record_id", "ordinal"]
        )
    with op.batch_alter_table("credential") as batch_op:
        batch_op.alter_column("ordinal", existing_type=sa.Integer(), server_default=None)
    _put_back(aside)
    with op.batch_alter_table("credential_revocation") as batch_op:
        batch_op.add_column(
            sa.Column(
                "ground",
                sqlmodel.sql.sqltypes.AutoString(length=10),
                nullable=False,
                server_default="officer",
            )
        )
    with op.batch_alter_table("credential_revocation") as batch_op:
        batch_op.alter_column("ground", existing_type=sa.String(10), server_default=None)
    op.create_table(
        "credential_replacement",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential_revocation.credential_id"],
            name=op.f("fk_credential_replacement_credential_id_credential_revocation"),
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_credential_replacement")),
    )
    op.create_table(
        "credential_key",
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("public_key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("first_used_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_credential_key")),
    )


def downgrade() -> None:
    """Undo it; credentials that replaced a revoked one are lost, and stand nowhere else."""
    op.drop_table("credential_key")
    op.drop_table("credential_replacement")
    later = "(SELECT id FROM credential WHERE ordinal > 1)"
    for table in _SET_ASIDE:
        op.execute(f"DELETE FROM {table} WHERE credential_id IN {later}")  # noqa: S608
    op.execute("DELETE FROM credential WHERE ordinal > 1")
    with op.batch_alter_table("credential_revocation") as batch_op:
        batch_op.drop_column("ground")
    aside = _set_aside()
    with op.batch_alter_table("credential") as batch_op:
        batch_op.drop_constraint("uq_credential_response_record_id_ordinal", type_="unique")
        batch_op.create_unique_constraint(
            "uq_credential_response_record_id", ["response_record_id"]
        )
        batch_op.drop_column("ordinal")
    _put_back(aside)


def _set_aside() -> dict[str, sa.Table]:
    """Take away the tables that point at credentials, where their rows would stand in the way."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return {}
    tables = {name: sa.Table(name, sa.MetaData(), autoload_with=connection) for name in _SET_ASIDE}
    for name in tables:
        op.execute(f"CREATE TEMPORARY TABLE aside_{name} AS SELECT * FROM {name}")  # noqa: S608
        op.drop_table(name)
    return tables


def _put_back(tables: dict[str, sa.Table]) -> None:
    for name, table in tables.items():
        table.create(op.get_bind())
        op.execute(f"INSERT INTO {name} SELECT * FROM aside_{name}")  # noqa: S608
        op.execute(f"DROP TABLE aside_{name}")
