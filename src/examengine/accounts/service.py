"""Use cases of people: add them, give them roles, close their accounts."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import directory_repository, repository, session_repository
from examengine.accounts.addresses import checked_email
from examengine.accounts.audit import record_act
from examengine.accounts.errors import EmailTaken, LastAdministrator, OwnRoles, PersonUnknown
from examengine.accounts.lookalikes import look_of
from examengine.accounts.password_rules import checked_password
from examengine.accounts.rules import Actor, Person, Role, require
from examengine.accounts.tables import MembershipRow, PersonRow
from examengine.db import FIRST_ORGANISATION, organisation_of, take_turn
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

_SYSTEM = UUID(int=0)


class Hashes(Protocol):
    """Makes hashes of passwords, or has made them beforehand."""

    def hash(self, password: str) -> str:
        """Return the hash of a password."""
        ...


def system_actor(organisation_id: UUID = FIRST_ORGANISATION) -> Actor:
    """Return the actor under which commands on the operator's own console act."""
    return Actor(_SYSTEM, "operator's console", frozenset(Role), organisation_id)


def actor_now(session: Session, person_id: UUID) -> Actor | None:
    """Return somebody as an actor with the roles they have now, for what they asked for before.

    None when there is nobody with this id in the organisation any more, or their account is closed.
    """
    organisation_id = organisation_of(session)
    if person_id == _SYSTEM:
        return system_actor(organisation_id)
    person = repository.member(session, person_id)
    if person is None or not person.active:
        return None
    return Actor(person.id, person.name, person.roles, organisation_id)


def add_person(
    session: Session,
    clock: Clock,
    hasher: Hashes,
    actor: Actor,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[Role],
    password_due: bool = False,
) -> Person:
    """Add somebody to the organisation.

    Somebody who has an account in another organisation of the installation keeps it, with its name
    and password: they sign in as before, and have this organisation to turn to as well.

    Args:
        session: The transaction; nothing is asked of it before the password is hashed.
        clock: Tells when.
        hasher: Makes the hash.
        actor: An administrator.
        email: The address with which the person signs in.
        name: As pages and credentials show it.
        password: The first password.
        roles: What the person may do.
        password_due: Whether the password has to be changed at the first sign-in, because
            somebody else knows it.

    Raises:
        NotAllowed: The actor is no administrator.
        EmailTaken: The address belongs to somebody here already, or looks like somebody's.
        EmailMalformed, EmailMixed: What was typed is no address that can be told from others.
        PasswordTooWeak, PasswordGuessable, PasswordOwnName: It cannot protect an account.
        SignInBusy: Too many passwords are being hashed at this moment.
    """
    require(actor, Role.ADMINISTRATOR)
    address = checked_email(email)
    shown = name.strip()[:200] or address
    hashed = hasher.hash(checked_password(password, of=(shown, address)))
    now = clock.now()
    row = _known_elsewhere(session, address)
    if row is None:
        row = PersonRow(
            id=new_id(now),
            email=address,
            look=look_of(address),
            name=shown,
            password_hash=hashed,
            password_due=password_due,
            created_at=now,
        )
        if not repository.add(session, row):  # somebody else was quicker
            row = _known_elsewhere(session, address) or row
    membership = MembershipRow(person_id=row.id, roles=sorted(roles), joined_at=now)
    if not repository.join(session, membership):
        raise EmailTaken(address, row.id, row.name)
    detail = {"roles": membership.roles}
    record_act(session, now, actor, "accounts.add_person", f"person:{row.id}", detail)
    return repository.person_of(row, membership)


def find_person(session: Session, person_id: UUID) -> Person:
    """Return one person of the organisation.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        PersonUnknown: There is none with this id.
    """
    found = repository.member(session, person_id)
    if found is None:
        raise PersonUnknown(f"no person {person_id}")
    return found


