"""Commands about item banks: check, import and export items, begin a table, index anew."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from examengine import bank, db
from examengine.accounts import Actor
from examengine.bank import (
    FORMATS,
    CheckReport,
    ImportOutcome,
    ImportReport,
    LoadedBank,
    ModelLook,
)
from examengine.commands.bank_parameters import (
    export_parameters,
    export_statistics,
    import_parameters,
    import_statistics,
)
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault

app = typer.Typer(no_args_is_help=True, help="Item banks: check, import, export.")

INCOMPLETE, UNUSABLE = 1, 2

Source = Annotated[
    Path, typer.Argument(help="The folder of the bank, or one file of items, in any format.")
]
Into = Annotated[
    str | None,
    typer.Option("--bank", help="The bank that the items are for, where the files do not say it."),
]
WrittenAs = Annotated[
    str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")]


@app.callback()
def banks() -> None:
    """Item banks: check, import, export."""


@app.command("check")
def check(path: Source, as_json: AsJson = False) -> None:
    """Check the items of a bank, without a database.

    Exit status 2: a file cannot be used, or an item breaks a rule; each fault is one line with
    file, line and field. Warnings are for an author to judge and change nothing.

    Example: examengine bank check item_banks/data-literacy
    """
    loaded = bank.load_folder(path)
    report = bank.check_bank(loaded)
    if as_json:
        faults = [str(fault) for fault in loaded.faults]
        notes = [str(note) for note in loaded.notes]
        told = {"bank_id": _bank_id(loaded), "faults": faults, "notes": notes}
        _print_json({**told, **report.as_json()})
    else:
        _say_check(loaded, report)
    if loaded.faults or report.unusable or report.errors:
        raise typer.Exit(UNUSABLE)


@app.command("import")
def import_(
    context: typer.Context,
    path: Source,
    into: Into = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would happen; change nothing.")
    ] = False,
    leave_out_refused: Annotated[
        bool, typer.Option("--leave-out-refused", help="Import the rest where items are refused.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a bank and report on every item.

    Whatever is well-formed comes in. What the lint finds is told and kept with the items, and keeps
    them out of forms where it is an error. An item in the bank never changes: other content needs
    a higher version. Exit status 2: something was refused, and nothing was written. Exit status 1:
    something was refused and left out, and the rest was written.

    Example: examengine bank import item_banks/data-literacy --dry-run
    """
    console = console_of(context)
    opened = db.reading if dry_run else db.writing_late
    with opened(console.engine) as session:
        known = None if into is None else bank.destination(session, console.actor, into)
        loaded = bank.load_folder(path, known)
        report = bank.import_bank(
            session,
            console.clock,
            console.actor,
            loaded,
            dry_run=dry_run,
            leave_out_refused=leave_out_refused,
        )
    if as_json:
        _print_json(_import_json(report))
    else:
        say_import(report, dry_run=dry_run)
    if not report.accepted:
        raise typer.Exit(INCOMPLETE if report.written else UNUSABLE)


