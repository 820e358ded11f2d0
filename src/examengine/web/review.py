"""The pages of review: what waits for whom, what is said and decided of items, the workflow."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES, Vote
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import KEYS_SHOWN, DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter()

SHOWN = 200
"""Items of a queue on its page."""

Reason = Annotated[str, Form(max_length=5000)]
VersionNumber = Annotated[int, Form(ge=1, le=9999)]
ShownVersion = Annotated[int | None, Query(ge=1, le=9999)]


@router.get("/review")
def show_queue(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the items that wait for whoever asks, what is due first first."""
    queue = bank.review_queue(session, actor)
    titles = {one.id: one.title for one, _ in bank.list_banks(session, actor)}
    return page("review/queue.html", queue=queue[:SHOWN], n_waiting=len(queue), titles=titles)


@router.get("/bank/{bank_id}/items/{item_id}/review", dependencies=[KEYS_SHOWN])
def show_review(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    version: ShownVersion = None,
) -> Response:
    """Show an item with its key, what was said of it, and where it can go."""
    return _review_page(session, actor, page, bank_id, item_id, version)


@router.post("/bank/{bank_id}/items/{item_id}/moves", dependencies=[KEYS_SHOWN])
def move_item(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    version: VersionNumber,
    target: Annotated[str, Form(max_length=30)],
    reason: Reason = "",
    ticked: Annotated[tuple[int, ...], Form(max_length=20)] = (),
) -> Response:
    """Move an item to another state, or agree that it may go there."""
    moving: dict[str, Any] = {
        "version": version,
        "target": target,
        "reason": reason,
        "ticked": ticked,
    }
    try:
        bank.move_item(session, clock, actor, bank_id, item_id, **moving)
    except (bank.MoveRefused, bank.RemarkRefused) as refusal:
        return _review_page(session, actor, page, bank_id, item_id, None, refusal, moving)
    return page("review/item.html", then=_address(bank_id, item_id))


