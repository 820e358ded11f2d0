"""`examengine score`: abilities from responses and item parameters."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Annotated

import numpy as np
import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    parameters_from,
    responses_from,
    simulated_in,
    warn,
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
from examengine.psychometrics.ability import (
    METHODS,
    Abilities,
    estimate_abilities,
    plausible_values,
)
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.option_categories import by_option, options_of
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses as Matrix
from examengine.psychometrics.score_scale import Scale


def score(
    responses: ResponsesArgument,
    params: Params,
    method: Annotated[str, typer.Option(help=", ".join(sorted(METHODS)))] = "eap",
    key: Key = None,
    group: Group = None,
    scale: Annotated[
        tuple[str, str, int, int] | None,
        typer.Option(
            metavar="SLOPE INTERCEPT LOWEST HIGHEST",
            help="Adds scale_score, halves up and clipped, and scale_se.",
        ),
    ] = None,
    plausible: Annotated[
        int, typer.Option("--plausible-values", min=0, max=1000, help="Adds pv1, pv2 … a person.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the plausible values.")] = 1,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Estimate the ability of every person (CSV: person_id, theta, se, n_answered, raw_score).

    Standard errors are posterior deviations for eap and eapsum, and from the curvature at the
    estimate for map, ml and wle. Who answered nothing has the prior, or nothing for ml and wle.

    Example: examengine score responses.csv --params params.json --method eap --out scores.csv
    """
    with refusals_as_faults(responses):
        chosen = None if scale is None else _scale(*scale)
        data = responses_from(responses, keys_from(key), group)
        parameters = parameters_from(params)
        answers = by_option(data, options_of(parameters.items)).responses
        found = estimate_abilities(answers, parameters, method)
        # The place of an option among the options is no point, so the raw score is that of the key.
        found = replace(found, raw_score=data.responses.raw_scores)
        if METHODS[method].has_prior or plausible:
            warn_of_groups(data, parameters, group, "scored")
        for warning in _warnings(found):
            warn(warning)
        draws = _draws(answers, parameters, plausible, seed)
        made_up = simulated_in(simulated, responses=[responses], params=[params])
        put(scores_csv(found, chosen, draws, simulated=made_up), out)


def scores_csv(
    found: Abilities, scale: Scale | None, draws: FloatArray, *, simulated: bool = False
) -> str:
    """Return ability estimates as CSV; an estimate that is not finite is left empty.

    Args:
        found: The estimates.
        scale: Where scores are reported; None for logits alone.
        draws: Plausible values, shape (n_persons, n_values).
        simulated: Whether a program made what they rest on; then a last column says so.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("person_id", "theta", "se", "n_answered", "raw_score"),
            *(("scale_score", "scale_se") if scale is not None else ()),
            *(f"pv{number}" for number in range(1, draws.shape[1] + 1)),
            *(["simulated"] * simulated),
        ]
    )
    columns = (found.theta, found.se, found.n_answered, found.raw_score)
    for person_id, theta, se, answered, raw, values in zip(
        found.person_ids, *(column.tolist() for column in columns), draws.tolist(), strict=True
    ):
        writer.writerow(
            [
                *(person_id, _finite(theta), _finite(se), answered, raw),
                *(() if scale is None else _reported(scale, theta, se)),
                *(repr(value) for value in values),
                *(["yes"] * simulated),
            ]
        )
    return text.getvalue()


def _reported(scale: Scale, theta: float, se: float) -> Sequence[str]:
    """A score on the scale and its error, empty where there is none."""
    score = str(scale.score(theta)) if isfinite(theta) else ""
    return score, _finite(scale.error(se))


def _scale(slope: str, intercept: str, lowest: int, highest: int) -> Scale:
    """The scale that the option describes.

    Raises:
        Fault: Slope or intercept is no number, the slope is 0, or the ends are the wrong way round.
    """
    for text in (slope, intercept):
        try:
            usable = Decimal(text).is_finite()
        except InvalidOperation:
            usable = False
        if not usable:
            raise UnusableOption(f"--scale {text}: a decimal number is needed")
    if not Decimal(slope):
        raise UnusableOption("--scale: a slope of 0 gives everybody the same score")
    if not lowest < highest:
        raise UnusableOption(
            f"--scale {lowest} {highest}: the lowest score first, then the highest"
        )
    return Scale(slope, intercept, lowest, highest)


def _draws(answers: Matrix, parameters: ParameterSet, count: int, seed: int) -> FloatArray:
    """Plausible values, shape (n_persons, count)."""
    if not count:
        return np.zeros((answers.n_persons, 0))
    return plausible_values(answers, parameters, count, np.random.default_rng(seed))


def _warnings(found: Abilities) -> Iterator[str]:
    """What a reader of the scores has to know."""
    yield from found.notes
    at_bound = int(found.at_bound.sum())
    if at_bound:
        yield f"{at_bound} estimates lie at a bound of the scale"
    missing = int(np.isnan(found.theta).sum())
    if missing:
        yield f"{missing} persons answered nothing and have no estimate"


def _finite(value: float) -> str:
    return repr(value) if isfinite(value) else ""
