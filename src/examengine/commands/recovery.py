"""`examengine recovery`: how well estimates and tests do when the truth is known."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.commands.psychometric_input import UnusableOption
from examengine.commands.psychometric_options import Out
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.recovery import (
    STUDIES,
    Study,
    csv_table,
    markdown_table,
    run_study,
    with_table,
)

EVERY = "all"


def recovery(
    study: Annotated[str, typer.Argument(help=", ".join((*sorted(STUDIES), EVERY)))],
    replications: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="Data sets a condition; the study's own unless set."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything drawn.")] = 1,
    only: Annotated[str, typer.Option(help="Conditions whose name contains this.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes to work in.")] = 1,
    out: Out = None,
) -> None:
    """Simulate tests, analyse them, and compare with the truth (JSON; CSV or Markdown by --out).

    All data are simulated. The same seed gives the same figures, however many processes work. A
    Markdown file keeps its text: the table under the study's command is replaced, or a section is
    added at the end.

    Example: examengine recovery items --replications 20 --out items.csv
    """
    with refusals_as_faults():
        chosen = _chosen(study, out, only)
        documents = []
        with ProcessPoolExecutor(workers) as pool:
            for one in chosen:
                rows, count = _run(one, replications, seed, only, pool if workers > 1 else None)
                documents.append(
                    {
                        "study": one.code,
                        "title": one.title,
                        "replications": count,
                        "rows": plain(list(rows)),
                    }
                )
                if out is not None and out.suffix == ".md":
                    _into_page(out, one, count, seed, rows)
                elif out is not None and out.suffix == ".csv":
                    put(csv_table(rows), out)
        if out is None or out.suffix not in {".md", ".csv"}:
            found = {"schema": "examengine/recovery/1", "code_version": CODE_VERSION, "seed": seed}
            put(as_json({**found, "studies": documents}), out)


def _chosen(study: str, out: Path | None, only: str) -> Sequence[Study[Any, Any]]:
    """The studies to run.

    Raises:
        Fault: The study or a condition is unknown, some conditions are to go into a page that has
            all, all studies are to go into one CSV file, or the file could not be written when
            they have run.
    """
    if out is not None and not out.parent.is_dir():
        raise UnusableOption(f"{out}: there is no folder {out.parent}")
    if study != EVERY and study not in STUDIES:
        raise UnusableOption(f"study {study!r} is none of {', '.join((*sorted(STUDIES), EVERY))}")
    if only and (study == EVERY or (out is not None and out.suffix == ".md")):
        raise UnusableOption(
            "--only: of one study, and not into a page, whose table has all conditions"
        )
    if only and not any(only in str(cell) for cell in STUDIES[study].cells):
        names = "; ".join(str(cell) for cell in STUDIES[study].cells)
        raise UnusableOption(f"--only {only}: no condition is called so; there are {names}")
    if study == EVERY and out is not None and out.suffix == ".csv":
        raise UnusableOption(
            f"{out}: studies have different columns; give one study, or a .json or .md"
        )
    return list(STUDIES.values()) if study == EVERY else [STUDIES[study]]


def _run(
    study: Study[Any, Any],
    replications: int | None,
    seed: int,
    only: str,
    pool: ProcessPoolExecutor | None,
) -> tuple[Sequence[Any], int]:
    """The rows of a study and the number of its replications."""
    count = study.replications if replications is None else replications
    cells = run_study(
        study,
        replications=count,
        seed=seed,
        only=only,
        executor=pool,
        told=lambda cell: typer.echo(f"{study.code}: {cell}", err=True),
    )
    rows = [row for cell in cells for row in cell.rows]
    if not rows:
        raise UnusableOption(
            f"study {study.code}: every data set was refused; more replications may help"
        )
    return rows, count


def _into_page(
    page: Path, study: Study[Any, Any], count: int, seed: int, rows: Sequence[Any]
) -> None:
    """Put a table into a page, new or there."""
    text = content_of(page).decode("utf-8") if page.exists() else ""
    command = f"examengine recovery {study.code} --replications {count} --seed {seed}"
    table = markdown_table(rows)
    put(with_table(text, study.code, study.title, command, table), page)
