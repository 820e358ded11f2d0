"""Use cases of accounts: load, decide, append."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import repository
from examengine.accounts.audit import record_act
from examengine.accounts.errors import (
    EmailTaken,
    LastAdministrator,
    NotSignedIn,
    PersonUnknown,
    SignInRefused,
    TooManySignIns,
)
from examengine.accounts.passwords import PasswordHasher
from examengine.accounts.rules import (
    Actor,
    Person,
    Role,
    checked_email,
    checked_password,
    require,
    rests_until,
)
from examengine.accounts.tables import PersonRow, SessionRow
from examengine.db import reading, writing
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.tokens import new_token, token_digest

SESSION_LIFETIME = timedelta(hours=12)
_SYSTEM = UUID(int=0)


def system_actor() -> Actor:
    """Return the actor under which commands on the operator's own console act."""
    return Actor(_SYSTEM, "operator's console", frozenset(Role))


def add_person(
    session: Session,
    clock: Clock,
    hasher: PasswordHasher,
    actor: Actor,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[Role],
) -> Person:
    """Add somebody.

    Raises:
        NotAllowed: The actor is no administrator.
        EmailTaken: The address belongs to somebody else.
        EmailMalformed, PasswordTooWeak: What was typed cannot be used.
    """
    require(actor, Role.ADMINISTRATOR)
    address = checked_email(email)
    if repository.by_email(session, address) is not None:
        raise EmailTaken(address)
    now = clock.now()
    row = PersonRow(
        id=new_id(now),
        email=address,
        name=name.strip()[:200] or address,
        password_hash=hasher.hash(checked_password(password)),
        roles=sorted(roles),
        created_at=now,
    )
    if not repository.add(session, row):
        raise EmailTaken(address)  # somebody else was quicker
    record_act(session, now, actor, "accounts.add_person", f"person:{row.id}", {"roles": row.roles})
    return repository.person_of(row)


def sign_in(
    engine: Engine, clock: Clock, hasher: PasswordHasher, *, email: str, password: str
) -> str:
    """Sign somebody in and return the token of the new session.

    This use case opens its own short transactions: a wrong password has to be counted although
    the sign-in is refused, and no transaction may stay open while argon2 is at work.

    Raises:
        SignInRefused: Unknown address, wrong password or closed account.
        TooManySignIns: The account rests after wrong passwords.
    """
    now = clock.now()
    address = email.strip().lower()[:254]
    with reading(engine) as session:
        row = repository.by_email(session, address)
    if row is not None:
        resting = rests_until(row.wrong_passwords, row.last_wrong_at)
        if resting is not None and now < resting:
            raise TooManySignIns(int((resting - now).total_seconds()) + 1)
    right = hasher.matches(row.password_hash if row else None, password[:1000])
    with writing(engine) as session:
        if row is not None and not right:
            wrong = row.wrong_passwords + 1
            repository.update_person(session, row.id, wrong_passwords=wrong, last_wrong_at=now)
        if row is not None and right and row.active:
            return _begin_session(session, clock, row)
    raise SignInRefused


def _begin_session(session: Session, clock: Clock, row: PersonRow) -> str:
    token, now = new_token(), clock.now()
    repository.end_expired_sessions(session, now)
    if row.wrong_passwords:
        repository.update_person(session, row.id, wrong_passwords=0, last_wrong_at=None)
    repository.add_session(
        session,
        SessionRow(
            token_digest=token_digest(token),
            person_id=row.id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
        ),
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End the session of `token`; an unknown token is no error."""
    repository.end_session(session, token_digest(token))


def actor_of(session: Session, clock: Clock, token: str | None) -> Actor:
    """Return who is signed in with `token`.

    Raises:
        NotSignedIn: Nobody is, or the session has ended.
    """
    if not token:
        raise NotSignedIn
    found = repository.actor(session, token_digest(token), clock.now())
    if found is None:
        raise NotSignedIn
    return found


def people_signed_in(
    session: Session, clock: Clock, token_digests: Sequence[str]
) -> dict[str, UUID]:
    """Return whose session each digest names, in one query; the unknown are left out."""
    return repository.people_signed_in(session, token_digests, clock.now())


def find_person(session: Session, person_id: UUID) -> Person:
    """Return one person.

    Raises:
        PersonUnknown: There is none with this id.
    """
    row = repository.by_id(session, person_id)
    if row is None:
        raise PersonUnknown(f"no person {person_id}")
    return repository.person_of(row)


def list_people(session: Session, actor: Actor) -> list[Person]:
    """Return everybody, by name.

    Raises:
        NotAllowed: The actor is neither administrator, awarding officer nor invigilator.
    """
    require(actor, Role.ADMINISTRATOR, Role.AWARDING_OFFICER, Role.INVIGILATOR)
    return [repository.person_of(row) for row in repository.everybody(session)]


def set_roles(
    session: Session, clock: Clock, actor: Actor, person_id: UUID, roles: Iterable[Role]
) -> None:
    """Give somebody other roles.

    Raises:
        NotAllowed: The actor is no administrator.
        PersonUnknown: There is nobody with this id.
        LastAdministrator: Nobody could administer any more.
    """
    require(actor, Role.ADMINISTRATOR)
    before, after = find_person(session, person_id), sorted(roles)
    if Role.ADMINISTRATOR not in after:
        _keep_an_administrator(session, before)
    repository.update_person(session, person_id, roles=after)
    detail = {"before": sorted(before.roles), "after": after}
    record_act(session, clock.now(), actor, "accounts.set_roles", f"person:{person_id}", detail)


def set_active(
    session: Session, clock: Clock, actor: Actor, person_id: UUID, *, active: bool
) -> None:
    """Close an account and end its sessions, or open it again.

    Raises:
        NotAllowed: The actor is no administrator.
        PersonUnknown: There is nobody with this id.
        LastAdministrator: Nobody could administer any more.
    """
    require(actor, Role.ADMINISTRATOR)
    person = find_person(session, person_id)
    if not active:
        _keep_an_administrator(session, person)
    repository.update_person(session, person_id, active=active)
    if not active:
        repository.end_sessions_of(session, person_id)
    detail = {"active": active}
    record_act(session, clock.now(), actor, "accounts.set_active", f"person:{person_id}", detail)


def _keep_an_administrator(session: Session, leaving: Person) -> None:
    """Refuse to lose the last open account that can give roles."""
    others = (row for row in repository.everybody(session) if row.id != leaving.id)
    if any(row.active and Role.ADMINISTRATOR in row.roles for row in others):
        return
    if leaving.active and Role.ADMINISTRATOR in leaving.roles:
        raise LastAdministrator(f"{leaving.name} is the only administrator")


def change_password(
    session: Session,
    clock: Clock,
    hasher: PasswordHasher,
    actor: Actor,
    person_id: UUID,
    password: str,
) -> None:
    """Set a new password and end every session of its person.

    Raises:
        NotAllowed: The actor is neither the person nor an administrator.
        PasswordTooWeak: The new password cannot protect an account.
    """
    if actor.person_id != person_id:
        require(actor, Role.ADMINISTRATOR)
    find_person(session, person_id)
    hashed = hasher.hash(checked_password(password))
    repository.update_person(
        session, person_id, password_hash=hashed, wrong_passwords=0, last_wrong_at=None
    )
    repository.end_sessions_of(session, person_id)
    subject = f"person:{person_id}"
    record_act(session, clock.now(), actor, "accounts.change_password", subject)