def person_for_administrator(session: Session, actor: Actor, person_id: UUID) -> Person:
    """Return one person of the organisation.

    Raises:
        NotAllowed: The actor is no administrator.
        PersonUnknown: There is none with this id.
    """
    require(actor, Role.ADMINISTRATOR)
    return find_person(session, person_id)


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that somebody can be given.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    require(actor, Role.ADMINISTRATOR)
    return tuple(Role)


def people_among(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return people of the organisation by id, in one query.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        PersonUnknown: One of the ids names nobody.
    """
    wanted = set(person_ids)
    found = {person.id: person for person in repository.members(session, wanted)}
    missing = sorted(wanted - found.keys())
    if missing:
        raise PersonUnknown(f"no person {missing[0]}")
    return found


def list_people(session: Session, actor: Actor) -> list[Person]:
    """Return everybody of the organisation, by name.

    Raises:
        NotAllowed: The actor is neither administrator, awarding officer nor invigilator.
    """
    require(actor, Role.ADMINISTRATOR, Role.AWARDING_OFFICER, Role.INVIGILATOR)
    return repository.everybody(session)


def set_roles(
    session: Session, clock: Clock, actor: Actor, person_id: UUID, roles: Iterable[Role]
) -> None:
    """Give somebody other roles.

    Raises:
        NotAllowed: The actor is no administrator.
        OwnRoles: They would give themself a role, and there is another administrator.
        PersonUnknown: There is nobody with this id.
        LastAdministrator: Nobody could administer any more.
    """
    require(actor, Role.ADMINISTRATOR)
    before, after = find_person(session, person_id), sorted(roles)
    gained = set(after) - before.roles
    if person_id == actor.person_id and gained and _other_administrators(session, person_id):
        raise OwnRoles
    if Role.ADMINISTRATOR not in after:
        _keep_an_administrator(session, before)
    repository.update_membership(session, person_id, roles=after)
    detail = {"before": sorted(before.roles), "after": after}
    record_act(session, clock.now(), actor, "accounts.set_roles", f"person:{person_id}", detail)


def set_active(
    session: Session, clock: Clock, actor: Actor, person_id: UUID, *, active: bool
) -> None:
    """Close an account in the organisation and end its sessions there, or open it again.

    Raises:
        NotAllowed: The actor is no administrator.
        PersonUnknown: There is nobody with this id.
        LastAdministrator: Nobody could administer any more.
    """
    require(actor, Role.ADMINISTRATOR)
    person = find_person(session, person_id)
    if not active:
        _keep_an_administrator(session, person)
    repository.update_membership(session, person_id, active=active)
    if not active:
        session_repository.end_all(session, person_id, organisation_of(session))
    detail = {"active": active}
    record_act(session, clock.now(), actor, "accounts.set_active", f"person:{person_id}", detail)


def _known_elsewhere(session: Session, address: str) -> PersonRow | None:
    """Return whoever has this very address in another organisation, or None.

    Raises:
        EmailTaken: Somebody has it here, or one that looks the same.
    """
    taken = repository.by_address(session, address)
    if taken is None:
        return None
    here = repository.member(session, taken.id) is not None
    if here:
        raise EmailTaken(address, taken.id, taken.name)
    if taken.email != address:
        raise EmailTaken(address)
    return repository.by_id(session, taken.id)


def _keep_an_administrator(session: Session, leaving: Person) -> None:
    """Refuse to lose the last open account of the organisation that can give roles."""
    take_turn(
        session, f"administrators of {organisation_of(session)}"
    )  # else two could remove each other in one moment
    if _other_administrators(session, leaving.id):
        return
    if leaving.active and Role.ADMINISTRATOR in leaving.roles:
        raise LastAdministrator(f"{leaving.name} is the only administrator")


def _other_administrators(session: Session, person_id: UUID) -> bool:
    """Tell whether somebody else with an open account can give roles."""
    return bool(directory_repository.in_role(session, Role.ADMINISTRATOR, "", {person_id}, 1))
