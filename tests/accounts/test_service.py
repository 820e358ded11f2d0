"""Signing in, roles and the staff trail, on both databases."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, db
from examengine.accounts import Actor, PasswordHasher, Role
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


def _sign_in(engine: Engine, clock: SetClock, hasher: PasswordHasher, password: str) -> str:
    return accounts.sign_in(engine, clock, hasher, email="ada@example.org", password=password)


def test_the_right_password_opens_a_session(engine, clock, hasher, ada):
    """
    Whoever signs in is known by the token, with the roles they have.
    """
    token = _sign_in(engine, clock, hasher, PASSWORD)

    with db.reading(engine) as session:
        actor = accounts.actor_of(session, clock, token)

    assert actor == Actor(ada.id, "Ada", frozenset({Role.CANDIDATE}))


def test_a_session_ends(engine, clock, hasher, ada):
    """
    A session is over after its lifetime, however often it was used.
    """
    token = _sign_in(engine, clock, hasher, PASSWORD)

    clock.forward(seconds=accounts.SESSION_LIFETIME.total_seconds())

    with db.reading(engine) as session, pytest.raises(accounts.NotSignedIn):
        accounts.actor_of(session, clock, token)


def test_five_wrong_passwords_let_the_account_rest(engine, clock, hasher, ada):
    """
    After five wrong passwords even the right one has to wait five minutes, and then works.
    """
    for _ in range(5):
        with pytest.raises(accounts.SignInRefused):
            _sign_in(engine, clock, hasher, "wrong")

    with pytest.raises(accounts.TooManySignIns):
        _sign_in(engine, clock, hasher, PASSWORD)
    clock.forward(minutes=5)

    assert _sign_in(engine, clock, hasher, PASSWORD)


def test_an_unknown_address_is_refused_like_a_wrong_password(engine, clock, hasher):
    """
    The refusal does not tell whether an address has an account.
    """
    with pytest.raises(accounts.SignInRefused):
        _sign_in(engine, clock, hasher, PASSWORD)


def test_a_closed_account_loses_its_sessions(engine, clock, hasher, ada):
    """
    Closing an account signs its person out everywhere, and keeps them out.
    """
    token = _sign_in(engine, clock, hasher, PASSWORD)

    with db.writing(engine) as session:
        accounts.set_active(session, clock, accounts.system_actor(), ada.id, active=False)

    with db.reading(engine) as session, pytest.raises(accounts.NotSignedIn):
        accounts.actor_of(session, clock, token)
    with pytest.raises(accounts.SignInRefused):
        _sign_in(engine, clock, hasher, PASSWORD)


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


def test_the_password_is_stored_nowhere(engine, clock, hasher, ada):
    """
    Neither the password nor the session's token can be read in the database.
    """
    token = _sign_in(engine, clock, hasher, PASSWORD)

    with engine.connect() as connection:
        rows = [
            str(row)
            for table in ("person", "signed_in_session", "staff_act")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608
        ]

    assert rows
    assert not any(PASSWORD in row or token in row for row in rows)


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
