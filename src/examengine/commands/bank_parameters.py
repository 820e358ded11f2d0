"""Commands about item parameters and statistics of a bank: bring in, take out."""

import csv
import io
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine import bank, calibration, db
from examengine.calibration import (
    PARAMETER_FILE,
    RELATIONS,
    STATISTICS_HEAD,
    TABLES_OUT,
    CalibrationElsewhere,
    ParametersUnreadable,
    SentParameters,
)
from examengine.commands.console import console_of
from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.psychometrics.parameter_tables import FORMATS, SCALINGS, STEP_MODELS

INCOMPLETE, UNUSABLE = 1, 2

BankId = Annotated[str, typer.Option("--bank", help="Which bank.")]
Out = Annotated[Path | None, typer.Option(help="A file to write to; stdout without it.")]
Simulated = Annotated[
    bool, typer.Option("--simulated", help="The answers were simulated by a program.")
]


def import_parameters(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The table (CSV), or a parameter file (JSON).")],
    bank_id: BankId,
    relation: Annotated[
        str, typer.Option("--scale", help=f"One of {', '.join(RELATIONS)}.", show_default=False)
    ],
    title: Annotated[str, typer.Option(help="What to call this calibration.")],
    program: Annotated[str, typer.Option(help="The program that estimated the parameters.")],
    n_persons: Annotated[int, typer.Option("--persons", help="How many people answered.")],
    population: Annotated[str, typer.Option(help="Who they were, and when.")],
    table: Annotated[
        str,
        typer.Option(help=f"{', '.join([*FORMATS, PARAMETER_FILE])}; told by headings without it."),
    ] = "",
    scaling: Annotated[
        str,
        typer.Option("--scaling", help=f"The constant D of the slopes: {', '.join(SCALINGS)}."),
    ] = "",
    step_model: Annotated[
        str, typer.Option(help=f"What b1, b2 … are: {', '.join(STEP_MODELS)}.")
    ] = "",
    scale_name: Annotated[str, typer.Option(help="What a scale of its own is called.")] = "",
    mean: Annotated[
        float | None, typer.Option(help="Mean ability of its reference group, logits.")
    ] = None,
    sd: Annotated[float | None, typer.Option(help="Deviation of ability in it, logits.")] = None,
    version: Annotated[str, typer.Option(help="Of the program.")] = "",
    note: Annotated[str, typer.Option(help="Why these parameters can be trusted.")] = "",
    simulated: Simulated = False,
    adopt: Annotated[
        str, typer.Option(help="Adopt them at once, for this reason; else a person does later.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would become of each item; store nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring in item parameters that were calibrated elsewhere, and report on every item.

    Bringing in stores the table with what would become of each item, and changes no score; adopting
    does. Exit status 2: the table cannot be read, or something has to be said of it. Exit status 1:
    some rows were left out.

    Example: examengine bank import-parameters items.csv --bank data-literacy --scale own
    --scale-name "Literacy 2025" --mean 0 --sd 1 --title "Spring 2025" --program mirt
    --persons 1200 --population "Candidates of spring 2025" --dry-run
    """
    console = console_of(context)
    with refusals_as_faults():
        content = content_of(path)
    sent = SentParameters(
        file=path.name,
        content=content,
        relation=relation,
        program=program,
        population=population,
        n_persons=n_persons,
        title=title,
        table=table,
        scaling=scaling,
        step_model=step_model,
        scale_name=scale_name,
        mean=mean,
        sd=sd,
        version=version,
        note=note,
        simulated=simulated,
    )
    opened = db.reading if dry_run else db.writing_late
    act = calibration.check_parameters if dry_run else calibration.bring_in_parameters
    try:
        with opened(console.engine) as session:
            found = act(session, console.clock, console.actor, bank_id, sent)
            if adopt and not dry_run:
                calibration.adopt_elsewhere(
                    session, console.clock, console.actor, bank_id, found.id, adopt
                )
    except ParametersUnreadable as refusal:
        for fault in refusal.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(UNUSABLE) from refusal
    if as_json:
        typer.echo(json.dumps(_report(found), indent=2, ensure_ascii=False))
    else:
        _say_report(found)
        typer.echo(_ending(found, adopted=bool(adopt), dry_run=dry_run), err=True)
    if any(item.faults for item in found.items):
        raise typer.Exit(INCOMPLETE)


def export_parameters(
    context: typer.Context,
    bank_id: BankId,
    table: Annotated[
        str,
        typer.Option(help=f"One of {', '.join(one.code for one in TABLES_OUT)}, {PARAMETER_FILE}."),
    ] = "examengine",
    out: Out = None,
) -> None:
    """Take out the parameters in use of a bank, as the table that another program reads.

    Slopes are for D = 1, in full precision. Exit status 1: the table has no column for some items;
    they are named, and the others are written.

    Example: examengine bank export-parameters --bank data-literacy --table mirt --out items.csv
    """
    console = console_of(context)
    known = {one.code: one for one in TABLES_OUT}
    if table not in {*known, PARAMETER_FILE}:
        typer.echo(
            f"--table: is {table}; {', '.join([*known, PARAMETER_FILE])} are known", err=True
        )
        raise typer.Exit(UNUSABLE)
    with db.reading(console.engine) as session:
        if table == PARAMETER_FILE:
            body = calibration.parameter_file_out(session, console.actor, bank_id)
            text = json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            return put(text, out)
        found = calibration.parameters_out(session, console.actor, bank_id, known[table])
    put(_csv([found.head, *found.rows]), out)
    for item_id, why in found.left_out.items():
        typer.echo(f"{item_id}: is not written; {why}", err=True)
    if found.left_out:
        raise typer.Exit(INCOMPLETE)
    return None


def import_statistics(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The table of statistics (CSV).")],
    bank_id: BankId,
    program: Annotated[str, typer.Option(help="The program or system they come from.")],
    population: Annotated[str, typer.Option(help="Whose answers they rest on, and when.")],
    simulated: Simulated = False,
) -> None:
    """Keep statistics that others computed; they are shown as theirs and count for nothing.

    Columns: item_id, and of n, p (or mean), item_rest_r, item_total_r, a, b, c, last_used those
    that there are. Exit status 2: something cannot be kept, and nothing was.

    Example: examengine bank import-statistics old.csv --bank data-literacy --program "Old bank"
    --population "Candidates of 2019 to 2023"
    """
    console = console_of(context)
    with refusals_as_faults():
        content = content_of(path)
    try:
        with db.writing_late(console.engine) as session:
            kept = calibration.bring_in_statistics(
                session,
                console.clock,
                console.actor,
                bank_id,
                path.name,
                content,
                program=program,
                population=population,
                simulated=simulated,
            )
    except bank.StatisticsRefused as refusal:
        for fault in refusal.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(UNUSABLE) from refusal
    items = "1 item" if kept.n_items == 1 else f"{kept.n_items} items"
    typer.echo(f"Statistics of {items} are kept as those of {program}.", err=True)


def export_statistics(context: typer.Context, bank_id: BankId, out: Out = None) -> None:
    """Take out the statistics of a bank: a row for each item version and administration.

    Example: examengine bank export-statistics --bank data-literacy --out statistics.csv
    """
    console = console_of(context)
    with db.reading(console.engine) as session:
        rows = list(calibration.statistics_out(session, console.actor, bank_id))
    put(_csv([list(STATISTICS_HEAD), *([*map(_said, row)] for row in rows)]), out)


def _csv(rows: list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _said(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)


def _say_report(found: CalibrationElsewhere) -> None:
    for item in found.items:
        typer.echo(f"{item.item_id}: {item.outcome.value}", err=True)
        for words in (*item.faults, *item.notes):
            typer.echo(f"  {words}", err=True)
    for warning in found.warnings:
        typer.echo(f"warning: {warning}", err=True)
    told = ", ".join(f"{n} {outcome.value}" for outcome, n in found.counts.items())
    typer.echo(told, err=True)


def _ending(found: CalibrationElsewhere, *, adopted: bool, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was stored: this was a dry run."
    if adopted:
        return f"Adopted: scores are computed with “{found.title}” from now on."
    return f"Brought in as {found.id}. Nothing changes before a psychometrician adopts it."


def _report(found: CalibrationElsewhere) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "title": found.title,
        "digest": found.digest,
        "warnings": list(found.warnings),
        "items": [
            {
                "item_id": item.item_id,
                "line": item.line,
                "outcome": item.outcome.value,
                "now": item.now,
                "before": item.before,
                "faults": list(item.faults),
                "notes": list(item.notes),
            }
            for item in found.items
        ],
    }
