"""Lee's accuracy and consistency from a response model and a cut on the raw score.

Who truly passes is a step in ability, at the θ_c where the expected score crosses the cut. A sum
over fixed nodes puts each node wholly on one side of the step, so its accuracy is wrong by up to
half a node's weight; an integral that ends a panel at θ_c is not.
"""

from collections.abc import Callable, Sequence

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.classification.agreement import (
    Classification,
    classification,
    from_shares,
)
from examengine.psychometrics.information import characteristic_curve
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, Quadrature
from examengine.psychometrics.score_distribution import score_distribution

# A normal distribution is followed this far: 1e-15 of it lies beyond.
FARTHEST = 8.0
PANELS = 32
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(8)
SETTLED = 1e-9
MOST_HALVINGS = 6
# Abilities at a time, so that long tests of many categories fit in memory.
CHUNK = 1024
BISECTIONS = 60


def lee(probabilities: FloatArray, node_weights: FloatArray, cut: float) -> Classification:
    """Classification at a cut on the sum score, as a sum over exactly the nodes given.

    A candidate of ability θ passes with Pr(X ≥ c | θ), and truly should when the expected score
    τ(θ) = Σ_j E(X_j | θ) is at least c.

    Args:
        probabilities: P(X_j = k | θ_q), shape (n_points, n_items, n_categories).
        node_weights: Weights of the nodes, shape (n_points,), summing to 1.
        cut: c, points; a sum of exactly c passes.

    Returns:
        Accuracy, consistency and κ in the population.

    Notes:
        For comparison with programs that sum over a grid. Decisions are judged by
        `lee_in_population`: a node counts wholly as passing or failing, and with 61 nodes over
        −6 … 6 the true pass rate is wrong by up to .03 and accuracy by up to .01; consistency,
        which has no step, is right either way.

    References:
        Lee (2010), Journal of Educational Measurement 47, 1–17, the D method.
    """
    passing, truly = _decided(probabilities, cut)
    return classification(cut, passing, truly, node_weights)


def lee_in_population(
    items: Sequence[ItemParameters],
    population: Sequence[tuple[GroupParameters, float]],
    cut: float,
    quadrature: Quadrature | None = None,
) -> Classification:
    """Classification at a cut on the sum score, integrated over the abilities of a population.

    ∫ f(θ) g(θ) dθ with g = Σ_k w_k g_k and f the chance of each kind of decision, by Gauss and
    Legendre in panels that end where τ(θ) crosses c and are halved until nothing moves by 1e-9.

    Args:
        items: The test.
        population: Each group with its share of persons w_k (of any sum, > 0); abilities are normal
            with its mean and deviation or have its histogram, straight between the points.
        cut: c, points; a sum of exactly c passes.
        quadrature: Where the histograms' points lie; the default of a parameter set when None.

    Returns:
        Accuracy, consistency and κ in the population.

    References:
        Lee (2010), Journal of Educational Measurement 47, 1–17, the D method.
    """
    rule = Quadrature() if quadrature is None else quadrature
    everybody = sum(share for _, share in population)
    parts = np.zeros(4)
    for group, share in population:
        parts += share / everybody * _integral(items, cut, *_abilities(group, rule))
    false_positive, false_negative, disagreement, pass_rate = parts.tolist()
    return from_shares(
        cut,
        false_positive=false_positive,
        false_negative=false_negative,
        disagreement=disagreement,
        pass_rate=pass_rate,
    )


def _decided(probabilities: FloatArray, cut: float) -> tuple[FloatArray, BoolArray]:
    """The chance to pass and whether the expected score passes, shapes (n_points,)."""
    likelihood = score_distribution(probabilities)
    scores = np.arange(likelihood.shape[0])
    passing: FloatArray = np.clip(likelihood[scores >= cut].sum(axis=0), 0.0, 1.0)
    truly: BoolArray = scores @ likelihood >= cut
    return passing, truly


def _abilities(
    group: GroupParameters, rule: Quadrature
) -> tuple[FloatArray, Callable[[FloatArray], FloatArray]]:
    """Edges between which the density is smooth, and the density, of any integral."""
    if not group.weights:
        edges = group.mean + group.sd * np.linspace(-FARTHEST, FARTHEST, PANELS + 1)
        return edges, lambda theta: np.exp(-0.5 * ((theta - group.mean) / group.sd) ** 2)
    points = group.mean + group.sd * np.linspace(rule.low, rule.high, rule.points)
    heights = np.array(group.weights)
    return points, lambda theta: np.interp(theta, points, heights)


def _integral(
    items: Sequence[ItemParameters],
    cut: float,
    edges: FloatArray,
    density: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """False positives, false negatives, disagreement and passes over one group, shape (4,)."""
    edges = np.sort(np.concatenate([edges, _crossings(items, cut, edges)]))
    found = _over_panels(items, cut, edges, density)
    for _ in range(MOST_HALVINGS):
        edges = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
        before, found = found, _over_panels(items, cut, edges, density)
        if np.abs(found - before).max() < SETTLED:
            break
    return found


def _crossings(items: Sequence[ItemParameters], cut: float, edges: FloatArray) -> FloatArray:
    """Abilities at which the expected score crosses the cut: one where it rises, else maybe more.

    Bisected to the last digit; a crossing beyond the edges is where nobody is.
    """
    grid = np.linspace(edges[0], edges[-1], 16 * PANELS + 1)
    above = characteristic_curve(items, grid) >= cut
    turns = np.flatnonzero(above[1:] != above[:-1])
    low, high, upper = grid[turns], grid[turns + 1], above[turns + 1]
    for _ in range(BISECTIONS if turns.size else 0):
        middle = (low + high) / 2
        beyond = (characteristic_curve(items, middle) >= cut) == upper
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return high


def _over_panels(
    items: Sequence[ItemParameters],
    cut: float,
    edges: FloatArray,
    density: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """The same with eight nodes between every two edges."""
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    theta = (middle[:, np.newaxis] + half[:, np.newaxis] * NODES).ravel()
    weight = (half[:, np.newaxis] * NODE_WEIGHTS).ravel() * density(theta)
    found = np.zeros(4)
    for begin in range(0, theta.size, CHUNK):
        part = slice(begin, begin + CHUNK)
        passing, truly = _decided(category_probabilities(items, theta[part]), cut)
        chances = [
            passing * ~truly,
            (1 - passing) * truly,
            2 * passing * (1 - passing),
            passing,
        ]
        found += np.stack(chances) @ weight[part]
    return np.asarray(found / weight.sum(), dtype=np.float64)
