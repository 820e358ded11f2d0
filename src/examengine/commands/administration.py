"""Commands about administrations that did not take place here: import, list, simulate."""

import csv
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from examengine import calibration, db, delivery, importing
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault
from examengine.importing import ImportSummary

app = typer.Typer(no_args_is_help=True, help="Administrations: import from files, list, simulate.")


@app.callback()
def administrations() -> None:
    """Administrations: import from files, list, simulate."""


@app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="The file that says which CSV holds what.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything; store nothing.")
    ] = False,
) -> None:
    """Import the responses of an exam that took place elsewhere, whole or not at all.

    The CSV files lie beside the TOML file: responses (chosen options), and optionally seconds and
    persons; the items file holds the key. Exit status 2: something cannot be used; each fault is
    one line with file, row, column and what would be right.

    Example: examengine administration import licensure/administration.toml --dry-run
    """
    console = console_of(context)
    given = importing.read_administration(path)
    with db.writing_late(console.engine) as session:
        summary = importing.import_administration(
            session, console.clock, console.actor, given, dry_run=dry_run
        )
    _say(summary, dry_run=dry_run)


@app.command("list")
def list_(context: typer.Context) -> None:
    """List every administration: id, exam, candidates, forms, marks, title (tab-separated).

    Example: examengine administration list
    """
    console = console_of(context)
    with db.reading(console.engine) as session:
        counts = delivery.record_counts(session)
        for one in delivery.list_administrations(session):
            marks = [word for word, holds in _marks(one) if holds]
            fields = (one.id, one.exam_id, counts.get(one.id, 0), len(one.form_ids))
            typer.echo("\t".join([*map(str, fields), ",".join(marks) or "-", one.title]))


@app.command("files")
def files(
    context: typer.Context,
    administration_id: Annotated[UUID, typer.Argument(help="The administration.")],
    out: Annotated[Path, typer.Option(help="The folder; made anew.")],
) -> None:
    """Write the files that candidates handed in to a folder, to be scanned or marked elsewhere.

    Each lies in a folder of its attempt, and files.csv says which question it answers. Nothing was
    searched for viruses. Exit status 1: a file is not what the log says, or is gone, and is named.

    Example: examengine administration files 0193…a1 --out spring-files
    """
    console = console_of(context)
    found = delivery.files_handed_in(console.engine, console.actor, administration_id)
    unsound = 0
    with unwritable_as_fault(out):
        out.mkdir(mode=0o700)
        with (out / "files.csv").open("w", encoding="utf-8", newline="") as listed:
            table = csv.writer(listed)
            table.writerow(("file", "attempt_id", "item_id", "size", "media_type", "digest"))
            for number, one in enumerate(found, start=1):
                name = f"{one.attempt_id}/{number:05}-{one.said.name}"
                about = (one.said.size, one.said.media_type, one.said.digest)
                table.writerow((name, one.attempt_id, one.item_id, *about))
                if one.file is None:
                    unsound += 1
                    typer.echo(f"{name}: is not what the log of the attempt says", err=True)
                    continue
                (out / str(one.attempt_id)).mkdir(mode=0o700, exist_ok=True)
                with (out / name).open("xb") as written:
                    written.writelines(one.file.pieces())
    if unsound:
        raise typer.Exit(1)


@app.command("simulate")
def simulate(
    context: typer.Context,
    exam_id: Annotated[str, typer.Argument(help="The exam; its forms must be published.")],
    persons: Annotated[int, typer.Option(min=1, help="Candidates for each form.")] = 600,
    seed: Annotated[int, typer.Option(min=0, help="Of the generator.")] = 1,
) -> None:
    """Simulate a pilot of an exam; every page that shows its responses says so.

    Example: examengine administration simulate data-literacy --persons 600 --seed 20261121
    """
    console = console_of(context)
    with db.writing_late(console.engine) as session:
        made = calibration.simulate_pilot(
            session,
            console.clock,
            console.actor,
            exam_id,
            persons_per_form=persons,
            seed=seed,
        )
    typer.echo(str(made.id))
    typer.echo(f"{made.title}: {persons} simulated candidates for each form", err=True)


def _marks(administration: delivery.Administration) -> tuple[tuple[str, bool], ...]:
    return (
        (administration.source, True),
        ("simulated", administration.simulated),
        ("test", administration.test),
    )


def _say(summary: ImportSummary, *, dry_run: bool) -> None:
    verb = "would import" if dry_run else "imported"
    typer.echo(
        f"{verb} {summary.title!r}: {summary.n_persons} candidates, {summary.n_items} items "
        f"({summary.n_operational} operational), exam {summary.exam_id}, bank {summary.bank_id}",
        err=True,
    )
    for code, candidates in summary.forms.items():
        typer.echo(f"  form {code}: {candidates} candidates", err=True)
    typer.echo(f"  files: {summary.source_digest}", err=True)
    if summary.administration is not None:
        typer.echo(str(summary.administration.id))
