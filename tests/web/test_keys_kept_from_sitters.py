"""Staff who sit an exam themselves: its keys stay closed to them until they are done."""

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Actor, Role

ROLES = (Role.CANDIDATE, Role.AUTHOR, Role.PSYCHOMETRICIAN)


def with_roles(world, candidate) -> Actor:
    """Make somebody who sits the exam an author and a psychometrician, too."""
    who = candidate.actor
    with db.writing(world.engine) as session:
        accounts.set_roles(session, world.clock, world.staff, who.person_id, ROLES)
    return Actor(who.person_id, who.name, frozenset(ROLES), who.organisation_id)


@pytest.fixture
def addresses(world):
    """Every page and file that has keys in it."""
    world.sit("Zoe", right=4)
    item_id = world.form.items[0].ref.item_id
    with db.writing(world.engine) as session:
        bank.begin_version(session, world.clock, world.staff, "data-literacy", item_id)
        first = ("round-1", "R-1", "single_choice")
        bank.begin_item_of_set(session, world.clock, world.staff, "data-literacy", *first)
        bank.begin_model(session, world.clock, world.staff, "data-literacy", "MODEL-1")
        states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
        lines = {"states": states, "moves": moves, "checklist": checklist, "present": "live"}
        why = "They were reviewed on paper."
        bank.set_workflow(session, world.clock, world.staff, "data-literacy", **lines, reason=why)
    here = f"/analysis/{world.administration.id}"
    return [
        f"/bank/data-literacy/items/{item_id}",
        f"/bank/data-literacy/items/{item_id}/review",
        "/bank/data-literacy/drafts",
        f"/bank/data-literacy/drafts/{item_id}",
        f"/bank/data-literacy/drafts/{item_id}/version",
        f"/bank/data-literacy/items/{item_id}/compare",
        "/bank/data-literacy/changes?find=the",
        "/bank/data-literacy/moves?all=yes",
        "/bank/data-literacy/sets",
        "/bank/data-literacy/sets/round-1",
        "/bank/data-literacy/models",
        "/bank/data-literacy/models/MODEL-1",
        f"/exams/{world.form.exam_id}/forms/{world.form.code}",
        f"{here}/items/{item_id}",
        f"{here}/key.csv",
        f"{here}/raw.csv",
    ]


@pytest.mark.parametrize("submit", [False, True])
def test_keys_open_when_the_attempt_is_handed_in(visitors, client, world, addresses, submit):
    """
    In the middle of the exam each is refused in words; after hand-in each opens.
    """
    visitors.enter(with_roles(world, world.sit("Ada", right=3, submit=submit)))

    answered = {address: client.get(address) for address in addresses}

    expected = 200 if submit else 403
    assert {one.status_code for one in answered.values()} == {expected}, answered
    if not submit:
        assert "You have an exam of this bank before you" in answered[addresses[0]].text


def test_who_is_enrolled_and_has_not_begun_sees_no_keys_either(visitors, client, world, addresses):
    """
    Before the bell it is the same; once the window has closed there is nothing to protect.
    """
    ada = with_roles(world, world.enrol("Ada"))
    visitors.enter(ada)

    before = client.get(addresses[0]).status_code
    left = world.administration.closes_at - world.clock.now()
    world.clock.forward(seconds=left.total_seconds())
    visitors.enter(ada)

    assert before == 403
    assert client.get(addresses[0]).status_code == 200


@pytest.mark.parametrize("act", ["moves", "comments", "votes", "assignments"])
def test_a_form_of_review_that_is_refused_shows_no_key_either(
    visitors, client, world, addresses, act
):
    """
    The page that says what is wrong with a form has the key on it, so it is closed as well.
    """
    visitors.enter(with_roles(world, world.sit("Ada", right=3, submit=False)))

    answer = visitors.send(
        "/", f"{addresses[0]}/{act}", version=1, target="nowhere", text=" ", vote="perhaps"
    )

    assert answer.status_code == 403
    assert "Key and rationales" not in answer.text
