"""Items under review: who may do what, what reaches forms, and two at once; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from examengine import accounts, bank, db
from examengine.accounts import NotAllowed, Role, staff_acts
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.conftest import add_actor

STATES = "draft: Draft, in work\nreview: In review, in work\nlive: Live, usable\nold: Old, retired"
MOVES = (
    "draft -> review: author\nreview -> live: reviewer, 2 people\nreview -> draft: reviewer\n"
    "live -> old: psychometrician"
)
CHECKS = "The key is right."
WHY = "Items are approved by two from now on."


@pytest.fixture
def people(session, clock, hasher):
    """An author, two reviewers and a psychometrician."""
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
def small(session, clock, people):
    """A bank of two items that the author imported."""
    loaded = load_files(files(item("S-1", "single_choice"), item("S-2", "numeric_entry")))
    assert bank.import_bank(session, clock, people["ada"], loaded).written
    return "small"


@pytest.fixture
def reviewed(session, clock, people, small):
    """The same bank with a workflow; its items have not been looked at."""
    set_workflow(session, clock, people["psy"])
    return small


def set_workflow(session, clock, by, present="draft", states=STATES):
    """Give the bank the workflow of these tests."""
    said = {"states": states, "moves": MOVES, "checklist": CHECKS, "reason": WHY}
    return bank.set_workflow(session, clock, by, "small", **said, present=present)


def move(session, clock, by, target, item_id="S-1", version=1, ticked=(0,)):
    """Move an item a second later, the checklist done."""
    clock.forward(seconds=1)
    asked = {"version": version, "target": target, "reason": "", "ticked": ticked}
    return bank.move_item(session, clock, by, "small", item_id, **asked)


def trail(session, person):
    """Return what staff did, as an administrator reads it."""
    return staff_acts(session, person(Role.ADMINISTRATOR, name="admin"))


def usable(session) -> list[tuple[str, int]]:
    """Return what forms may take."""
    return [(one.item_id, one.version) for one in bank.usable_versions(session, "small")]


def test_without_a_workflow_versions_are_used_as_they_arrive(session, small, people):
    """
    A bank that nobody gave a workflow works as it did.
    """
    assert usable(session) == [("S-1", 1), ("S-2", 1)]
    assert bank.workflow_of(session, people["rob"], "small") is None
    with pytest.raises(bank.NoWorkflow):
        bank.reviewed_item(session, people["rob"], "small", "S-1")


def test_an_item_reaches_forms_when_two_have_agreed(session, clock, reviewed, people, person):
    """
    From draft to live, each move in the trail with who, what and the digest of what was looked at.
    """
    assert usable(session) == []
    assert move(session, clock, people["ada"], "review")
    assert not move(session, clock, people["rob"], "live")
    assert usable(session) == []
    assert move(session, clock, people["rue"], "live")

    assert usable(session) == [("S-1", 1)]
    found = bank.reviewed_item(session, people["ada"], "small", "S-1")
    assert (found.state.id, found.usable) == ("live", 1)
    assert [(one.target, one.moved) for one in found.history] == [
        ("review", True),
        ("live", False),
        ("live", True),
    ]
    acts = [act.action for act in trail(session, person) if act.subject == "item:S-1"]
    assert sorted(acts) == ["bank.agree_to_move", "bank.move_item", "bank.move_item"]


def test_a_new_version_begins_anew_and_the_approved_one_goes_on(session, clock, reviewed, people):
    """
    What somebody changes after approval is not approved; forms take what was.
    """
    move(session, clock, people["ada"], "review")
    move(session, clock, people["rob"], "live")
    move(session, clock, people["rue"], "live")
    changed = item("S-1", "single_choice", stem="Another question?", version=2)
    sent = {"S-1.yaml": files(changed)["items/S-1.yaml"]}
    loaded = bank.load_upload(session, people["ada"], "small", sent)
    assert bank.import_bank(session, clock, people["ada"], loaded).written

    assert usable(session) == [("S-1", 1)]
    assert bank.reviewed_item(session, people["rob"], "small", "S-1").state.id == "draft"
    with pytest.raises(bank.MoveRefused, match="version 2 is there by now"):
        move(session, clock, people["psy"], "old", version=1)


def test_whoever_made_or_brought_a_version_does_not_approve_it(session, clock, small, hasher):
    """
    Somebody who writes and reviews sees why, and nothing moves.
    """
    both = add_actor(session, clock, hasher, Role.AUTHOR, Role.REVIEWER, name="both")
    psy = add_actor(session, clock, hasher, Role.PSYCHOMETRICIAN, name="psy2")
    changed = item("S-1", "single_choice", stem="Another question?", version=2)
    sent = {"S-1.yaml": files(changed)["items/S-1.yaml"]}
    bank.import_bank(session, clock, both, bank.load_upload(session, both, "small", sent))
    set_workflow(session, clock, psy)
    move(session, clock, both, "review", version=2)

    with pytest.raises(bank.MoveRefused, match="nobody approves their own"):
        move(session, clock, both, "live", version=2)


def test_a_step_back_forgets_who_agreed(session, clock, reviewed, people):
    """
    What was agreed to before an item went back counts no more when it comes again.
    """
    move(session, clock, people["ada"], "review")
    move(session, clock, people["rob"], "live")
    move(session, clock, people["rue"], "draft")
    move(session, clock, people["ada"], "review")

    assert not move(session, clock, people["rue"], "live")
    assert usable(session) == []


def test_items_that_were_reviewed_elsewhere_begin_where_it_is_said(session, clock, small, people):
    """
    Whoever sets the workflow says so with a reason; a change of it later moves nothing.
    """
    set_workflow(session, clock, people["psy"], present="live")
    assert usable(session) == [("S-1", 1), ("S-2", 1)]
    set_workflow(session, clock, people["psy"], present="draft")
    assert usable(session) == [("S-1", 1), ("S-2", 1)]
    with pytest.raises(bank.RemarkRefused, match="in which state"):
        set_workflow(session, clock, people["psy"], present="nowhere")


def test_ending_a_workflow_uses_versions_as_they_arrive_again(
    session, clock, reviewed, people, person
):
    """
    It takes a reason and a psychometrician, and stands in the trail.
    """
    clock.forward(seconds=1)
    with pytest.raises(bank.RemarkRefused):
        bank.end_workflow(session, clock, people["psy"], "small", "short")
    bank.end_workflow(session, clock, people["psy"], "small", "We work in one room again.")

    assert usable(session) == [("S-1", 1), ("S-2", 1)]
    assert "bank.end_workflow" in {act.action for act in trail(session, person)}


def test_what_is_not_approved_is_refused_by_name(session, clock, reviewed, people):
    """
    Whoever would show a version that nobody approved is told which.
    """
    refs = [one.ref for one in bank.list_items(session, people["psy"], "small")]

    with pytest.raises(bank.ItemsNotApproved) as refusal:
        bank.refuse_unapproved(session, "small", refs)

    assert refusal.value.item_ids == ("S-1", "S-2")


def test_comments_are_about_fields_and_are_dealt_with(session, clock, reviewed, people):
    """
    A comment stands with its field and version until somebody says that it was dealt with.
    """
    said = {"version": 1, "field": "options: b", "text": "Is that wrong for sure?"}
    made = bank.comment_item(session, clock, people["rob"], "small", "S-1", **said)
    assert bank.reviewed_item(session, people["ada"], "small", "S-1").open_comments == (made,)

    resolve = {"resolved": True}
    bank.resolve_comment(session, clock, people["ada"], "small", made.id, **resolve)
    [after] = bank.reviewed_item(session, people["rob"], "small", "S-1").comments
    assert (after.resolved_by, after.text) == (people["ada"].person_id, said["text"])

    bank.resolve_comment(session, clock, people["rob"], "small", made.id, resolved=False)
    assert len(bank.reviewed_item(session, people["rob"], "small", "S-1").open_comments) == 1
    with pytest.raises(bank.ItemUnknown):
        bank.resolve_comment(session, clock, people["rob"], "other", made.id, **resolve)


def test_a_queue_holds_what_was_asked_then_what_may_be_moved(session, clock, reviewed, people):
    """
    What is due first stands first, and what was decided stands there no more.
    """
    move(session, clock, people["ada"], "review", "S-1")
    tomorrow = clock.now().date() + timedelta(days=1)
    asked = {"person_ids": [people["rue"].person_id], "due": tomorrow}
    assert bank.assign_review(session, clock, people["ada"], "small", ["S-2"], **asked) == 1
    assert bank.assign_review(session, clock, people["ada"], "small", ["S-2"], **asked) == 0

    queue = bank.review_queue(session, people["rue"])
    assert [(one.item_id, one.assignment is not None) for one in queue] == [
        ("S-2", True),
        ("S-1", False),
    ]
    assert [state.id for state in queue[1].targets] == ["live", "draft"]
    assert {one.item_id for one in bank.review_queue(session, people["ada"])} == {"S-2"}

    move(session, clock, people["rob"], "live", "S-1")
    move(session, clock, people["rue"], "live", "S-1")
    assert [one.item_id for one in bank.review_queue(session, people["rue"])] == ["S-2"]


def test_only_reviewers_are_asked_and_no_day_that_has_gone_by(session, clock, reviewed, people):
    """
    A stranger, nobody, and yesterday are refused, and an item that is not there.
    """
    candidate = accounts.system_actor().person_id
    for person_ids, due in (
        ([candidate], None),
        ([], None),
        ([people["rob"].person_id], date(2020, 1, 1)),
    ):
        asked = {"person_ids": person_ids, "due": due}
        with pytest.raises(bank.RemarkRefused):
            bank.assign_review(session, clock, people["ada"], "small", ["S-1"], **asked)
    asked = {"person_ids": [people["rob"].person_id], "due": None}
    with pytest.raises(bank.ItemUnknown):
        bank.assign_review(session, clock, people["ada"], "small", ["S-9"], **asked)


def test_a_vote_can_be_cast_anew(session, clock, reviewed, people):
    """
    Of each person the last vote on a version counts.
    """
    for vote in ("useful", "essential"):
        cast = {"version": 1, "vote": vote, "reason": ""}
        bank.vote_on_item(session, clock, people["rob"], "small", "S-1", **cast)
    found = bank.reviewed_item(session, people["rob"], "small", "S-1")

    assert [one.vote for one in found.votes] == [bank.Vote.ESSENTIAL]
    cast = {"version": 1, "vote": "perhaps", "reason": ""}
    with pytest.raises(bank.RemarkRefused):
        bank.vote_on_item(session, clock, people["rob"], "small", "S-1", **cast)


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.INVIGILATOR, Role.PANELIST])
def test_others_see_and_do_nothing(session, clock, reviewed, person, role):
    """
    Whoever neither writes nor reviews is refused by every use case.
    """
    stranger = person(role, name="stranger")

    for attempt in (
        lambda: bank.reviewed_item(session, stranger, "small", "S-1"),
        lambda: bank.review_queue(session, stranger),
        lambda: bank.workflow_of(session, stranger, "small"),
        lambda: move(session, clock, stranger, "review"),
        lambda: set_workflow(session, clock, stranger),
        lambda: bank.end_workflow(session, clock, stranger, "small", WHY),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_who_writes_does_not_set_the_way(session, clock, small, people):
    """
    Authors and reviewers read the workflow; a psychometrician sets it.
    """
    for name in ("ada", "rob"):
        with pytest.raises(NotAllowed):
            set_workflow(session, clock, people[name])


def test_two_who_agree_at_once_are_counted_one_after_the_other(engine, clock, hasher):
    """
    Of two who need each other exactly one moves the item, whichever comes first.
    """
    with db.writing(engine) as session:
        author = add_actor(session, clock, hasher, Role.AUTHOR, name="ada")
        two = [add_actor(session, clock, hasher, Role.REVIEWER, name=n) for n in ("rob", "rue")]
        psy = add_actor(session, clock, hasher, Role.PSYCHOMETRICIAN, name="psy")
        loaded = load_files(files(item("S-1", "single_choice")))
        bank.import_bank(session, clock, author, loaded)
        set_workflow(session, clock, psy)
        move(session, clock, author, "review")

    def agree(reviewer) -> bool:
        with db.writing_late(engine) as session:
            return move(session, clock, reviewer, "live")

    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(agree, two))

    assert sorted(moved) == [False, True]
