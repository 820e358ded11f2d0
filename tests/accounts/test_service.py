"""People, roles and the staff trail, on both databases."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, db
from examengine.accounts import PasswordHasher, Role
from tests.clock import SetClock
from tests.conftest import PASSWORD


@pytest.fixture
def ada(engine: Engine, clock: SetClock, hasher: PasswordHasher) -> accounts.Person:
    """Somebody whose account is committed."""
    with db.writing(engine) as session:
        return accounts.add_person(
            session,
            clock,
            hasher,
            accounts.system_actor(),
            email=" Ada@Example.org ",
            name="Ada",
            password=PASSWORD,
            roles=[Role.CANDIDATE],
        )


def test_an_address_belongs_to_one_person(engine, clock, hasher, ada):
    """
    A second account with the same address is refused, however the address is written.
    """
    with pytest.raises(accounts.EmailTaken), db.writing(engine) as session:
        accounts.add_person(
            session,
            clock,
            hasher,
            accounts.system_actor(),
            email="ADA@example.org",
            name="Another",
            password=PASSWORD,
            roles=[],
        )


@pytest.mark.parametrize(
    "typed",
    [
        "ada\u200b@example.org",
        "\u0430\u0501\u0430@example.org",
        "ａｄａ@example.org",
        "ada@example.org,",
        "Ada@Example.org.",
        "<ada@example.org>",
        "a\u00adda@example.org",
    ],
)
def test_an_address_that_looks_the_same_is_the_same(session, clock, hasher, person, typed):
    """
    Nobody is added twice by an unseen character, another alphabet, wide letters or a comma.
    """
    administrator = person(Role.ADMINISTRATOR)
    there = _added(session, clock, hasher, administrator, "ada@example.org")

    with pytest.raises(accounts.EmailTaken) as refused:
        _added(session, clock, hasher, administrator, typed)

    assert refused.value.person_id == there.id


def test_letters_of_two_alphabets_in_one_word_are_refused(session, clock, hasher, person):
    """
    The refusal names the word and the alphabets: whoever copied the address cannot see them.
    """
    with pytest.raises(accounts.EmailMixed) as refused:
        _added(session, clock, hasher, person(Role.ADMINISTRATOR), "аda@example.org")

    assert (refused.value.word, refused.value.alphabets) == ("аda", ("Cyrillic", "Latin"))


@pytest.mark.parametrize("email", ["bob1@example.org", "müller@example.org", "ольга@пример.рф"])
def test_addresses_that_can_be_told_apart_are_different(session, clock, hasher, person, email):
    """
    Plain letters and digits stay what they are, and whole words of any alphabet are fine.
    """
    administrator = person(Role.ADMINISTRATOR)
    _added(session, clock, hasher, administrator, "bobl@example.org")

    added = _added(session, clock, hasher, administrator, email)

    assert added.email == email


def _added(session, clock, hasher, actor, email):
    return accounts.add_person(
        session, clock, hasher, actor, email=email, name="Who", password=PASSWORD, roles=[]
    )


def test_nobody_gives_themself_a_role_while_another_administrator_could(session, clock, person):
    """
    A second administrator has to do it; taking a role off oneself stays possible.
    """
    admin, another = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)

    with pytest.raises(accounts.OwnRoles):
        accounts.set_roles(
            session, clock, admin, admin.person_id, [Role.ADMINISTRATOR, Role.AWARDING_OFFICER]
        )

    accounts.set_roles(session, clock, another, admin.person_id, [Role.AWARDING_OFFICER])
    accounts.set_roles(session, clock, another, another.person_id, [Role.ADMINISTRATOR])
    assert accounts.find_person(session, admin.person_id).roles == {Role.AWARDING_OFFICER}


def test_only_an_administrator_changes_roles_and_the_trail_tells(session: Session, clock, person):
    """
    Roles are an administrator's to give, and who gave them can be read afterwards.
    """
    admin, author = person(Role.ADMINISTRATOR), person(Role.AUTHOR)

    with pytest.raises(accounts.NotAllowed):
        accounts.set_roles(session, clock, author, author.person_id, [Role.ADMINISTRATOR])
    clock.forward(seconds=1)
    accounts.set_roles(session, clock, admin, author.person_id, [Role.PANELIST])

    newest = accounts.staff_acts(session, admin)[0]
    assert (newest.action, newest.actor_id) == ("accounts.set_roles", admin.person_id)
    assert newest.detail == {"before": ["author"], "after": ["panelist"]}


def test_the_last_administrator_stays(session: Session, clock, person):
    """
    Neither taking the role away nor closing the account leaves nobody who can give roles.
    """
    admin = person(Role.ADMINISTRATOR)

    with pytest.raises(accounts.LastAdministrator):
        accounts.set_roles(session, clock, admin, admin.person_id, [Role.AUTHOR])
    with pytest.raises(accounts.LastAdministrator):
        accounts.set_active(session, clock, admin, admin.person_id, active=False)

    another = person(Role.ADMINISTRATOR)
    accounts.set_active(session, clock, another, admin.person_id, active=False)
    assert not accounts.find_person(session, admin.person_id).active


def test_the_trail_can_be_leafed_through(session: Session, clock, person):
    """
    The second page of the trail begins where the first one ends.
    """
    admin = person(Role.ADMINISTRATOR)
    for _ in range(4):
        clock.forward(seconds=1)
        accounts.set_roles(session, clock, admin, admin.person_id, [Role.ADMINISTRATOR])

    whole = accounts.staff_acts(session, admin)

    assert accounts.staff_acts(session, admin, start=2, limit=2) == whole[2:4]
