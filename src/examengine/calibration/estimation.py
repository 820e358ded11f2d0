"""One calibration of a snapshot: estimates, fit, and a second opinion, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from examengine.calibration.analysis import Analysis, as_statistics, plain
from examengine.calibration.errors import CalibrationRefused
from examengine.psychometrics.ability import Abilities, estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation import Calibration, calibrate
from examengine.psychometrics.fit import (
    CannotTestFit,
    at_nodes,
    estimated_counts,
    limited_information_fit,
    q3,
    residual_fit,
    s_x2,
    score_moments,
)
from examengine.psychometrics.observed_curves import observed_curve
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.reliability import empirical_reliability
from examengine.psychometrics.responses import Responses

MODELS = ("2pl", "rasch")
"""Models a run offers; scores are computed under the two-parameter model."""
STRONGEST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is asked to do.

    Attributes:
        model: `2pl` or `rasch`.
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


def estimate(analysis: Analysis, settings: RunSettings) -> RunResult:
    """Calibrate a snapshot and test how well the model describes it.

    Args:
        analysis: The snapshot and its classical figures.
        settings: Model and options.

    Raises:
        CalibrationRefused: The model is none that is offered, or the responses do not determine
            its parameters; one sentence per reason.
    """
    if settings.model not in MODELS:
        raise CalibrationRefused([f"the model {settings.model!r} is none of {', '.join(MODELS)}"])
    responses = analysis.snapshot.responses
    found = _calibrated(responses, settings)
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
        "second_opinion": _second_opinion(responses, found.parameters, settings),
    }
    return RunResult(found.parameters.to_dict(), statistics)


def _calibrated(responses: Responses, settings: RunSettings) -> Calibration:
    try:
        return calibrate(responses, settings.model, scale_nodes=settings.scale_nodes)
    except Refusal as refusal:
        raise CalibrationRefused(refusal.faults) from refusal


def _agreement(
    responses: Responses, parameters: ParameterSet, settings: RunSettings
) -> dict[str, Any]:
    """Return item fit, model fit, local dependence and abilities."""
    abilities = estimate_abilities(responses, parameters, "eap", scale_nodes=settings.scale_nodes)
    moments = score_moments(parameters.items, abilities.theta)
    weight = responses.weights
    dependence = q3(responses.scores, moments, weight)
    return {
        "abilities": {
            "estimator": "eap",
            "mean": float(abilities.theta.mean()),
            "sd": float(abilities.theta.std(ddof=1)),
            "reliability": plain(empirical_reliability(abilities.theta, abilities.se)),
        },
        "items": _item_fit(responses, parameters, abilities, settings),
        "model": _model_fit(responses, parameters, settings),
        "dependence": {
            "mean": plain(dependence.mean),
            "pairs": _strongest(dependence.adjusted(), parameters.item_ids),
        },
    }


def _item_fit(
    responses: Responses, parameters: ParameterSet, abilities: Abilities, settings: RunSettings
) -> list[dict[str, Any]]:
    test = at_nodes(parameters, parameters.groups[0], theta=_nodes(parameters, settings))
    weight = responses.weights
    squares = s_x2(
        responses.scores,
        test.probabilities,
        test.node_weights,
        estimated_counts(parameters),
        weight,
    )
    moments = score_moments(parameters.items, abilities.theta)
    residuals = residual_fit(responses.scores, moments, weight, of="items")
    return [
        {
            "item_id": item_id,
            "s_x2": plain(square.statistic),
            "df": square.df,
            "p": plain(square.p),
            "rmsea": plain(square.rmsea),
            "n": square.n,
            "infit": plain(residuals.infit[place]),
            "infit_z": plain(residuals.infit_z[place]),
            "outfit": plain(residuals.outfit[place]),
            "outfit_z": plain(residuals.outfit_z[place]),
            "observed": [
                [group.theta, group.n, group.p, group.low, group.high]
                for group in observed_curve(responses.scores[:, place], abilities.theta, weight)
            ],
        }
        for place, (item_id, square) in enumerate(zip(parameters.item_ids, squares, strict=True))
    ]


def _model_fit(
    responses: Responses, parameters: ParameterSet, settings: RunSettings
) -> dict[str, Any] | None:
    if not settings.model_fit:
        return None
    test = at_nodes(parameters, parameters.groups[0], theta=_nodes(parameters, settings))
    try:
        fit = limited_information_fit(responses, test)
    except CannotTestFit as refusal:
        return {"refused": "; ".join(refusal.faults)}
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


def _nodes(parameters: ParameterSet, settings: RunSettings) -> FloatArray | None:
    """Return the fixed grid; None for nodes that move with the ability distribution."""
    rule = parameters.quadrature
    return None if settings.scale_nodes else np.linspace(rule.low, rule.high, rule.points)


def _strongest(adjusted: FloatArray, item_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the pairs of items that have most in common beyond the ability."""
    rows, columns = np.tril_indices(len(item_ids), -1)
    values = np.nan_to_num(adjusted[rows, columns], nan=0.0)
    order = np.argsort(-np.abs(values), kind="stable")[:STRONGEST_PAIRS]
    return [
        {"items": [item_ids[columns[at]], item_ids[rows[at]]], "q3": float(values[at])}
        for at in order
    ]


def _second_opinion(
    responses: Responses, parameters: ParameterSet, settings: RunSettings
) -> dict[str, Any] | None:
    """Return girth's estimates and how far they are from ours, or why there are none."""
    if not settings.second_opinion:
        return None
    try:
        other = calibrate(responses, settings.model, estimator="girth").parameters
    except Refusal as refusal:
        return {"estimator": "girth", "refused": "; ".join(refusal.faults)}
    pairs = list(zip(parameters.items, other.items, strict=True))
    return {
        "estimator": other.estimator,
        "warnings": list(other.warnings),
        "items": [_beside(ours, theirs) for ours, theirs in pairs],
        "largest_difference": {
            name: max((abs(_value(one, name) - _value(two, name)) for one, two in pairs), default=0)
            for name in ("a", "b")
        },
    }


def _beside(ours: ItemParameters, theirs: ItemParameters) -> dict[str, Any]:
    return {"item_id": ours.item_id, "a": _value(theirs, "a"), "b": _value(theirs, "b")}


def _value(item: ItemParameters, name: str) -> float:
    value = item.values[name]
    return float("nan") if isinstance(value, tuple) else float(value)
