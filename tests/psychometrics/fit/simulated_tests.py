"""Small tests with known parameters, and responses that follow them."""

import numpy as np
from scipy.special import expit

from examengine.psychometrics.fit import at_nodes
from examengine.psychometrics.parameters import ItemParameters, ParameterSet


def two_pl(n_items, seed):
    """A 2PL test with ordinary parameters."""
    rng = np.random.default_rng(seed)
    slopes, places = rng.uniform(0.8, 1.8, n_items), rng.normal(0, 0.8, n_items)
    return ParameterSet(
        tuple(
            ItemParameters(f"i{j}", "2pl", {"a": a, "b": b, "c": 0.0, "d": 1.0})
            for j, (a, b) in enumerate(zip(slopes, places, strict=True))
        )
    )


def simulate(parameters, n_persons, seed):
    """Responses that follow the model, and the abilities behind them."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n_persons)
    a = np.array([item.values["a"] for item in parameters.items])
    b = np.array([item.values["b"] for item in parameters.items])
    right = rng.uniform(size=(n_persons, a.size)) < expit(a * (theta[:, np.newaxis] - b))
    return right.astype(np.int8), theta


def mixed_test():
    """Three items of three models, small enough to write every pattern down."""
    return ParameterSet(
        (
            ItemParameters("x", "3pl", {"a": 1.2, "b": 0.3, "c": 0.2, "d": 1.0}),
            ItemParameters("y", "grm", {"a": 0.9, "thresholds": (-0.5, 0.8)}),
            ItemParameters("z", "gpcm", {"a": 1.4, "steps": (-1.0, 0.2, 0.9)}),
        )
    )


def standard(parameters, **kwargs):
    """A test at the nodes of its first group."""
    return at_nodes(parameters, parameters.groups[0], **kwargs)
