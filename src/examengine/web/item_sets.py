"""The author's pages of item sets: the sets of a bank, one of them, and its stimulus for all."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES, DraftUnusable
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import (
    KEYS_SHOWN,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/bank/{bank_id}/sets", dependencies=[KEYS_SHOWN])

SentId = Annotated[str, Form(max_length=200)]


@router.get("")
def list_sets(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the sets of a bank, and the form for a new one."""
    return _list(page, session, actor, bank_id)


@router.post("")
def begin_item(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    set_id: SentId,
    item_id: SentId,
    item_type: Annotated[str, Form(max_length=60)],
) -> Response:
    """Begin a new item of a set; the first one begins the set."""
    named, item = set_id.strip(), item_id.strip()
    try:
        bank.begin_item_of_set(session, clock, actor, bank_id, named, item, item_type)
    except DraftUnusable as refusal:
        sent = {"set_id": set_id, "item_id": item_id, "item_type": item_type}
        return _list(page, session, actor, bank_id, refusal, sent)
    return RedirectResponse(f"/bank/{bank_id}/drafts/{item}", status_code=303)


@router.get("/{set_id}")
def show_set(
    bank_id: str, set_id: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show a set: its stimulus as candidates see it, and its items in their order."""
    return _set(page, session, actor, bank_id, set_id)


@router.post("/{set_id}/stimulus")
def share_stimulus(
    bank_id: str,
    set_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    item_id: SentId,
) -> Response:
    """Give the stimulus of one item to the others of its set, as drafts."""
    try:
        bank.share_stimulus(session, clock, actor, bank_id, set_id, item_id)
    except DraftUnusable as refusal:
        return _set(page, session, actor, bank_id, set_id, refusal)
    return RedirectResponse(f"/bank/{bank_id}/sets/{set_id}", status_code=303)


@router.post("/{set_id}/versions")
def make_versions(
    bank_id: str,
    set_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    draft_ids: Annotated[list[str], Form()],
    drafts_seen: Annotated[list[int], Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make a version of every draft of a set, with one word why."""
    at_once = bank.may_be_linted_at_once(session, actor, bank_id)
    seen = dict(zip(draft_ids, drafts_seen, strict=False))
    try:
        bank.make_versions_of_set(session, clock, actor, bank_id, set_id, seen=seen, reason=reason)
    except DraftUnusable as refusal:
        return _set(page, session, actor, bank_id, set_id, refusal, reason)
    if not at_once:
        bank.ask_lint(session, clock, components.queue, actor, bank_id)
    return RedirectResponse(f"/bank/{bank_id}/sets/{set_id}", status_code=303)


def _list(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    refusal: ExamError | None = None,
    sent: dict[str, str] | None = None,
) -> Response:
    return page(
        "author/sets.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        sets=bank.sets_of_bank(session, actor, bank_id),
        most=bank.MOST_SETS,
        types=_types(),
        sent=sent or {"set_id": "", "item_id": "", "item_type": "single_choice"},
        refusal=None if refusal is None else message_for(refusal),
    )


def _set(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    set_id: str,
    refusal: ExamError | None = None,
    reason: str = "",
) -> Response:
    there = bank.find_bank(session, actor, bank_id)
    return page(
        "author/set.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=there,
        found=bank.find_set(session, actor, bank_id, set_id),
        types=ITEM_TYPES,
        new_types=_types(),
        plain=bank.plain,
        reason=reason,
        refusal=None if refusal is None else message_for(refusal),
    )


def _types() -> dict[str, bank.ItemType]:
    """Return the types that a new item can have."""
    return {name: kind for name, kind in ITEM_TYPES.items() if name != "qti"}
