"""`examengine link`: one calibration in the metric of another."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    marked,
    parameters_from,
    responses_from,
    simulated_in,
)
from examengine.commands.psychometric_options import Key, Out, SimulatedOption
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.linking import (
    METHODS,
    CalibratedResponses,
    Constants,
    CurveWeights,
    Link,
    alternatives,
    constant_errors,
    link,
)


def link_parameters(
    source: Annotated[Path, typer.Option("--from", help="Parameters to transform (JSON).")],
    target: Annotated[Path, typer.Option("--to", help="Parameters in the metric wanted (JSON).")],
    method: Annotated[str, typer.Option(help=", ".join(METHODS))] = "stocking-lord",
    uniform: Annotated[
        bool, typer.Option("--uniform", help="Abilities count alike, not by N(0, 1).")
    ] = False,
    responses: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="What both were calibrated from (CSV), for errors of A and B."),
    ] = None,
    key: Key = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="Find A and B without drifted items, a fifth at most.")
    ] = False,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Bring a calibration into the metric of another by their common items (JSON).

    Prints A and B of theta_to = A theta_from + B by the method asked for and by all others, how far
    each common item has moved (robust z), and the transformed parameters. Where all common items
    have one slope (Rasch, 1PL, partial credit), A is known from it: a Rasch link stays Rasch. With
    --responses FROM TO A and B have standard errors.

    Example: examengine link --from new.json --to bank.json --method haebara
    """
    with refusals_as_faults():
        if method not in METHODS:
            raise UnusableOption(f"method {method!r} is none of {', '.join(sorted(METHODS))}")
        new, bank = parameters_from(source), parameters_from(target)
        weights = CurveWeights.uniform() if uniform else CurveWeights.normal()
        found = link(new, bank, METHODS[method], weights, robust=robust)
        others = alternatives(new, bank, weights, found.left_out)
        errors = None
        if responses is not None:
            keys = keys_from(key)
            both = (
                CalibratedResponses(one, responses_from(path, keys).responses)
                for one, path in zip((new, bank), responses, strict=True)
            )
            errors = constant_errors(found, METHODS[method], weights, *both)
        made_up = simulated_in(simulated, responses=responses or (), params=[source, target])
        found = replace(found, transformed=replace(found.transformed, simulated=made_up))
        document = link_document(found, others, errors)
        put(as_json(marked(document, simulated=made_up)), out)


def link_document(
    found: Link, others: Mapping[str, Constants | None], errors: Constants | None
) -> dict[str, Any]:
    """Return a link as a document, `examengine/linking/1`."""
    return {
        "schema": "examengine/linking/1",
        "code_version": CODE_VERSION,
        "method": found.method,
        "A": found.slope,
        "B": found.intercept,
        "A_known": found.slope_known,
        "se": errors and {"A": errors.slope, "B": errors.intercept},
        "weights": found.weights,
        "n_common": found.n_common,
        "left_out": list(found.left_out),
        "alternatives": [
            {"method": name, "A": one and one.slope, "B": one and one.intercept}
            for name, one in others.items()
        ],
        "displacements": plain(found.displacements),
        "transformed": found.transformed.to_dict(),
    }
