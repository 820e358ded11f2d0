"""Saved views of a bank: own ones, and shared ones."""

import pytest

from examengine import bank
from examengine.accounts import Role
from examengine.bank import ViewRefused, ViewUnknown
from examengine.bank.formats import load_files
from examengine.bank.saved_views import MOST_VIEWS
from tests.bank.small_bank import files, three_items


@pytest.fixture
def author(session, clock, person):
    """An author who imported the small bank."""
    found = person(Role.AUTHOR, name="Ann")
    bank.import_bank(session, clock, found, load_files(files(*three_items())))
    return found


def saved(session, clock, actor, title="Hard", query="p_to=0.4", *, shared=False):
    """Save a view of the small bank."""
    return bank.save_view(
        session, clock, actor, "small", title=title, query=query, shared=shared
    )  # fmt: skip


def test_own_views_are_seen_by_nobody_else_and_shared_ones_by_all(session, clock, author, person):
    """
    A view is its title and the query of an address, without the page somebody was on.
    """
    other = person(Role.PSYCHOMETRICIAN, name="Ben")
    saved(session, clock, author, query="p_to=0.4&page=7&csrf=secret")
    saved(session, clock, author, "  For   all ", "held=yes", shared=True)

    own = bank.views_of(session, author, "small")
    theirs = bank.views_of(session, other, "small")

    assert [(one.title, one.query) for one in own] == [
        ("For all", "held=yes"),
        ("Hard", "p_to=0.4"),
    ]
    assert [one.title for one in theirs] == ["For all"]
    with pytest.raises(ViewUnknown):
        bank.delete_view(session, clock, other, "small", theirs[0].id)


def test_saving_under_the_same_title_replaces_the_view(session, clock, author):
    """
    A view is changed by saving it again, and deleted by whoever saved it.
    """
    saved(session, clock, author)
    changed = saved(session, clock, author, query="p_to=0.2", shared=True)

    assert bank.views_of(session, author, "small") == [changed]
    bank.delete_view(session, clock, author, "small", changed.id)
    assert bank.views_of(session, author, "small") == []


@pytest.mark.parametrize(
    ("title", "query", "why"),
    [("  ", "", "a title of 1 to 80"), ("x" * 81, "", "a title"), ("x", "q=" * 4000, "asks for")],
)
def test_what_cannot_be_a_view_is_refused(session, clock, author, title, query, why):
    """
    A view without a title, and one longer than an address, are refused with what would be right.
    """
    with pytest.raises(ViewRefused, match=why):
        saved(session, clock, author, title, query)


def test_nobody_saves_views_without_end(session, clock, author):
    """
    A fifty-first view is refused, and one of the fifty can still be changed.
    """
    for number in range(MOST_VIEWS):
        saved(session, clock, author, f"View {number}")

    with pytest.raises(ViewRefused, match="delete one first"):
        saved(session, clock, author, "One more")
    assert saved(session, clock, author, "View 7", "q=other").query == "q=other"
