"""Continuous distributions against their definitions, person by person and kernel by kernel."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.psychometrics.equating.bandwidth import best_bandwidth, penalty
from examengine.psychometrics.equating.continuous import Gaussian, Uniform

COUNTS = st.lists(st.integers(0, 9), min_size=2, max_size=12).filter(
    lambda counts: sum(count > 0 for count in counts) >= 2
)


def shares(counts):
    """Counts as probabilities."""
    return np.array(counts, dtype=float) / sum(counts)


def percentile_rank(counts, point):
    """Share of persons below, each score's persons standing evenly within half a point."""
    below = 0.0
    for score, count in enumerate(counts):
        below += count * min(max(point - (score - 0.5), 0.0), 1.0)
    return below / sum(counts)


def smallest_and_largest(counts, rank):
    """All points with a given percentile rank, found by walking up in small steps and bisection."""
    low, high = -0.5, len(counts) - 0.5
    ends = []
    for goal in (rank - 1e-10, rank + 1e-10):
        left, right = low, high
        for _ in range(80):
            middle = (left + right) / 2
            if percentile_rank(counts, middle) < goal:
                left = middle
            else:
                right = middle
        ends.append(right)
    return ends


@given(counts=COUNTS)
def test_percentile_ranks_are_what_they_are_defined_as(counts):
    """
    The share below a point equals the count over persons spread over half a point either side.
    """
    points = np.linspace(-0.5, len(counts) - 0.5, 41)

    place = Uniform(shares(counts)).place(points)

    expected = [percentile_rank(counts, point) for point in points]
    np.testing.assert_allclose(place.below, expected, atol=1e-12)
    np.testing.assert_allclose(place.above, 1 - np.array(expected), atol=1e-12)


@given(counts=COUNTS, others=COUNTS)
def test_points_found_have_the_rank_they_were_found_for(counts, others):
    """
    The point is one of those with the rank, and the middle of them when there are several.
    """
    first, second = Uniform(shares(counts)), Uniform(shares(others))
    scores = np.flatnonzero(np.array(counts)).astype(float)

    found = second.points(first.place(scores))

    for score, point in zip(scores, found, strict=True):
        least, most = smallest_and_largest(others, percentile_rank(counts, score))
        assert point == pytest.approx((least + most) / 2, abs=1e-6)


@given(counts=COUNTS)
def test_a_uniform_distribution_brought_to_itself_stays(counts):
    """
    Every score comes back to itself, those that nobody has included.
    """
    form = Uniform(shares(counts))
    points = np.linspace(-0.4, len(counts) - 0.6, 30)

    np.testing.assert_allclose(form.points(form.place(points)), points, atol=1e-8)


def test_the_upper_tail_is_as_precise_as_the_lower():
    """
    A form turned upside down gives the mirror image to the last digits, however thin the tail.
    """
    tail = np.array([1e-30, 1e-20, 1e-9, 0.3, 0.7])
    tail /= tail.sum()
    other = np.array([1e-25, 1e-12, 0.1, 0.4, 0.5])
    other /= other.sum()
    scores = np.arange(5.0)

    up = Uniform(other).points(Uniform(tail).place(scores))
    down = Uniform(other[::-1].copy()).points(Uniform(tail[::-1].copy()).place(4 - scores))

    np.testing.assert_allclose(up, 4 - down, rtol=1e-12)


@settings(max_examples=40)
@given(counts=COUNTS, bandwidth=st.floats(0.2, 5.0))
def test_a_kernel_keeps_mean_and_variance(counts, bandwidth):
    """
    The continuous distribution has the moments of the scores, by integration over a fine grid.
    """
    probabilities = shares(counts)
    scores = np.arange(len(counts))
    mean = probabilities @ scores
    variance = probabilities @ (scores - mean) ** 2
    grid = np.linspace(mean - 60, mean + 60, 60001)

    density = Gaussian(probabilities, bandwidth).density(grid)

    step = grid[1] - grid[0]
    assert density.sum() * step == pytest.approx(1, abs=1e-8)
    assert (density @ grid) * step == pytest.approx(mean, abs=1e-7)
    assert (density @ (grid - mean) ** 2) * step == pytest.approx(variance, rel=1e-6)


def test_a_kernel_is_the_sum_of_its_normals():
    """
    Distribution, density and its slope equal sums over normal distributions written out.
    """
    r, h = np.array([0.1, 0.4, 0.3, 0.2]), 0.6
    mean = sum(j * p for j, p in enumerate(r))
    variance = sum((j - mean) ** 2 * p for j, p in enumerate(r))
    a = (variance / (variance + h**2)) ** 0.5
    kernels = [NormalDist(a * j + (1 - a) * mean, a * h) for j in range(4)]
    points = np.array([-0.7, 0.3, 1.9, 3.4])

    kernel = Gaussian(r, h)

    below = [sum(p * k.cdf(x) for p, k in zip(r, kernels, strict=True)) for x in points]
    density = [sum(p * k.pdf(x) for p, k in zip(r, kernels, strict=True)) for x in points]
    np.testing.assert_allclose(kernel.place(points).below, below, rtol=1e-12)
    np.testing.assert_allclose(kernel.place(points).above, 1 - np.array(below), rtol=1e-12)
    np.testing.assert_allclose(kernel.density(points), density, rtol=1e-12)
    moved = (kernel.density(points + 1e-6) - kernel.density(points - 1e-6)) / 2e-6
    np.testing.assert_allclose(kernel.slope(points), moved, atol=1e-8)
    np.testing.assert_allclose(kernel.points(kernel.place(points)), points, atol=1e-9)


@pytest.mark.parametrize("make", [Uniform, lambda r: Gaussian(r, 0.55)], ids=["uniform", "kernel"])
def test_derivatives_by_the_probabilities_are_those_of_small_changes(make):
    """
    Moving probability from one score to another moves the share below as the derivatives say.
    """
    r = np.array([0.1, 0.2, 0.3, 0.25, 0.15])
    points = np.array([0.0, 0.8, 2.0, 3.3])
    by_probability = make(r).by_probability(points)

    for giver, taker in ((0, 3), (4, 1), (2, 3)):
        change = np.zeros(5)
        change[taker], change[giver] = 1e-6, -1e-6
        moved = (make(r + change).place(points).below - make(r - change).place(points).below) / 2e-6
        np.testing.assert_allclose(by_probability @ change * 1e6, moved, atol=1e-7)


def test_the_bandwidth_has_the_least_penalty():
    """
    No bandwidth on a fine grid does better than the one found.
    """
    r = shares([1, 3, 8, 14, 20, 18, 11, 6, 2])

    found = best_bandwidth(r)

    least = min(penalty(r, h) for h in np.linspace(0.15, 5, 2000))
    assert penalty(r, found) <= least + 1e-12


def test_teeth_ask_for_a_wider_kernel():
    """
    A distribution with a valley at every other score is smoothed until the valleys are gone.
    """
    teeth = shares([2, 9, 3, 12, 4, 15, 4, 11, 3, 8, 2])

    assert penalty(teeth, 0.4) >= 1
    assert penalty(teeth, best_bandwidth(teeth)) < 1
