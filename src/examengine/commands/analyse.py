"""`examengine analyse`: an administration, classically."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from examengine.commands.analysis_page import analysis_page
from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    responses_from,
    simulated_in,
)
from examengine.commands.psychometric_options import Key, Out, ResponsesArgument, SimulatedOption
from examengine.psychometrics.csv_tables import number_in
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.results import Analysis, analyse


def analyse_responses(
    responses: ResponsesArgument,
    key: Key = None,
    omit: Annotated[
        list[str] | None, typer.Option(help="Option id that means left out; may be repeated.")
    ] = None,
    domain_weight: Annotated[
        list[str] | None,
        typer.Option(help="DOMAIN=WEIGHT for every domain of the key: a composite's reliability."),
    ] = None,
    simulated: SimulatedOption = False,
    html: Annotated[Path | None, typer.Option(help="Also write a report to read.")] = None,
    out: Out = None,
) -> None:
    """Analyse an administration classically: items, options, totals, reliability (JSON).

    Example: examengine analyse responses.csv --key key.csv --html report.html
    """
    with refusals_as_faults(responses):
        data = responses_from(responses, keys_from(key))
        weights = _weights_from(domain_weight) if domain_weight else None
        found = analyse(data, omitted=omit or (), domain_weights=weights)
        made_up = simulated_in(simulated, responses=[responses])
        document = {**analysis_document(found, data), "simulated": made_up}
        if html is not None:
            put(analysis_page(document, title=responses.name), html)
        put(as_json(document), out)


def _weights_from(options: Sequence[str]) -> Mapping[str, float]:
    """Return the weight of each domain.

    Raises:
        Fault: An option is not DOMAIN=WEIGHT with a number above 0, or a domain stands twice.
    """
    found: dict[str, float] = {}
    for option in options:
        name, _, text = option.rpartition("=")
        weight = number_in(text)
        if not name or name in found or weight is None or weight <= 0:
            raise UnusableOption(
                f"--domain-weight {option}: DOMAIN=WEIGHT, once each, weights above 0"
            )
        found[name] = weight
    return found


def analysis_document(found: Analysis, data: ResponseData) -> dict[str, Any]:
    """Return a classical analysis as a document, `examengine/analysis/1`."""
    document: dict[str, Any] = plain(found)
    for item in document["items"]:
        item.update(item.pop("statistics"))
    return {
        "schema": "examengine/analysis/1",
        "code_version": CODE_VERSION,
        "input_digest": data.responses.digest,
        **document,
    }
