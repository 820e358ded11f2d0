"""One calibration of a snapshot: estimates, fit, and a second opinion, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from examengine.calibration.analysis import Analysis, as_statistics
from examengine.calibration.errors import CalibrationRefused
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation import Calibration, calibrate
from examengine.psychometrics.observed_curves import observed_curve
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.reliability import empirical_reliability
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results import (
    ItemFit,
    LocalDependence,
    ModelAgreement,
    model_agreement,
    plain,
)

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
            for group in observed_curve(scores, theta, responses.weights)
        ],
    }


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
