"""Views of a bank as addresses say them."""

from datetime import date
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_COLUMNS, SIZES, ColumnKind, ItemView, read_view, view_of

RANGED = [one.name for one in ITEM_COLUMNS.values() if one.kind is ColumnKind.NUMBER]
CHOSEN = [one.name for one in ITEM_COLUMNS.values() if one.filtered and not one.ranged]
DATED = [one.name for one in ITEM_COLUMNS.values() if one.kind is ColumnKind.MOMENT]
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3) + 0.0)
VALUES = st.text("abcäß7 &=+?#%", min_size=1, max_size=20).map(str.strip).filter(bool)
VIEWS = st.builds(
    ItemView,
    words=VALUES | st.just(""),
    equal=st.dictionaries(st.sampled_from(CHOSEN), VALUES, max_size=3),
    least=st.dictionaries(st.sampled_from(RANGED), NUMBERS, max_size=3),
    most=st.dictionaries(st.sampled_from(DATED), st.dates(), max_size=2),
    sort=st.sampled_from([name for name, one in ITEM_COLUMNS.items() if one.sorted]),
    descending=st.booleans(),
    size=st.sampled_from(SIZES),
    page=st.integers(1, 500),
)


@given(VIEWS)
def test_a_view_comes_back_from_its_address(view):
    """
    Back, bookmark and a second tab show what was seen: all of a view is in its address.
    """
    assert view_of(view.query()) == view


@given(st.lists(st.tuples(st.sampled_from([*ITEM_COLUMNS, "q", "page"]) | st.text(), st.text())))
def test_no_address_is_an_error(pairs):
    """
    Whatever somebody writes into an address, there is a view that it asks for.
    """
    view, _ = read_view(
        (name + end, value) for name, value in pairs for end in ("", "_from", "_to")
    )

    assert view_of(view.query()).query() == view.query()


def test_what_cannot_be_read_is_told_and_asks_for_nothing():
    """
    A word for a number and a day that never was are named; the rest of the address counts.
    """
    asked = "p_from=hard&p_to=0,8&changed_from=2026-02-30&n_from=1e999&area=spread"

    view, faults = read_view(parse_qsl(asked))

    assert view == ItemView(equal={"area": "spread"}, most={"p": 0.8})
    assert [fault.partition(":")[0] for fault in faults] == ["p", "Changed", "n"]
    assert "“hard” is no number" in faults[0]
    assert "2026-11-30" in faults[1]


def test_columns_keep_their_order_and_the_item():
    """
    Whoever ticks columns gets them in the order of the list, always with the item.
    """
    view = view_of("column=p&column=area&column=nothing&page=-3&size=77&sort=flag")

    assert view.columns == ("item", "area", "p")
    assert (view.page, view.size, view.sort) == (1, SIZES[0], "item")


def test_sorting_by_the_same_column_turns_it_round():
    """
    A second click is the greatest first, a third the least, and each begins at the first page.
    """
    once = ItemView(page=4).in_order("p")
    twice = once.in_order("p")

    assert (once.sort, once.descending, once.page) == ("p", False, 1)
    assert twice.descending
    assert not twice.in_order("p").descending


def test_a_day_is_a_day():
    """
    Moments are filtered by days, which are dates and no numbers.
    """
    assert view_of("used_from=2026-01-31").least == {"used": date(2026, 1, 31)}
