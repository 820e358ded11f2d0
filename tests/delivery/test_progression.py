"""A progression may give items in another order than the form's."""

import pytest

from examengine.delivery.attempt import Head
from examengine.delivery.errors import ItemNotInForm
from examengine.delivery.reading import advance
from examengine.delivery.steps import _step
from examengine.delivery.steps.show_item import ShowItem, chosen_for
from tests.delivery.situations import asked, attempt_of, decided, minutes, situation, started
from tests.delivery.third_progression.last_first import LastFirst


@pytest.fixture(autouse=True)
def last_first(monkeypatch):
    """Every form goes by it."""
    monkeypatch.setattr(_step, "progression_of", lambda _form: LastFirst())


def show(place: int, at: float) -> ShowItem:
    """Ask for the question at a place."""
    return ShowItem(**asked(minutes(at)), place=place)


def test_the_item_that_is_shown_is_the_one_that_was_chosen():
    """
    The place of a question is its number in the log of choices, not in the form.
    """
    head, rows = started()
    shown = []
    for place in (1, 2):
        choice = chosen_for(show(place, place), situation(head))
        head, row = advance(head, choice)
        rows.append(row)
        shown.append(decided(show(place, place), head, attempt_of(rows)).item_id)

    assert shown == ["I-2", "I-1"]


def test_going_back_shows_what_was_shown_before():
    """
    A place that was chosen keeps its item when more were chosen since.
    """
    head, rows = started()
    for place in (1, 2):
        head, row = advance(head, chosen_for(show(place, place), situation(head)))
        rows.append(row)

    assert decided(show(1, 5), head, attempt_of(rows)).item_id == "I-2"


@pytest.mark.parametrize("place", [0, 3])
def test_a_place_beyond_the_form_is_refused(place):
    """
    There is no question before the first, nor after the last.
    """
    head: Head = started()[0]

    with pytest.raises(ItemNotInForm):
        decided(show(place, 1), head, attempt_of(started()[1]))
