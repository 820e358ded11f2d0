"""`examengine score`: abilities from responses and item parameters."""

import csv
import io
from dataclasses import replace
from math import isfinite
from typing import Annotated

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import keys_from, parameters_from, responses_from
from examengine.commands.psychometric_options import Group, Key, Out, Params, Responses
from examengine.psychometrics.ability import METHODS, Abilities, estimate_abilities
from examengine.psychometrics.option_categories import by_option, options_of


def score(
    responses: Responses,
    params: Params,
    method: Annotated[str, typer.Option(help=", ".join(sorted(METHODS)))] = "eap",
    key: Key = None,
    group: Group = None,
    out: Out = None,
) -> None:
    """Estimate the ability of every person (CSV: person_id, theta, se, n_answered, raw_score).

    Example: examengine score responses.csv --params params.json --method eap --out scores.csv
    """
    with refusals_as_faults():
        data = responses_from(responses, keys_from(key), group)
        parameters = parameters_from(params)
        answers = by_option(data, options_of(parameters.items)).responses
        found = estimate_abilities(answers, parameters, method)
        # The place of an option among the options is no point, so the raw score is that of the key.
        found = replace(found, raw_score=data.responses.raw_scores)
        at_bound = int(found.at_bound.sum())
        if at_bound:
            typer.echo(f"warning: {at_bound} estimates lie at a bound of the scale", err=True)
        put(scores_csv(found), out)


def scores_csv(found: Abilities) -> str:
    """Return ability estimates as CSV; an estimate that is not finite is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["person_id", "theta", "se", "n_answered", "raw_score"])
    columns = (found.theta, found.se, found.n_answered, found.raw_score)
    for person_id, theta, se, answered, raw in zip(
        found.person_ids, *(column.tolist() for column in columns), strict=True
    ):
        writer.writerow([person_id, _finite(theta), _finite(se), answered, raw])
    return text.getvalue()


def _finite(value: float) -> str:
    return repr(value) if isfinite(value) else ""
