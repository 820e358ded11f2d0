"""`examengine qti score`: do items of QTI score as others score them?"""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.bank import (
    VectorOutcome,
    VectorResult,
    files_below,
    score_vectors,
    vector_faults,
)
from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.commands.psychometric_options import Out
from examengine.psychometrics.csv_tables import UnusableFile, first_faults, text_of
from examengine.psychometrics.documents import CODE_VERSION, as_json
from examengine.psychometrics.refusals import refuse

SCHEMA = "examengine/qti-scores/1"

app = typer.Typer(no_args_is_help=True, help="QTI: score items by vectors.")


@app.callback()
def qti() -> None:
    """QTI: score items by vectors."""


@app.command("score")
def score(
    vectors: Annotated[Path, typer.Argument(help="Responses and the outcomes expected (JSON).")],
    items: Annotated[
        Path, typer.Option("--items", help="The folder that the paths of items are below.")
    ],
    out: Out = None,
) -> None:
    """Score QTI items by a file of vectors, and compare with what it expects (JSON).

    A path of an item may lead into a zip file. Each vector is `same`, `differs`, with what was
    asked for and what came, or `refused`, with the code of the reason. Counts go to stderr. Exit
    status 1: one differs.

    Example: examengine qti score vectors.json --items qti-examples/samples
    """
    with refusals_as_faults(vectors):
        if not items.is_dir():
            raise UnusableFile([f"{items}: is no folder; name the one that holds the items"])
        document = _vectors_from(vectors)
        found = list(score_vectors(document["vectors"], files_below(items)))
        put(as_json(scores_document(found)), out)
    counts = Counter(one.outcome for one in found)
    told = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in VectorOutcome)
    typer.echo(f"{len(found)} vectors: {told}", err=True)
    if counts[VectorOutcome.DIFFERS]:
        raise typer.Exit(1)


def scores_document(found: list[VectorResult]) -> dict[str, Any]:
    """Return the results of vectors as a document, `examengine/qti-scores/1`."""
    counts = Counter(one.outcome.value for one in found)
    return {
        "schema": SCHEMA,
        "code_version": CODE_VERSION,
        "counts": {outcome.value: counts[outcome.value] for outcome in VectorOutcome},
        "vectors": [one.as_document() for one in found],
    }


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _vectors_from(path: Path) -> dict[str, Any]:
    """Return the document of a file of vectors.

    Raises:
        UnusableFile: It is no JSON, or no file of vectors.
    """
    text = text_of(str(path), content_of(path))
    try:
        document: dict[str, Any] = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnusableFile([f"{path}:{error.lineno}: is no JSON: {error.msg}"]) from None
    except (ValueError, RecursionError):
        raise UnusableFile([f"{path}: is no JSON that can be read"]) from None
    refuse(UnusableFile, first_faults(f"{path}: {fault}" for fault in vector_faults(document)))
    return document
