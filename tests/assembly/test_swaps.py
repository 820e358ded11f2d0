"""Swaps make forms more alike, and never break what the blueprint asks."""

import numpy as np
import pytest
from benchmarks.assembly import BLUEPRINT, simulated_pool

from examengine.assembly.balance import balance_of
from examengine.assembly.forms_in_turn import Chosen, forms_in_turn
from examengine.assembly.requirements import Rows, requirements
from examengine.assembly.swaps import Swaps


@pytest.fixture(scope="module")
def pool():
    """A pool with more items than the forms need."""
    return sorted(simulated_pool(400), key=lambda item: item.item_id)


@pytest.fixture(scope="module")
def rows(pool) -> Rows:
    """What each form is asked."""
    return Rows.of(tuple(requirements(pool, BLUEPRINT)), len(pool))


@pytest.fixture(scope="module")
def start(pool, rows) -> Chosen:
    """Forms made in turn."""
    made = forms_in_turn(BLUEPRINT, rows, balance_of(pool, BLUEPRINT))
    assert isinstance(made, Chosen)
    return made


def test_swapped_forms_are_more_alike(pool, rows, start):
    """
    The largest difference falls to less than half.
    """
    balance = balance_of(pool, BLUEPRINT)

    better = Swaps.under(rows, balance).polished(start, seed=1)

    assert balance.difference(better.unique) < balance.difference(start.unique) / 2


def test_swapped_forms_meet_what_they_met(pool, rows, start):
    """
    Every row of every form stays within its bounds, and no item stands twice.
    """
    better = Swaps.under(rows, balance_of(pool, BLUEPRINT)).polished(start, seed=1)

    everything = np.concatenate([better.common, *better.unique])
    assert len(np.unique(everything)) == len(everything)
    np.testing.assert_array_equal(better.common, start.common)
    for form in better.unique:
        stands = np.zeros(len(pool))
        stands[better.common] = stands[form] = 1
        amounts = rows.matrix @ stands
        assert ((rows.least <= amounts) & (amounts <= rows.most)).all()


def test_forms_that_use_the_whole_pool_are_swapped_with_each_other(pool):
    """
    Where no item is left over, forms exchange their own.
    """
    used = pool[:130]
    blueprint = BLUEPRINT.__class__(4, 40, 10, {}, {}, {}, None)
    rows = Rows.of(tuple(requirements(used, blueprint)), len(used))
    balance = balance_of(used, blueprint)
    order = np.argsort([item.seconds for item in used[10:]], kind="stable") + 10
    uneven = Chosen(np.arange(10), tuple(np.sort(part) for part in np.split(order, 4)))

    better = Swaps.under(rows, balance).polished(uneven, seed=1)

    assert balance.difference(better.unique) < balance.difference(uneven.unique) / 4
    assert sorted(np.concatenate(better.unique)) == list(range(10, 130))
