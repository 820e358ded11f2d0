"""Simulated answers to multiple-choice items, and sums over every single outcome."""

import itertools

import numpy as np

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import Responses


def nominal_test(n_items=12, n_options=4, seed=1):
    """Items whose last option is right and grows with ability."""
    rng = np.random.default_rng(seed)
    slopes = np.sort(rng.normal(0, 0.7, (n_items, n_options)), axis=1)
    intercepts = rng.normal(0, 0.6, (n_items, n_options))
    intercepts[:, -1] += 0.8
    return ParameterSet(
        tuple(
            ItemParameters(
                f"i{j}",
                "nrm",
                {
                    "slopes": tuple(slopes[j] - slopes[j, 0]),
                    "intercepts": tuple(intercepts[j] - intercepts[j, 0]),
                },
            )
            for j in range(n_items)
        )
    )


def draw(parameters, n_persons=40, seed=2):
    """Chosen options, shape (n_persons, n_items)."""
    rng = np.random.default_rng(seed)
    share = category_probabilities(parameters.items, rng.normal(size=n_persons))
    drawn = rng.uniform(size=(*share.shape[:2], 1))
    return (share.cumsum(axis=2) < drawn).sum(axis=2).clip(0, share.shape[2] - 1)


def data_of(chosen, key=3, names="0123"):
    """A response file of chosen options; −1 is no answer."""
    n_items = chosen.shape[1]
    ids = [f"i{j}" for j in range(n_items)]
    labels = np.array([*names, ""])
    return ResponseData(
        source="simulated",
        responses=Responses.from_matrix(
            np.where(chosen < 0, -1, chosen == key).astype(np.int8),
            item_ids=ids,
            max_scores=np.ones(n_items),
        ),
        keys={name: ItemKey(name, (names[key],)) for name in ids},
        chosen={name: tuple(labels[chosen[:, j]]) for j, name in enumerate(ids)},
    )


def every_outcome(chances):
    """All outcomes of independent trials (nothing, right, wrong) with their probability."""
    kinds = [(1 - right - wrong, right, wrong) for right, wrong in chances]
    for outcome in itertools.product(range(3), repeat=len(kinds)):
        chance = np.prod([kind[what] for kind, what in zip(kinds, outcome, strict=True)])
        yield outcome.count(1), outcome.count(2), chance
