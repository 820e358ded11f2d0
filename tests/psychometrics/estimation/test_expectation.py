"""The expectation step and the step after it, against loops and differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import mixed, right_wrong, two_forms

from examengine.psychometrics.estimation import posterior_surface
from examengine.psychometrics.estimation.design import build_design
from examengine.psychometrics.estimation.free_parameters import Layout, item_starts, lay_out
from examengine.psychometrics.estimation.latent import LatentGrid
from examengine.psychometrics.estimation.posterior_surface import (
    CurveTable,
    PosteriorSurface,
    expect,
)
from examengine.psychometrics.parameters import Quadrature
from examengine.psychometrics.responses import Responses, category_sums


def surface_of(
    responses: Responses, models: list[str], *, n_groups: int = 1, scaled: bool = True
) -> PosteriorSurface:
    """The log-likelihood of a small test, persons dealt to the groups in turn."""
    starts = item_starts(responses, responses.category_counts(), models, {})
    layout = lay_out(starts, n_groups)
    group = np.arange(responses.n_persons) % n_groups
    design = build_design(responses, layout.batches, group, n_groups)
    return PosteriorSurface(design, layout, LatentGrid.of(Quadrature(), scaled=scaled))


def somewhere(layout: Layout) -> np.ndarray:
    """Free parameters near, but not at, the start values."""
    return layout.start() + 0.1 * np.cos(np.arange(layout.n_free))


def all_columns(table: CurveTable) -> np.ndarray:
    """Log-likelihood of every column at every point, lines drawn out."""
    lines = np.outer(table.lines[0], np.ones_like(table.z)) + np.outer(table.lines[1], table.z)
    return np.vstack([lines, table.curves])


def slow_expectation(surface: PosteriorSurface, tables) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood, counts and persons at each point, person by person."""
    n_groups, n_columns = surface.design.n_groups, surface.design.n_columns
    counts = np.zeros((n_groups, n_columns, len(surface.grid.z)))
    at_points = np.zeros((n_groups, len(surface.grid.z)))
    total = 0.0
    for block in surface.design.shards.blocks():
        table = tables[block.group]
        for person, weight in enumerate(block.weight):
            given_columns = block.columns[:, person].astype(bool)
            joint = np.exp(all_columns(table)[given_columns].sum(axis=0) + table.log_weights)
            share = joint / joint.sum()
            total += weight * np.log(joint.sum())
            counts[block.group, given_columns] += weight * share
            at_points[block.group] += weight * share
    return total, counts, at_points


TESTS = {
    "lines": (right_wrong(150, 6), ["2pl"] * 6, 1),
    "curves": (right_wrong(150, 6), ["3pl"] * 6, 1),
    "both, missing cells, two groups": (mixed(150)[0], list(mixed(150)[1].values()), 2),
    "two forms": (two_forms(150), ["rasch"] * 8, 1),
}


@pytest.mark.parametrize("name", TESTS)
def test_sums_are_those_of_a_loop_over_persons(name):
    """
    Counts of curves are a loop's; of lines the sums against 1 and z are, which is all they say.
    """
    responses, models, n_groups = TESTS[name]
    surface = surface_of(responses, models, n_groups=n_groups)
    tables = surface.tables(somewhere(surface.layout))

    fast = expect(surface.design, tables)

    total, counts, at_points = slow_expectation(surface, tables)
    n_lines = tables[0].lines.shape[1]
    straight = np.stack([np.ones_like(surface.grid.z), surface.grid.z])
    assert fast.log_likelihood == pytest.approx(total, abs=1e-9)
    np.testing.assert_allclose(fast.at_points, at_points, atol=1e-10)
    np.testing.assert_allclose(fast.counts[:, n_lines:], counts[:, n_lines:], atol=1e-10)
    np.testing.assert_allclose(fast.counts @ straight.T, counts @ straight.T, atol=1e-9)


def test_points_left_out_change_nothing(monkeypatch):
    """
    On a long test most points are left out for most persons, and every sum stays the same.
    """
    surface = surface_of(right_wrong(3000, 60), ["2pl"] * 60)
    tables = surface.tables(somewhere(surface.layout))
    windows = []
    posterior = posterior_surface.posterior

    def noting(columns, table):
        found = posterior(columns, table)
        windows.append(len(found.weights))
        return found

    monkeypatch.setattr(posterior_surface, "posterior", noting)

    some = expect(surface.design, tables)
    monkeypatch.setattr(posterior_surface, "NEGLIGIBLE", -np.inf)
    every = expect(surface.design, tables)

    assert windows[0] < 50
    assert windows[-1] == 61
    assert some.log_likelihood == pytest.approx(every.log_likelihood, rel=1e-14)
    np.testing.assert_allclose(some.counts, every.counts, atol=1e-9)


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("name", TESTS)
def test_the_step_leads_up(name, scaled):
    """
    From anywhere near, the step of the maximisation has the gradient's side and raises the value.
    """
    responses, models, n_groups = TESTS[name]
    surface = surface_of(responses, models, n_groups=n_groups, scaled=scaled)

    here = surface.evaluate(somewhere(surface.layout))
    there = surface.evaluate(here.vector + 0.5 * here.step)

    assert here.gradient @ here.step > 0
    assert there.value > here.value


def test_items_make_up_for_a_fixed_group():
    """
    All intercepts too high is one step's work: plain scoring would creep there.
    """
    surface = surface_of(right_wrong(2000, 40), ["2pl"] * 40)
    start = surface.layout.start()
    for _ in range(12):
        start = start + surface.evaluate(start).step
    shifted = start + 0.2 * np.tile([0.0, 1.0], 40) * np.repeat(start[::2], 2)

    after = shifted + surface.evaluate(shifted).step

    assert np.abs(after - start).max() < 0.25 * np.abs(shifted - start).max()


@settings(max_examples=25)
@given(
    scores=st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=1, max_size=40),
    seed=st.integers(0, 1000),
)
def test_category_sums_are_counted_one_by_one(scores, seed):
    """
    The sums over categories are what adding cell by cell gives, whatever is missing.
    """
    matrix = np.array(scores, dtype=np.int8)
    values = np.random.default_rng(seed).uniform(0.5, 2.0, len(matrix))

    fast = category_sums(matrix, 4, values)

    slow = np.zeros((3, 4))
    for row, value in zip(matrix, values, strict=True):
        for item, score in enumerate(row):
            if score >= 0:
                slow[item, score] += value
    np.testing.assert_allclose(fast, slow, atol=1e-12)
