"""The awarding bodies of an installation, found by organisation or by address."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import (
    OrganisationUnknown,
    find_organisation,
    list_organisations,
    organisation_coded,
)
from examengine.credentials.awarding_body import AwardingBody

_PUBLISHED = re.compile(r"/o/([a-z0-9-]{1,40})/(?:did\.json|status/[0-9]+)\Z")


def awarding_body_of(session: Session, first: AwardingBody, organisation_id: UUID) -> AwardingBody:
    """Return the awarding body that an organisation is, as it is now.

    Raises:
        OrganisationUnknown: There is no such organisation.
    """
    return first.of(find_organisation(session, organisation_id))


def awarding_body_at(session: Session, first: AwardingBody, code: str) -> AwardingBody:
    """Return the awarding body whose addresses begin with `/o/` and a code.

    Raises:
        OrganisationUnknown: There is none; those of the first one begin with nothing.
    """
    found = first.of(organisation_coded(session, code))
    if found.organisation_id == first.organisation_id:
        raise OrganisationUnknown(f"nothing at /o/{code[:40]}")
    return found


def awarding_bodies(session: Session, first: AwardingBody) -> Sequence[AwardingBody]:
    """Return every awarding body of the installation, the first one first."""
    return [first.of(one) for one in list_organisations(session)]


def publisher_of(session: Session, first: AwardingBody, url: str) -> AwardingBody:
    """Return the awarding body that would publish a document at `url`, if one of ours does."""
    named = _PUBLISHED.search(url)
    if named is None:
        return first
    try:
        return awarding_body_at(session, first, named[1])
    except OrganisationUnknown:
        return first
