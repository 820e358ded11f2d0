"""The awarding officer's credentials: which are due, issuing them, revoking one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from numpy.random import default_rng

from examengine import credentials
from examengine.accounts import Role, require
from examengine.assembly import find_exam
from examengine.credentials import present
from examengine.delivery import find_administration, list_administrations
from examengine.web.dependencies import (
    DepActor,
    DepAwardingBody,
    DepClock,
    DepPage,
    DepSession,
)

router = APIRouter(prefix="/awards/credentials")

AT_ONCE = 50
"""How many credentials one press of the button issues: a request must not take minutes."""
PAGE = 50


@router.get("")
def show_administrations(session: DepSession, actor: DepActor, page: DepPage) -> Response:
    """Show how each administration stands with its credentials."""
    require(actor, Role.AWARDING_OFFICER)
    rows = [
        (administration, credentials.awards_due(session, actor, administration.id))
        for administration in list_administrations(session)
    ]
    return page("issuing/administrations.html", rows=rows)


@router.get("/{administration_id}")
def show_credentials(
    administration_id: UUID,
    session: DepSession,
    actor: DepActor,
    body: DepAwardingBody,
    page: DepPage,
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show what is due and what was issued."""
    administration = find_administration(session, administration_id)
    due = credentials.awards_due(session, actor, administration_id)
    issued = credentials.credentials_of_administration(
        session, actor, administration_id, limit=PAGE, offset=start
    )
    return page(
        "issuing/credentials.html",
        administration=administration,
        exam=find_exam(session, administration.exam_id),
        due=due,
        at_once=min(AT_ONCE, len(due.due)),
        stamps=credentials.stamps(administration),
        development=body.signer().development,
        issued=[
            (
                credential,
                present(credential.document),
                credentials.candidate_of(session, credential),
            )
            for credential in issued
        ],
        start=start,
        page_size=PAGE,
        total=due.total,
    )


@router.post("/{administration_id}")
def issue(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    body: DepAwardingBody,
    page: DepPage,
) -> Response:
    """Issue the next credentials that are due."""
    require(actor, Role.AWARDING_OFFICER)  # before the signing key is even read
    credentials.issue_due(
        session,
        clock,
        body.signer(),
        default_rng(),
        actor,
        body,
        administration_id,
        most=AT_ONCE,
    )
    return page("issuing/credentials.html", then=f"/awards/credentials/{administration_id}")


@router.post("/{administration_id}/revocations")
def revoke(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    credential_id: Annotated[UUID, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Revoke one credential, with a reason."""
    credentials.revoke(session, clock, actor, credential_id, reason)
    return page("issuing/credentials.html", then=f"/awards/credentials/{administration_id}")
