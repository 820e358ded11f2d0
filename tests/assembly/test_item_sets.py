"""Item sets in assembly: they come together, in their order, as many as the blueprint says."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.assembly.blueprint import Between, Blueprint, PoolItem, SetBounds
from examengine.assembly.errors import AssemblyInfeasible, ExamSpecUnusable
from examengine.assembly.exam_files import blueprint_of, checked_exam
from examengine.assembly.form_check import faults_of
from examengine.assembly.parallel_forms import assemble, ordered
from examengine.assembly.pool_files import PoolUnusable, read_pool
from examengine.assembly.sections import SectionPlan, sets_kept_whole
from tests.assembly.test_sections import SPEC


def alone(n: int, area: str = "a") -> list[PoolItem]:
    """Items that stand alone."""
    return [PoolItem(f"I{i:02}", area, "t", "l", 30 + i % 7 * 5) for i in range(n)]


def of_set(name: str, n: int, area: str = "a", enemies: tuple[str, ...] = ()) -> list[PoolItem]:
    """The items of a set, their ids against their order."""
    return [
        PoolItem(
            *(f"{name}{n - place}", area, "t", "l", 40 + place, frozenset(enemies)),
            set_id=name,
            set_place=place,
        )
        for place in range(1, n + 1)
    ]


POOL = [*alone(30), *(item for name in "PQRSTU" for item in of_set(name, 4))]


def asked(**changes) -> Blueprint:
    """Two forms of twelve items."""
    first = Blueprint(
        forms=2,
        length=12,
        common=0,
        areas={"a": Between(12, 12)},
        types={},
        levels={},
        seconds=None,
    )
    return replace(first, **changes)


def sets_in(form) -> Counter:
    """How many items a form has of each set."""
    sets = {item.item_id: item.set_id for item in POOL}
    return Counter(sets[one] for one in form.item_ids if sets[one])


@pytest.mark.parametrize("common", [0, 4])
def test_each_form_holds_the_sets_that_are_asked(common):
    """
    Two sets in each form, three or four items of each, also where forms share items.
    """
    bounds = SetBounds(items=Between(3, 4), number=Between(2, 2))
    blueprint = asked(sets=bounds, common=common)

    made = assemble(POOL, blueprint)

    assert faults_of(made.forms, POOL, blueprint) == []
    for form in made.forms:
        assert len(sets_in(form)) == 2
        assert set(sets_in(form).values()) <= {3, 4}


def test_no_set_at_all_can_be_asked():
    """
    A number of 0 keeps the items of sets out of a form.
    """
    made = assemble(POOL, asked(sets=SetBounds(number=Between(0, 0))))

    assert all(not sets_in(form) for form in made.forms)


def test_sets_are_kept_in_swaps_and_in_a_part_of_a_large_pool():
    """
    What makes forms alike leaves every set as it is, whatever part of the pool was drawn.
    """
    pool = [
        *alone(600),
        *(one for n in range(60) for one in of_set(f"S{n:02}-", 5)),
    ]
    blueprint = asked(forms=3, sets=SetBounds(items=Between(5, 5), number=Between(1, 1)))

    made = assemble(pool, blueprint)

    assert faults_of(made.forms, pool, blueprint) == []


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (SetBounds(number=Between(7, 7)), "7 item sets in each form (the pool has 6)"),
        (
            SetBounds(items=Between(5, 6), number=Between(1, 1)),
            "5 to 6 items of each set that stands in a form (0 sets of the pool have as many)",
        ),
    ],
)
def test_what_cannot_be_had_of_sets_is_named(bounds, words):
    """
    The clash is told in the words of the blueprint, with what the pool has.
    """
    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(POOL, asked(sets=bounds))

    assert words in refusal.value.clash


def test_a_pool_without_sets_cannot_give_one():
    """
    A blueprint that asks for a set of a pool that has none names just that.
    """
    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(alone(40), asked(sets=SetBounds(number=Between(1, 1))))

    assert refusal.value.clash == ("1 item sets in each form (the pool has 0)",)


def test_enemies_within_a_set_do_not_meet():
    """
    A set with two enemies gives one of them.
    """
    first, *rest = of_set("P", 3)
    pool = [*alone(10), replace(first, enemies=frozenset({rest[0].item_id})), *rest]
    blueprint = asked(forms=1, length=4, areas={}, sets=SetBounds(Between(2, 3), Between(1, 1)))

    made = assemble(pool, blueprint)

    assert not {first.item_id, rest[0].item_id} <= set(made.forms[0].item_ids)


def test_a_set_stands_together_in_its_order():
    """
    Without anything asked, items of a set are neighbours by place; areas still take turns.
    """
    items = [*alone(3, "b"), *of_set("P", 3), *alone(0)]

    order = ordered(items, {"a": Between(3, 3), "b": Between(3, 3)})

    assert order == ("P2", "P1", "P0", "I00", "I01", "I02")


def test_the_count_finds_sets_that_are_torn_or_turned():
    """
    The second count names a set whose items do not stand together, or not in their order.
    """
    pool = [*alone(2), *of_set("P", 3)]
    blueprint = asked(forms=1, length=4, areas={}, sets=SetBounds(Between(3, 3), Between(2, 2)))
    made = assemble(pool, replace(blueprint, sets=None))
    [form] = made.forms

    def found(*ids):
        return faults_of([replace(form, item_ids=ids)], pool, blueprint)

    assert "form A: the items of set P do not stand next to each other" in found(
        "P2", "I00", "P1", "I01"
    )
    assert "form A: the items of set P are not in their order" in found("P1", "P2", "I00", "I01")
    assert {"form A: 2 of set P, 3 asked", "form A: 1 of sets, 2 asked"} <= set(
        found("P2", "P1", "I00", "I01")
    )


def test_a_set_is_not_split_over_sections():
    """
    Items of a set whose areas belong to different sections never come into one form.
    """
    plans = [SectionPlan(area, "", None, False, (area,)) for area in ("a", "b")]
    torn = [*of_set("P", 2), *of_set("P", 4, "b")[2:]]

    pool = sets_kept_whole(plans, [*torn, *of_set("Q", 2), *alone(1)])

    apart = {frozenset((item.item_id, enemy)) for item in pool for enemy in item.enemies}
    assert apart == {frozenset((one.item_id, two.item_id)) for one in torn[:2] for two in torn[2:]}
    assert sets_kept_whole((), torn) == torn


@st.composite
def small_pools(draw: st.DrawFn) -> tuple[list[PoolItem], Blueprint]:
    """Small pools with sets, and what one form is asked of them."""
    pool = alone(draw(st.integers(0, 5)))
    for name in draw(st.sampled_from(["", "P", "PQ", "PQR"])):
        pool += of_set(name, draw(st.integers(1, 4)))
    low, high = sorted((draw(st.integers(1, 3)), draw(st.integers(1, 4))))
    fewest, most = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
    bounds = SetBounds(Between(low, high), Between(fewest, most))
    length = draw(st.integers(1, 6))
    return pool, asked(forms=1, length=length, areas={}, sets=bounds)


@given(small_pools())
@settings(max_examples=150, deadline=None)
def test_the_program_agrees_with_trying_everything(made):
    """
    A form is found exactly where one of all combinations of items meets what is asked of sets.
    """
    pool, blueprint = made

    def fits(chosen: tuple[PoolItem, ...]) -> bool:
        held = Counter(item.set_id for item in chosen if item.set_id)
        items, number = blueprint.sets.items, blueprint.sets.number
        return number.least <= len(held) <= number.most and all(
            items.least <= count <= items.most for count in held.values()
        )

    possible = any(map(fits, combinations(pool, blueprint.length)))
    try:
        found = bool(assemble(pool, blueprint).forms)
    except AssemblyInfeasible:
        found = False

    assert found == possible


def test_an_exam_says_what_it_asks_of_sets():
    """
    A number or a range for each; what is no such thing is named with its place.
    """
    spec = {**SPEC, "blueprint": {**SPEC["blueprint"], "sets": {"number": 2, "items": [3, 4]}}}

    assert blueprint_of(checked_exam(spec)).sets == SetBounds(Between(3, 4), Between(2, 2))
    assert blueprint_of(SPEC).sets is None


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (2, "blueprint.sets: is 2; write a table"),
        ({"numbers": 2}, "blueprint.sets.numbers: is not a field"),
        ({"number": -1}, "blueprint.sets.number: is -1"),
        ({"items": 0}, "blueprint.sets.items: is 0"),
        ({"items": [0, 4]}, "blueprint.sets.items: is [0, 4]"),
        ({"items": [4, 3]}, "blueprint.sets.items: is [4, 3]"),
        ({"number": True}, "blueprint.sets.number: is True"),
    ],
)
def test_what_is_asked_of_sets_wrongly_is_refused(sets, words):
    """
    Each fault says where it is and what would be right.
    """
    spec = {**SPEC, "blueprint": {**SPEC["blueprint"], "sets": sets}}

    with pytest.raises(ExamSpecUnusable) as refusal:
        checked_exam(spec)

    assert any(words in fault for fault in refusal.value.faults)


def test_a_file_of_items_names_sets(tmp_path):
    """
    `set` and `set_place` are read; a place that is no number is told with its item.
    """
    path = tmp_path / "pool.csv"
    path.write_text("item_id,area,type,set,set_place\nI1,a,t,P,2\nI2,a,t,,\n")

    first, second = read_pool(path, ())
    path.write_text("item_id,area,type,set,set_place\nI1,a,t,P,last\n")

    assert (first.set_id, first.set_place) == ("P", 2)
    assert (second.set_id, second.set_place) == ("", 0)
    with pytest.raises(PoolUnusable, match="set_place is 'last'"):
        read_pool(path, ())


def test_a_form_holds_one_instance_of_a_model():
    """
    Instances of one item model are enemies of each other, and the second count sees it.
    """
    of_model = [
        replace(item, item_id=f"M-{n}", model_id="M") for n, item in enumerate(alone(6), start=1)
    ]
    pool = [*alone(7), *of_model]
    blueprint = asked(forms=2, length=4, areas={})

    made = assemble(pool, blueprint)

    assert faults_of(made.forms, pool, blueprint) == []
    assert all(sum(one.startswith("M-") for one in form.item_ids) <= 1 for form in made.forms)
    both = replace(made.forms[0], item_ids=("M-1", "M-2", "I00", "I01"))
    assert "form A: 2 instances of the model M" in faults_of([both], pool, blueprint)
    with pytest.raises(AssemblyInfeasible) as refusal:
        assemble(pool, asked(forms=1, length=9, areas={}))
    assert "at most one instance of the model M in each form" in refusal.value.clash
