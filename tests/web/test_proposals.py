"""Two people at their browsers: one proposes, the other confirms or declines."""

import re

import pytest

from examengine import db, four_eyes
from examengine.accounts import Role

REASON = "A second screen stood on the table from 9:20 on."


@pytest.fixture
def two(world, visitors, client):
    """Two officers, where two are needed; Ben has sat."""
    world.sit("Ben", right=5)
    with db.writing(world.engine) as session:
        reason = "There are two of us by now."
        four_eyes.switch(session, world.clock, world.staff, on=True, reason=reason)
    return [visitors.add(Role.AWARDING_OFFICER, name=name) for name in ("Olive", "Otto")]


def propose(visitors, world, officer):
    """Declare Ben's attempt void, and return where that leads."""
    visitors.enter(officer)
    case = f"/invigilation/cases/{world.candidates['Ben'].attempt_id}"
    answer = visitors.send(case, f"{case}/rulings", verb="void", seen=0, reason=REASON)
    assert answer.status_code == 303
    return case, answer.headers["location"]


def test_a_void_waits_for_the_second_officer_who_confirms_it(client, visitors, world, two):
    """
    The first is led to the proposal, the second finds it, looks, confirms; the case is void then.
    """
    case, proposal = propose(visitors, world, two[0])
    own = client.get(proposal).text
    assert "Another awarding officer confirms it" in own
    assert f"{proposal}/confirm" not in own
    assert "Nobody has ruled on this attempt" in client.get(case).text

    visitors.enter(two[1])
    assert "1 proposal waits" in client.get("/").text
    listed = client.get("/awards/proposals").text
    confirmed = visitors.send(proposal, f"{proposal}/confirm")

    assert proposal in listed
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, proposal)
    assert "Voided by Olive, confirmed by Otto" in client.get(case).text
    assert "confirmed by Otto" in client.get(proposal).text


def test_nobody_confirms_their_own_by_sending_the_form(client, visitors, world, two):
    """
    The button is not there, and the address refuses in words.
    """
    _, proposal = propose(visitors, world, two[0])

    refused = visitors.send(proposal, f"{proposal}/confirm")

    assert refused.status_code == 409
    assert "This waits for a second person" in refused.text


def test_a_proposal_is_declined_with_a_reason(client, visitors, world, two):
    """
    Without a reason nothing happens and what was typed stays; with one it is settled.
    """
    case, proposal = propose(visitors, world, two[0])
    visitors.enter(two[1])

    missing = visitors.send(proposal, f"{proposal}/decline", reason="no")
    declined = visitors.send(proposal, f"{proposal}/decline", reason="The screen was ours.")

    assert missing.status_code == 422
    assert ">no</textarea>" in missing.text
    assert declined.headers["location"] == "/awards/proposals"
    assert "The screen was ours." in client.get(proposal).text
    assert "Nobody has ruled" in client.get(case).text
    assert visitors.send("/", f"{proposal}/confirm").status_code == 409


def test_what_has_moved_on_is_not_confirmed(client, visitors, world, two):
    """
    Somebody ruled in between: the second reads so, and can decline.
    """
    case, proposal = propose(visitors, world, two[0])
    visitors.enter(two[1])
    visitors.send(case, f"{case}/rulings", verb="hold", seen=0, reason=REASON)

    refused = visitors.send(proposal, f"{proposal}/confirm")

    assert refused.status_code == 409
    assert f"{proposal}/decline" in refused.text


def test_an_administrator_lets_one_be_enough(client, visitors, world, two):
    """
    With a reason, and for the next time it is asked; without one the page says what is missing.
    """
    visitors.enter(visitors.add(Role.ADMINISTRATOR, name="Adam"))
    page = "/administration/two-people"

    missing = visitors.send(page, page, on="false", reason="")
    visitors.send(page, page, on="false", reason="Otto has left us.")

    assert missing.status_code == 422
    assert "One person is enough" in client.get(page).text
    assert "Otto has left us." in client.get("/administration/acts").text
    _, there = propose(visitors, world, two[0])
    assert re.fullmatch("/invigilation/cases/.*", there)


def test_administrators_see_proposals_and_settle_none(client, visitors, world, two):
    """
    They may look; confirming and declining is for the role that acts.
    """
    _, proposal = propose(visitors, world, two[0])
    visitors.enter(visitors.add(Role.ADMINISTRATOR, name="Adam"))

    page = client.get(proposal).text

    assert "/confirm" not in page
    assert visitors.send("/", f"{proposal}/confirm").status_code == 403
    assert visitors.send("/", f"{proposal}/decline", reason="I do not like it.").status_code == 403
