"""The author's pages for writing items: drafts, their form and preview, versions made of them.

One address takes everything that the editor sends: a script asks for JSON while somebody types, and
for the form alone when rows come and go; without a script each button answers with the page.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import (
    ITEM_TYPES,
    Bank,
    DraftMoved,
    DraftThere,
    DraftUnusable,
    ItemDraft,
    ItemMoved,
    ItemUnknown,
)
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import (
    KEYS_SHOWN,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.draft_pages import (
    drawn_parts,
    editor_page,
    focus_after,
    version_page,
    writing_of,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.sent_drafts import DepSentDraft, content_of

router = APIRouter(prefix="/bank/{bank_id}", dependencies=[KEYS_SHOWN])

ItemId = Annotated[str, Form(max_length=200)]


@router.get("/drafts")
def list_drafts(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show what is being written, and the form for a new item."""
    return _list(page, session, actor, bank_id)


@router.post("/drafts")
def begin_item(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    item_id: ItemId,
    item_type: Annotated[str, Form(max_length=60)],
) -> Response:
    """Begin a new item."""
    try:
        bank.begin_item(session, clock, actor, bank_id, item_id.strip(), item_type)
    except DraftUnusable as refusal:
        return _list(page, session, actor, bank_id, refusal, item_id, item_type)
    return _to_draft(bank_id, item_id.strip())


@router.post("/items/{item_id}/edit")
def begin_version(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    version: Annotated[int | None, Form(ge=1, le=9999)] = None,
) -> Response:
    """Begin the next version of an item, from the newest or from an older one."""
    try:
        bank.begin_version(session, clock, actor, bank_id, item_id, version)
    except DraftThere:
        if version is not None:
            raise
    return _to_draft(bank_id, item_id)


@router.post("/items/{item_id}/copy")
def begin_copy(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    copy_id: ItemId,
    version: Annotated[int | None, Form(ge=1, le=9999)] = None,
) -> Response:
    """Begin another item that says the same."""
    bank.begin_copy(session, clock, actor, bank_id, item_id, version, copy_id.strip())
    return _to_draft(bank_id, copy_id.strip())


