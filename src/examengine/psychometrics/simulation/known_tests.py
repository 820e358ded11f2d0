"""Tests whose parameters are known: spread evenly over what exams have, or drawn from priors."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import ndtri

from examengine.psychometrics.estimation import GUESSING_PRIORS, Priors
from examengine.psychometrics.models import Values
from examengine.psychometrics.parameters import ItemParameters

STEPS = np.array([-0.8, 0.1, 0.9])
"""Distances of the steps of an item of three points from its centre, logits."""
STEEPEST_SPREAD = 0.3
COMMON_SLOPE = 1.2
HIGHEST_GUESSING = 0.30
LOWEST_GUESSING = 0.10
LOWEST_SURE, HIGHEST_SURE = 0.90, 0.99
"""How surely the ablest answer an item of the 4PL right."""
# Multiples of these leave a remainder that fills (0, 1) evenly, and differently from each other.
GOLDEN, PLASTIC, SILVER = 0.6180339887498949, 0.7548776662466927, 0.4142135623730951


def true_items(model: str, n_items: int) -> tuple[ItemParameters, ...]:
    """A test of a model, its parameters spread evenly over what exams have.

    b_j = Φ⁻¹((j − ½) / J), log a_j from N(.18, .3²) by its quantiles (slopes all 1 for rasch, pcm
    and rsm, 1.2 for 1pl), c from .10 to .30, d from .90 to .99; steps and thresholds lie −.8, .1
    and .9 logits from .6 b_j; nominal items have slopes 0, .5, 1, 1.5 times a_j and intercepts
    0, .5, .4, −.3 less slope times .6 b_j.

    Args:
        model: Code of the model.
        n_items: Number of items J, at least 1.

    Returns:
        The items, named Q1 …

    Raises:
        ValueError: No truth is laid out for this model.
    """
    if model not in _VALUES:
        raise ValueError(f"model {model!r}: tests are laid out for {', '.join(_VALUES)}")
    place = np.arange(1, n_items + 1)
    b = ndtri((place - 0.5) / n_items)
    a = COMMON_SLOPE * np.exp(STEEPEST_SPREAD * ndtri((place * GOLDEN) % 1.0))
    c = LOWEST_GUESSING + (HIGHEST_GUESSING - LOWEST_GUESSING) * ((place * PLASTIC) % 1.0)
    d = LOWEST_SURE + (HIGHEST_SURE - LOWEST_SURE) * ((place * SILVER) % 1.0)
    return tuple(
        ItemParameters(f"Q{number}", model, _VALUES[model](*(float(one) for one in row)))
        for number, *row in zip(place.tolist(), a, b, c, d, strict=True)
    )


def items_from_priors(rng: np.random.Generator, n_items: int) -> tuple[ItemParameters, ...]:
    """A 3PL test whose a and c are drawn from the priors it is calibrated with; b as ever.

    log a ~ N(0, .5²), c ~ Beta(5, 17), b_j = Φ⁻¹((j − ½) / J)

    Args:
        rng: The generator.
        n_items: Number of items J, at least 1.

    Returns:
        The items, named Q1 …
    """
    slope, guessing = GUESSING_PRIORS["a"], GUESSING_PRIORS["c"]
    a = rng.lognormal(slope["mean"], slope["sd"], n_items)
    c = rng.beta(guessing["alpha"], guessing["beta"], n_items)
    b = ndtri((np.arange(1, n_items + 1) - 0.5) / n_items)
    return tuple(
        ItemParameters(f"Q{number}", "3pl", {"a": float(one), "b": float(where), "c": float(low)})
        for number, (one, where, low) in enumerate(zip(a, b, c, strict=True), start=1)
    )


def _in_steps(name: str, a: float, b: float) -> Values:
    return {"a": a, name: tuple((0.6 * b + STEPS).tolist())}


def _nominal(a: float, b: float) -> Values:
    slopes = a * np.array([0.0, 0.5, 1.0, 1.5])
    intercepts = np.array([0.0, 0.5, 0.4, -0.3]) - slopes * 0.6 * b
    return {"slopes": tuple(slopes.tolist()), "intercepts": tuple(intercepts.tolist())}


_VALUES: Mapping[str, Callable[[float, float, float, float], Values]] = MappingProxyType(
    {
        "rasch": lambda _a, b, _c, _d: {"a": 1.0, "b": b},
        "1pl": lambda _a, b, _c, _d: {"a": COMMON_SLOPE, "b": b},
        "2pl": lambda a, b, _c, _d: {"a": a, "b": b},
        "3pl": lambda a, b, c, _d: {"a": a, "b": b, "c": c},
        "4pl": lambda a, b, c, d: {"a": a, "b": b, "c": c, "d": d},
        "pcm": lambda _a, b, _c, _d: _in_steps("steps", 1.0, b),
        "rsm": lambda _a, b, _c, _d: _in_steps("steps", 1.0, b),
        "gpcm": lambda a, b, _c, _d: _in_steps("steps", a, b),
        "grm": lambda a, b, _c, _d: _in_steps("thresholds", a, b),
        "nrm": lambda a, b, _c, _d: _nominal(a, b),
    }
)
LAID_OUT = tuple(_VALUES)
"""The models that a test is laid out for."""
STUDIED = tuple(code for code in LAID_OUT if code not in {"4pl", "rsm"})
"""Those whose recovery is studied: 4PL asks for more persons than a study can repeat, and what RSM
does with these items PCM does as well."""


def priors_for(model: str) -> Priors | None:
    """The priors a model is studied with: lognormal on a and beta on c for the 3PL, else none."""
    return Priors.from_mapping(dict(GUESSING_PRIORS)) if model == "3pl" else None