@app.command("export")
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A folder to write to; new, or empty.")],
    bank_id: Annotated[
        str | None, typer.Option("--bank", help="Which bank; needed when there are several.")
    ] = None,
    written_as: WrittenAs = "examengine_yaml",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Name the files; write none.")] = False,
) -> None:
    """Export a bank, each item in its latest version, as a folder that can be imported again.

    Only examengine_yaml holds everything an item can be. Exit status 1: the format could not hold
    some items; they are named, and the others are written.

    Example: examengine bank export backup/data-literacy --bank data-literacy
    """
    if written_as not in FORMATS:
        _say(f"--format: is {written_as}; give one of {', '.join(FORMATS)}")
        raise typer.Exit(UNUSABLE)
    console = console_of(context)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        typer.echo(f"{path}: is there already; give a folder that is new or empty", err=True)
        raise typer.Exit(UNUSABLE)
    with db.reading(console.engine) as session:
        chosen = bank_id or _only_bank(session, console.actor)
        exported = bank.export_bank(session, console.actor, chosen, FORMATS[written_as])
    for name, data in sorted(exported.files.items()):
        target = path / name
        typer.echo(str(target), err=True)
        if not dry_run:
            with unwritable_as_fault(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    for item_id, why in exported.left_out.items():
        _say(f"{item_id}: is not written; {why}")
    if exported.left_out:
        raise typer.Exit(INCOMPLETE)


@app.command("template")
def template(
    path: Annotated[
        Path, typer.Argument(help="The file to write; its ending says which: .xlsx or .csv.")
    ],
) -> None:
    """Write a table of items to begin from, with a row of each type that tables hold.

    A workbook (.xlsx) has a second sheet that explains the columns. A file that is there already
    is left as it is.

    Example: examengine bank template items.xlsx
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending not in bank.TEMPLATE_ENDINGS:
        _say(f"{path}: is to be a table; call it {path.stem or 'items'}.xlsx or .csv")
        raise typer.Exit(UNUSABLE)
    if path.exists():
        _say(f"{path}: is there already; give another name, or move it away")
        raise typer.Exit(UNUSABLE)
    with unwritable_as_fault(path):
        path.write_bytes(bank.template_of_table(ending))
    _say(f"{path} is written. Fill it in, then: examengine bank import {path} --bank …")


@app.command("index")
def index(
    context: typer.Context,
    bank_id: Annotated[
        str | None, typer.Option("--bank", help="Which bank; needed when there are several.")
    ] = None,
) -> None:
    """Make the index anew by which the items of a bank are found, listed and compared.

    Imports and upgrades keep it up to date; this is for a database that something else has changed.

    Example: examengine bank index --bank data-literacy
    """
    console = console_of(context)
    with db.writing_late(console.engine) as session:
        chosen = bank_id or _only_bank(session, console.actor)
        n_items = bank.index_again(session, console.actor, chosen)
    _say(f"{n_items} items of {chosen} are in the index.")


@app.command("model")
def model(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The file of the item model, named after its id.")],
    bank_id: Annotated[
        str | None, typer.Option("--bank", help="Which bank; needed when there are several.")
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Save it in the bank.")] = False,
    make: Annotated[
        str | None,
        typer.Option("--make", help="Save it, and make its instances into items; a word why."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the instances of an item model, with what is found in each, before they become items.

    Exit status 2: the model has faults, or an instance cannot be made; each fault is one line.

    Example: examengine bank model item_banks/measuring-at-work/models/MW-RATE.yaml
    """
    console = console_of(context)
    text = _text_of(path)
    with db.reading(console.engine) as session:
        chosen = bank_id or _only_bank(session, console.actor)
        look = bank.look_at_model(session, console.actor, chosen, path.stem, text)
    if as_json:
        _print_json(_look_json(look))
    else:
        _say_look(look)
    if look.faults:
        raise typer.Exit(UNUSABLE)
    if not save and make is None:
        return
    by = (console.clock, console.actor, chosen, path.stem)
    with db.writing_late(console.engine) as session:
        stored = bank.keep_model(session, *by, text)
    _say(f"{path.stem} is saved in {chosen}.")
    if make is not None:
        with db.writing_late(console.engine) as session:
            made = bank.make_instances(session, *by, seen=stored.revision, reason=make)
        _say(f"{len(made)} items got a version: {', '.join(one.item_id for one in made)}.")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        _say(f"{path}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        _say(f"{path}: is not UTF-8; save it in that encoding")
    raise typer.Exit(UNUSABLE)


def _say_look(look: ModelLook) -> None:
    for seen in look.instances:
        values = ", ".join(f"{name} = {one}" for name, one in seen.instance.values.items())
        typer.echo(f"{seen.instance.item_id}: {seen.outcome.value} ({values})")
        for found in (*seen.findings.errors, *seen.findings.warnings):
            typer.echo(f"  {found.fault.where}: {found.fault.what} [{found.rule}]")
    for fault in look.faults:
        _say(fault)


def _look_json(look: ModelLook) -> dict[str, Any]:
    return {
        "faults": list(look.faults),
        "instances": [
            {
                "item_id": seen.instance.item_id,
                "values": dict(seen.instance.values),
                "outcome": seen.outcome.value,
                "version": seen.version,
                "errors": [str(one) for one in seen.findings.errors],
                "warnings": [str(one) for one in seen.findings.warnings],
                "content": dict(seen.instance.content),
            }
            for seen in look.instances
        ],
    }


app.command("import-parameters")(import_parameters)
app.command("export-parameters")(export_parameters)
app.command("import-statistics")(import_statistics)
app.command("export-statistics")(export_statistics)


def _only_bank(session: Session, actor: Actor) -> str:
    known = [found.id for found, _ in bank.list_banks(session, actor)]
    if len(known) != 1:
        there = f"there are {', '.join(known)}" if known else "there is none yet; import one first"
        _say(f"--bank: say which bank; {there}")
        raise typer.Exit(UNUSABLE)
    return known[0]


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _say(words: object) -> None:
    typer.echo(str(words), err=True)


def _bank_id(loaded: LoadedBank) -> str | None:
    return None if loaded.bank is None else loaded.bank.id


def _say_check(loaded: LoadedBank, report: CheckReport) -> None:
    for fault in (*loaded.faults, *report.unusable, *report.errors):
        _say(fault)
    for found in (*loaded.notes, *report.warnings):
        _say(f"warning: {found}")
    length = report.key_length
    if length.n_items:
        _say(
            f"The longest option is the key in {length.observed:.1f} of {length.n_items} single "
            f"choice items; chance would give {length.expected:.1f} ± {length.deviation:.1f}."
        )
        places = ", ".join(f"{place}: {n}" for place, n in report.key_positions.items())
        _say(f"Places of the key in the files: {places}.")
    n_errors = len(loaded.faults) + len(report.unusable) + len(report.errors)
    _say(f"{report.n_items} items read, {n_errors} errors, {len(report.warnings)} warnings.")


def say_import(report: ImportReport, *, dry_run: bool) -> None:
    """Say what an import did, or would do, with each item."""
    for item in report.items:
        version = "" if item.version is None else f" version {item.version}"
        _say(f"{item.item_id}{version}: {item.outcome.value}")
        for fault in item.faults:
            _say(f"  {fault}")
    for fault in report.faults:
        _say(fault)
    for words in report.held:
        _say(f"not for candidates yet: {words}")
    for words in report.warnings:
        _say(f"warning: {words}")
    _say(", ".join(f"{len(report.of(outcome))} {outcome.value}" for outcome in ImportOutcome))
    _say(_result(report, dry_run=dry_run))


def _result(report: ImportReport, *, dry_run: bool) -> str:
    if not report.accepted and report.written:
        return "What is refused was left out; the rest is in the bank."
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
        "held": list(report.held),
        "warnings": list(report.warnings),
    }
