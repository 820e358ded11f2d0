"""Commands about item banks: check, import and export a folder of items."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from examengine import bank, db
from examengine.accounts import Actor
from examengine.bank import CheckReport, ImportReport, LoadedBank, Outcome
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault

app = typer.Typer(no_args_is_help=True, help="Item banks: check, import, export.")

UNUSABLE = 2

Folder = Annotated[Path, typer.Argument(help="The folder of the bank; it holds bank.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")]


@app.callback()
def banks() -> None:
    """Item banks: check, import, export."""


@app.command("check")
def check(path: Folder, as_json: AsJson = False) -> None:
    """Check the items of a bank, without a database.

    Exit status 2: a file cannot be used, or an item breaks a rule; each fault is one line with
    file, line and field. Warnings are for an author to judge and change nothing.

    Example: examengine bank check item_banks/data-literacy
    """
    loaded = bank.load_folder(path)
    report = bank.check_bank(loaded)
    if as_json:
        faults = [str(fault) for fault in loaded.faults]
        _print_json({"bank_id": _bank_id(loaded), "faults": faults, **report.as_json()})
    else:
        _say_check(loaded, report)
    if loaded.faults or report.errors:
        raise typer.Exit(UNUSABLE)


@app.command("import")
def import_(
    context: typer.Context,
    path: Folder,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would happen; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a bank, whole or not at all, and report on every item.

    An item in the bank never changes: other content needs a higher version. Exit status 2:
    something was refused, and nothing was written.

    Example: examengine bank import item_banks/data-literacy --dry-run
    """
    console = console_of(context)
    loaded = bank.load_folder(path)
    opened = db.reading if dry_run else db.writing
    with opened(console.engine) as session:
        report = bank.import_bank(session, console.clock, console.actor, loaded, dry_run=dry_run)
    if as_json:
        _print_json(_import_json(report))
    else:
        _say_import(report, dry_run=dry_run)
    if not report.accepted:
        raise typer.Exit(UNUSABLE)


@app.command("export")
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A folder to write to; new, or empty.")],
    bank_id: Annotated[
        str | None, typer.Option("--bank", help="Which bank; needed when there are several.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Name the files; write none.")] = False,
) -> None:
    """Export a bank, each item in its latest version, as a folder that can be imported again.

    Example: examengine bank export backup/data-literacy --bank data-literacy
    """
    console = console_of(context)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        typer.echo(f"{path}: is there already; give a folder that is new or empty", err=True)
        raise typer.Exit(UNUSABLE)
    with db.reading(console.engine) as session:
        chosen = bank_id or _only_bank(session, console.actor)
        files = bank.export_bank(session, console.actor, chosen)
    for name, data in sorted(files.items()):
        target = path / name
        typer.echo(str(target), err=True)
        if not dry_run:
            with unwritable_as_fault(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)


def _only_bank(session: Session, actor: Actor) -> str:
    known = [found.id for found, _ in bank.list_banks(session, actor)]
    if len(known) != 1:
        there = f"there are {', '.join(known)}" if known else "there is none yet; import one first"
        _say(f"--bank: say which bank to export; {there}")
        raise typer.Exit(UNUSABLE)
    return known[0]


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _say(words: object) -> None:
    typer.echo(str(words), err=True)


def _bank_id(loaded: LoadedBank) -> str | None:
    return None if loaded.bank is None else loaded.bank.id


def _say_check(loaded: LoadedBank, report: CheckReport) -> None:
    for fault in (*loaded.faults, *report.errors):
        _say(fault)
    for found in report.warnings:
        _say(f"warning: {found}")
    length = report.key_length
    if length.n_items:
        _say(
            f"The longest option is the key in {length.observed:.1f} of {length.n_items} single "
            f"choice items; chance would give {length.expected:.1f} ± {length.deviation:.1f}."
        )
        places = ", ".join(f"{place}: {n}" for place, n in report.key_positions.items())
        _say(f"Places of the key in the files: {places}.")
    n_errors = len(loaded.faults) + len(report.errors)
    _say(f"{report.n_items} items read, {n_errors} errors, {len(report.warnings)} warnings.")


def _say_import(report: ImportReport, *, dry_run: bool) -> None:
    for item in report.items:
        version = "" if item.version is None else f" version {item.version}"
        _say(f"{item.item_id}{version}: {item.outcome.value}")
        for fault in item.faults:
            _say(f"  {fault}")
    for fault in report.faults:
        _say(fault)
    for words in report.warnings:
        _say(f"warning: {words}")
    _say(", ".join(f"{len(report.of(outcome))} {outcome.value}" for outcome in Outcome))
    _say(_result(report, dry_run=dry_run))


def _result(report: ImportReport, *, dry_run: bool) -> str:
    if not report.accepted:
        return "Nothing was written. Mend what is refused and import the whole folder again."
    if dry_run:
        return "Nothing was written: this was a dry run."
    return "The bank is up to date." if report.written else "Nothing is new."


def _import_json(report: ImportReport) -> dict[str, Any]:
    return {
        "bank_id": report.bank_id,
        "accepted": report.accepted,
        "written": report.written,
        "items": [
            {
                "item_id": item.item_id,
                "version": item.version,
                "file": item.file,
                "outcome": item.outcome.value,
                "faults": list(item.faults),
            }
            for item in report.items
        ],
        "faults": list(report.faults),
        "warnings": list(report.warnings),
    }
