"""`examengine similarity`: do two candidates agree more than working alone explains?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import content_of, put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    marked,
    parameters_from,
    responses_from,
    simulated_in,
    warn,
)
from examengine.commands.psychometric_options import Key, Out, ResponsesArgument, SimulatedOption
from examengine.psychometrics.ability import METHODS as ABILITY_METHODS
from examengine.psychometrics.csv_tables import UnusableFile, read_csv
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.similarity import (
    METHODS,
    Similarity,
    compare_answers,
    evidence_of,
)

FIRST, SECOND = "first", "second"


def similarity(
    responses: ResponsesArgument,
    params: Annotated[
        Path | None, typer.Option("--params", help="Item parameters (JSON); K needs none.")
    ] = None,
    key: Key = None,
    method: Annotated[str, typer.Option(help=", ".join(sorted(METHODS)))] = "gbt",
    pairs: Annotated[
        Path | None, typer.Option(help="Only these pairs (CSV: first,second by person_id).")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="The column that names rooms: only pairs within one.")
    ] = None,
    omit: Annotated[
        list[str] | None, typer.Option(help="Option id that means left out; may be repeated.")
    ] = None,
    ability: Annotated[str, typer.Option(help=", ".join(sorted(ABILITY_METHODS)))] = "eap",
    adjust: Annotated[str, typer.Option(help=", ".join(ADJUSTMENTS))] = "holm",
    level: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Flag up to this adjusted p.")
    ] = 0.05,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads to work on.")] = 1,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Look for pairs of candidates whose answers agree more than working alone explains (JSON).

    A flagged pair is a signal for people to look into, never a verdict. Prints the flagged pairs,
    or every pair named with --pairs, and how many of all pairs lie below usual levels. With nominal
    parameters (calibrate --model nrm) every option has its own curve; with 2pl and the like wrong
    answers are shared out as often as they were chosen. For omega and k the first of a pair is the
    one who may have copied from the second.

    Example: examengine similarity responses.csv --params nrm.json --key key.csv --group group
    """
    with refusals_as_faults(responses), ThreadPoolExecutor(threads) as pool:
        if method not in METHODS:
            raise UnusableOption(f"method {method!r} is none of {', '.join(sorted(METHODS))}")
        data = responses_from(responses, keys_from(key), group)
        rooms = data.responses.group
        # Rooms are no populations: abilities come from the reference group of the parameters.
        data = replace(data, responses=replace(data.responses, group=None))
        parameters = None if params is None else parameters_from(params)
        evidence = evidence_of(
            data,
            parameters,
            omitted=omit or (),
            ability=ability,
        )
        if parameters is not None and len(parameters.groups) > 1:
            first = parameters.groups[0].group
            warn(f"abilities of all are judged by the distribution of group {first!r}")
        found = compare_answers(
            evidence,
            METHODS[method],
            pairs=None if pairs is None else _pairs_from(pairs),
            rooms=rooms,
            adjustment=adjust,
            level=level,
            executor=pool if threads > 1 else None,
        )
        made_up = simulated_in(simulated, responses=[responses], params=[params])
        put(as_json(marked(similarity_document(found), simulated=made_up)), out)


def similarity_document(found: Similarity) -> dict[str, Any]:
    """Return a comparison of answers as a document, `examengine/similarity/1`."""
    return {
        "schema": "examengine/similarity/1",
        "code_version": CODE_VERSION,
        "note": "A flagged pair is a signal for people to look into, never a verdict.",
        **plain(found),
    }


def _pairs_from(path: Path) -> Sequence[tuple[str, str]]:
    """Return the pairs of a file.

    Raises:
        UnusableFile: A column is missing.
    """
    table = read_csv(str(path), content_of(path))
    refuse(
        UnusableFile,
        (
            f"{path}: no column {name!r}; a file of pairs has {FIRST},{SECOND}"
            for name in (FIRST, SECOND)
            if name not in table.header
        ),
    )
    return list(zip(table.column(FIRST), table.column(SECOND), strict=True))
