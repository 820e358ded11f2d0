"""What administrators say of their own organisation: name, logo, time zone, language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import organisation_repository as repository
from examengine.accounts.audit import record_act
from examengine.accounts.errors import OrganisationNameAlike
from examengine.accounts.lookalikes import name_look
from examengine.accounts.organisation_details import (
    Logo,
    checked_language,
    checked_logo,
    checked_name,
    checked_time_zone,
)
from examengine.accounts.organisations import find_organisation, list_organisations
from examengine.accounts.rules import Actor, Organisation, Role, require
from examengine.db import FIRST_ORGANISATION, take_turn
from examengine.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class OrganisationChange:
    """What is to change of an organisation; None leaves a thing as it is."""

    name: str | None = None
    """Empty for none of its own: the settings name the first, its code any other."""
    language: str | None = None
    time_zone: str | None = None
    logo: bytes | None = None
    """A file; empty for no logo any more."""


def own_organisation(session: Session, actor: Actor) -> Organisation:
    """Return the organisation of an administrator.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    require(actor, Role.ADMINISTRATOR)
    return find_organisation(session, actor.organisation_id)


def change_organisation(
    session: Session,
    clock: Clock,
    actor: Actor,
    change: OrganisationChange,
    *,
    first_named: str,
    sure: bool = False,
) -> Organisation:
    """Change what an organisation says of itself, from now on.

    What was signed before keeps the name under which it was signed.

    Args:
        session: A transaction of the organisation; nothing is written before all is checked.
        clock: Tells when.
        actor: An administrator of it.
        change: What is to change.
        first_named: What the first organisation is called while it has no name of its own.
        sure: Whether a name is meant though it looks like that of another organisation.

    Returns:
        The organisation as it is now.

    Raises:
        NotAllowed: The actor is no administrator.
        OrganisationNameUnfit, LanguageMalformed, TimeZoneUnknown, LogoUnusable: What was given
            cannot be used.
        OrganisationNameAlike: Another organisation has a name that looks the same, and nobody said
            that this one is meant.
    """
    require(actor, Role.ADMINISTRATOR)
    asked, logo = _checked(change)
    take_turn(session, f"organisation {actor.organisation_id}")
    before = find_organisation(session, actor.organisation_id)
    changed = {what: value for what, value in asked.items() if getattr(before, what) != value}
    if changed.get("name") and not sure:
        name = str(changed["name"])
        alike = organisation_called_alike(session, before.id, name, first_named)
        if alike is not None:
            raise OrganisationNameAlike(name, alike)
    if changed:
        repository.change(session, before.id, changed, logo)
        detail = {what: {"from": getattr(before, what), "to": to} for what, to in changed.items()}
        _record(session, clock, actor, before, detail)
    return find_organisation(session, before.id)


def organisation_called_alike(
    session: Session, own_id: UUID, name: str, first_named: str
) -> str | None:
    """Return what another organisation is called that the eye takes for this name, or None.

    Args:
        session: Any transaction.
        own_id: The organisation of the name.
        name: The name.
        first_named: What the first organisation is called while it has no name of its own.
    """
    for other in list_organisations(session):
        stands_in = first_named if other.id == FIRST_ORGANISATION else other.code
        called = other.name or stands_in
        if other.id != own_id and name_look(called) == name_look(name):
            return called
    return None


def _checked(change: OrganisationChange) -> tuple[dict[str, str | None], Logo | None]:
    """Return what was asked for, by field of the organisation, and the new logo if there is one."""
    asked: dict[str, str | None] = {}
    if change.name is not None:
        asked["name"] = checked_name(change.name)
    if change.language is not None:
        asked["language"] = checked_language(change.language)
    if change.time_zone is not None:
        asked["time_zone"] = checked_time_zone(change.time_zone)
    logo = checked_logo(change.logo) if change.logo else None
    if change.logo is not None:
        asked["logo_digest"] = None if logo is None else logo.digest
    return asked, logo


def _record(
    session: Session,
    clock: Clock,
    actor: Actor,
    organisation: Organisation,
    detail: Mapping[str, Any],
) -> None:
    subject = f"organisation:{organisation.code}"
    record_act(session, clock.now(), actor, "accounts.change_organisation", subject, detail)
