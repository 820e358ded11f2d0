"""States, moves and what they mean: the rules of a bank's workflow, without a database."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.accounts import Actor, Role
from examengine.bank import DEFAULT_WORKFLOW, MoveRefused, RemarkRefused, WorkflowUnusable, as_lines
from examengine.bank.review import (
    ItemMove,
    ItemVote,
    Vote,
    allowed_move,
    checked_remark,
    panel_figures,
    possible_moves,
)
from examengine.bank.workflow import Standing, read_workflow, usable_version
from examengine.db import FIRST_ORGANISATION

STATES = "draft: Draft, in work\nreview: In review, in work\nlive: Live, usable\nold: Old, retired"
MOVES = "draft -> review: author\nreview -> live: reviewer, 2 people\nlive -> old: psychometrician"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def actor(*roles: Role) -> Actor:
    """Return somebody with these roles."""
    return Actor(uuid4(), "Who", frozenset(roles), FIRST_ORGANISATION)


def agreed(by: Actor, target: str = "live") -> ItemMove:
    """Return that somebody agreed to a move out of review."""
    named = {"bank_id": "small", "item_id": "S-1", "version": 1, "source": "review"}
    said = {"target": target, "moved": False, "person_id": by.person_id, "at": NOW, "reason": ""}
    return ItemMove(id=uuid4(), **named, **said)


def test_a_workflow_is_read_and_written_as_lines():
    """
    What is offered, and what a bank says, is the same after it was written and read.
    """
    for workflow in (DEFAULT_WORKFLOW, read_workflow(STATES, MOVES, "Look at the key.")):
        assert read_workflow(*as_lines(workflow)) == workflow


@pytest.mark.parametrize(
    ("states", "moves", "fault"),
    [
        ("Draft", MOVES, "states, line 1: 'Draft' is no name of a state"),
        ("draft: Draft, done\n" + STATES, MOVES, "states, line 1: write a title"),
        (STATES + "\ndraft: Again, in work", MOVES, "the state draft is given twice"),
        (STATES, MOVES + "\ndraft -> nowhere: author", "names 'nowhere', which is no state"),
        (STATES, MOVES + "\nlive -> live: author", "leads nowhere"),
        (STATES, MOVES + "\ndraft -> live: candidate", "'candidate' is none of them"),
        (STATES, MOVES + "\ndraft -> live: author, 9 people", "5 are the most"),
        (STATES, MOVES + "\ndraft to live: author", "write two states"),
        (STATES, "draft -> review: author", "no move leads to the state live"),
        ("a: A, usable", "", "it has to be in work"),
        ("a: A, in work", "", "no state is usable"),
    ],
)
def test_what_cannot_be_a_workflow_is_said_by_line(states, moves, fault):
    """
    Each fault names its line, or the states and moves that do not fit together.
    """
    with pytest.raises(WorkflowUnusable) as refusal:
        read_workflow(states, moves, "")

    assert any(fault in said for said in refusal.value.faults), refusal.value.faults


@given(states=st.text(max_size=200), moves=st.text(max_size=200), checklist=st.text(max_size=100))
def test_no_text_is_a_defect(states, moves, checklist):
    """
    Whatever is typed is a workflow, or is refused in words.
    """
    with suppress(WorkflowUnusable):
        found = read_workflow(states, moves, checklist)
        assert found.first.standing is Standing.IN_WORK


@pytest.mark.parametrize(
    ("states", "usable"),
    [
        ({}, None),
        ({1: "review"}, None),
        ({1: "live"}, 1),
        ({1: "live", 2: "review"}, 1),
        ({1: "live", 2: "live"}, 2),
        ({1: "live", 2: "old"}, None),
        ({1: "old", 2: "live"}, 2),
        ({1: "live", 2: "old", 3: "review"}, None),
        ({1: "a state that is gone"}, None),
    ],
)
def test_the_newest_version_that_may_be_used_is_used(states, usable):
    """
    What is in work leaves the one before in use; what is retired takes all that is older with it.
    """
    assert usable_version(read_workflow(STATES, MOVES, ""), states) == usable


def test_nobody_approves_their_own_and_nobody_twice():
    """
    Each move says who may not do it and why; the second of two who agree moves the item.
    """
    workflow = read_workflow(STATES, MOVES, "The key is right.")
    review = workflow.state("review")
    one, two, author = actor(Role.REVIEWER), actor(Role.REVIEWER), actor(Role.AUTHOR)

    [own] = possible_moves(workflow, review, one, [], one.person_id)
    [again] = possible_moves(workflow, review, one, [agreed(one)], author.person_id)
    [other] = possible_moves(workflow, review, author, [], None)
    [second] = possible_moves(workflow, review, two, [agreed(one)], author.person_id)

    assert "nobody approves their own" in own.why_not
    assert "somebody else has to" in again.why_not
    assert "for reviewer to do" in other.why_not
    assert (second.why_not, second.still_needed) == (None, 1)
    for refused in (own, again, other):
        with pytest.raises(MoveRefused):
            allowed_move([refused], "live", [0])
    with pytest.raises(MoveRefused, match="1 of 1 points"):
        allowed_move([second], "live", [7])
    with pytest.raises(MoveRefused, match="no move leads there"):
        allowed_move([second], "old", [0])
    assert allowed_move([second], "live", [0]) is second


def test_the_ratio_of_a_panel_is_lawshes():
    """
    Nine of ten who say essential make 0.8; of four nothing is said.
    """

    def votes(essential: int, useful: int) -> list[ItemVote]:
        cast = [Vote.ESSENTIAL] * essential + [Vote.USEFUL] * useful
        return [ItemVote("small", "S-1", 1, uuid4(), vote, "", NOW) for vote in cast]

    assert panel_figures(votes(9, 1)).ratio == pytest.approx(0.8)
    assert panel_figures(votes(0, 5)).ratio == -1
    assert panel_figures(votes(3, 1)).ratio is None
    assert panel_figures([]).n == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 5000])
def test_a_remark_says_something_and_not_too_much(text):
    """
    Nothing, blanks and pages are refused with the length that is taken.
    """
    with pytest.raises(RemarkRefused, match="1 to 4000 characters"):
        checked_remark(text, "a comment")
