"""Forms from pools as large as programmes have them."""

import pytest
from benchmarks.assembly import BLUEPRINT, simulated_pool

from examengine.assembly import assemble
from examengine.assembly.form_check import faults_of


@pytest.mark.parametrize("size", [500, 2_000, 8_000])
def test_five_forms_of_sixty_are_alike_within_a_tenth_of_a_percent(size):
    """
    Whatever the size of the bank, every requirement is met and no two forms differ noticeably.
    """
    pool = simulated_pool(size)

    made = assemble(pool, BLUEPRINT)

    assert faults_of(made.forms, pool, BLUEPRINT) == []
    assert made.difference <= 0.001


def test_the_same_seed_gives_the_same_forms_and_another_seed_others():
    """
    Forms can be found again by whoever has the pool, the blueprint and the seed.
    """
    pool = simulated_pool(600)

    first, again, other = (assemble(pool, BLUEPRINT, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert {form.item_ids for form in first.forms} != {form.item_ids for form in other.forms}
