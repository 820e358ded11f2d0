"""Small simulated tests for the estimation tests; seeded, so that they never change."""

import numpy as np

from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.responses import Responses


def draw_scores(
    items: list[ItemParameters], theta: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """One score per person and item, drawn from the items' models."""
    columns = []
    for item in items:
        share = item.item_model.probabilities(theta, item.coordinates[np.newaxis])[0]
        columns.append((rng.random(len(theta)) > np.cumsum(share, axis=0)[:-1]).sum(axis=0))
    return np.column_stack(columns)


def right_wrong_items(n_items: int, rng: np.random.Generator) -> list[ItemParameters]:
    """Items under the 2PL with ordinary slopes and difficulties."""
    return [
        ItemParameters(f"i{n}", "2pl", {"a": float(a), "b": float(b)})
        for n, (a, b) in enumerate(
            zip(rng.uniform(0.7, 1.8, n_items), rng.uniform(-1.5, 1.5, n_items), strict=True)
        )
    ]


def right_wrong(n_persons: int = 400, n_items: int = 8, seed: int = 7) -> Responses:
    """Complete right/wrong responses."""
    rng = np.random.default_rng(seed)
    items = right_wrong_items(n_items, rng)
    scores = draw_scores(items, rng.normal(size=n_persons), rng)
    return Responses.from_matrix(scores, item_ids=[item.item_id for item in items])


def two_forms(n_persons: int = 600, seed: int = 11) -> Responses:
    """Two forms of six items each with four items in common, missing by design."""
    whole = right_wrong(n_persons, 8, seed)
    scores = whole.scores.astype(float)
    half = n_persons // 2
    scores[:half, 6:] = np.nan
    scores[half:, :2] = np.nan
    return Responses.from_matrix(scores, item_ids=whole.item_ids)


def mixed(n_persons: int = 500, seed: int = 3) -> tuple[Responses, dict[str, str]]:
    """Right/wrong and graded items in one test, some cells missing at random."""
    rng = np.random.default_rng(seed)
    items = [
        *right_wrong_items(4, rng),
        ItemParameters("g1", "grm", {"a": 1.2, "thresholds": (-1.0, 0.2, 1.0)}),
        ItemParameters("g2", "gpcm", {"a": 0.8, "steps": (-0.5, 0.6)}),
        ItemParameters("g3", "gpcm", {"a": 1.1, "steps": (-0.8, 0.4)}),
    ]
    scores = draw_scores(items, rng.normal(size=n_persons), rng).astype(float)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    responses = Responses.from_matrix(scores, item_ids=[item.item_id for item in items])
    return responses, {item.item_id: item.model for item in items}
