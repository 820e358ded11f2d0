"""`examengine calibrate`: item parameters from responses."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from examengine.commands.files import put, refusals_as_faults
from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    models_for,
    parameters_from,
    priors_from,
    responses_from,
    simulated_in,
    warn,
)
from examengine.commands.psychometric_options import (
    Group,
    Key,
    Out,
    ResponsesArgument,
    SimulatedOption,
)
from examengine.psychometrics.estimation import (
    ESTIMATORS,
    FEWEST_KNOTS,
    MOST_KNOTS,
    LatentForm,
    Priors,
    calibrate,
    reported_names,
)
from examengine.psychometrics.option_categories import (
    by_option,
    options_to_calibrate,
    right_categories,
    with_options,
)
from examengine.psychometrics.parameters import ItemParameters, ParameterSet, write_parameters


def calibrate_responses(
    responses: ResponsesArgument,
    model: Annotated[str | None, typer.Option(help="Model of all items, such as 2pl.")] = None,
    models: Annotated[Path | None, typer.Option(help="A model an item (CSV).")] = None,
    key: Key = None,
    anchors: Annotated[Path | None, typer.Option(help="Items held fixed (JSON).")] = None,
    priors: Annotated[Path | None, typer.Option(help="Prior distributions (TOML).")] = None,
    group: Group = None,
    reference: Annotated[str | None, typer.Option(help="The reference group.")] = None,
    estimator: Annotated[str, typer.Option(help=" or ".join(ESTIMATORS))] = "mml-em",
    tolerance: Annotated[float, typer.Option(min=1e-12, help="Largest change at the end.")] = 1e-4,
    max_cycles: Annotated[int, typer.Option(min=1, help="Most passes over the data.")] = 500,
    points: Annotated[int, typer.Option(min=5, max=1001, help="Quadrature points.")] = 61,
    limits: Annotated[
        tuple[float, float],
        typer.Option("--range", metavar="LOW HIGH", help="Lowest and highest point."),
    ] = (-6.0, 6.0),
    fixed_grid: Annotated[
        bool,
        typer.Option(
            "--fixed-grid", help="Points do not move with a group, as in mirt; take a wide range."
        ),
    ] = False,
    latent: Annotated[
        LatentForm, typer.Option(help="Abilities are normal, or have a histogram.")
    ] = "normal",
    knots: Annotated[
        int, typer.Option(min=FEWEST_KNOTS, max=MOST_KNOTS, help="How freely a histogram bends.")
    ] = 7,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads to work on.")] = 1,
    simulated: SimulatedOption = False,
    out: Out = None,
) -> None:
    """Estimate item parameters by marginal maximum likelihood (JSON).

    A run that does not converge says so on stderr and in the file, and ends with status 0. With a
    key the nominal model takes the chosen options for its categories; others take right and wrong,
    0 and 1, however many points an item is worth.

    Example: examengine calibrate responses.csv --model 2pl --out params.json
    """
    with refusals_as_faults(responses), ThreadPoolExecutor(threads) as pool:
        _check(limits, group, reference)
        data = responses_from(
            responses, keys_from(key), group, idle="--group group calibrates by it"
        )
        known = priors_from(priors)
        fixed = () if anchors is None else parameters_from(anchors).items
        chosen = models_for(data, model, models, fixed)
        options = options_to_calibrate(data, chosen, fixed)
        found = calibrate(
            by_option(data, options).responses,
            chosen,
            points=points,
            limits=limits,
            tolerance=tolerance,
            max_cycles=max_cycles,
            priors=known,
            anchors=fixed,
            right=right_categories(data, options),
            by_group=group is not None,
            reference=reference,
            scale_nodes=not fixed_grid,
            latent=latent,
            knots=knots,
            estimator=estimator,
            executor=pool if threads > 1 else None,
        ).parameters
        for warning in (*_idle(known, found), *_overruled(models, chosen, fixed), *found.warnings):
            warn(warning)
        if not found.converged:
            warn("the calibration did not converge")
        made_up = simulated_in(simulated, responses=[responses], params=[anchors])
        found = replace(with_options(found, options), simulated=made_up)
        put(write_parameters(found), out)


def _check(limits: tuple[float, float], group: str | None, reference: str | None) -> None:
    """Refuse options that contradict each other.

    Raises:
        Fault: The range has no width, or a reference group was named without groups.
    """
    low, high = limits
    if not (isfinite(low) and isfinite(high) and low < high):
        raise UnusableOption(
            f"--range {low} {high}: two finite numbers are needed, the lower first"
        )
    if reference is not None and group is None:
        raise UnusableOption(
            f"--reference {reference}: --group has to name the column that holds groups"
        )


def _idle(priors: Priors | None, found: ParameterSet) -> Iterator[str]:
    """Sentences for priors that say nothing about these items: a slip would go unnoticed."""
    if priors is None:
        return
    absent = [name for name in priors.by_item if name not in found.item_ids]
    if absent:
        yield f"priors for {', '.join(absent)}: no such item in the responses"
    estimated: set[str] = set()
    for item in found.items:
        if not item.anchored:
            estimated |= set(item.item_model.reported_names(item.n_categories))
    for name in priors.general:
        if not estimated & set(reported_names(name)):
            yield f"the prior on {name} says nothing: no item has that parameter to be estimated"


def _overruled(
    file: Path | None, models: str | Mapping[str, str], anchors: Iterable[ItemParameters]
) -> Iterator[str]:
    """A sentence for models that were named otherwise than the anchors they are of."""
    if file is None or isinstance(models, str):
        return
    for item in anchors:
        if models.get(item.item_id, item.model) != item.model:
            yield (
                f"{file}: item {item.item_id!r} is said to be {models[item.item_id]}; it is held "
                f"at its anchor, which is {item.model}"
            )
