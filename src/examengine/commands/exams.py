"""Commands about exams: store one, and assemble forms from files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from examengine import assembly, bank, db, delivery
from examengine.assembly import Assembly, AssemblyInfeasible
from examengine.commands.bank import say_import
from examengine.commands.console import Console, console_of
from examengine.commands.files import unwritable_as_fault

app = typer.Typer(no_args_is_help=True, help="Exams and their published forms.")

INFEASIBLE = 1
UNUSABLE = 2


@app.callback()
def exams() -> None:
    """Exams and their published forms."""


@app.command("save")
def save(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The file that describes the exam (TOML).")],
    publish: Annotated[
        bool, typer.Option("--publish", help="Assemble and publish its forms too.")
    ] = False,
    with_bank: Annotated[
        bool, typer.Option("--with-bank", help="Import the item bank that lies beside it first.")
    ] = False,
) -> None:
    """Store an exam; its item bank must have been imported, or lie in the same folder.

    Exit status 2: the exam, or an item of its bank, cannot be used, and nothing was stored.

    Example: examengine exam save item_banks/measuring-at-work/exam.toml --with-bank --publish
    """
    console = console_of(context)
    spec = assembly.read_exam(path)
    with db.writing_late(console.engine) as session:
        if with_bank:
            _import_beside(session, console, path)
        exam = assembly.save_exam(
            session, console.clock, console.actor, spec, delivery.progressions_offered()
        )
        typer.echo(f"{exam.id}: {exam.digest}", err=True)
        if publish and not assembly.forms_of(session, exam.id):
            made = assembly.assemble_forms(session, console.actor, exam.id)
            forms = assembly.publish_forms(session, console.clock, console.actor, exam.id, made)
            for form in forms:
                typer.echo(f"form {form.code}: {len(form.items)} items, {form.digest}", err=True)


def _import_beside(session: Session, console: Console, path: Path) -> None:
    """Import the item bank in the folder of an exam's file, whole or not at all."""
    loaded = bank.load_folder(path.parent)
    report = bank.import_bank(session, console.clock, console.actor, loaded)
    say_import(report, dry_run=False)
    if not report.accepted:
        raise typer.Exit(UNUSABLE)


def assemble(
    spec: Annotated[Path, typer.Argument(help="The blueprint: the exam's TOML file.")],
    bank: Annotated[Path, typer.Option(help="The pool: a CSV or JSON file of items.")],
    forms: Annotated[int | None, typer.Option(min=1, max=26, help="How many forms.")] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Another seed gives other forms, as good.")
    ] = assembly.SEED,
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Assemble parallel forms from files, without a database.

    The pool names item_id, area, type, level, seconds, enemies (separated by |) and, where items
    are calibrated, a and b. The same files and seed give the same forms on every machine. Exit
    status 1: no form can meet the blueprint; the clash is named.

    Example: examengine assemble exam.toml --bank items.csv --out forms.json
    """
    blueprint = assembly.blueprint_of(assembly.read_exam(spec))
    if forms is not None:
        blueprint = replace(blueprint, forms=forms)
    try:
        pool = assembly.read_pool(bank, blueprint.thetas)
        made = assembly.assemble(pool, blueprint, seed=seed)
    except AssemblyInfeasible as refusal:
        typer.echo("These requirements cannot be met together:", err=True)
        for words in refusal.clash:
            typer.echo(f"  {words}", err=True)
        raise typer.Exit(INFEASIBLE) from refusal
    text = json.dumps(account(made, blueprint.thetas), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        with unwritable_as_fault(out):
            out.write_text(text + "\n", encoding="utf-8")


def account(made: Assembly, thetas: tuple[float, ...]) -> dict[str, Any]:
    """Return what the command prints: the forms, what they amount to, the gap to the bound."""
    return {
        "schema": "examengine/assembly/1",
        "solver": made.solver,
        "seed": made.seed,
        "optimal": made.optimal,
        "difference": made.difference,
        "bound": made.bound,
        "gap": made.difference - made.bound,
        "cpu_seconds": round(made.cpu_seconds, 2),
        "thetas": list(thetas),
        "forms": [
            {
                "code": form.code,
                "items": list(form.item_ids),
                "common": sorted(form.common),
                "seconds": form.seconds,
                "information": list(form.information),
            }
            for form in made.forms
        ],
    }
