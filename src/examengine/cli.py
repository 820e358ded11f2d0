"""The command line: settings are read, the console is built, commands are registered."""

import sys

import typer

from examengine.commands import (
    administration,
    audit,
    bank,
    credential,
    demo,
    exams,
    operator,
    psychometrician,
    rehearse,
)
from examengine.commands.console import Console
from examengine.kernel.clock import SystemClock
from examengine.kernel.errors import ExamError
from examengine.settings import read_settings

app = typer.Typer(
    name="examengine",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One defensible thread from the question bank to the credential.",
)


@app.callback()
def console(context: typer.Context) -> None:
    """One defensible thread from the question bank to the credential."""
    settings = read_settings()
    context.obj = Console(
        database_url=settings.database_url,
        public_url=settings.public_url,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        state=settings.state,
        signing_keys=settings.signing_keys,
        clock=SystemClock(),
        awarding_body=settings.awarding_body,
    )


app.command("serve")(operator.serve)
app.command("demo")(demo.demo)
app.command("rehearse")(rehearse.rehearse)
app.command("assemble")(exams.assemble)
app.add_typer(operator.database, name="db")
app.add_typer(exams.app, name="exam")
app.add_typer(bank.app, name="bank")
app.add_typer(administration.app, name="administration")
app.add_typer(audit.app, name="audit")
app.add_typer(credential.app, name="credential")
psychometrician.register(app)


def main() -> None:
    """Run a command; what it refuses is said in one line a fault, and ends with status 2."""
    try:
        app()
    except ExamError as refusal:
        for fault in getattr(refusal, "faults", None) or [str(refusal) or type(refusal).__name__]:
            sys.stderr.write(f"{fault}\n")
        sys.exit(2)
