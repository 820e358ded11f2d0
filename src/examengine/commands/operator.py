"""Commands for operators: serve, migrate, and what a first look needs."""

import logging.config
from importlib.metadata import version
from typing import Annotated

import typer

from examengine import accounts, db
from examengine.commands.console import Console, console_of
from examengine.kernel import plugins
from examengine.web import gatehouse, job_workers, logs, serving

log = logging.getLogger("examengine.serving")

database = typer.Typer(no_args_is_help=True, help="The database and its schema.")


@database.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the schema up to date; an up-to-date schema is left alone.

    With PostgreSQL several nodes may ask at once. A SQLite database is upgraded while no server
    is running on it.

    Example: EXAMENGINE_DATABASE_URL=postgresql://exams@db/exams examengine db upgrade
    """
    upgrade_schema(console_of(context).database_url)
    typer.echo("The schema is up to date.", err=True)


def upgrade_schema(database_url: str) -> None:
    """Bring a schema up to date.

    Raises:
        DatabaseOccupied: There is something to do, and a server is running on the SQLite file.
        SchemaTooNew, DatabaseUnreachable: It cannot be done.
    """
    engine = db.make_engine(database_url)
    try:
        if not db.is_up_to_date(engine):
            with db.occupying(database_url):
                db.upgrade(engine)
    finally:
        engine.dispose()


def serve(context: typer.Context) -> None:
    """Serve the web application until it is stopped.

    Example: EXAMENGINE_PUBLIC_URL=https://exams.example examengine serve
    """
    console = console_of(context)
    # Refuse what cannot be served before anybody connects, and let go of it: workers connect anew.
    with db.occupying(console.database_url):
        db.check_slots(
            console.engine,
            workers=console.workers,
            each=console.pool + 1 + gatehouse.POOL,
            job_workers=console.job_workers,
        )
    _invite_first_administrator(console)
    console.engine.dispose()
    logging.config.dictConfig(dict(logs.configuration()))
    log.info(
        "examengine %s for %s with %s",
        *(version("examengine"), console.public_url, db.place_of(console.engine.url)),
    )
    with job_workers.beside(console.job_workers):
        serving.serve(
            "examengine.app:served", host=console.host, port=console.port, workers=console.workers
        )


def _invite_first_administrator(console: Console) -> None:
    """Print the token with which somebody becomes administrator, while there is none."""
    with db.reading(console.engine) as session:
        if accounts.is_administered(session):
            return
    token = accounts.FirstToken(console.state).made()
    typer.echo(
        f"No administrator yet: open {console.public_url}/first-administrator "
        f"and type the token {token}",
        err=True,
    )


def worker(
    beside_a_server: Annotated[bool, typer.Option("--beside-a-server", hidden=True)] = False,
) -> None:
    """Do imports, calibrations and other long work, until it is stopped.

    `examengine serve` brings a worker along; more may run on as many machines as wanted, with the
    same EXAMENGINE_DATABASE_URL. A job whose worker is stopped or lost is begun again by another.

    Example: EXAMENGINE_DATABASE_URL=postgresql://exams@db/exams examengine worker
    """
    plugins.find("examengine.worker:run")(beside_a_server=beside_a_server)
