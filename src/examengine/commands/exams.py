"""Commands about exams: store one, and assemble forms from files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine import assembly, db
from examengine.assembly import Assembly, AssemblyInfeasible
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault

app = typer.Typer(no_args_is_help=True, help="Exams and their published forms.")

INFEASIBLE = 1


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
) -> None:
    """Store an exam; its item bank must have been imported.

    Example: examengine exam save item_banks/data-literacy/exam.toml --publish
    """
    console = console_of(context)
    spec = assembly.read_exam(path)
    with db.writing(console.engine) as session:
        exam = assembly.save_exam(session, console.clock, console.actor, spec)
        typer.echo(f"{exam.id}: {exam.digest}", err=True)
        if publish and not assembly.forms_of(session, exam.id):
            made = assembly.assemble_forms(session, console.actor, exam.id)
            forms = assembly.publish_forms(session, console.clock, console.actor, exam.id, made)
            for form in forms:
                typer.echo(f"form {form.code}: {len(form.items)} items, {form.digest}", err=True)


def assemble(
    spec: Annotated[Path, typer.Argument(help="The blueprint: the exam's TOML file.")],
    bank: Annotated[Path, typer.Option(help="The pool: a CSV or JSON file of items.")],
    forms: Annotated[int | None, typer.Option(min=1, max=26, help="How many forms.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Assemble parallel forms from files, without a database.

    The pool names item_id, area, type, level, seconds, enemies (separated by |) and, where items
    are calibrated, a and b. Exit status 1: no form can meet the blueprint; the clash is named.

    Example: examengine assemble exam.toml --bank items.csv --out forms.json
    """
    blueprint = assembly.blueprint_of(assembly.read_exam(spec))
    if forms is not None:
        blueprint = replace(blueprint, forms=forms)
    try:
        made = assembly.assemble(assembly.read_pool(bank, blueprint.thetas), blueprint)
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
        "optimal": made.optimal,
        "difference": made.difference,
        "bound": made.bound,
        "gap": made.difference - made.bound,
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
