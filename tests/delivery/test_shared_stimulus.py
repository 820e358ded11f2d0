"""Which questions share a stimulus: those of a set that stand together and show the same. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import item_version
from examengine.delivery.shared_stimulus import SharedStimulus, shared_stimuli
from tests.bank.sets_of_items import set_item
from tests.bank.small_bank import item


def versions(*contents):
    """Items as they are shown."""
    return [item_version("small", content) for content in contents]


def test_neighbours_of_a_set_share_their_stimulus():
    """
    Each knows which of how many it is, and where they begin and end.
    """
    items = versions(
        item("S-1", "matrix"), set_item("R-1", 1), set_item("R-2", 2), item("S-2", "matrix")
    )

    assert shared_stimuli(items, {}) == [
        None,
        SharedStimulus(1, 2, 3),
        SharedStimulus(2, 2, 3),
        None,
    ]


def test_what_is_torn_other_or_alone_is_not_shared():
    """
    Items of a set that stand apart, in two sections, alone, or show something else, share nothing.
    """
    other = set_item("R-2", 2, stimulus=[{"passage": {"text": "Other."}}])
    apart = versions(set_item("R-1", 1), item("S-1", "matrix"), set_item("R-2", 2))
    together = versions(set_item("R-1", 1), set_item("R-2", 2))

    assert shared_stimuli(apart, {}) == [None] * 3
    assert shared_stimuli(together, {"R-1": 1, "R-2": 2}) == [None] * 2
    assert shared_stimuli(versions(set_item("R-1", 1), other), {}) == [None] * 2
    assert shared_stimuli([], {}) == []


@given(st.lists(st.sampled_from(["", "P", "Q"]), max_size=12))
def test_every_run_is_told_whole(sets):
    """
    In any order of sets: what is shared lies in the form, holds its place, and has one set.
    """
    contents = [
        set_item(f"I-{n}", n + 1, set={"id": name, "place": n + 1})
        if name
        else item(f"I-{n}", "matrix")
        for n, name in enumerate(sets)
    ]

    for place, shared in enumerate(shared_stimuli(versions(*contents), {}), start=1):
        if shared is None:
            neighbours = sets[max(0, place - 2) : place - 1] + sets[place : place + 1]
            assert not sets[place - 1] or sets[place - 1] not in neighbours
        else:
            assert shared.first + shared.number - 1 == place <= shared.last <= len(sets)
            assert shared.count >= 2
            assert len(set(sets[shared.first - 1 : shared.last])) == 1
