"""Many items moved by one decision: the rules of one alone, each an act, on both databases."""

from datetime import timedelta

import pytest

from examengine import accounts, bank
from examengine.accounts import NotAllowed, Role, staff_acts
from examengine.bank import ItemToMove, view_of
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.conftest import add_actor

STATES = "draft: Draft, in work\nreview: In review, in work\nlive: Live, usable\nold: Old, retired"
MOVES = (
    "draft -> review: author\nreview -> live: reviewer, 2 people\nreview -> draft: reviewer\n"
    "live -> old: psychometrician"
)
LINES = {"states": STATES, "moves": MOVES, "checklist": "The key is right."}
WHY = "Items are approved by two from now on."
STEMS = ("How many pears lie there?", "What does a crate weigh?", "Which year was warmest?")
ALL = [ItemToMove(f"S-{n}", 1) for n in (1, 2, 3)]


@pytest.fixture
def people(session, clock, hasher):
    """An author, two reviewers, a psychometrician."""
    roles = {
        "ada": Role.AUTHOR,
        "rob": Role.REVIEWER,
        "rue": Role.REVIEWER,
        "psy": Role.PSYCHOMETRICIAN,
    }
    return {
        name: add_actor(session, clock, hasher, role, name=name) for name, role in roles.items()
    }


@pytest.fixture
def reviewed(session, clock, people):
    """A bank of three drafts with a workflow."""
    come_in(
        session,
        clock,
        people["ada"],
        *(item(f"S-{n}", "numeric_entry", stem=stem) for n, stem in enumerate(STEMS, 1)),
    )
    bank.set_workflow(session, clock, people["psy"], "small", **LINES, reason=WHY, present="draft")
    return "small"


def come_in(session, clock, by, *items):
    """Import items into the small bank."""
    assert bank.import_bank(session, clock, by, load_files(files(*items))).written


def move(session, clock, by, target, chosen=ALL, ticked=(0,), **more):
    """Move items a second later, the checklist done."""
    clock.forward(seconds=1)
    asked = {"target": target, "reason": "All of a kind.", "ticked": ticked}
    return bank.move_items(session, clock, by, "small", chosen, **asked, **more)


def ids(session, by, query):
    """The items that an address asks for."""
    found = bank.search_items(session, by, "small", view_of(query))
    return [line.item_id for line in found.lines]


def test_many_go_through_a_workflow_by_the_rules_of_one(session, clock, reviewed, people, person):
    """
    The first of two people agrees, the second moves; each move of each item is in the trail.
    """
    sent = move(session, clock, people["ada"], "review")
    agreed = move(session, clock, people["rob"], "live")
    again = move(session, clock, people["rob"], "live")
    moved = move(session, clock, people["rue"], "live")

    assert sent.moved == moved.moved == agreed.agreed == ("S-1", "S-2", "S-3")
    assert agreed.moved == moved.agreed == ()
    assert {why for _, why in again.kept} == {"you have agreed already; somebody else has to"}
    assert [one.item_id for one in bank.usable_versions(session, "small")] == ["S-1", "S-2", "S-3"]
    acts = staff_acts(session, person(Role.ADMINISTRATOR, name="admin"))
    of_one = [act for act in acts if act.subject == "item:S-2"]
    assert sorted(act.action for act in of_one) == [
        "bank.agree_to_move",
        "bank.move_item",
        "bank.move_item",
    ]
    history = bank.reviewed_item(session, people["ada"], "small", "S-2").history
    assert [one.reason for one in history] == ["All of a kind."] * 3


def test_what_would_become_of_each_is_foreseen(session, clock, reviewed, people):
    """
    Which move, which wait for somebody else, and why the others stay; nothing is written.
    """
    move(session, clock, people["ada"], "review", ALL[:2])
    move(session, clock, people["rob"], "live", ALL[:1])

    found = bank.foresee_moves(
        session, people["rue"], "small", ["S-1", "S-2", "S-3", "S-9"], "live"
    )
    unasked = bank.foresee_moves(session, people["ada"], "small", ["S-3"])

    assert [(one.moves, one.only_agreed_to) for one in found.moves] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "no move leads there" in found.moves[2].why_not
    assert found.checklist == ("The key is right.",)
    assert [state.id for state in found.targets] == ["draft", "live"]
    assert (unasked.target, [state.id for state in unasked.targets]) == (None, ["review"])
    assert bank.reviewed_item(session, people["rue"], "small", "S-1").state.id == "review"


