"""Offers of jobs: the tables of procrastinate, on PostgreSQL alone.

They are its own schema in the release that `pyproject.toml` pins. Whoever raises the pin writes a
migration that runs the files of its `sql/migrations` in between.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_DROP = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND starts_with(tablename, 'procrastinate_')
    LOOP EXECUTE format('DROP TABLE %I CASCADE', found.tablename); END LOOP;
    FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = current_schema() AND starts_with(p.proname, 'procrastinate_')
    LOOP EXECUTE format('DROP FUNCTION %s', found.name); END LOOP;
    DROP TYPE procrastinate_job_to_defer_v1;
    DROP TYPE procrastinate_job_status;
    DROP TYPE procrastinate_job_event_type;
END $$
"""


def upgrade() -> None:
    """Make them."""
    _run(SchemaManager.get_schema())


def downgrade() -> None:
    """Drop them, and what was offered; the jobs themselves stay."""
    _run(_DROP)


def _run(script: str) -> None:
    """Run several statements at once, in the transaction of the migration."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.connection.driver_connection.execute(script)
