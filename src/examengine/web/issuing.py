"""The awarding officer's credentials: which are due, issuing them, revoking one."""

from collections import deque
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response
from numpy.random import default_rng

from examengine import credentials
from examengine.assembly import exam_for_staff
from examengine.credentials import present
from examengine.db import reading, writing_late
from examengine.delivery import (
    administration_for_staff,
    ask_figures,
    figures_job,
    standing_of,
)
from examengine.web import figures
from examengine.web.dependencies import (
    DepActor,
    DepAwardingBody,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.figures import ListStart, Search, listed
from examengine.web.proposals import after
from examengine.web.standings import in_words

router = APIRouter(prefix="/awards/credentials")

AT_ONCE = 50
"""How many credentials a page issues itself, in a fraction of a second; a worker issues more."""
PAGE = 50


@router.get("")
def show_administrations(
    session: DepSession,
    actor: DepActor,
    page: DepPage,
    search: Search = "",
    start: ListStart = 0,
) -> Response:
    """Show how administrations stand with their credentials."""
    found = credentials.awards_overview(session, actor, search, start=start, most=figures.PAGE)
    return page(
        "issuing/administrations.html",
        found=found,
        standing=standing_of(found.lines),
        job=figures_job(session, actor, credentials.AWARD_FIGURES),
        listed=listed("/awards/credentials", search, start),
    )


@router.post("/figures")
def compute_figures(session: DepSession, actor: DepActor, components: DepComponents) -> Response:
    """Ask for the figures of the list that are missing or out of date; a worker computes them."""
    job = ask_figures(session, components.clock, components.queue, actor, credentials.AWARD_FIGURES)
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


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
    administration = administration_for_staff(session, actor, administration_id)
    due = credentials.awards_due(session, actor, administration_id)
    issued = credentials.credentials_of_administration(
        session, actor, administration_id, limit=PAGE, offset=start
    )
    return page(
        "issuing/credentials.html",
        administration=administration,
        exam=exam_for_staff(session, actor, administration.exam_id),
        due=due,
        stamps=credentials.stamps_now(session, actor, administration),
        development=body.signer().development,
        issued=[
            (
                credential,
                present(credential.document),
                credentials.candidate_of(session, actor, credential),
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
    components: DepComponents,
    actor: DepActor,
    body: DepAwardingBody,
    page: DepPage,
) -> Response:
    """Issue what is due: a few now, with no transaction open while they are signed; many later."""
    with reading(components.engine_of(actor)) as session:
        administration_for_staff(session, actor, administration_id)  # before the key is even read
        due = len(credentials.awards_due(session, actor, administration_id).due)
    signer = body.signer()  # read only for whoever may ask for what is due
    if due > AT_ONCE:
        with writing_late(components.engine_of(actor)) as session:
            job_id = credentials.ask_issue(
                session, components.clock, components.queue, actor, administration_id
            )
        return RedirectResponse(f"/jobs/{job_id}", status_code=303)
    pages = credentials.issue_due(
        components.engine_of(actor),
        components.clock,
        signer,
        default_rng(),
        actor,
        body,
        administration_id,
        most=AT_ONCE,
    )
    deque(pages, maxlen=0)
    return page("issuing/credentials.html", then=f"/awards/credentials/{administration_id}")


@router.get("/{administration_id}/revocations")
def show_overturned(
    administration_id: UUID, session: DepSession, actor: DepActor, page: DepPage
) -> Response:
    """Show the credentials whose decision no longer stands, to be revoked together."""
    found, count = credentials.overturned(session, actor, administration_id)
    return page(
        "issuing/overturned.html",
        administration=administration_for_staff(session, actor, administration_id),
        count=count,
        found=[
            (
                credential,
                credentials.candidate_of(session, actor, credential),
                in_words(credentials.status_of(session, credential)),
            )
            for credential in found
        ],
    )


@router.post("/{administration_id}/revocations")
def revoke(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    credential_id: Annotated[list[UUID], Form(min_length=1, max_length=500)],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Revoke one credential or several, with a reason."""
    made = credentials.revoke_several(session, clock, actor, credential_id, reason)
    there = f"/awards/credentials/{administration_id}"
    return page("issuing/credentials.html", then=after(made, there))


@router.post("/{administration_id}/revocations/all")
def revoke_all(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    seen: Annotated[int, Form(ge=1, le=10_000_000)],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Revoke all whose decision no longer stands, if they are as many as the officer saw."""
    made = credentials.revoke_overturned(
        session, clock, actor, administration_id, reason, seen=seen
    )
    there = f"/awards/credentials/{administration_id}"
    return page("issuing/credentials.html", then=after(made, there))


@router.post("/{administration_id}/replacements")
def replace(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    credential_id: Annotated[UUID, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Let a new credential follow one that was revoked by mistake."""
    credentials.allow_replacement(session, clock, actor, credential_id, reason)
    return page("issuing/credentials.html", then=f"/awards/credentials/{administration_id}")
