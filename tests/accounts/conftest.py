"""People who sign in, and the ways in which browsers do it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from examengine import accounts, db
from examengine.accounts import Actor, Entered, PasswordHasher, Role, SignIn
from examengine.db import FIRST_ORGANISATION
from tests.clock import SetClock
from tests.conftest import PASSWORD, add_actor


@dataclass(frozen=True)
class Door:
    """The sign-in of a database, with a hasher of one's own."""

    engine: Engine
    clock: SetClock
    hasher: PasswordHasher

    def enter(self, password: str = PASSWORD, **asked: str | None) -> Entered:
        """Try to sign in; as Ada, from one place, unless something else is asked."""
        given = SignIn(**{"email": "ada@example.org", "source": "192.0.2.1", **asked})
        return accounts.sign_in(self.engine, self.clock, self.hasher, given, password)

    def fail(self, times: int = 1, **asked: str | None) -> list[str]:
        """Try with a wrong password, and return how each try was refused."""
        codes = []
        for _ in range(times):
            with pytest.raises(accounts.errors.ExamError) as refused:
                self.enter("wrong", **asked)
            codes.append(refused.value.code)
        return codes

    def acts(self, action: str) -> list[accounts.StaffAct]:
        """Return what the trail holds of one kind, the newest first."""
        with db.reading(self.engine) as session:
            acts = accounts.staff_acts(session, accounts.system_actor())
        return [act for act in acts if act.action == action]


@pytest.fixture
def door(engine: Engine, clock: SetClock, hasher: PasswordHasher) -> Door:
    """The sign-in of an empty database."""
    return Door(engine, clock, hasher)


@pytest.fixture
def added(engine: Engine, clock: SetClock, hasher: PasswordHasher) -> Callable[..., Actor]:
    """Add somebody whose account is committed."""

    def add(*roles: Role, email: str, due: bool = False) -> Actor:
        with db.writing(engine) as session:
            found = accounts.add_person(
                session,
                clock,
                hasher,
                accounts.system_actor(),
                email=email,
                name="Ada",
                password=PASSWORD,
                roles=roles,
                password_due=due,
            )
        return Actor(found.id, found.name, found.roles, FIRST_ORGANISATION)

    return add


@pytest.fixture
def ada(added: Callable[..., Actor]) -> Actor:
    """A candidate."""
    return added(Role.CANDIDATE, email="ada@example.org")


@pytest.fixture
def invigilator(engine: Engine, clock: SetClock, hasher: PasswordHasher) -> Actor:
    """Somebody who watches the room."""
    with db.writing(engine) as session:
        return add_actor(session, clock, hasher, Role.INVIGILATOR, name="Ian Watch")
