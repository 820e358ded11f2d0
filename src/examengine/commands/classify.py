"""`examengine classify`: how good are the decisions at a cut score?"""

from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    Fault,
    abilities_from,
    keys_from,
    parameters_from,
    responses_from,
)
from examengine.commands.psychometric_options import Key, Out
from examengine.psychometrics.estimation.provenance import CODE_VERSION
from examengine.psychometrics.parameter_files import as_json
from examengine.psychometrics.results import Decisions, Evidence, decisions_at, plain


def classify(
    cut: Annotated[float, typer.Option("--cut", help="The cut score.")],
    responses: Annotated[Path | None, typer.Argument(help="Responses (CSV).")] = None,
    params: Annotated[Path | None, typer.Option(help="Item parameters (JSON).")] = None,
    scores: Annotated[
        Path | None, typer.Option(help="Abilities (CSV: theta, se), as `score` prints them.")
    ] = None,
    theta: Annotated[
        bool, typer.Option("--theta", help="The cut is in logits, not in points.")
    ] = False,
    reliability: Annotated[
        float | None, typer.Option(help="Of the total score; alpha unless given.")
    ] = None,
    key: Key = None,
    out: Out = None,
) -> None:
    """Judge pass/fail decisions: accuracy, consistency, kappa, error at the cut (JSON).

    A cut in points: Livingston-Lewis and Hanson-Brennan from responses, Lee from parameters. A cut
    in logits: Rudner from scores, or from responses and parameters; Lee from parameters.

    Example: examengine classify responses.csv --params params.json --cut 104
    """
    with refusals_as_faults():
        if not isfinite(cut):
            raise Fault(f"--cut {cut}: a finite number is needed")
        estimates = None if scores is None else abilities_from(scores)
        evidence = Evidence(
            responses=None
            if responses is None
            else responses_from(responses, keys_from(key)).responses,
            parameters=None if params is None else parameters_from(params),
            theta=None if estimates is None else estimates[0],
            se=None if estimates is None else estimates[1],
            reliability=reliability,
        )
        found = decisions_at(evidence, cut, "theta" if theta else "raw")
        put(as_json(decisions_document(found)), out)


def decisions_document(found: Decisions) -> dict[str, Any]:
    """Return the quality of decisions as a document, `examengine/classification/1`."""
    document: dict[str, Any] = plain(found)
    for method in ("livingston_lewis", "hanson_brennan"):
        if document[method] is not None:
            document[method] = {**document[method].pop("result"), **document[method]}
    return {"schema": "examengine/classification/1", "code_version": CODE_VERSION, **document}
