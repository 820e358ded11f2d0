"""The command line: settings are read, the console is built, commands are found by name.

To add a command, write its module in `commands` and its line in `COMMANDS`. The module is imported
when somebody types the name, so a command costs the others nothing.
"""

import sys
from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import version
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from examengine.commands.console import Console
from examengine.commands.lazy import LazyCommand
from examengine.kernel.clock import SystemClock
from examengine.kernel.errors import ExamError
from examengine.settings import read_settings

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "serve": ("operator:serve", "Serve the web application until it is stopped."),
        "worker": ("operator:worker", "Do imports, calibrations and other long work."),
        "demo": ("demo:demo", "Set up the sample programme, print how to sign in, and serve."),
        "rehearse": ("rehearse:rehearse", "Run the whole chain with simulated candidates."),
        "db": ("operator:database", "The database and its schema."),
        "person": ("people:app", "People: add somebody with roles, list everybody."),
        "organisation": (
            "organisations:app",
            "Organisations: awarding bodies that share this installation.",
        ),
        "bank": ("bank:app", "Item banks: check, import, export."),
        "qti": ("qti:app", "QTI: score items by vectors of others."),
        "exam": ("exams:app", "Exams and their published forms."),
        "assemble": ("exams:assemble", "Assemble parallel forms from files."),
        "administration": ("administration:app", "Administrations: import, list, simulate."),
        "analyse": ("analyse:analyse_responses", "Analyse an administration classically."),
        "calibrate": ("calibrate:calibrate_responses", "Estimate item parameters."),
        "score": ("score:score", "Estimate the ability of every person."),
        "fit": ("fit:fit", "Test the fit of items, persons and the model."),
        "classify": ("classify:classify", "Judge the decisions at a cut score."),
        "dif": ("dif:dif", "Look for items that work differently for groups."),
        "link": ("link:link_parameters", "Bring a calibration into the metric of another."),
        "equate": ("equate:equate", "Bring the scores of a form to the scale of another."),
        "similarity": ("similarity:similarity", "Look for pairs of answers that agree too well."),
        "recovery": ("recovery:recovery", "Simulate, analyse, and compare with the truth."),
        "cut": ("cut:cut", "Recommend a cut score from a panel's judgements."),
        "audit": ("audit:app", "The logs of an exam, and their verification."),
        "credential": ("credential:app", "Credentials: issue, verify, revoke, unbake."),
    }
)
"""What can be typed: the command's place in `examengine.commands`, and its line of help."""


class CommandLine(TyperGroup):
    """The commands of the table, each imported when it is typed."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (place, line) in COMMANDS.items():
            self.add_command(LazyCommand(name, f"examengine.commands.{place}", line))


app = typer.Typer(
    name="examengine",
    cls=CommandLine,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"examengine {version('examengine')}")
        raise typer.Exit


@app.callback()
def console(
    context: typer.Context,
    organisation: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="For which organisation; the first one unless named."),
    ] = None,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Say which version this is."
        ),
    ] = False,
) -> None:
    """One defensible thread from the question bank to the credential."""
    context.obj = partial(_console, organisation)


@cache
def _console(organisation: str | None) -> Console:
    """Return what commands work with; read when one asks, for many ask nothing of it."""
    settings = read_settings()
    return Console(
        database_url=settings.database_url,
        public_url=settings.public_url,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        state=settings.state,
        signing_keys=settings.signing_keys,
        clock=SystemClock(),
        awarding_body=settings.awarding_body,
        pool=settings.pool,
        job_workers=settings.job_workers,
        organisation=organisation,
    )


def main() -> None:
    """Run a command; what it refuses is said in one line a fault, and ends with status 2."""
    try:
        app()
    except ExamError as refusal:
        for fault in getattr(refusal, "faults", None) or [str(refusal) or type(refusal).__name__]:
            sys.stderr.write(f"{fault}\n")
        sys.exit(2)
