"""How much of their wording texts share: counted exactly, whatever is passed over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.likeness import (
    common_runs,
    likest,
    most_alike,
    packed,
    runs_in,
    runs_of,
    unpacked,
)
from tests.bank.small_bank import item

WORDS = st.lists(st.sampled_from(["red", "green", "blue", "white", "black"]), max_size=14)
TEXTS = st.lists(WORDS.map(" ".join), max_size=9)


def shares(texts):
    """The share of each pair, counted by sets."""
    sets = [set(runs.tolist()) for runs in texts]
    return {
        (one, other): len(sets[one] & sets[other]) / (len(sets[one] | sets[other]) or 1)
        for one in range(len(sets))
        for other in range(len(sets))
        if one != other
    }


@given(TEXTS, st.sampled_from([0.3, 0.6, 0.9, 1.0]))
def test_the_likest_is_found_as_sets_would_find_it(texts, least):
    """
    Looking at the rarest runs alone passes over no text that shares enough.
    """
    runs = [runs_in(text) for text in texts]
    counted = shares(runs)

    found = {
        place: share
        for place, _, share in most_alike(runs, least, known=lambda _one, _other: False)
    }

    expected = {}
    for (one, _), share in counted.items():
        if share >= least:
            expected[one] = max(share, expected.get(one, 0))
    assert found == pytest.approx(expected)


@given(st.text(max_size=300))
def test_runs_come_back_from_their_bytes(text):
    """
    What is kept is what was counted, in ascending order and each once.
    """
    runs = runs_in(text)

    assert unpacked(packed(runs)).tolist() == runs.tolist() == sorted(set(runs.tolist()))


def test_the_order_of_options_is_no_difference():
    """
    The same options in another order make the same runs; a figure's name is none of them.
    """
    one = item("S-1", "single_choice")
    turned = {**one, "id": "S-2", "options": one["options"][::-1]}

    assert runs_of(one).tolist() == runs_of(turned).tolist()


def test_the_order_of_words_is_a_difference():
    """
    Three words the other way round are another run.
    """
    other = runs_in("three two one")

    assert common_runs(runs_in("one two three"), other, np.array([1])).tolist() == [0]


def test_what_is_being_written_finds_the_item_that_holds_it():
    """
    A stem finds its item wholly, though the item says more; shorter items come first.
    """
    others = {
        "long": "a shop counts its visitors on each day and rests on sundays",
        "short": "a shop counts its visitors on each day",
        "other": "which summary divides ordered values into two halves",
        "empty": "",
    }
    kept = {name: packed(runs_in(text)) for name, text in others.items()}

    found = likest(runs_in("A shop counts its visitors"), kept, least=0.5, most=5)

    assert [(one.item_id, one.share) for one in found] == [("short", 1.0), ("long", 1.0)]


RUNS = st.lists(st.sampled_from([1, 2, 3, 65_537, 65_538, 131_073, 4_000_000_000]), unique=True)


@given(RUNS, st.lists(RUNS))
def test_common_runs_are_those_that_sets_share(own, others):
    """
    Runs that have their low bits in common are told apart, and texts without runs share none.
    """
    sizes = np.array([len(other) for other in others], dtype=np.int64)
    every = np.array([run for other in others for run in sorted(other)], dtype=np.uint32)

    found = common_runs(np.array(sorted(own), dtype=np.uint32), every, sizes)

    assert found.tolist() == [len({*own} & {*other}) for other in others]
