"""Item curves and the expected score of a test, with derivatives by ability and by coordinates."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import ItemParameters


class ItemCurves(NamedTuple):
    """One item at some abilities.

    Attributes:
        share: Category probabilities, shape (n_categories, n_points).
        by_theta: Their derivatives by ability, same shape.
        by_coordinate: Their derivatives by the coordinates, shape (n_categories, n_parameters,
            n_points).
    """

    share: FloatArray
    by_theta: FloatArray
    by_coordinate: FloatArray


def item_curves(items: Sequence[ItemParameters], theta: FloatArray) -> Iterator[ItemCurves]:
    """The curves of each item, with their derivatives.

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Yields:
        The curves of each item in turn.
    """
    for item in items:
        model, params = item.item_model, item.coordinates[np.newaxis]
        share = model.probabilities(theta, params)[0]
        slope = model.theta_derivatives(theta, params)[0][0]
        score = model.score(theta, params)[0]
        yield ItemCurves(share, share * slope, share[:, np.newaxis] * score)


class ExpectedScore(NamedTuple):
    """Expected score of a test at some abilities.

    Attributes:
        score: τ, shape (n_points,).
        by_theta: Its derivative by ability, shape (n_points,).
        by_items: Its derivatives by all coordinates, shape (n_points, n_coordinates).
    """

    score: FloatArray
    by_theta: FloatArray
    by_items: FloatArray


def expected_score_derivatives(items: Sequence[ItemParameters], theta: FloatArray) -> ExpectedScore:
    """τ(θ) = Σ_j Σ_k k P_jk(θ), with its derivatives by ability and coordinates.

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Score and derivatives.
    """
    score, by_theta = np.zeros(theta.size), np.zeros(theta.size)
    by_items = []
    for curves in item_curves(items, theta):
        points = np.arange(len(curves.share), dtype=np.float64)
        score += points @ curves.share
        by_theta += points @ curves.by_theta
        by_items.append(np.einsum("k,kpq->qp", points, curves.by_coordinate))
    return ExpectedScore(score, by_theta, np.hstack(by_items))


def by_item(items: Sequence[ItemParameters], change: FloatArray) -> dict[str, FloatArray]:
    """Derivatives by all coordinates, item by item.

    Args:
        items: The test.
        change: Shape (n, n_coordinates).

    Returns:
        For each item its columns, shape (n, n_parameters).
    """
    ends = np.cumsum([item.coordinates.size for item in items])[:-1]
    parts = np.split(change, ends, axis=1)
    return {item.item_id: part for item, part in zip(items, parts, strict=True)}
