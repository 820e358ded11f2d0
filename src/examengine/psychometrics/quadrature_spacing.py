"""Quadrature points close enough together for the posteriors that they integrate.

Equally spaced points integrate a bell of deviation s to a relative error of 2 exp(−2π² s² / h²)
when they are h apart: 2e-5 at h = 1.3 s, a fifth at h = 3 s. A test of many items has posteriors
narrower than the usual spacing, so the points between are filled in.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, isfinite

import numpy as np
from scipy.interpolate import CubicSpline

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.batches import ItemBatch, batches_of
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, Quadrature

# Widest spacing left alone, in posterior deviations; what is filled in is at most 1.
COARSEST = 1.3
# Items steeper than this many times the usual ones are steps, and no spacing would do for them.
MOST_TIMES = 32
# Where information is looked at, in latent standard deviations.
PLACES = 241
ROWS = 2048


def fine_enough(
    items: Sequence[ItemParameters],
    groups: Sequence[GroupParameters],
    quadrature: Quadrature,
    presented: BoolArray | None = None,
) -> tuple[Quadrature, tuple[GroupParameters, ...]]:
    """The quadrature, with points filled in where they lie too far apart for these items.

    Args:
        items: The test.
        groups: Ability distributions.
        quadrature: The points as they are.
        presented: Which items each person was presented, shape (n_persons, n_items); everybody all
            of them when None.

    Returns:
        Quadrature and groups with at most one posterior deviation between two points; just as they
        came where the points are near enough. Histograms are followed by cubic splines of their
        logarithm.
    """
    batches = batches_of(items)
    deviations = [(group.mean, group.sd) for group in groups]
    times = times_finer(batches, deviations, quadrature, presented)
    if times == 1:
        return quadrature, tuple(groups)
    fine = finer(quadrature, times)
    return fine, tuple(_followed(group, quadrature, fine) for group in groups)


def times_finer(
    batches: Sequence[ItemBatch],
    groups: Sequence[tuple[float, float]],
    quadrature: Quadrature,
    presented: BoolArray | None = None,
) -> int:
    """How many times closer points have to lie for the narrowest posterior.

    s = 1 / √(max I(θ) + 1/σ²), I the information of what a person was presented.

    Args:
        batches: The test.
        groups: Mean and deviation of each ability distribution.
        quadrature: The points as they are.
        presented: Which items each person was presented, shape (n_persons, n_items).

    Returns:
        1 where the points are near enough, else at most 32.
    """
    ratio = widest_spacing(batches, groups, quadrature, presented)
    if not isfinite(ratio):
        return MOST_TIMES
    return 1 if ratio <= COARSEST else min(ceil(ratio), MOST_TIMES)


def widest_spacing(
    batches: Sequence[ItemBatch],
    groups: Sequence[tuple[float, float]],
    quadrature: Quadrature,
    presented: BoolArray | None = None,
) -> float:
    """How far two points lie apart, in deviations of the narrowest posterior.

    Args:
        batches: The test.
        groups: Mean and deviation of each ability distribution.
        quadrature: The points as they are.
        presented: Which items each person was presented, shape (n_persons, n_items).

    Returns:
        The spacing; above `COARSEST` the points do not integrate such posteriors.
    """
    ratio = 0.0
    for mean, sd in groups:
        moved = not quadrature.fixed
        z = np.linspace(quadrature.low, quadrature.high, PLACES)
        theta = mean + sd * z if moved else z
        spacing = (quadrature.high - quadrature.low) / (quadrature.points - 1)
        most = _most_information(batches, theta, presented)
        ratio = max(ratio, spacing * (sd if moved else 1.0) * np.sqrt(most + sd**-2))
    return float(ratio)


def too_coarse(spacing: float) -> str | None:
    """What a reader of the figures has to know when points were filled in and still lie too far.

    Args:
        spacing: Of the points in the end; see `widest_spacing`.

    Returns:
        A sentence; None where the points are near enough.
    """
    if spacing <= COARSEST:
        return None
    return (
        f"the quadrature points lie {spacing:.1f} deviations of the narrowest posterior apart, "
        f"though {MOST_TIMES} times as many were taken: items are so steep that standard errors "
        "and abilities are those of steps; look for items that repeat each other"
    )


def finer(quadrature: Quadrature, times: int) -> Quadrature:
    """The same points and `times` − 1 between every two."""
    return replace(quadrature, points=(quadrature.points - 1) * times + 1)


def _most_information(
    batches: Sequence[ItemBatch], theta: FloatArray, presented: BoolArray | None
) -> float:
    """Largest information that anybody's items have anywhere."""
    if presented is None or presented.all():
        total = sum(batch.model.information(theta, batch.params).sum(axis=0) for batch in batches)
        return float(np.max(total))
    by_item = np.zeros((presented.shape[1], len(theta)), dtype=np.float32)
    for batch in batches:
        by_item[batch.columns] = batch.model.information(theta, batch.params)
    return max(
        float((presented[first : first + ROWS].astype(np.float32) @ by_item).max())
        for first in range(0, len(presented), ROWS)
    )


def _followed(group: GroupParameters, coarse: Quadrature, fine: Quadrature) -> GroupParameters:
    """A group whose histogram, if it has one, has weights at the points filled in."""
    if not group.weights:
        return group
    z, given = (np.linspace(one.low, one.high, one.points) for one in (coarse, fine))
    known = np.array(group.weights)
    if known.min() > 0:
        weights = np.exp(CubicSpline(z, np.log(known))(given))
    else:
        weights = np.interp(given, z, known)
    return replace(group, weights=tuple((weights / weights.sum()).tolist()))
