"""One calibration of a response matrix: estimates, fit, and a second opinion, as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from examengine.calibration.analysis import MatrixAnalysis, as_statistics
from examengine.calibration.errors import CalibrationRefused
from examengine.calibration.run_models import model_named, models_of_items, priors_of
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.documents import plain
from examengine.psychometrics.estimation import Calibration, Priors, calibrate
from examengine.psychometrics.observed_curves import observed_categories, observed_curve
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.reliability import empirical_reliability
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results import (
    ItemFit,
    LocalDependence,
    ModelAgreement,
    model_agreement,
)

STRONGEST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is asked to do.

    Attributes:
        model: One of `MODELS`; right/wrong and graded items get each their own of it.
        scale_nodes: Whether quadrature points move with the estimated deviation. False keeps a
            fixed grid from −6 to 6, to compare with programs that do.
        model_fit: Whether to test the whole model (M2), which takes long for long tests.
        second_opinion: Whether girth estimates the same responses too, to be shown beside.
    """

    model: str = "2pl"
    scale_nodes: bool = True
    model_fit: bool = True
    second_opinion: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a calibration gave."""

    body: Mapping[str, Any]
    """The item parameters as their file says them."""
    statistics: Mapping[str, Any]


def estimate(analysis: MatrixAnalysis, settings: RunSettings) -> RunResult:
    """Calibrate responses and test how well the model describes it.

    Args:
        analysis: The responses and their classical figures.
        settings: Model and options.

    Raises:
        CalibrationRefused: The model is none that is offered, or the responses do not determine
            its parameters; one sentence per reason.
    """
    matrix = analysis.matrix
    responses, model = matrix.responses, model_named(settings.model)
    models = models_of_items(model, matrix.item_ids, matrix.most_points)
    unreached = list(_unreached_scores(responses))
    if unreached:
        raise CalibrationRefused(unreached)
    found = _calibrated(responses, models, priors_of(model), settings)
    statistics = {
        **as_statistics(analysis),
        "estimation": {
            "gradient_max": found.parameters.gradient_max,
            "hessian_condition": found.hessian_condition,
            "cycles": found.parameters.iterations,
            "scale_nodes": settings.scale_nodes,
            "warnings": list(found.parameters.warnings),
        },
        **_agreement(responses, found.parameters, settings),
        "second_opinion": _second_opinion(responses, models, found.parameters, settings),
    }
    return RunResult(found.parameters.to_dict(), statistics)


def _unreached_scores(responses: Responses) -> Iterator[str]:
    """One sentence for each item worth several points of which a score was never reached."""
    for place in np.flatnonzero(responses.max_scores > 1):
        most, scores = int(responses.max_scores[place]), responses.scores[:, place]
        never = [str(score) for score in range(most + 1) if not (scores == score).any()]
        if never:
            yield (
                f"item {responses.item_ids[place]}: nobody got {' or '.join(never)} of its {most} "
                "points, and a step that nobody took cannot be estimated; leave the item out"
            )


def _calibrated(
    responses: Responses, models: Mapping[str, str], priors: Priors | None, settings: RunSettings
) -> Calibration:
    try:
        return calibrate(responses, models, priors=priors, scale_nodes=settings.scale_nodes)
    except Refusal as refusal:
        raise CalibrationRefused(refusal.faults) from refusal


def _agreement(
    responses: Responses, parameters: ParameterSet, settings: RunSettings
) -> dict[str, Any]:
    """Return item fit, model fit, local dependence and abilities."""
    abilities = estimate_abilities(responses, parameters, "eap", scale_nodes=settings.scale_nodes)
    found = model_agreement(
        responses,
        parameters,
        abilities=abilities,
        scale_nodes=settings.scale_nodes,
        model_fit=settings.model_fit,
    )
    return {
        "abilities": {
            "estimator": "eap",
            "mean": float(abilities.theta.mean()),
            "sd": float(abilities.theta.std(ddof=1)),
            "reliability": plain(empirical_reliability(abilities.theta, abilities.se)),
        },
        "items": [
            _item_fit(item, responses, place, abilities.theta)
            for place, item in enumerate(found.items)
        ],
        "model": _model_fit(found),
        "dependence": {
            "mean": plain(found.dependence.mean),
            "pairs": _strongest(found.dependence),
        },
    }


def _item_fit(item: ItemFit, responses: Responses, place: int, theta: FloatArray) -> dict[str, Any]:
    square, scores = item.s_x2, responses.scores[:, place]
    most = int(responses.max_scores[place])
    return {
        "item_id": item.item_id,
        "s_x2": plain(square.statistic),
        "df": square.df,
        "p": plain(square.p),
        "rmsea": plain(square.rmsea),
        "n": square.n,
        "infit": plain(item.infit),
        "infit_z": plain(item.infit_z),
        "outfit": plain(item.outfit),
        "outfit_z": plain(item.outfit_z),
        "observed": [
            [group.theta, group.n, group.p, group.low, group.high]
            for group in observed_curve(scores, theta, responses.weights, most_points=most)
        ],
        **({} if most == 1 else _categories(responses, place, theta)),
    }


def _categories(responses: Responses, place: int, theta: FloatArray) -> dict[str, Any]:
    """Return how often each score of an item was reached, by groups of ability."""
    found = observed_categories(
        responses.scores[:, place],
        theta,
        responses.weights,
        most_points=int(responses.max_scores[place]),
    )
    return {"categories": [[group.theta, group.n, list(group.shares)] for group in found]}


def _model_fit(found: ModelAgreement) -> dict[str, Any] | None:
    fit = found.model
    if fit is None:
        return None if found.model_note is None else {"refused": found.model_note}
    return {
        "statistic": plain(fit.statistic),
        "df": fit.df,
        "p": plain(fit.p),
        "rmsea": plain(fit.rmsea),
        "rmsea_interval": [plain(fit.rmsea_lower), plain(fit.rmsea_upper)],
        "srmsr": plain(fit.srmsr),
        "cfi": plain(fit.cfi),
        "tli": plain(fit.tli),
    }


def _strongest(dependence: LocalDependence) -> list[dict[str, Any]]:
    """Return the pairs of items that have most in common beyond the ability."""
    rows, columns = np.tril_indices(len(dependence.item_ids), -1)
    adjusted = np.array(dependence.q3)[rows, columns] - dependence.mean
    values = np.nan_to_num(adjusted, nan=0.0)
    order = np.argsort(-np.abs(values), kind="stable")[:STRONGEST_PAIRS]
    return [
        {
            "items": [dependence.item_ids[columns[at]], dependence.item_ids[rows[at]]],
            "q3": float(values[at]),
        }
        for at in order
    ]


def _second_opinion(
    responses: Responses,
    models: Mapping[str, str],
    parameters: ParameterSet,
    settings: RunSettings,
) -> dict[str, Any] | None:
    """Return girth's estimates and how far they are from ours, or why there are none."""
    if not settings.second_opinion:
        return None
    kinds = sorted(set(models.values()))
    if len(kinds) > 1:
        return _no_opinion(
            f"it takes one model for all items, and these have {' and '.join(kinds)}"
        )
    try:
        other = calibrate(responses, models, estimator="girth").parameters
    except Refusal as refusal:
        return _no_opinion("; ".join(refusal.faults))
    pairs = list(zip(parameters.items, other.items, strict=True))
    return {
        "estimator": other.estimator,
        "warnings": list(other.warnings),
        "items": [{"item_id": theirs.item_id, **_compared(theirs)} for _, theirs in pairs],
        "largest_difference": {
            "a": max((abs(_slope(one) - _slope(two)) for one, two in pairs), default=0),
            "b": max((far for one, two in pairs for far in _distances(one, two)), default=0),
        },
    }


def _no_opinion(reason: str) -> dict[str, Any]:
    return {"estimator": "girth", "refused": reason}


def _compared(item: ItemParameters) -> dict[str, Any]:
    """Return what is compared of an item: its slope, and its difficulty or its steps."""
    places = _places(item)
    return {"a": _slope(item), **({"b": places[0]} if "b" in item.values else {"steps": places})}


def _slope(item: ItemParameters) -> float:
    slope = item.values["a"]
    assert isinstance(slope, float)  # noqa: S101  (every model that is offered has one)
    return slope


def _places(item: ItemParameters) -> list[float]:
    """Return where an item lies: its difficulty, or its steps or thresholds."""
    for name in ("b", "steps", "thresholds"):
        if name in item.values:
            return [float(place) for place in np.atleast_1d(item.values[name])]
    return []


def _distances(one: ItemParameters, two: ItemParameters) -> Iterator[float]:
    pairs = zip(_places(one), _places(two), strict=False)
    return (abs(ours - theirs) for ours, theirs in pairs)
