"""Changing a password: one's own, with the present one; or somebody's, by an administrator."""

from math import ceil
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import repository, session_repository, sessions
from examengine.accounts import sign_in_limits as limits
from examengine.accounts import sign_in_repository as counts
from examengine.accounts.audit import record_act
from examengine.accounts.errors import (
    NotSignedIn,
    PasswordsDiffer,
    PasswordUnchanged,
    PasswordWrong,
    PersonOfSeveral,
    TooManySignIns,
)
from examengine.accounts.password_rules import checked_password
from examengine.accounts.passwords import PasswordHasher, normalised_password
from examengine.accounts.rules import Actor, Role, require
from examengine.accounts.service import find_person
from examengine.db import reading, writing
from examengine.kernel.clock import Clock


def check_new_password(
    engine: Engine, clock: Clock, actor: Actor, *, present: str, new: str, again: str
) -> str:
    """Count a try and return the hash that the present password has to match.

    Raises:
        PasswordsDiffer, PasswordUnchanged: The three fields do not fit together.
        PasswordTooWeak, PasswordGuessable, PasswordOwnName: It cannot protect an account.
        TooManySignIns: The present password was typed wrong too often.
    """
    if normalised_password(new) != normalised_password(again):
        raise PasswordsDiffer
    if normalised_password(new) == normalised_password(present):
        raise PasswordUnchanged
    now, one = clock.now(), limits.count_of(limits.OWN_PASSWORD, actor.person_id)
    with writing(engine) as session:
        count, expires_at = counts.count(session, [one], now)[one.key]
        person = repository.by_id(session, actor.person_id)
    if count > one.budget.most:
        raise TooManySignIns(ceil((expires_at - now).total_seconds()))
    if person is None:
        raise NotSignedIn
    checked_password(new, of=(person.name, person.email))
    return person.password_hash


def change_own_password(
    session: Session, clock: Clock, actor: Actor, token: str, hashed: str, *, right: bool
) -> str:
    """Store a new password, and return the token of the session that goes on.

    Every other session ends, but for one in which an exam is being sat; no browser is known any
    more. The session that goes on has a new token.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: Whose password it is.
        token: The session's token until now.
        hashed: The hash of the new password.
        right: Whether the present password was the right one.

    Raises:
        PasswordWrong: It was not.
    """
    if not right:
        raise PasswordWrong
    now, person_id = clock.now(), actor.person_id
    repository.update_person(session, person_id, password_hash=hashed, password_due=False)
    counts.forget_count(session, limits.count_of(limits.OWN_PASSWORD, person_id).key)
    counts.forget_browsers(session, person_id)
    new = sessions.begin_session(
        session, now, actor, password_due=False, replaces=token, let_in=False
    )
    record_act(session, now, actor, "accounts.change_password", f"person:{person_id}")
    return new


def set_password(
    engine: Engine,
    clock: Clock,
    hasher: PasswordHasher,
    actor: Actor,
    person_id: UUID,
    password: str,
) -> None:
    """Give somebody a password that they change when they next sign in; their sessions end.

    A session in which an exam is being sat goes on. No transaction is open while it is hashed.

    Raises:
        NotAllowed: The actor is no administrator.
        PersonUnknown: There is nobody with this id.
        PersonOfSeveral: They belong to another organisation, too, whose doors the new password
            would open to whoever set it.
        PasswordTooWeak, PasswordGuessable, PasswordOwnName: It cannot protect an account.
        SignInBusy: Too many passwords are being hashed at this moment.
    """
    require(actor, Role.ADMINISTRATOR)
    with reading(engine) as session:
        person = find_person(session, person_id)
        if repository.belongs_elsewhere(session, person_id, actor.organisation_id):
            raise PersonOfSeveral
    hashed = hasher.hash(checked_password(password, of=(person.name, person.email)))
    now = clock.now()
    with writing(engine) as session:
        repository.update_person(session, person_id, password_hash=hashed, password_due=True)
        counts.forget_browsers(session, person_id)
        session_repository.end_others(session, person_id, [], now)
        record_act(session, now, actor, "accounts.change_password", f"person:{person_id}")
