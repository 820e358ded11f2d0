"""Whether PostgreSQL has as many connections to give as the workers of a server may ask for."""

from sqlalchemy import Engine, text

from examengine.db.engine import connecting
from examengine.kernel.errors import ExamError, Kind

FOR_COMMANDS = 2
"""Connections that are left for commands on the console, such as a migration or a backup."""
OF_A_JOB_WORKER = 9
"""Connections of a worker of jobs, with those of its queue and of the process at work."""


class SlotsTooFew(ExamError):
    """The workers could ask the database for more connections than it gives."""

    code = "slots_too_few"
    kind = Kind.UNAVAILABLE

    def __init__(self, needed: str, offered: int) -> None:
        super().__init__(
            f"{needed}, and PostgreSQL gives this user {offered}; set a smaller EXAMENGINE_POOL "
            "or EXAMENGINE_WORKERS, or a larger max_connections in PostgreSQL"
        )


_OFFERED = text(
    """
    SELECT least(
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int,
        (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END
           FROM pg_roles WHERE rolname = current_user),
        (SELECT CASE WHEN datconnlimit < 0 THEN 1000000 ELSE datconnlimit END
           FROM pg_database WHERE datname = current_database())
    )
    """
)


def check_slots(engine: Engine, *, workers: int, each: int, job_workers: int = 0) -> None:
    """Refuse to serve with pools that the server cannot fill; SQLite has no such limit.

    It counts this server alone: with several nodes on one PostgreSQL the operator adds them up.

    Raises:
        SlotsTooFew: The workers could ask for more connections than there are.
        DatabaseUnreachable: It does not answer.
    """
    if engine.dialect.name != "postgresql":
        return
    with connecting(engine) as connection:
        offered = int(connection.execute(_OFFERED).scalar_one())
    beside = job_workers * OF_A_JOB_WORKER
    needed = workers * each + beside + FOR_COMMANDS
    if needed > offered:
        words = (
            f"{workers} workers with {each} connections each, {beside} for jobs and "
            f"{FOR_COMMANDS} for commands need {needed}"
        )
        raise SlotsTooFew(words, offered)
