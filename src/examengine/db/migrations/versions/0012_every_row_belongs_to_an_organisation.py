"""Every row belongs to an organisation, and codes are unique within one.

What was there before belongs to the first organisation. No digest and no seal covers the column, so
that everything verifies as before. People stay people of the installation; what they do in an
organisation, and whether they may still, moves from them to their membership.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types
from examengine.db.organisations import FIRST_ORGANISATION

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    *("bank", "item_version", "figure", "adopted_parameters", "exam", "form", "administration"),
    *("attempt", "attempt_event", "attempt_state", "late_answer", "response_record"),
    *("coded_responses", "clearance", "response_snapshot", "calibration_run", "panel"),
    *("panel_judge", "panel_judge_left", "panel_rating", "panel_round_finished"),
    *("panel_round_closed", "cut_score", "score_record", "decision", "credential"),
    *("credential_version", "credential_revocation", "credential_replacement", "credential_key"),
    *("proposal", "four_eyes_switch", "ledger_entry", "staff_act", "signed_in_session", "job"),
    *("item_finding", "lint_ruling"),
)

KEYS = {
    "bank": ["id"],
    "item_version": ["item_id", "version"],
    "figure": ["digest"],
    "item_finding": ["bank_id", "place"],
    "exam": ["id"],
    "response_snapshot": ["digest"],
    "credential_key": ["key_id"],
    "ledger_entry": ["position"],
}
"""Tables whose rows are named by codes or digests: the organisation becomes part of their key."""

REFERENCES = (
    ("item_version", "bank_id", "bank", "id"),
    ("item_finding", "bank_id", "bank", "id"),
    ("lint_ruling", "bank_id", "bank", "id"),
    ("adopted_parameters", "bank_id", "bank", "id"),
    ("response_snapshot", "bank_id", "bank", "id"),
    ("calibration_run", "bank_id", "bank", "id"),
    ("calibration_run", "snapshot_digest", "response_snapshot", "digest"),
    ("form", "exam_id", "exam", "id"),
    ("administration", "exam_id", "exam", "id"),
    ("panel", "exam_id", "exam", "id"),
    ("cut_score", "exam_id", "exam", "id"),
)
"""What refers to such a row, and so does it together with the organisation."""

UNIQUE = (
    ("form", ["exam_id", "code"]),
    ("cut_score", ["exam_id", "version"]),
    ("credential", ["list_number", "list_index"]),
)


def upgrade() -> None:
    connection = op.get_bind()
    _make_the_first(connection)
    for table in TABLES:
        _add_column(connection, table)
    for table in TABLES:
        references = [one for one in REFERENCES if one[0] == table]
        with op.batch_alter_table(table) as batch:
            for _, column, parent, _ in references:
                batch.drop_constraint(f"fk_{table}_{column}_{parent}", type_="foreignkey")
            for columns in (columns for name, columns in UNIQUE if name == table):
                batch.drop_constraint(f"uq_{table}_{'_'.join(columns)}", type_="unique")
                named = ["organisation_id", *columns]
                batch.create_unique_constraint(f"uq_{table}_{'_'.join(named)}", named)
            batch.alter_column(
                "organisation_id", existing_type=sa.Uuid(), nullable=False, server_default=None
            )
            batch.create_foreign_key(
                f"fk_{table}_organisation_id_organisation",
                *("organisation", ["organisation_id"], ["id"]),
            )
    for table, columns in KEYS.items():
        _key(table, ["organisation_id", *columns])
    for table, column, parent, key in REFERENCES:
        with op.batch_alter_table(table) as batch:
            batch.create_foreign_key(
                _name(table, column, parent),
                *(parent, ["organisation_id", column], ["organisation_id", key]),
            )
    _waiting_proposals(["organisation_id", "act", "subject"])
    _move_people_into_the_first(connection)


def downgrade() -> None:
    """Go back; there must be no second organisation, whose rows would have nowhere to be."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT count(*) FROM organisation")).scalar_one() != 1:
        raise RuntimeError("remove every organisation but the first one before")
    _move_people_back(connection)
    _waiting_proposals(["act", "subject"])
    for table, column, parent, _ in REFERENCES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(_name(table, column, parent), type_="foreignkey")
    for table, columns in KEYS.items():
        _key(table, columns)
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            for columns in (columns for name, columns in UNIQUE if name == table):
                named = ["organisation_id", *columns]
                batch.drop_constraint(f"uq_{table}_{'_'.join(named)}", type_="unique")
                batch.create_unique_constraint(f"uq_{table}_{'_'.join(columns)}", columns)
            batch.drop_constraint(f"fk_{table}_organisation_id_organisation", type_="foreignkey")
            batch.drop_column("organisation_id")
    for table, column, parent, key in REFERENCES:
        with op.batch_alter_table(table) as batch:
            batch.create_foreign_key(f"fk_{table}_{column}_{parent}", parent, [column], [key])
    op.drop_table("organisation")


def _make_the_first(connection: sa.Connection) -> None:
    organisation = op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    connection.execute(
        organisation.insert().values(
            id=FIRST_ORGANISATION,
            code="main",
            language="en",
            time_zone="UTC",
            demonstration=False,
            created_at=datetime.now(UTC),
        )
    )


def _add_column(connection: sa.Connection, table: str) -> None:
    """Add the column to the rows that are there: PostgreSQL does not write them anew for it."""
    if connection.dialect.name == "postgresql":
        default = str(FIRST_ORGANISATION)
        column = sa.Column("organisation_id", sa.Uuid(), nullable=False, server_default=default)
        op.add_column(table, column)
        return
    op.add_column(table, sa.Column("organisation_id", sa.Uuid(), nullable=True))
    named = sa.table(table, sa.column("organisation_id", sa.Uuid()))
    connection.execute(named.update().values(organisation_id=FIRST_ORGANISATION))


def _name(table: str, column: str, parent: str) -> str:
    """Return the name of a reference; the longest would be longer than PostgreSQL takes."""
    name = f"fk_{table}_organisation_id_{column}_{parent}"
    return name if len(name) <= 63 else f"fk_{table}_{parent}"


def _key(table: str, columns: list[str]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", columns)


def _waiting_proposals(columns: list[str]) -> None:
    op.drop_index("ix_proposal_waiting", table_name="proposal")
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "ix_proposal_waiting",
        *("proposal", columns),
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _move_people_into_the_first(connection: sa.Connection) -> None:
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("roles", examengine.db.types.Document, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("joined_at", examengine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", examengine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_membership_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"])
    first = FIRST_ORGANISATION.hex if connection.dialect.name == "sqlite" else FIRST_ORGANISATION
    connection.execute(
        sa.text(
            "INSERT INTO membership (organisation_id, person_id, roles, active, joined_at) "
            "SELECT :first, id, roles, active, created_at FROM person"
        ),
        {"first": first},
    )
    op.drop_column("person", "roles")
    op.drop_column("person", "active")


def _move_people_back(connection: sa.Connection) -> None:
    op.add_column("person", sa.Column("roles", examengine.db.types.Document, nullable=True))
    op.add_column("person", sa.Column("active", sa.Boolean(), nullable=True))
    connection.execute(
        sa.text(
            "UPDATE person SET (roles, active) = "
            "(SELECT roles, active FROM membership WHERE person_id = person.id)"
        )
    )
    with op.batch_alter_table("person") as batch:
        batch.alter_column("roles", existing_type=examengine.db.types.Document, nullable=False)
        batch.alter_column("active", existing_type=sa.Boolean(), nullable=False)
    op.drop_table("membership")
