"""Looking for people in a long list: the database searches, counts and cuts."""

from uuid import UUID

import pytest

from examengine import accounts
from examengine.accounts import Actor, NotAllowed, Role
from examengine.db import FIRST_ORGANISATION


def test_candidates_are_found_by_role_name_and_who_is_free(session, clock, person):
    """
    Staff, closed accounts and those who are enrolled already are not offered for enrolment.
    """
    officer = person(Role.AWARDING_OFFICER, name="Grace Officer")
    ada = person(Role.CANDIDATE, name="Ada Lovely")
    both = person(Role.CANDIDATE, Role.AUTHOR, name="Adam Author")
    enrolled = person(Role.CANDIDATE, name="Adele Enrolled")
    closed = person(Role.CANDIDATE, name="Ada Closed")
    accounts.set_active(session, clock, accounts.system_actor(), closed.person_id, active=False)

    found = accounts.find_candidates(session, officer, "ad", without=[enrolled.person_id], most=1)
    everybody = accounts.find_candidates(session, officer, without=[enrolled.person_id])

    assert [one.id for one in found.people] == [ada.person_id]
    assert (found.n_found, found.n_all) == (2, 2)
    assert {one.id for one in everybody.people} == {ada.person_id, both.person_id}


def test_only_an_officer_looks_for_candidates(session):
    """
    The list of candidates is personal data, and nobody else enrols.
    """
    with pytest.raises(NotAllowed):
        accounts.find_candidates(
            session, Actor(UUID(int=7), "Paul", frozenset({Role.PANELIST}), FIRST_ORGANISATION)
        )
