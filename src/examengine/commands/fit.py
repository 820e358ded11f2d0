"""`examengine fit`: do items, persons and the model agree?"""

from typing import Annotated, Any

import numpy as np
import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    keys_from,
    marked,
    parameters_from,
    responses_from,
    simulated_in,
    warn_of_groups,
)
from examengine.commands.psychometric_options import (
    Group,
    Key,
    Out,
    Params,
    ResponsesArgument,
    SimulatedOption,
)
from examengine.psychometrics.dimensionality import parallel_analysis
from examengine.psychometrics.documents import CODE_VERSION, as_json, plain
from examengine.psychometrics.option_categories import by_option, options_of
from examengine.psychometrics.results import ModelAgreement, model_agreement


def fit(
    responses: ResponsesArgument,
    params: Params,
    key: Key = None,
    group: Group = None,
    dimensionality: Annotated[
        bool, typer.Option("--dimensionality", help="Also a parallel analysis of polychorics.")
    ] = False,
    replications: Annotated[
        int, typer.Option(min=1, max=10_000, help="Of the parallel analysis.")
    ] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Of the parallel analysis.")] = 1,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Test the fit of items, persons, pairs of items and the whole model (JSON).

    Residuals are taken at expected a posteriori abilities: infit and outfit there describe, S-X²
    tests. With --dimensionality the eigenvalues of the polychoric correlations are compared with
    those of items dealt out anew.

    Example: examengine fit responses.csv --params params.json --out fit.json
    """
    with refusals_as_faults(responses):
        data = responses_from(responses, keys_from(key), group)
        parameters = parameters_from(params)
        answers = by_option(data, options_of(parameters.items)).responses
        warn_of_groups(data, parameters, group)
        found = model_agreement(answers, parameters)
        if found.model_note:
            typer.echo(f"no model fit: {found.model_note}", err=True)
        document = fit_document(found)
        if dimensionality:
            rng = np.random.default_rng(seed)
            analysed = parallel_analysis(data.responses, rng, replications=replications)
            document["dimensionality"] = {"seed": seed, **plain(analysed)}
        made_up = simulated_in(simulated, responses=[responses], params=[params])
        put(as_json(marked(document, simulated=made_up)), out)


def fit_document(found: ModelAgreement) -> dict[str, Any]:
    """Return fit statistics as a document, `examengine/fit/1`."""
    return {"schema": "examengine/fit/1", "code_version": CODE_VERSION, **plain(found)}