@router.post("/bank/{bank_id}/items/{item_id}/comments", dependencies=[KEYS_SHOWN])
def comment_item(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    version: VersionNumber,
    text: Annotated[str, Form(max_length=10_000)],
    field: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say something about a field of an item, or about all of it."""
    said: dict[str, Any] = {"version": version, "field": field, "text": text}
    try:
        bank.comment_item(session, clock, actor, bank_id, item_id, **said)
    except bank.RemarkRefused as refusal:
        return _review_page(session, actor, page, bank_id, item_id, version, refusal, said)
    return page("review/item.html", then=f"{_address(bank_id, item_id)}#comments")


@router.post("/bank/{bank_id}/comments/{comment_id}", dependencies=[KEYS_SHOWN])
def resolve_comment(
    bank_id: str,
    comment_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    resolved: Annotated[bool, Form()],
) -> Response:
    """Say that a comment has been dealt with, or that it has not after all."""
    found = bank.resolve_comment(session, clock, actor, bank_id, comment_id, resolved=resolved)
    return page("review/item.html", then=f"{_address(bank_id, found.item_id)}#comments")


@router.post("/bank/{bank_id}/items/{item_id}/votes", dependencies=[KEYS_SHOWN])
def vote_on_item(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    version: VersionNumber,
    vote: Annotated[str, Form(max_length=20)] = "",
    reason: Reason = "",
) -> Response:
    """Vote on whether what an item asks is essential."""
    cast: dict[str, Any] = {"version": version, "vote": vote, "reason": reason}
    try:
        bank.vote_on_item(session, clock, actor, bank_id, item_id, **cast)
    except bank.RemarkRefused as refusal:
        return _review_page(session, actor, page, bank_id, item_id, version, refusal, cast)
    return page("review/item.html", then=f"{_address(bank_id, item_id)}#votes")


@router.post("/bank/{bank_id}/items/{item_id}/assignments", dependencies=[KEYS_SHOWN])
def assign_review(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    people: Annotated[tuple[UUID, ...], Form(max_length=50)] = (),
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask people to look at an item."""
    try:
        day = day_in(due)
        asked: dict[str, Any] = {"person_ids": people, "due": day}
        bank.assign_review(session, clock, actor, bank_id, [item_id], **asked)
    except bank.RemarkRefused as refusal:
        typed = {"people": people, "due": due}
        return _review_page(session, actor, page, bank_id, item_id, None, refusal, typed)
    return page("review/item.html", then=f"{_address(bank_id, item_id)}#assignments")


@router.get("/bank/{bank_id}/workflow")
def show_workflow(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the workflow of a bank, and the form that sets it."""
    return _workflow_page(session, actor, page, bank_id)


@router.post("/bank/{bank_id}/workflow")
def set_workflow(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    states: Annotated[str, Form(max_length=10_000)],
    moves: Annotated[str, Form(max_length=20_000)],
    checklist: Annotated[str, Form(max_length=10_000)] = "",
    reason: Reason = "",
    present: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Set which states items go through."""
    typed = {
        "states": states,
        "moves": moves,
        "checklist": checklist,
        "reason": reason,
        "present": present,
    }
    try:
        bank.set_workflow(session, clock, actor, bank_id, **typed)
    except (bank.WorkflowUnusable, bank.RemarkRefused) as refusal:
        return _workflow_page(session, actor, page, bank_id, refusal, typed)
    return page("review/workflow.html", then=f"/bank/{bank_id}/workflow")


@router.post("/bank/{bank_id}/workflow/end")
def end_workflow(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    reason: Reason = "",
) -> Response:
    """Use versions as they arrive again."""
    try:
        bank.end_workflow(session, clock, actor, bank_id, reason)
    except bank.RemarkRefused as refusal:
        return _workflow_page(session, actor, page, bank_id, refusal, {"end_reason": reason})
    return RedirectResponse(f"/bank/{bank_id}/workflow", status_code=303)


def _review_page(
    session: Session,
    actor: Actor,
    page: Page,
    bank_id: str,
    item_id: str,
    version: int | None,
    refusal: ExamError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    found = bank.reviewed_item(session, actor, bank_id, item_id, version)
    item_type, content = ITEM_TYPES[found.version.item_type], found.version.content
    newest = bank.item_history(session, actor, bank_id, item_id)[0]
    return page(
        "review/item.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        found=found,
        newest=newest.version,
        item=item_type.present(content, (), found.version.language),
        item_type=item_type,
        key=item_type.key_in_words(content),
        explanations=item_type.explanations(content),
        findings=bank.bank_findings(session, actor, bank_id).of_item(item_id),
        fields=_fields_of(content),
        votes=tuple(Vote),
        refusal=None if refusal is None else message_for(refusal),
        typed=typed or {},
    )


def _workflow_page(
    session: Session,
    actor: Actor,
    page: Page,
    bank_id: str,
    refusal: ExamError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    workflow = bank.workflow_of(session, actor, bank_id)
    names = ("states", "moves", "checklist")
    lines = dict(zip(names, bank.as_lines(workflow or bank.DEFAULT_WORKFLOW), strict=True))
    return page(
        "review/workflow.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        workflow=workflow,
        shown=workflow or bank.DEFAULT_WORKFLOW,
        typed={**lines, **(typed or {})},
        movers=bank.MOVERS,
        refusal=None if refusal is None else message_for(refusal),
        faults=getattr(refusal, "faults", ()),
    )


def _fields_of(content: Mapping[str, Any]) -> list[str]:
    """Return the places in an item that a comment can be about, in a reader's order."""
    found = ["stem"]
    for name in ("stimulus", "prompts", "options", "errors"):
        listed = content.get(name)
        if isinstance(listed, list):
            found += [
                f"{name}: {part['id']}"
                if isinstance(part, Mapping) and "id" in part
                else f"{name}: {place}"
                for place, part in enumerate(listed, 1)
            ]
    return [*found, *(name for name in ("key", "scoring", "area", "level") if name in content)]


def day_in(text: str) -> date | None:
    """Return the day that a form names, if any.

    Raises:
        RemarkRefused: It is none.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise bank.RemarkRefused(f"{text!r} is no day; write it as 2026-12-31") from None


def _address(bank_id: str, item_id: str) -> str:
    return f"/bank/{bank_id}/items/{item_id}/review"