def test_one_that_cannot_go_keeps_back_no_other(session, clock, reviewed, people, hasher):
    """
    Own versions, other states, newer versions and unknown items stay, and each is told why.
    """
    both = add_actor(session, clock, hasher, Role.AUTHOR, Role.REVIEWER, name="both")
    changed = item("S-2", "numeric_entry", stem="How many apples?", version=2)
    sent = {"S-2.yaml": files(changed)["items/S-2.yaml"]}
    bank.import_bank(session, clock, both, bank.load_upload(session, both, "small", sent))
    newest = [ItemToMove("S-1", 1), ItemToMove("S-2", 2)]
    move(session, clock, people["ada"], "review", newest)

    found = move(session, clock, both, "live", [*newest, ItemToMove("S-3", 1)])
    late = move(session, clock, people["rue"], "live", [ALL[1], ItemToMove("S-9", 1)])

    assert found.agreed == ("S-1",)
    assert dict(found.kept)["S-2"] == "you made this version, and nobody approves their own"
    assert "no move leads there" in dict(found.kept)["S-3"]
    assert dict(late.kept) == {
        "S-2": "version 2 is there by now; look at that one",
        "S-9": "the bank has no such item",
    }


def test_a_checklist_is_done_for_all_or_nothing_moves(session, clock, reviewed, people):
    """
    What is not ticked is said, and every item stays.
    """
    move(session, clock, people["ada"], "review")

    with pytest.raises(bank.MoveRefused, match="1 of 1 points of the checklist"):
        move(session, clock, people["rob"], "live", ticked=())

    assert bank.reviewed_item(session, people["rob"], "small", "S-1").history[-1].target == "review"


def test_items_with_open_comments_pass_when_that_is_said(session, clock, reviewed, people):
    """
    Nobody reads comments one by one here, so those items stay until somebody says otherwise.
    """
    move(session, clock, people["ada"], "review")
    said = {"version": 1, "field": "", "text": "Is that so?"}
    bank.comment_item(session, clock, people["rue"], "small", "S-1", **said)

    careful = move(session, clock, people["rob"], "live")
    back = move(session, clock, people["rue"], "live", ALL[:1], commented_too=True)

    assert careful.agreed == ("S-2", "S-3")
    assert careful.kept == (("S-1", "it has comments that nobody has dealt with"),)
    assert back.agreed == ("S-1",)


def test_done_a_second_time_it_tells_what_was_done(session, clock, reviewed, people):
    """
    A job that is begun again moves nothing twice, and counts what it moved before.
    """
    asked_at = clock.now()
    move(session, clock, people["ada"], "review", ALL[:2], asked_at=asked_at)

    again = move(session, clock, people["ada"], "review", asked_at=asked_at)

    assert (again.moved, again.kept) == (("S-1", "S-2", "S-3"), ())
    assert len(bank.reviewed_item(session, people["ada"], "small", "S-1").history) == 1


