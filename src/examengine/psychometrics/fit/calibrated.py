"""A calibrated test on the points of its ability distribution, and what of it was estimated."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.batches import batches_of, category_probabilities
from examengine.psychometrics.fit.moments import (
    MomentLayout,
    Moments,
    moved_by_item,
    moved_by_population,
)
from examengine.psychometrics.parameters import GroupParameters, ParameterSet
from examengine.psychometrics.population import Population

Coordinate = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CalibratedTest:
    """A parameter set evaluated at the nodes of one group.

    Attributes:
        parameters: The set.
        group: The group whose abilities are meant.
        theta: Nodes, shape (n_points,), logits.
        node_weights: Their weights, shape (n_points,), summing to 1.
        probabilities: P(X_j = k | θ_q), shape (n_points, n_items, n_categories).
    """

    parameters: ParameterSet
    group: GroupParameters
    theta: FloatArray
    node_weights: FloatArray
    probabilities: FloatArray


def at_nodes(
    parameters: ParameterSet, group: GroupParameters, *, theta: FloatArray | None = None
) -> CalibratedTest:
    """Evaluate a parameter set at the nodes of a group.

    Args:
        parameters: The test.
        group: One of its groups.
        theta: Nodes, logits, equally spaced; the quadrature of the set, moved to mean and deviation
            of the group and filled in where it is too coarse for the test, when not given.

    Returns:
        The test at its nodes, weights proportional to the density of the group: normal, or that
        of its histogram; see `Population`.
    """
    population = (
        Population.of(parameters, group)
        if theta is None
        else Population.at(theta, group, parameters.quadrature)
    )
    return CalibratedTest(
        parameters=parameters,
        group=group,
        theta=population.theta,
        node_weights=population.weights,
        probabilities=category_probabilities(parameters.items, population.theta),
    )


def estimated_counts(parameters: ParameterSet) -> IntArray:
    """How many estimated parameters each item's curve rests on, as item fit counts them.

    Anchored items rest on none. An item whose slope is 1 by definition shares the estimated
    deviation of abilities instead, which counts like the slope it stands for.

    Args:
        parameters: The test.

    Returns:
        Shape (n_items,).
    """
    pinned: set[str] = set()
    counts = []
    for item in parameters.items:
        model = item.item_model
        count = 0
        if not item.anchored:
            count = model.n_parameters(item.n_categories) + int(model.fixed_slope)
            count -= 0 if model.code in pinned else len(model.pinned)
            pinned.add(model.code)
        counts.append(count)
    return np.array(counts)


def jacobian(test: CalibratedTest, where: MomentLayout) -> Moments:
    """How the moments move with everything that was estimated.

    Args:
        test: The test at its nodes.
        where: Which moments.

    Returns:
        Derivatives, shapes (n_first, n_parameters) and (n_pairs, n_parameters), one column for
        each free coordinate: shared ones once, anchored and pinned ones not at all.
    """
    columns: dict[Coordinate, list[FloatArray]] = {}
    for item, change in _item_changes(test):
        moved = moved_by_item(item, change, test.probabilities, test.node_weights, where)
        for place, name in enumerate(_coordinates(test.parameters, item)):
            if name is not None:
                new = [moved.first[:, place], moved.second[:, place]]
                old = columns.get(name)
                columns[name] = (
                    new if old is None else [a + b for a, b in zip(old, new, strict=True)]
                )
    population = _population_changes(test)
    if population.shape[1]:
        moved = moved_by_population(population, test.probabilities, where)
        for place in range(population.shape[1]):
            columns["population", place] = [moved.first[:, place], moved.second[:, place]]
    found = list(columns.values())
    return Moments(
        np.stack([one[0] for one in found], axis=1) if found else np.zeros((where.item.size, 0)),
        np.stack([one[1] for one in found], axis=1) if found else np.zeros((where.left.size, 0)),
    )


def _item_changes(test: CalibratedTest) -> list[tuple[int, FloatArray]]:
    """∂P/∂coordinates of every item, shape (n_categories, n_coordinates, n_points)."""
    changes = []
    for batch in batches_of(test.parameters.items):
        share = batch.model.probabilities(test.theta, batch.params)
        score = batch.model.score(test.theta, batch.params)
        slopes = score * share[:, :, np.newaxis]
        changes += [(int(item), slopes[row]) for row, item in enumerate(batch.columns)]
    return sorted(changes, key=lambda change: change[0])


def _coordinates(parameters: ParameterSet, item: int) -> list[Coordinate | None]:
    """A name for each coordinate of an item; None for what was not estimated."""
    one = parameters.items[item]
    model, n_categories = one.item_model, one.n_categories
    n_coordinates = model.n_parameters(n_categories)
    if one.anchored:
        return [None] * n_coordinates
    first = next(
        place
        for place, other in enumerate(parameters.items)
        if other.model == one.model and not other.anchored
    )
    names: list[Coordinate | None] = []
    for place in range(n_coordinates):
        if place in model.shared(n_categories):
            names.append((one.model, n_categories, place))
        else:
            names.append(None if place in model.pinned and item == first else (item, place))
    return names


def _population_changes(test: CalibratedTest) -> FloatArray:
    """Derivatives of the node weights by what of the ability distribution was estimated.

    With anchors the mean and the deviation are free; without, only the deviation of a model whose
    slopes are 1, for free slopes take it up.
    """
    items = test.parameters.items
    anchored = any(item.anchored for item in items)
    u = (test.theta - test.group.mean) / test.group.sd
    moves = [u**2] if anchored or any(item.item_model.fixed_slope for item in items) else []
    if test.group.fixed or not moves:
        return np.zeros((test.theta.size, 0))
    slopes = np.stack([*moves, u] if anchored else moves, axis=1)
    centred: FloatArray = slopes - test.node_weights @ slopes
    return centred * test.node_weights[:, np.newaxis]
