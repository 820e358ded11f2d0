"""Switching to another organisation, for people who have a part in several.

The session goes on there under a new token, as after any change of what somebody may do. What was
drawn before, in whatever window, carries the CSRF token of the old one: a form filled in for one
organisation is never taken by another.
"""

from sqlalchemy import Engine

from examengine.accounts import repository, sessions
from examengine.accounts.audit import record_act
from examengine.accounts.errors import OrganisationUnknown
from examengine.accounts.rules import Actor, Membership
from examengine.db import reading, within, writing
from examengine.kernel.clock import Clock


def own_organisations(engine: Engine, actor: Actor) -> list[Membership]:
    """Return the organisations in which the actor's account is open, the one they are in first."""
    with reading(engine) as session:
        found = repository.memberships(session, actor.person_id)
    return sorted(found, key=lambda one: one.organisation_id != actor.organisation_id)


def switch_organisation(engine: Engine, clock: Clock, actor: Actor, token: str, code: str) -> str:
    """Go on in another organisation, where the next sign-in begins, too.

    Args:
        engine: The database.
        clock: Tells when.
        actor: Who switches.
        token: Of their session; it opens nothing afterwards.
        code: Of the organisation in which they go on.

    Returns:
        The new token of the session.

    Raises:
        OrganisationUnknown: They have no open account in an organisation of this code.
        ExamRuns: They are sitting an exam at this moment.
        NotSignedIn: The session has ended, or switched already.
    """
    there = next((one for one in own_organisations(engine, actor) if one.code == code), None)
    if there is None:
        raise _unknown(code)
    if there.organisation_id == actor.organisation_id:
        return token
    now = clock.now()
    with writing(within(engine, there.organisation_id)) as session:
        member = repository.member(session, actor.person_id)
        if member is None or not member.active:
            raise _unknown(code)
        arrived = Actor(member.id, member.name, member.roles, there.organisation_id)
        new = sessions.rebind(session, now, arrived, token)
        repository.update_membership(session, member.id, chosen_at=now)
        record_act(session, now, arrived, "accounts.switch_organisation", f"person:{member.id}")
    return new


def _unknown(code: str) -> OrganisationUnknown:
    return OrganisationUnknown(f"no organisation {code[:40]!r}")
