"""`examengine equate`: scores of a new form on the scale of an old one."""

import csv
import io
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from examengine.commands.equate_input import EquateInput
from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import marked, simulated_in, warn
from examengine.commands.psychometric_options import Key, Out, SimulatedOption
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.equating import METHODS, Bootstrap, Equating, equate_forms
from examengine.psychometrics.linking import METHODS as LINKING_METHODS


def equate(
    method: Annotated[str, typer.Option(help=", ".join(sorted(METHODS)))],
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
    simulated: SimulatedOption = False,
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
        samples = None if bootstrap is None else Bootstrap(bootstrap, np.random.default_rng(seed))
        plan = given.plan(samples)
        found = equate_forms(*given.forms(), given.method, plan)
        for note in found.notes:
            warn(note)
        as_csv = out is not None and out.suffix.lower() == ".csv"
        made_up = simulated_in(simulated, responses=[new, old], params=[source, target])
        document = marked(equating_document(found, seed if bootstrap else None), simulated=made_up)
        put(conversion_csv(found, simulated=made_up) if as_csv else as_json(document), out)


def equating_document(found: Equating, seed: int | None) -> dict[str, Any]:
    """Return an equating as a document, `examengine/equating/1`."""
    document: dict[str, Any] = plain(found)
    table = document.pop("conversions")
    return {
        "schema": "examengine/equating/1",
        "code_version": CODE_VERSION,
        **document,
        "seed": seed,
        "table": table,
    }


def conversion_csv(found: Equating, *, simulated: bool = False) -> str:
    """Return a conversion table as CSV; a standard error that does not exist is left empty.

    Where a program made what it rests on, a last column says so.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["score", "equated", "rounded", "se", *(["simulated"] * simulated)])
    for row in found.conversions:
        se = repr(row.se) if isfinite(row.se) else ""
        writer.writerow([row.score, repr(row.equated), row.rounded, se, *(["yes"] * simulated)])
    return text.getvalue()
