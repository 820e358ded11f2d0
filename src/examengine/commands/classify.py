"""`examengine classify`: how good are the decisions at a cut score?"""

from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    abilities_from,
    keys_from,
    marked,
    parameters_from,
    responses_from,
    simulated_in,
    warn_of_groups,
)
from examengine.commands.psychometric_options import Group, Key, Out, SimulatedOption
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.option_categories import by_option, options_of
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.results import DecisionEvidence, Decisions, decisions_at


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
    group: Group = None,
    key: Key = None,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Judge pass/fail decisions: accuracy, consistency, kappa, error at the cut (JSON).

    A cut in points: Livingston-Lewis and Hanson-Brennan from responses, Lee from parameters. A cut
    in logits: Rudner from scores, or from responses and parameters; Lee from parameters. All judge
    the same items. Where persons were presented different forms, each is judged by itself under
    `forms`. With parameters of several groups, --group says whose abilities are whose.

    Example: examengine classify responses.csv --params params.json --cut 104
    """
    with refusals_as_faults():
        if not isfinite(cut):
            raise UnusableOption(f"--cut {cut}: a finite number is needed")
        if reliability is not None and not 0 < reliability < 1:
            raise UnusableOption(
                f"--reliability {reliability:g}: a number between 0 and 1 is needed"
            )
        data = _data(responses, key, group)
        evidence = _evidence(data, params, scores, reliability, theta=theta)
        if evidence.parameters is not None and evidence.theta is None:
            warn_of_groups(data, evidence.parameters, group)
        found = decisions_at(evidence, cut, "theta" if theta else "raw")
        made_up = simulated_in(simulated, responses=[responses], params=[params], scores=scores)
        put(as_json(marked(decisions_document(found), simulated=made_up)), out)


def _data(responses: Path | None, key: Path | None, group: str | None) -> ResponseData | None:
    """Return the responses; None without any.

    Raises:
        Fault: There is a group but there are no responses.
        UnusableFile: A file cannot be read as what it is said to be.
    """
    if group is not None and responses is None:
        raise UnusableOption(
            f"--group {group}: it names a column of the responses, and none were given"
        )
    return None if responses is None else responses_from(responses, keys_from(key), group)


def _evidence(
    data: ResponseData | None,
    params: Path | None,
    scores: Path | None,
    reliability: float | None,
    *,
    theta: bool,
) -> DecisionEvidence:
    """Return what the files hold.

    Raises:
        UnusableFile: A file cannot be read as what it is said to be.
    """
    estimates = None if scores is None else abilities_from(scores)
    parameters = None if params is None else parameters_from(params)
    categories = None
    if theta and data is not None and parameters is not None:
        categories = by_option(data, options_of(parameters.items)).responses
    return DecisionEvidence(
        responses=None if data is None else data.responses,
        parameters=parameters,
        theta=None if estimates is None else estimates[0],
        se=None if estimates is None else estimates[1],
        reliability=reliability,
        categories=categories,
    )


def decisions_document(found: Decisions) -> dict[str, Any]:
    """Return the quality of decisions as a document, `examengine/classification/1`."""
    document: dict[str, Any] = plain(found)
    for part in (document, *document["forms"]):
        for method in ("livingston_lewis", "hanson_brennan"):
            if part[method] is not None:
                part[method] = {**part[method].pop("result"), **part[method]}
    return {"schema": "examengine/classification/1", "code_version": CODE_VERSION, **document}
