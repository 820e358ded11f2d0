"""`examengine fit`: do items, persons and the model agree?"""

from typing import Any

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import keys_from, parameters_from, responses_from
from examengine.commands.psychometric_options import Group, Key, Out, Params, Responses
from examengine.psychometrics.estimation.provenance import CODE_VERSION
from examengine.psychometrics.parameter_files import as_json
from examengine.psychometrics.results import ModelAgreement, model_agreement, plain


def fit(
    responses: Responses, params: Params, key: Key = None, group: Group = None, out: Out = None
) -> None:
    """Test the fit of items, persons, pairs of items and the whole model (JSON).

    Residuals are taken at expected a posteriori abilities.

    Example: examengine fit responses.csv --params params.json --out fit.json
    """
    with refusals_as_faults():
        data = responses_from(responses, keys_from(key), group)
        found = model_agreement(data.responses, parameters_from(params))
        if found.model_note:
            typer.echo(f"no model fit: {found.model_note}", err=True)
        put(as_json(fit_document(found)), out)


def fit_document(found: ModelAgreement) -> dict[str, Any]:
    """Return fit statistics as a document, `examengine/fit/1`."""
    return {"schema": "examengine/fit/1", "code_version": CODE_VERSION, **plain(found)}
