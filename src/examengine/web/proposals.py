"""What one person proposed and another one confirms: the list, confirming, declining."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from examengine import credentials, four_eyes, integrity, scoring, standard_setting
from examengine.accounts import Actor
from examengine.assembly import KeyCorrection, correction_of
from examengine.bank import ItemRef
from examengine.four_eyes import Proposal
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError, Kind
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/awards/proposals")

Terms = Mapping[str, Any]
Reason = Annotated[str, Form(max_length=5000)]

SHOWN_HERE = frozenset({Kind.INVALID, Kind.CONFLICT})
"""Refusals that stand above the proposal: what it was about has moved on, or a reason lacks."""


def _void(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    subject = UUID(terms["subject_id"])
    return integrity.void(session, clock, actor, subject, terms["reason"], seen=terms["seen"])


def _adopt(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    return standard_setting.adopt_cut(
        session,
        clock,
        actor,
        UUID(terms["panel_id"]),
        points=terms["points"],
        reason=terms["reason"],
        seen_panel=terms["seen_panel"],
        seen_cut=_id(terms["seen_cut"]),
    )


def _adopt_set_elsewhere(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    return standard_setting.adopt_cut_set_elsewhere(
        session,
        clock,
        actor,
        terms["exam_id"],
        UUID(terms["form_id"]),
        points=terms["points"],
        standard_error=terms["standard_error"],
        reason=terms["reason"],
        seen_cut=_id(terms["seen_cut"]),
    )


def _revoke(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    ids = [UUID(one) for one in terms["credential_ids"]]
    return credentials.revoke_several(session, clock, actor, ids, terms["reason"])


def _change_scoring(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    return scoring.change_scoring(
        session,
        clock,
        actor,
        terms["exam_id"],
        terms["spec"],
        reason=terms["reason"],
        seen=terms["seen"],
    )


def _correct_key(session: Session, clock: Clock, actor: Actor, terms: Terms) -> object:
    ref = ItemRef(terms["item_id"], terms["version"], terms["item_digest"])
    return scoring.correct_key(
        session,
        clock,
        actor,
        terms["exam_id"],
        ref,
        _correction(terms),
        reason=terms["reason"],
        seen=terms["seen"],
    )


def _correction(terms: Terms) -> KeyCorrection | None:
    return None if terms["correction"] is None else correction_of(terms["correction"])


USE_CASES: Mapping[str, Callable[[Session, Clock, Actor, Terms], object]] = {
    "integrity.void": _void,
    "standard_setting.adopt_cut": _adopt,
    "standard_setting.adopt_cut_set_elsewhere": _adopt_set_elsewhere,
    "credentials.revoke": _revoke,
    "scoring.change_scoring": _change_scoring,
    "scoring.correct_key": _correct_key,
}
"""What each act is when the second person asks for it on the terms of the first."""


def after(made: object, there: str) -> str:
    """Return where a page goes on: `there`, or to the proposal that waits for a second person."""
    return f"/awards/proposals/{made.id}" if isinstance(made, Proposal) else there


@router.get("")
def list_proposals(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show what waits for a second person, and what was settled."""
    waiting, settled = four_eyes.list_proposals(session, actor)
    needed = four_eyes.two_people_needed(session)
    return page("proposals/proposals.html", waiting=waiting, settled=settled, needed=needed)


@router.get("/{proposal_id}")
def show_proposal(
    proposal_id: UUID, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show one proposal with all its terms."""
    return _proposal_page(page, four_eyes.find_proposal(session, actor, proposal_id))


@router.post("/{proposal_id}/confirm")
def confirm(
    proposal_id: UUID, actor: DepActor, session: DepSession, clock: DepClock, page: DepPage
) -> Response:
    """Ask for the same as the first person did, as the second."""
    found = four_eyes.find_proposal(session, actor, proposal_id)
    if found.state != "waiting":
        raise four_eyes.ProposalOver(proposal_id)
    try:
        USE_CASES[found.act.name](session, clock, actor, found.act.terms)
    except ExamError as refusal:
        if refusal.kind not in SHOWN_HERE:
            raise
        return _proposal_page(page, found, refusal)
    return page("proposals/proposal.html", then=f"/awards/proposals/{proposal_id}")


@router.post("/{proposal_id}/decline")
def decline(
    proposal_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    reason: Reason = "",
) -> Response:
    """Decline it, or withdraw one's own, with a reason; a refused reason stays in its field."""
    try:
        four_eyes.decline(session, clock, actor, proposal_id, reason)
    except four_eyes.AgreementReasonMissing as refusal:
        found = four_eyes.find_proposal(session, actor, proposal_id)
        return _proposal_page(page, found, refusal, typed=reason)
    return page("proposals/proposal.html", then="/awards/proposals")


def _proposal_page(
    page: Page, proposal: Proposal, refusal: ExamError | None = None, *, typed: str = ""
) -> Response:
    return page(
        "proposals/proposal.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        proposal=proposal,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
