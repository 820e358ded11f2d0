"""Commands for operators: serve, migrate, and what a first look needs."""

import typer
import uvicorn

from examengine import db
from examengine.commands.console import console_of

database = typer.Typer(no_args_is_help=True, help="The database and its schema.")


@database.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the schema up to date; an up-to-date schema is left alone.

    Example: EXAMENGINE_DATABASE_URL=postgresql://exams@db/exams examengine db upgrade
    """
    console = console_of(context)
    db.upgrade(db.make_engine(console.database_url))
    typer.echo("The schema is up to date.", err=True)


def serve(context: typer.Context) -> None:
    """Serve the web application until it is stopped.

    Example: EXAMENGINE_PUBLIC_URL=https://exams.example examengine serve
    """
    console = console_of(context)
    _ = console.engine  # refuse an old schema before anybody connects
    uvicorn.run(
        "examengine.app:served",
        factory=True,
        host=console.host,
        port=console.port,
        workers=console.workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_level="warning",
    )
