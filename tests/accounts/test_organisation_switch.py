"""Somebody with a part in two organisations goes from one to the other, on each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from examengine import accounts, db
from examengine.accounts import (
    IDLE_CANDIDATE,
    IDLE_STAFF,
    Actor,
    ExamRuns,
    Hold,
    NotSignedIn,
    OrganisationUnknown,
    Role,
)
from examengine.accounts.sessions import LONGEST_SESSION
from examengine.kernel.tokens import token_digest
from tests.accounts.visiting import visit
from tests.conftest import PASSWORD

EMAIL = "ada@example.org"
ATTEMPT = UUID(int=7)


@pytest.fixture
def second(engine, clock) -> accounts.Organisation:
    """A second organisation."""
    system = accounts.system_actor()
    return accounts.add_organisation(engine, clock, system, code="second", name="Second Board")


@pytest.fixture
def ada(added, clock, engine, second, hasher) -> Actor:
    """Ada, an author of the first organisation, and a candidate of the second since later."""
    actor = added(Role.AUTHOR, email=EMAIL)
    clock.forward(seconds=1)
    with db.writing(db.within(engine, second.id)) as session:
        accounts.add_person(
            *(session, clock, hasher, accounts.system_actor(second.id)),
            email=EMAIL,
            name="Ada",
            password=PASSWORD,
            roles=[Role.CANDIDATE],
        )
    return actor


@pytest.fixture
def switch(engine, clock, ada):
    """Switch by the code of an organisation."""

    def to(token, code, actor=ada):
        return accounts.switch_organisation(engine, clock, actor, token, code)

    return to


def where(engine, clock, token):
    """Return in which organisation a session is, with which roles, or None."""
    found = visit(engine, clock, token)
    return None if found is None else (found.organisation.code, found.actor.roles)


def test_the_session_goes_on_there_with_the_roles_of_there(engine, clock, door, ada, switch):
    """
    Under a new token: the old one opens nothing any more, and the next sign-in begins there.
    """
    token = door.enter(email=EMAIL).token

    new = switch(token, "second")

    assert where(engine, clock, token) is None
    assert where(engine, clock, new) == ("second", {Role.CANDIDATE})
    clock.forward(minutes=1)
    assert where(engine, clock, door.enter(email=EMAIL).token) == ("second", {Role.CANDIDATE})


def test_a_page_is_told_of_the_organisation_and_how_many_there_are(engine, clock, door, ada):
    """
    One read says who asks, where, and whether there is anything to switch to.
    """
    found = visit(engine, clock, door.enter(email=EMAIL).token)

    assert (found.organisation.code, found.organisation.time_zone) == ("main", "UTC")
    assert (found.n_own, found.n_organisations) == (2, 2)


def test_the_idle_limit_is_that_of_the_new_roles(engine, clock, door, ada, second, switch):
    """
    A candidate's session lasts long, and ends soon once its owner is staff again.
    """
    token = switch(door.enter(email=EMAIL).token, "second")
    assert visit(engine, clock, token).expires_at == clock.now() + IDLE_CANDIDATE

    back = switch(token, "main", replace(ada, organisation_id=second.id))

    assert visit(engine, clock, back).expires_at == clock.now() + IDLE_STAFF


def test_switching_makes_no_session_last_longer(engine, clock, door, ada, second, switch):
    """
    A week after the password was typed it is typed again, however often somebody switches.
    """
    token = door.enter(email=EMAIL).token
    places = [(ada, "second"), (replace(ada, organisation_id=second.id), "main")]
    for day in range(14):
        clock.forward(seconds=IDLE_STAFF.total_seconds() - 60)
        actor, code = places[day % 2]
        token = switch(token, code, actor)
    begun = visit(engine, clock, token).created_at
    clock.forward(seconds=(begun + LONGEST_SESSION - clock.now()).total_seconds())

    assert clock.now() - begun == LONGEST_SESSION
    assert where(engine, clock, token) is None


@pytest.mark.parametrize("code", ["third", "", "other"])
def test_an_organisation_without_a_part_in_it_is_not_there(engine, clock, door, switch, code):
    """
    One that exists and one that does not are refused alike, and the session stays as it is.
    """
    token = door.enter(email=EMAIL).token
    accounts.add_organisation(
        *(engine, clock, accounts.system_actor()), code="other", name="Other Board"
    )

    with pytest.raises(OrganisationUnknown):
        switch(token, code)

    assert where(engine, clock, token) == ("main", {Role.AUTHOR})


def test_where_the_account_is_closed_nobody_switches_to(engine, clock, door, ada, second, switch):
    """
    An administrator of the other organisation has closed it: it is not there any more.
    """
    token = door.enter(email=EMAIL).token
    with db.writing(db.within(engine, second.id)) as session:
        accounts.set_active(
            *(session, clock, accounts.system_actor(second.id), ada.person_id), active=False
        )

    with pytest.raises(OrganisationUnknown):
        switch(token, "second")


@pytest.mark.parametrize("here", [True, False])
def test_nobody_switches_away_from_a_running_exam(engine, clock, door, ada, switch, here):
    """
    Sat in this session or in another: it is refused until the exam is over, and nothing is lost.
    """
    sitting = door.enter(email=EMAIL).token
    until = clock.now() + timedelta(minutes=30)
    with db.writing(engine) as session:
        accounts.hold_attempts(
            session, [Hold(ATTEMPT, token_digest(sitting), ada.person_id, until)]
        )
    token = sitting if here else door.enter(email=EMAIL).token

    with pytest.raises(ExamRuns):
        switch(token, "second")

    assert where(engine, clock, token) == ("main", {Role.AUTHOR})
    clock.forward(minutes=31)
    assert where(engine, clock, switch(token, "second")) == ("second", {Role.CANDIDATE})


def test_a_session_that_has_ended_switches_no_more(engine, clock, door, switch):
    """
    A token of before, or of nobody, is refused like any session that is over.
    """
    token = door.enter(email=EMAIL).token
    switch(token, "second")

    for stale in (token, "nobody's token, and long enough"):
        with pytest.raises(NotSignedIn):
            switch(stale, "second")


def test_the_session_of_somebody_else_is_not_switched(engine, clock, door, added, switch):
    """
    Whoever asks is the owner of the session, or there is none.
    """
    added(Role.AUTHOR, email="ben@example.org")
    token = door.enter(email="ben@example.org").token

    with pytest.raises(NotSignedIn):
        switch(token, "second")

    assert where(engine, clock, token) == ("main", {Role.AUTHOR})


def test_of_two_at_once_one_switches(engine, clock, door, switch):
    """
    A second press of the button finds the session gone, and makes no second one.
    """
    token = door.enter(email=EMAIL).token

    def press(_):
        try:
            return switch(token, "second")
        except NotSignedIn:
            return None

    with ThreadPoolExecutor(2) as threads:
        made = [one for one in threads.map(press, range(2)) if one is not None]

    assert len(made) == 1
    assert where(engine, clock, made[0]) == ("second", {Role.CANDIDATE})


def test_where_one_is_already_nothing_is_written(engine, clock, door, switch):
    """
    Switching to where one is keeps the session, and leaves no line in any trail.
    """
    token = door.enter(email=EMAIL).token

    assert switch(token, "main") == token


def test_the_trail_of_the_other_organisation_says_who_came(
    engine, clock, door, ada, second, switch
):
    """
    The one they leave is told nothing of what else they are.
    """
    switch(door.enter(email=EMAIL).token, "second")

    def acts(organisation_id):
        with db.reading(db.within(engine, organisation_id)) as session:
            actor = accounts.system_actor(organisation_id)
            return [
                act.subject
                for act in accounts.staff_acts(session, actor)
                if act.action == "accounts.switch_organisation"
            ]

    assert acts(second.id) == [f"person:{ada.person_id}"]
    assert acts(db.FIRST_ORGANISATION) == []