@router.get("/drafts/{item_id}")
def show_draft(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    view: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the editor of a draft: its form and its preview, or its YAML."""
    draft = bank.find_draft(session, actor, bank_id, item_id)
    found = bank.find_bank(session, actor, bank_id)
    writing = writing_of(session, actor, found, draft, draft.content, {})
    return editor_page(page, found, draft, writing, as_yaml=view == "yaml")


@router.post("/drafts/{item_id}")
def save_draft(
    bank_id: str,
    item_id: str,
    request: Request,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    sent: DepSentDraft,
    draft_seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
) -> Response:
    """Save what was written, do what was pressed, and show it; what is not saved is shown too."""
    draft = bank.find_draft(session, actor, bank_id, item_id)
    found = bank.find_bank(session, actor, bank_id)
    if sent.act == "yaml":
        return _save_text(page, session, clock, actor, found, draft, sent.text, draft_seen)
    came = content_of(draft, sent)
    content = came.content
    writing = writing_of(session, actor, found, draft, content, sent.answer, came.files)
    by_script = "application/json" in request.headers.get("accept", "")
    parts = drawn_parts(components.templates, found, writing) if by_script else {}
    for file in came.files:
        bank.keep_upload(session, actor, file)
    try:
        saved = bank.save_draft(session, clock, actor, bank_id, item_id, content, draft_seen)
    except (DraftMoved, DraftUnusable) as refusal:
        if by_script:
            raise
        there = bank.find_draft(session, actor, bank_id, item_id)
        return editor_page(page, found, there, writing, refusal=refusal)
    if came.unusable is not None:
        return editor_page(page, found, saved, writing, refusal=came.unusable)
    if sent.act == "version":
        return RedirectResponse(f"/bank/{bank_id}/drafts/{item_id}/version", status_code=303)
    if by_script:
        return JSONResponse(
            {"revision": saved.revision, "saved_at": saved.saved_at.isoformat(), **parts}
        )
    return editor_page(page, found, saved, writing, focus=focus_after(sent.act, writing))


@router.get("/drafts/{item_id}/version")
def show_version(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
) -> Response:
    """Show what would become a version, beside the one it is based on, and ask why."""
    draft = bank.find_draft(session, actor, bank_id, item_id)
    return version_page(page, session, actor, draft)


@router.post("/drafts/{item_id}/version")
def make_version(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    draft_seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
    newest: Annotated[int, Form(ge=0, le=9999)],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make the next version of a draft."""
    draft = bank.find_draft(session, actor, bank_id, item_id)
    at_once = bank.may_be_linted_at_once(session, actor, bank_id)
    try:
        bank.make_version(
            *(session, clock, actor, bank_id, item_id),
            seen=draft_seen,
            newest=newest,
            reason=reason,
        )
    except (DraftUnusable, ItemMoved, DraftMoved) as refusal:
        return version_page(page, session, actor, draft, refusal=refusal, reason=reason)
    if not at_once:
        bank.ask_lint(session, clock, components.queue, actor, bank_id)
    return RedirectResponse(f"/bank/{bank_id}/items/{item_id}", status_code=303)


@router.post("/drafts/{item_id}/discard")
def discard_draft(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    draft_seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
) -> Response:
    """Throw a draft away."""
    bank.discard_draft(session, clock, actor, bank_id, item_id, draft_seen)
    return RedirectResponse(f"/bank/{bank_id}/drafts", status_code=303)


@router.get("/items/{item_id}/compare")
def compare(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    old: Annotated[int | None, Query(ge=1, le=9999)] = None,
    new: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> Response:
    """Show two versions side by side, or a version and the draft."""
    found = bank.find_bank(session, actor, bank_id)
    history = {one.version: one for one in bank.item_history(session, actor, bank_id, item_id)}
    old = old or sorted(history)[-2:][0]
    for version in (old, new):
        if version is not None and version not in history:
            raise ItemUnknown(item_id, version)
    after = (
        bank.find_draft(session, actor, bank_id, item_id).content
        if new is None
        else history[new].content
    )
    return page(
        "author/compare.html",
        bank=found,
        item_id=item_id,
        versions=sorted(history),
        old=old,
        new=new,
        fields=bank.compared(history[old].content, after),
    )


def _save_text(
    page: Page,
    session: Session,
    clock: Clock,
    actor: Actor,
    found: Bank,
    draft: ItemDraft,
    text: str,
    seen: int,
) -> Response:
    """Save a draft that was written as YAML; a text that cannot be read is shown with faults."""
    known = [draft.content]
    if draft.based_on is not None:
        history = bank.item_history(session, actor, found.id, draft.item_id)
        known = [*(one.content for one in history), draft.content]
    read = bank.read_draft_text(text, draft, known)
    if read.content is None:
        writing = writing_of(session, actor, found, draft, draft.content, {})
        return editor_page(page, found, draft, writing, text=text, read=read)
    writing = writing_of(session, actor, found, draft, read.content, {})
    shown: dict[str, Any] = {"text": text, "read": read}
    try:
        saved = bank.save_draft(session, clock, actor, found.id, draft.item_id, read.content, seen)
    except DraftMoved as refusal:
        there = bank.find_draft(session, actor, found.id, draft.item_id)
        return editor_page(page, found, there, writing, refusal=refusal, **shown)
    except DraftUnusable as refusal:
        return editor_page(page, found, draft, writing, refusal=refusal, **shown)
    return editor_page(page, found, saved, writing, **shown)


def _list(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    refusal: ExamError | None = None,
    item_id: str = "",
    item_type: str = "single_choice",
) -> Response:
    return page(
        "author/drafts.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        drafts=bank.list_drafts(session, actor, bank_id),
        types={name: kind for name, kind in ITEM_TYPES.items() if name != "qti"},
        refusal=None if refusal is None else message_for(refusal),
        item_id=item_id,
        item_type=item_type,
    )


def _to_draft(bank_id: str, item_id: str) -> Response:
    return RedirectResponse(f"/bank/{bank_id}/drafts/{item_id}", status_code=303)
