"""The mixed-integer program: what comes out meets what was asked, or the clash is named."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from examengine.assembly.blueprint import Between, Blueprint, PoolItem
from examengine.assembly.errors import AssemblyInfeasible
from examengine.assembly.parallel_forms import assemble, ordered

AREAS = ("chance", "charts", "rates", "samples")


@pytest.fixture(scope="module")
def pool() -> list[PoolItem]:
    """Sixty items of four areas, some of them enemies, all calibrated."""
    rng = np.random.default_rng(20261121)
    items = [
        PoolItem(
            item_id=f"I{i:02}",
            area=AREAS[i % 4],
            item_type="single_choice" if i % 3 else "numeric_entry",
            level=("recall", "apply", "analyse")[i % 5 % 3],
            seconds=int(rng.integers(6, 24)) * 5,
            information=tuple(float(v) for v in rng.uniform(0.05, 0.5, 3)),
        )
        for i in range(60)
    ]
    items[0] = replace(items[0], enemies=frozenset({"I04", "I08"}))
    items[4] = replace(items[4], enemies=frozenset({"I00"}))
    items[8] = replace(items[8], enemies=frozenset({"I00"}))
    return items


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    """Two forms of sixteen items that share four."""
    return Blueprint(
        forms=2,
        length=16,
        common=4,
        areas={area: Between(4, 4) for area in AREAS},
        types={"numeric_entry": Between(4, 7)},
        levels={},
        seconds=Between(1000, 1300),
    )


@pytest.fixture(scope="module")
def assembly(pool, blueprint):
    """The forms that the solver made of them."""
    return assemble(pool, blueprint)


def test_each_form_meets_every_requirement(pool, blueprint, assembly):
    """
    Length, areas, types and expected time of each form lie within what was asked.
    """
    items = {item.item_id: item for item in pool}

    for form in assembly.forms:
        chosen = [items[item_id] for item_id in form.item_ids]
        assert len(set(form.item_ids)) == blueprint.length
        assert Counter(item.area for item in chosen) == dict.fromkeys(AREAS, 4)
        assert 4 <= sum(item.item_type == "numeric_entry" for item in chosen) <= 7
        assert 1000 <= form.seconds == sum(item.seconds for item in chosen) <= 1300


def test_forms_share_exactly_the_common_items(blueprint, assembly):
    """
    Two forms have the common items in common, and no others.
    """
    first, second = (set(form.item_ids) for form in assembly.forms)

    assert first & second == assembly.forms[0].common
    assert len(first & second) == blueprint.common


def test_enemies_never_meet(pool, assembly):
    """
    No form holds two items of which one gives the other away.
    """
    items = {item.item_id: item for item in pool}

    for form in assembly.forms:
        for item_id in form.item_ids:
            assert items[item_id].enemies.isdisjoint(form.item_ids)


def test_forms_are_parallel_in_time_and_information(assembly):
    """
    The forms differ by no more than the program says, and that is within two percent.
    """
    first, second = assembly.forms

    assert assembly.bound <= assembly.difference <= 0.02
    typical = (first.seconds + second.seconds) / 2
    assert abs(first.seconds - second.seconds) / typical <= 0.02
    for one, other in zip(first.information, second.information, strict=True):
        assert abs(one - other) / ((one + other) / 2) <= 0.03


def test_the_order_of_the_pool_does_not_matter(pool, blueprint, assembly):
    """
    The same items in another order give the same forms.
    """
    again = assemble(list(reversed(pool)), blueprint)

    assert [form.item_ids for form in again.forms] == [form.item_ids for form in assembly.forms]


def test_an_impossible_blueprint_names_the_clash_and_nothing_else(pool, blueprint):
    """
    Too little time for so many items: time and length are named, the areas are not blamed.
    """
    hurried = replace(blueprint, seconds=Between(60, 300), areas={"charts": Between(0, 16)})

    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(pool, hurried)

    words = "; ".join(refusal.value.clash)
    assert "60 to 300 seconds" in words
    assert "16 items in each form" in words
    assert "area" not in words


def test_an_area_without_items_is_named(pool, blueprint):
    """
    A blueprint that asks for an area the pool does not have says how many items there are.
    """
    asking = replace(blueprint, areas={**blueprint.areas, "ethics": Between(2, 2)}, length=18)

    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(pool, asking)

    assert refusal.value.clash == ("2 items of area “ethics” (the pool has 0)",)


def test_forms_that_need_more_items_than_there_are_say_so(pool, blueprint):
    """
    What forms may share is blamed when it is to blame, with the size of the pool, and only then.
    """
    many = replace(blueprint, forms=6, common=2, areas={}, levels={}, types={}, seconds=None)

    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(pool, many)

    assert refusal.value.clash == (
        f"{blueprint.length} items in each form",
        "2 items are common to all 6 forms, and no other item stands in two of them "
        f"(the pool has {len(pool)})",
    )


def test_a_bank_without_an_item_to_choose_from_says_so(blueprint):
    """
    Where every item is held, or there is none yet, that is the sentence, and no defect.
    """
    with pytest.raises(AssemblyInfeasible, match="there is no item to choose from"):
        assemble([], blueprint)


def test_areas_take_turns(pool):
    """
    Whoever runs out of time has met every area equally often, give or take one item.
    """
    order = ordered(pool, dict.fromkeys(AREAS, Between(15, 15)))
    areas = {item.item_id: item.area for item in pool}

    for end in range(len(order)):
        met = Counter(dict.fromkeys(AREAS, 0) | Counter(areas[i] for i in order[:end]))
        assert max(met.values()) - min(met.values()) <= 1
