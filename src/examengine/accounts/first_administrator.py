"""The first administrator of an installation: by a token that its operator reads on the console.

While nobody administers the first organisation, somebody has to begin who is known to nobody. The
token lies in a file for the operator alone, is tried a few times at most, and is worth nothing any
more as soon as there is an administrator, whoever made them.
"""

import os
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import repository
from examengine.accounts import sign_in_limits as limits
from examengine.accounts import sign_in_repository as counts
from examengine.accounts.errors import (
    AdministratorThere,
    FirstTokenWrong,
    TooManySignIns,
)
from examengine.accounts.rules import Person, Role
from examengine.accounts.service import Hashes, add_person, system_actor
from examengine.db import FIRST_ORGANISATION, reading, take_turn, within, writing
from examengine.kernel.clock import Clock
from examengine.kernel.tokens import new_token, same

_NAME = "first-administrator"


@dataclass(frozen=True, slots=True)
class FirstToken:
    """The token on this machine.

    Attributes:
        folder: The folder of the installation's state, which is the operator's.
    """

    folder: Path

    def made(self) -> str:
        """Return the token; it is made when there is none, readable by the operator alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return self._file.read_text("ascii")
        token = new_token()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token)
        return token

    def is_it(self, typed: str) -> bool:
        """Tell whether this is the token; how long it takes says nothing of how much is right."""
        try:
            token = self._file.read_text("ascii")
        except FileNotFoundError:
            return False
        return same(token, typed.strip())

    def forget(self) -> None:
        """Delete the token."""
        self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.folder / _NAME


def is_administered(session: Session) -> bool:
    """Tell whether the organisation of a transaction has an administrator with an open account."""
    everybody = repository.everybody(session)
    return any(one.active and Role.ADMINISTRATOR in one.roles for one in everybody)


def add_first_administrator(
    engine: Engine,
    clock: Clock,
    hasher: Hashes,
    token: FirstToken,
    *,
    typed: str,
    email: str,
    name: str,
    password: str,
) -> Person:
    """Add the first administrator for whoever knows the token; it opens its own transactions.

    Each try is counted before the token is looked at.

    Raises:
        AdministratorThere: There is one already.
        TooManySignIns: The token was tried too often.
        FirstTokenWrong: It is not the one.
        EmailTaken, EmailMalformed, EmailMixed: The address cannot be used.
        PasswordTooWeak, PasswordGuessable, PasswordOwnName: It cannot protect an account.
    """
    first = within(engine, FIRST_ORGANISATION)
    with reading(first) as session:
        if is_administered(session):
            raise AdministratorThere
    _count(engine, clock)
    if not token.is_it(typed):
        raise FirstTokenWrong
    hashed = HashedAlready(hasher, password)
    with writing(first) as session:
        take_turn(session, "first administrator")  # else one token could make two
        if is_administered(session):
            raise AdministratorThere
        added = add_person(
            *(session, clock, hashed, system_actor()),
            email=email,
            name=name,
            password=password,
            roles=[Role.ADMINISTRATOR],
        )
    token.forget()
    return added


class HashedAlready:
    """Hands out a hash that was made before the transaction, which shall not wait for it."""

    def __init__(self, hasher: Hashes, password: str) -> None:
        self._hashed = hasher.hash(password)

    def hash(self, _password: str) -> str:
        """Return the hash that was made."""
        return self._hashed


def _count(engine: Engine, clock: Clock) -> None:
    now, one = clock.now(), limits.count_of(limits.FIRST_TOKEN)
    with writing(engine) as session:
        count, expires_at = counts.count(session, [one], now)[one.key]
    if count > one.budget.most:
        raise TooManySignIns(ceil((expires_at - now).total_seconds()))
