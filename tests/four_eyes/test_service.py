"""One proposes, another confirms; and who says whether that is needed. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from examengine import accounts, db, four_eyes
from examengine.accounts import Role
from examengine.db import FIRST_ORGANISATION
from examengine.four_eyes import Act, Agreement, Proposal

ACT = Act("tests.burn", "bridge:1", Role.AWARDING_OFFICER, {"reason": "It is old.", "seen": 3})
WHY = "There is one officer."


@pytest.fixture
def officers(person):
    """Two awarding officers."""
    return (
        person(Role.AWARDING_OFFICER, name="Olive First"),
        person(Role.AWARDING_OFFICER, name="Otto Second"),
    )


def test_the_first_proposes_and_the_second_confirms(session, clock, officers):
    """
    Nothing may happen on the first asking; on the second both stand for it, the first by name.
    """
    first, second = officers

    proposed = four_eyes.agreed(session, clock, first, ACT)
    confirmed = four_eyes.agreed(session, clock, second, ACT)

    assert isinstance(proposed, Proposal)
    assert isinstance(confirmed, Agreement)
    assert confirmed.by.person_id == first.person_id
    assert confirmed.names == "Olive First, confirmed by Otto Second"
    settled = four_eyes.find_proposal(session, first, proposed.id)
    assert (settled.state, settled.decided_by) == ("confirmed", second.person_id)


def test_both_are_in_the_trail(session, clock, officers):
    """
    Who proposed what, on which terms, and who confirmed it.
    """
    first, second = officers
    four_eyes.agreed(session, clock, first, ACT)
    clock.forward(seconds=1)
    four_eyes.agreed(session, clock, second, ACT)

    confirm, propose = accounts.staff_acts(session, first, subject="bridge:1")

    assert (propose.actor_id, propose.action) == (first.person_id, "four_eyes.propose")
    assert propose.detail["terms"] == dict(ACT.terms)
    assert (confirm.actor_id, confirm.action) == (second.person_id, "four_eyes.confirm")


def test_nobody_is_two_people(session, clock, officers):
    """
    Whoever proposed it cannot confirm it.
    """
    four_eyes.agreed(session, clock, officers[0], ACT)

    with pytest.raises(four_eyes.OwnProposal):
        four_eyes.agreed(session, clock, officers[0], ACT)


def test_the_second_confirms_what_the_first_proposed_and_nothing_else(session, clock, officers):
    """
    Other terms for the same thing are refused as long as the first ones wait.
    """
    four_eyes.agreed(session, clock, officers[0], ACT)

    with pytest.raises(four_eyes.AlreadyProposed):
        four_eyes.agreed(session, clock, officers[1], replace(ACT, terms={"seen": 4}))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AWARDING_OFFICER])
def test_the_second_person_has_the_same_role(session, clock, officers, person, role):
    """
    No other role confirms; those who may not see proposals learn nothing of them.
    """
    other = person(role)
    proposed = four_eyes.agreed(session, clock, officers[0], ACT)

    with pytest.raises(accounts.NotAllowed):
        four_eyes.agreed(session, clock, other, ACT)
    with pytest.raises((accounts.NotAllowed, four_eyes.NotYourProposal)):
        four_eyes.decline(session, clock, other, proposed.id, "Not while I live here.")


@pytest.mark.parametrize("who", [0, 1])
def test_a_proposal_is_declined_or_withdrawn_with_a_reason(session, clock, officers, who):
    """
    Afterwards it cannot be confirmed any more, and something else can be proposed.
    """
    proposed = four_eyes.agreed(session, clock, officers[0], ACT)
    with pytest.raises(four_eyes.AgreementReasonMissing):
        four_eyes.decline(session, clock, officers[who], proposed.id, "no")

    four_eyes.decline(session, clock, officers[who], proposed.id, "It can be repaired.")

    assert four_eyes.find_proposal(session, officers[0], proposed.id).why == "It can be repaired."
    with pytest.raises(four_eyes.ProposalOver):
        four_eyes.decline(session, clock, officers[who], proposed.id, "It can be repaired.")
    assert isinstance(four_eyes.agreed(session, clock, officers[1], ACT), Proposal)


def test_two_people_are_needed_until_an_administrator_says_otherwise(session, clock, person):
    """
    The switch is the administrator's, has a reason, is in the trail, and goes back.
    """
    officer, admin = person(Role.AWARDING_OFFICER), person(Role.ADMINISTRATOR)
    assert four_eyes.two_people_needed(session)
    with pytest.raises(accounts.NotAllowed):
        four_eyes.switch(session, clock, officer, on=False, reason=WHY)
    with pytest.raises(four_eyes.AgreementReasonMissing):
        four_eyes.switch(session, clock, admin, on=False, reason=" ")

    four_eyes.switch(session, clock, admin, on=False, reason=WHY)

    assert four_eyes.agreed(session, clock, officer, ACT) == Agreement(officer)
    (told,) = accounts.staff_acts(session, admin, subject="setting:two people")
    assert told.detail == {"on": False, "reason": WHY}
    four_eyes.switch(session, clock, admin, on=True, reason="We are two by now.")
    assert four_eyes.two_people_needed(session)


def test_what_waits_is_settled_when_one_is_enough(session, clock, officers, person):
    """
    After the switch the first person acts alone, and nothing is left waiting.
    """
    four_eyes.agreed(session, clock, officers[0], ACT)
    four_eyes.switch(session, clock, person(Role.ADMINISTRATOR), on=False, reason=WHY)

    made = four_eyes.agreed(session, clock, officers[0], ACT)

    assert made == Agreement(officers[0])
    assert four_eyes.waiting(session, officers[0]) == 0


def test_of_many_at_once_one_proposes_and_one_confirms(engine, clock, hasher):
    """
    Ten officers who press the button together make one proposal and one agreement.
    """
    with db.writing(engine) as session:
        officers = [_officer(session, clock, hasher, number) for number in range(10)]

    def ask(officer):
        try:
            with db.writing(engine) as session:
                return type(four_eyes.agreed(session, clock, officer, ACT)).__name__
        except (
            four_eyes.AlreadyProposed,
            four_eyes.OwnProposal,  # the second press of whoever proposed
            four_eyes.ProposalOver,
        ) as refusal:
            return refusal.code

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, officers))
    answers += map(ask, officers)  # whoever was told that somebody was quicker presses again

    proposals, agreements = answers.count("Proposal"), answers.count("Agreement")
    assert agreements >= 1
    assert proposals - agreements in {0, 1}
    with db.reading(engine) as session:
        waiting, settled = four_eyes.list_proposals(session, officers[0])
    assert (len(settled), len(waiting)) == (agreements, proposals - agreements)


def _officer(session, clock, hasher, number):
    found = accounts.add_person(
        *(session, clock, hasher, accounts.system_actor()),
        email=f"officer{number}@example.org",
        name=f"Officer {number}",
        password="correct horse battery",
        roles=[Role.AWARDING_OFFICER],
    )
    return accounts.Actor(found.id, found.name, found.roles, FIRST_ORGANISATION)
