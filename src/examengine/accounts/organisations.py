"""Organisations: awarding bodies that share an installation and see nothing of each other."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import organisation_repository as repository
from examengine.accounts.errors import LogoMissing, OrganisationUnknown
from examengine.accounts.organisation_details import Logo
from examengine.accounts.rules import Organisation
from examengine.db import FIRST_ORGANISATION, reading, within


def list_organisations(session: Session) -> list[Organisation]:
    """Return all organisations of the installation, the first one first."""
    return sorted(repository.every(session), key=lambda one: one.id != FIRST_ORGANISATION)


def find_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """Return an organisation.

    Raises:
        OrganisationUnknown: There is none with this id.
    """
    found = repository.by_id(session, organisation_id)
    if found is None:
        raise OrganisationUnknown(f"no organisation {organisation_id}")
    return found


def organisation_coded(session: Session, code: str) -> Organisation:
    """Return the organisation of a code.

    Raises:
        OrganisationUnknown: There is none with this code.
    """
    found = repository.by_code(session, code)
    if found is None:
        raise OrganisationUnknown(f"no organisation {code[:40]!r}")
    return found


def logo_of(session: Session, organisation_id: UUID) -> Logo:
    """Return the logo of an organisation.

    Raises:
        LogoMissing: It has none, or there is no such organisation.
    """
    found = repository.logo_of(session, organisation_id)
    if found is None:
        raise LogoMissing(f"no logo of {organisation_id}")
    return found


def each_organisation(engine: Engine) -> Iterator[Engine]:
    """Yield an engine for each organisation, for work that nobody in particular asks for.

    It does not ask who is asking: the use case that calls it does.
    """
    with reading(engine) as session:
        ids = [one.id for one in list_organisations(session)]
    for organisation_id in ids:
        yield within(engine, organisation_id)
