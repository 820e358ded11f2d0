"""One change to many items: what it would change is shown first, and drafts are what it makes."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES, ChangeOfMany, ChangeScope, DraftUnusable
from examengine.web.dependencies import KEYS_SHOWN, DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/bank/{bank_id}/changes", dependencies=[KEYS_SHOWN])

SHOWN = 200
Asked = Annotated[str, Query(max_length=1000)]
Sent = Annotated[str, Form(max_length=1000)]


@router.get("")
def show_changes(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    find: Asked = "",
    replacement: Asked = "",
    area: Asked = "",
    level: Asked = "",
    add_tags: Asked = "",
    remove_tags: Asked = "",
    of_area: Asked = "",
    of_type: Asked = "",
    of_level: Asked = "",
) -> Response:
    """Ask what is to be changed, and show what it would change."""
    change = _change(find, replacement, area, level, add_tags, remove_tags)
    return _page(page, session, actor, bank_id, change, ChangeScope(of_area, of_type, of_level))


@router.post("")
def begin_changes(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    item_ids: Annotated[list[str] | None, Form()] = None,
    find: Sent = "",
    replacement: Sent = "",
    area: Sent = "",
    level: Sent = "",
    add_tags: Sent = "",
    remove_tags: Sent = "",
    of_area: Sent = "",
    of_type: Sent = "",
    of_level: Sent = "",
) -> Response:
    """Begin drafts of the items that were chosen."""
    change = _change(find, replacement, area, level, add_tags, remove_tags)
    scope = ChangeScope(of_area, of_type, of_level)
    try:
        bank.begin_changes(session, clock, actor, bank_id, change, scope, item_ids or ())
    except DraftUnusable as refusal:
        return _page(page, session, actor, bank_id, change, scope, refusal)
    return RedirectResponse(f"/bank/{bank_id}/drafts", status_code=303)


def _change(
    find: str, replacement: str, area: str, level: str, add_tags: str, remove_tags: str
) -> ChangeOfMany:
    return ChangeOfMany(
        find, replacement, area, level, bank.tags_in(add_tags), bank.tags_in(remove_tags)
    )


def _page(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    change: ChangeOfMany,
    scope: ChangeScope,
    refusal: DraftUnusable | None = None,
) -> Response:
    try:
        found = bank.items_changed_by(session, actor, bank_id, change, scope)
    except DraftUnusable as unusable:
        found, refusal = [], unusable
    there = bank.find_bank(session, actor, bank_id)
    return page(
        "author/changes.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=there,
        areas=[(one.id, one.title) for one in there.areas],
        levels=[(one.id, one.title) for one in there.levels],
        kinds=[(name, one.title) for name, one in ITEM_TYPES.items()],
        change=change,
        scope=scope,
        n_found=len(found),
        found=found[:SHOWN],
        refusal=None if refusal is None else message_for(refusal),
    )