def test_too_many_none_and_strangers_are_refused(session, clock, reviewed, people, person):
    """
    At least one item, no more than a limit, and only those who review.
    """
    too_many = [ItemToMove(f"T-{n}", 1) for n in range(bank.MOST_AT_ONCE + 1)]
    for chosen in ([], too_many):
        with pytest.raises(bank.RemarkRefused, match="choose 1 to"):
            move(session, clock, people["ada"], "review", chosen)
    stranger = person(Role.INVIGILATOR, name="inv")
    for act in (
        lambda: move(session, clock, stranger, "review"),
        lambda: bank.foresee_moves(session, stranger, "small", ["S-1"]),
        lambda: bank.reviewers(session, stranger),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_lists_know_the_state_and_what_forms_take(session, clock, reviewed, people):
    """
    By state, by what forms take, in the order of the workflow; a new version begins anew.
    """
    ada = people["ada"]
    move(session, clock, ada, "review", ALL[:2])
    for one in ("rob", "rue"):
        move(session, clock, people[one], "live", ALL[:1])
    changed = item("S-1", "numeric_entry", stem="How many apples?", version=2)
    sent = {"S-1.yaml": files(changed)["items/S-1.yaml"]}
    bank.import_bank(session, clock, ada, bank.load_upload(session, ada, "small", sent))

    assert ids(session, ada, "state=draft") == ["S-1", "S-3"]
    assert ids(session, ada, "state=review") == ["S-2"]
    assert ids(session, ada, "state=live") == ids(session, ada, "state=nowhere") == []
    assert ids(session, ada, "sort=state&order=down") == ["S-2", "S-1", "S-3"]
    assert ids(session, ada, "taken=older") == ["S-1"]
    assert ids(session, ada, "taken=none") == ["S-2", "S-3"]
    assert ids(session, ada, "taken=newest") == ids(session, ada, "taken=x") == []
    line = bank.search_items(session, ada, "small", view_of("taken=older")).lines[0]
    assert (line.version, line.state, line.usable, line.taken) == (2, "draft", 1, "older")
    in_short = bank.bank_in_short(session, ada, "small")
    assert [(state.id, n) for state, n in in_short.states] == [
        ("draft", 2),
        ("review", 1),
        ("live", 0),
        ("old", 0),
    ]
    assert in_short.coverage.total.n_usable == 1
    bank.index_again(session, ada, "small")
    assert bank.bank_in_short(session, ada, "small") == in_short


def test_another_workflow_means_other_things(session, clock, reviewed, people):
    """
    A state that is gone is the first one, what a state means changes, and without one all are used.
    """
    ada, psy = people["ada"], people["psy"]
    move(session, clock, ada, "review")
    clock.forward(seconds=1)
    lines = {"states": "new: New, in work\nreview: Good, usable", "moves": "new -> review: author"}

    bank.set_workflow(
        session, clock, psy, "small", **lines, checklist="", reason=WHY, present="new"
    )
    assert ids(session, ada, "taken=newest") == ["S-1", "S-2", "S-3"]
    clock.forward(seconds=1)
    lines = {"states": "new: New, in work\nfine: Fine, usable", "moves": "new -> fine: author"}
    bank.set_workflow(
        session, clock, psy, "small", **lines, checklist="", reason=WHY, present="new"
    )
    assert ids(session, ada, "state=new&taken=none") == ["S-1", "S-2", "S-3"]
    clock.forward(seconds=1)
    bank.end_workflow(session, clock, psy, "small", WHY)
    assert ids(session, ada, "taken=newest") == ["S-1", "S-2", "S-3"]
    assert ids(session, ada, "state=new") == []
    assert bank.bank_in_short(session, ada, "small").coverage.total.n_usable == 3


def test_lists_know_who_was_asked(session, clock, reviewed, people):
    """
    What waits for whoever looks, for somebody, for nobody; and until when.
    """
    rob, ada = people["rob"], people["ada"]
    due = clock.now().date() + timedelta(days=3)
    asking = {"person_ids": [rob.person_id], "due": due}
    bank.assign_review(session, clock, ada, "small", ["S-1", "S-2"], **asking)
    move(session, clock, ada, "review")
    move(session, clock, rob, "draft", ALL[:1])

    assert ids(session, rob, "asked=me") == ["S-2"]
    assert ids(session, ada, "asked=me") == []
    assert ids(session, ada, "asked=somebody") == ["S-2"]
    assert ids(session, ada, "asked=nobody") == ["S-1", "S-3"]
    assert ids(session, ada, "asked=x") == []
    line = bank.search_items(session, ada, "small", view_of("asked=somebody&column=asked")).lines[0]
    assert [(one.name, one.due) for one in line.asked] == [("rob", due)]


def test_a_bank_without_a_workflow_has_no_states(session, clock, people):
    """
    Forms take the newest versions, and there is nothing to move.
    """
    come_in(session, clock, people["ada"], item("S-1", "numeric_entry"))

    in_short = bank.bank_in_short(session, people["ada"], "small")
    assert (in_short.workflow, in_short.states) == (None, ())
    assert ids(session, people["ada"], "taken=newest") == ["S-1"]
    with pytest.raises(bank.NoWorkflow):
        bank.foresee_moves(session, accounts.system_actor(), "small", ["S-1"])
