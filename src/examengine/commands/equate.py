"""`examengine equate`: scores of a new form on the scale of an old one."""

import csv
import io
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from examengine.commands.equate_input import (
    IRT,
    EquateInput,
    bootstrap_of,
    equated_by_parameters,
    equated_by_scores,
)
from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import Fault
from examengine.commands.psychometric_options import Key, Out
from examengine.psychometrics.equating import METHODS, Equating
from examengine.psychometrics.estimation.provenance import CODE_VERSION
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.parameter_files import as_json
from examengine.psychometrics.results import plain

ALL_METHODS = (*sorted(METHODS), *IRT)


def equate(
    method: Annotated[str, typer.Option(help=", ".join(ALL_METHODS))],
    new: Annotated[Path | None, typer.Argument(help="Responses to the new form (CSV).")] = None,
    old: Annotated[Path | None, typer.Argument(help="Responses to the old form (CSV).")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Parameters of the new form (JSON), for IRT.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--to", help="Parameters of the old form (JSON), for IRT.")
    ] = None,
    key: Key = None,
    anchor: Annotated[
        str,
        typer.Option(help="internal or external: whether common items count towards the total."),
    ] = "internal",
    single_group: Annotated[
        bool, typer.Option("--single-group", help="The same persons took both forms.")
    ] = False,
    weight: Annotated[
        float | None, typer.Option(help="Share of the new form's group; by numbers unless given.")
    ] = None,
    smooth: Annotated[
        list[str] | None,
        typer.Option(
            help="Moments to keep: 4 or total,anchor,cross as 4,4,1; or aic, bic, chi2. "
            "Twice: the new form's, then the old form's."
        ),
    ] = None,
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Gaussian kernels instead of percentile ranks.")
    ] = False,
    bandwidth: Annotated[
        float | None, typer.Option(help="Of the kernels, points; least penalty unless given.")
    ] = None,
    link: Annotated[
        str | None,
        typer.Option(help=f"Bring --from to the metric of --to: {', '.join(LINKING_METHODS)}."),
    ] = None,
    groups: Annotated[
        tuple[str, str] | None, typer.Option(help="Calibrated groups that took the forms, for IRT.")
    ] = None,
    bootstrap: Annotated[
        int | None, typer.Option(min=2, max=100_000, help="Samples for the standard errors.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 1,
    out: Out = None,
) -> None:
    """Equate a new form to an old one: conversion table with errors (JSON; CSV by --out).

    Common items are those with the same id in both files. Standard errors are by the delta method
    unless --bootstrap is given. IRT methods need --from and --to, and for standard errors the
    responses that these were calibrated from; --bootstrap calibrates every sample of persons again.

    Example: examengine equate new.csv old.csv --method frequency-estimation --smooth 4,4,1
    """
    with refusals_as_faults():
        given = EquateInput(
            method, new, old, source, target, key, anchor, single_group, weight,
            tuple(smooth or ()), kernel, bandwidth, link, groups,
        )  # fmt: skip
        _check(given)
        samples = bootstrap_of(bootstrap, np.random.default_rng(seed))
        equated = equated_by_parameters if method in IRT else equated_by_scores
        found, warnings = equated(given, samples)
        for warning in (*warnings, *found.notes):
            typer.echo(f"warning: {warning}", err=True)
        as_csv = out is not None and out.suffix.lower() == ".csv"
        document = equating_document(found, seed if bootstrap else None)
        put(conversion_csv(found) if as_csv else as_json(document), out)


def equating_document(found: Equating, seed: int | None) -> dict[str, Any]:
    """Return an equating as a document, `examengine/equating/1`."""
    document: dict[str, Any] = plain(found)
    table = document.pop("table")
    return {
        "schema": "examengine/equating/1",
        "code_version": CODE_VERSION,
        **document,
        "seed": seed,
        "table": table,
    }


def conversion_csv(found: Equating) -> str:
    """Return a conversion table as CSV; a standard error that does not exist is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["score", "equated", "rounded", "se"])
    for row in found.table:
        se = repr(row.se) if isfinite(row.se) else ""
        writer.writerow([row.score, repr(row.equated), row.rounded, se])
    return text.getvalue()


def _check(given: EquateInput) -> None:
    """Refuse options that contradict each other or the method.

    Raises:
        Fault: One sentence for the first of them.
    """
    method = given.method
    if method not in ALL_METHODS:
        raise Fault(f"method {method!r} is none of {', '.join(ALL_METHODS)}")
    if given.anchor not in {"internal", "external"}:
        raise Fault(f"--anchor {given.anchor}: internal or external")
    if given.weight is not None and not 0 <= given.weight <= 1:
        raise Fault(f"--weight {given.weight:g}: a share from 0 to 1 is needed")
    if given.bandwidth is not None and not (isfinite(given.bandwidth) and given.bandwidth > 0):
        raise Fault(f"--bandwidth {given.bandwidth:g}: a number of points above 0 is needed")
    if given.link is not None and given.link not in LINKING_METHODS:
        raise Fault(f"--link {given.link}: a method is one of {', '.join(LINKING_METHODS)}")
    idle = _idle_for_irt(given) if method in IRT else _idle_for_scores(given)
    if idle:
        raise Fault(f"{', '.join(idle)}: no part in --method {method}; leave it out")


def _idle_for_irt(given: EquateInput) -> Sequence[str]:
    curved = given.method != IRT[0]
    options = {
        "--single-group": given.single_group,
        "--smooth": given.smooth,
        "--weight": not curved and given.weight is not None,
        "--kernel": not curved and given.kernel,
        "--bandwidth": not curved and given.bandwidth is not None,
    }
    return [name for name, used in options.items() if used]


def _idle_for_scores(given: EquateInput) -> Sequence[str]:
    method = METHODS[given.method]
    options = {
        "--from": given.source is not None,
        "--to": given.target is not None,
        "--link": given.link is not None,
        "--groups": given.groups is not None,
        "--anchor external": not method.anchored and given.anchor == "external",
        "--weight": not method.synthetic and given.weight is not None,
        "--smooth": not method.curved and given.smooth,
        "--kernel": not method.curved and given.kernel,
        "--bandwidth": not method.curved and given.bandwidth is not None,
    }
    return [name for name, used in options.items() if used]
