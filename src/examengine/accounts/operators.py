"""What operators do with organisations on their own console: add one, remove one.

Both are written into the trail of the first organisation, which is that of the installation.
"""

import re

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from examengine.accounts import organisation_repository
from examengine.accounts.audit import record_act
from examengine.accounts.errors import (
    FirstOrganisationStays,
    NotAllowed,
    OrganisationCodeTaken,
    OrganisationCodeUnfit,
    OrganisationHasRecords,
)
from examengine.accounts.organisation_details import (
    checked_language,
    checked_name,
    checked_time_zone,
)
from examengine.accounts.organisations import organisation_coded
from examengine.accounts.rules import Actor, Organisation
from examengine.accounts.service import system_actor
from examengine.db import FIRST_ORGANISATION, within, writing
from examengine.db.organisation_rows import delete_rows_of, rows_of
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

CODE = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){0,38}[a-z0-9]\Z")

COMES_AND_GOES = frozenset(
    {"membership", "signed_in_session", "attempt_hold", "staff_act", "ledger_entry"}
    | {"four_eyes_switch", "job", "job_input", "job_result"}
)
"""Rows that nobody has to answer for where there are no others: people, and what was set up."""


def add_organisation(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    *,
    code: str,
    name: str,
    language: str = "en",
    time_zone: str = "UTC",
    demonstration: bool = False,
) -> Organisation:
    """Add an organisation that sees nothing of the others, and of which they see nothing.

    Args:
        engine: The database.
        clock: Tells when.
        actor: The operator's console.
        code: Stands in its addresses and its DID, for ever.
        name: As pages and credentials name it; its code stands in for an empty one.
        language: The language of what it awards, such as `en`.
        time_zone: Where it is, such as `Europe/Vienna`.
        demonstration: Whether it holds sample data alone, and can be removed with all of it.

    Raises:
        NotAllowed: Somebody else than an operator asks.
        OrganisationCodeUnfit, OrganisationNameUnfit, LanguageMalformed, TimeZoneUnknown: What was
            typed cannot be used.
        OrganisationCodeTaken: There is one of this code.
    """
    _require_operator(actor)
    if not CODE.match(code):
        raise OrganisationCodeUnfit(
            f"{code[:60]!r} cannot be a code: give small letters, digits and single hyphens, "
            "2 to 40 of them, beginning with a letter"
        )
    now = clock.now()
    made = Organisation(
        id=new_id(now),
        code=code,
        name=checked_name(name),
        language=checked_language(language),
        time_zone=checked_time_zone(time_zone),
        demonstration=demonstration,
    )
    try:
        with writing(within(engine, FIRST_ORGANISATION)) as session:
            organisation_repository.add(session, made, now)
            detail = {"name": made.name}
            record_act(
                session, now, actor, "accounts.add_organisation", f"organisation:{code}", detail
            )
    except IntegrityError as taken:
        raise OrganisationCodeTaken(f"there is an organisation {code}") from taken
    return made


def remove_organisation(engine: Engine, clock: Clock, actor: Actor, code: str) -> Organisation:
    """Remove an organisation that holds no records, its people's part in it, and its trail.

    A demonstration is removed with all that it holds.

    People who belong to no other organisation are removed with it. Its signing keys are files, and
    for whoever asked to delete.

    Raises:
        NotAllowed: Somebody else than an operator asks.
        OrganisationUnknown: There is none of this code.
        FirstOrganisationStays: It is the first.
        OrganisationHasRecords: It holds records that somebody may have to answer for.
    """
    _require_operator(actor)
    with writing(within(engine, FIRST_ORGANISATION)) as session:
        found = organisation_coded(session, code)
        if found.id == FIRST_ORGANISATION:
            raise FirstOrganisationStays("the first organisation cannot be removed")
        connection = session.connection()
        held = rows_of(connection, found.id)
        kept = {name: n for name, n in held.items() if name not in COMES_AND_GOES}
        if kept and not found.demonstration:
            raise OrganisationHasRecords(code, kept)
        alone = organisation_repository.people_of_no_other(session, found.id)
        delete_rows_of(connection, found.id)
        organisation_repository.delete_people(session, alone)
        organisation_repository.delete(session, found.id)
        record_act(
            *(session, clock.now(), actor, "accounts.remove_organisation"),
            f"organisation:{code}",
            {"people": held.get("membership", 0)},
        )
    return found


def _require_operator(actor: Actor) -> None:
    """Refuse everybody but the operator's console: no role in an organisation is over all."""
    if actor.person_id != system_actor().person_id:
        raise NotAllowed(["operator"])
