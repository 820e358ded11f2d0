"""The second count of assembled forms: it shares no code with the search, and misses nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.assembly.blueprint import AssembledForm, Assembly, Between, Blueprint, PoolItem
from examengine.assembly.errors import AssemblyInfeasible
from examengine.assembly.form_check import faults_of
from examengine.assembly.parallel_forms import assemble

POOL = [
    PoolItem(f"I{i}", "ab"[i % 2], "xy"[i // 2 % 2], "mn"[i // 4 % 2], 10 * (i + 1))
    for i in range(8)
]
BLUEPRINT = Blueprint(
    forms=2,
    length=4,
    common=2,
    areas={"a": Between(2, 2)},
    types={"x": Between(1, 3)},
    levels={"m": Between(1, 3)},
    seconds=Between(100, 200),
)


def form(code: str, *places: int) -> AssembledForm:
    """A form of these items, with the first two in common."""
    ids = tuple(f"I{place}" for place in places)
    return AssembledForm(code, ids, frozenset({"I0", "I1"}), 0, ())


RIGHT = (form("A", 0, 1, 2, 7), form("B", 0, 1, 4, 3))


def test_right_forms_have_no_fault():
    """
    Forms that meet everything are passed.
    """
    assert faults_of(RIGHT, POOL, BLUEPRINT) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"length": 5}, "form A: 4 items in 4 places, 5 asked"),
        ({"areas": {"a": Between(3, 3)}}, "form A: 2 of a, 3 asked"),
        ({"types": {"z": Between(1, 1)}}, "form A: 0 of z, 1 asked"),
        ({"levels": {"m": Between(4, 4)}}, "form A: 3 of m, 4 asked"),
        ({"seconds": Between(1, 2)}, "form A: 140 of seconds, 1 to 2 asked"),
        ({"common": 1}, "forms A and B share 2 items"),
        ({"forms": 3}, "2 forms"),
    ],
)
def test_each_requirement_that_is_not_met_is_named(changed, words):
    """
    What was asked otherwise is found, with the form and the amount.
    """
    assert words in faults_of(RIGHT, POOL, replace(BLUEPRINT, **changed))


def test_enemies_and_a_repeated_item_are_found():
    """
    Two items that must not meet are named, and an item in two places is no item more.
    """
    pool = [replace(POOL[0], enemies=frozenset({"I7"})), *POOL[1:]]
    twice = (form("A", 0, 1, 7, 7), RIGHT[1])

    faults = faults_of(twice, pool, BLUEPRINT)

    assert "form A: I0 and I7 are enemies" in faults
    assert "form A: 3 items in 4 places, 4 asked" in faults


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[PoolItem], Blueprint]:
    """Small pools and blueprints, some of which cannot be met."""
    size = draw(st.integers(4, 24))
    pool = [
        PoolItem(
            item_id=f"I{i:02}",
            area=draw(st.sampled_from("ab")),
            item_type=draw(st.sampled_from("xy")),
            level=draw(st.sampled_from("mn")),
            seconds=draw(st.integers(1, 9)) * 10,
            enemies=draw(
                st.frozensets(st.sampled_from([f"I{k:02}" for k in range(24)]), max_size=1)
            )
            - {f"I{i:02}"},
        )
        for i in range(size)
    ]
    length = draw(st.integers(1, 6))
    blueprint = Blueprint(
        forms=draw(st.integers(1, 3)),
        length=length,
        common=draw(st.integers(0, length)),
        areas={"a": Between(draw(st.integers(0, 2)), 6)},
        types={"x": Between(0, draw(st.integers(2, 6)))},
        levels={},
        seconds=draw(st.none() | st.just(Between(10 * length, 70 * length))),
    )
    return pool, blueprint


def made_or_clash(pool: list[PoolItem], blueprint: Blueprint) -> Assembly | tuple[str, ...]:
    """The forms, or the words of what clashes."""
    try:
        return assemble(pool, blueprint)
    except AssemblyInfeasible as refusal:
        return refusal.clash


@settings(max_examples=60)
@given(programmes())
def test_forms_meet_their_blueprint_or_the_clash_is_named(programme):
    """
    There is no third way: what is returned has no fault, and what is refused has words.
    """
    pool, blueprint = programme

    made = made_or_clash(pool, blueprint)

    if isinstance(made, Assembly):
        assert faults_of(made.forms, pool, blueprint) == []
        assert 0 <= made.bound <= made.difference + 1e-9
    else:
        assert made
