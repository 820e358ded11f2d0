"""The author's pages for writing items: drafts, their form and preview, versions made of them.

One address takes everything that the editor sends: a script asks for JSON while somebody types, and
for the form alone when rows come and go; without a script each button answers with the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from examengine import bank, delivery
from examengine.accounts import Actor
from examengine.bank import (
    ITEM_TYPES,
    Bank,
    Content,
    DraftMoved,
    DraftText,
    DraftThere,
    DraftUnusable,
    DrawnForm,
    ItemDraft,
    ItemMoved,
    ItemUnknown,
    MediaFile,
    Preview,
    ResponseMalformed,
    Told,
    Tried,
)
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import Message, message_for
from examengine.web.page import Page, render
from examengine.web.security import CSRF_FIELD

router = APIRouter(prefix="/bank/{bank_id}")

TRY = "try."
"""How the controls of the preview are named, so that no answer is taken for a field of the item."""
OF_THE_PAGE = frozenset({CSRF_FIELD, "draft_seen", "draft_act", "draft_rule", "upload", "yaml"})
"""Fields that are no part of the item."""
ItemId = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class SentDraft:
    """What an editor sent."""

    fields: Mapping[str, list[str]]
    """Of the item."""
    answer: Mapping[str, list[str]]
    """Of the controls of the preview."""
    act: str
    """What was pressed: `add:options`, `up:options.1`, `try`, `rule`, `yaml`; "" for saving."""
    rule: str
    """The scoring rule whose fields the form showed."""
    text: str
    """The YAML, where that was sent."""
    upload: UploadFile | None


async def sent_draft(request: Request) -> SentDraft:
    """Take the form of an editor apart."""
    form = await request.form()
    texts = {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form
    }
    upload = form.get("upload")
    return SentDraft(
        fields={
            name: values
            for name, values in texts.items()
            if name not in OF_THE_PAGE and not name.startswith(TRY)
        },
        answer={
            name.removeprefix(TRY): values for name, values in texts.items() if name.startswith(TRY)
        },
        act=_first(texts, "draft_act")[:100],
        rule=_first(texts, "draft_rule"),
        text=_first(texts, "yaml"),
        upload=upload if isinstance(upload, UploadFile) and upload.filename else None,
    )


DepSentDraft = Annotated[SentDraft, Depends(sent_draft)]


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft as its page shows it."""

    content: Content
    form: DrawnForm | None
    """None where the item is edited as YAML alone."""
    told: tuple[Told, ...]
    preview: Preview
    tried: Tried | None
    untried: str
    """Why an answer to the preview could not be read."""


@router.get("/drafts")
def list_drafts(
    bank_id: str, actor: DepActor, session: DepSession, clock: DepClock, page: DepPage
) -> Response:
    """Show what is being written, and the form for a new item."""
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
    bank.begin_copy(session, clock, actor, bank_id, item_id, version, copy_id.strip())
    return _to_draft(bank_id, copy_id.strip())


@router.get("/drafts/{item_id}")
def show_draft(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    view: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the editor of a draft: its form and its preview, or its YAML."""
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
    draft = bank.find_draft(session, actor, bank_id, item_id)
    found = bank.find_bank(session, actor, bank_id)
    writing = _writing(session, actor, found, draft, draft.content, {})
    return _editor(page, found, draft, writing, as_yaml=view == "yaml")


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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
    draft = bank.find_draft(session, actor, bank_id, item_id)
    found = bank.find_bank(session, actor, bank_id)
    if sent.act == "yaml":
        return _save_text(page, session, clock, actor, found, draft, sent.text, draft_seen)
    content, file = _content_of(draft, sent)
    writing = _writing(session, actor, found, draft, content, sent.answer, file)
    by_script = "application/json" in request.headers.get("accept", "")
    parts = _drawn_parts(components.templates, found, writing) if by_script else {}
    if file is not None:
        bank.keep_upload(session, actor, file)
    try:
        saved = bank.save_draft(session, clock, actor, bank_id, item_id, content, draft_seen)
    except DraftMoved as refusal:
        if by_script:
            raise
        there = bank.find_draft(session, actor, bank_id, item_id)
        return _editor(page, found, there, writing, refusal=refusal)
    if sent.act == "version":
        return RedirectResponse(f"/bank/{bank_id}/drafts/{item_id}/version", status_code=303)
    if by_script:
        return JSONResponse(
            {"revision": saved.revision, "saved_at": saved.saved_at.isoformat(), **parts}
        )
    return _editor(page, found, saved, writing, focus=_focus(sent.act, writing))


@router.get("/drafts/{item_id}/version")
def show_version(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
) -> Response:
    """Show what would become a version, beside the one it is based on, and ask why."""
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
    draft = bank.find_draft(session, actor, bank_id, item_id)
    return _version_page(page, session, actor, draft)


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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
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
        return _version_page(page, session, actor, draft, refusal=refusal, reason=reason)
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
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
    bank.discard_draft(session, clock, actor, bank_id, item_id, draft_seen)
    return RedirectResponse(f"/bank/{bank_id}/drafts", status_code=303)


@router.get("/items/{item_id}/compare")
def compare(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    old: Annotated[int | None, Query(ge=1, le=9999)] = None,
    new: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> Response:
    """Show two versions side by side, or a version and the draft."""
    delivery.keep_sitters_from_keys(session, clock, actor, bank_id)
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


def _content_of(draft: ItemDraft, sent: SentDraft) -> tuple[dict[str, Any], MediaFile | None]:
    """Return what a form says, with what was pressed done to it, and the file that came along."""
    fields = sent.fields
    if _first(fields, "scoring.rule") != sent.rule:
        # Another rule was chosen: what the form showed is of the one before.
        fields = {
            name: values
            for name, values in fields.items()
            if not name.startswith("scoring.") or name == "scoring.rule"
        }
    content = bank.with_proposed_words(bank.read_form(draft.content, fields))
    act, _, place = sent.act.partition(":")
    if place:
        content = bank.changed_rows(content, act, place)
    if sent.upload is None:
        return content, None
    name, file = bank.read_upload(sent.upload.filename or "", sent.upload.file.read())
    part = "figure" if file.media_type.startswith("image/") else "audio"
    content = bank.changed_rows(content, "add", f"stimulus.{part}")
    content["stimulus"][-1][part] = {"file": name, "digest": file.digest}
    return content, file


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
        writing = _writing(session, actor, found, draft, draft.content, {})
        return _editor(page, found, draft, writing, text=text, read=read)
    writing = _writing(session, actor, found, draft, read.content, {})
    shown: dict[str, Any] = {"text": text, "read": read}
    try:
        saved = bank.save_draft(session, clock, actor, found.id, draft.item_id, read.content, seen)
    except DraftMoved as refusal:
        there = bank.find_draft(session, actor, found.id, draft.item_id)
        return _editor(page, found, there, writing, refusal=refusal, **shown)
    except DraftUnusable as refusal:
        return _editor(page, found, draft, writing, refusal=refusal, **shown)
    return _editor(page, found, saved, writing, **shown)


def _writing(
    session: Session,
    actor: Actor,
    found: Bank,
    draft: ItemDraft,
    content: Content,
    answer: Mapping[str, Sequence[str]],
    coming: MediaFile | None = None,
) -> Writing:
    """Look at what was written: what is to be mended, how it looks, what is answered."""
    faults = bank.faults_of_draft(session, actor, replace(draft, content=content), coming)
    told: list[Told] = [Told(fault.where, fault.what, grave=True) for fault in faults]
    if not faults:
        found_by_lint = bank.findings_of_draft(session, actor, found, content)
        told = [
            *(Told(one.fault.where, one.fault.what, grave=True) for one in found_by_lint.errors),
            *(Told(one.fault.where, one.fault.what, grave=False) for one in found_by_lint.warnings),
        ]
    tried, untried = None, ""
    try:
        tried = bank.tried(content, answer)
    except ResponseMalformed as refusal:
        untried = refusal.reason
    form = DrawnForm(content, found, told) if bank.fits_form(content) else None
    looks = bank.preview(content, found.language)
    return Writing(content, form, tuple(told if form is None else form.told), looks, tried, untried)


def _drawn_parts(templates: Any, found: Bank, writing: Writing) -> dict[str, Any]:
    """Return what a script puts in its place while somebody types."""
    shown = {"bank": found, "writing": writing}
    beside: dict[str, list[str]] = {}
    for one in writing.told:
        beside.setdefault(one.name, []).append(one.what)
    return {
        "beside": beside,
        "told": render(templates, "author/editor.html", "told", shown),
        "preview": render(templates, "author/editor.html", "preview", shown),
    }


def _editor(
    page: Page,
    found: Bank,
    draft: ItemDraft,
    writing: Writing,
    *,
    refusal: ExamError | None = None,
    focus: str = "",
    text: str | None = None,
    read: DraftText | None = None,
    as_yaml: bool = False,
) -> Response:
    """Draw the editor; refused, it shows what was sent and why it was not taken."""
    as_yaml = as_yaml or text is not None or writing.form is None
    text = bank.draft_text(writing.content) if text is None else text
    read = read or bank.read_draft_text(text, draft, ())
    unread = read.content is None
    words: Message | None = None if refusal is None else message_for(refusal, page.time_zone)
    status = STATUS[refusal.kind] if refusal is not None else 422 if unread and as_yaml else 200
    moved = isinstance(refusal, DraftMoved)
    return page(
        "author/editor.html",
        "editing",
        status=status,
        bank=found,
        draft=draft,
        writing=writing,
        form=writing.form,
        item_type=ITEM_TYPES.get(str(writing.content.get("type"))),
        refusal=words,
        theirs=bank.compared(draft.content, writing.content) if moved else (),
        focus=focus,
        as_yaml=as_yaml,
        text=text,
        text_faults=read.faults if unread else read.at_lines(_faults_told(writing)),
    )


def _version_page(
    page: Page,
    session: Session,
    actor: Actor,
    draft: ItemDraft,
    *,
    refusal: ExamError | None = None,
    reason: str = "",
) -> Response:
    found = bank.find_bank(session, actor, draft.bank_id)
    newest = bank.newest_version(session, actor, draft)
    history = bank.item_history(session, actor, found.id, draft.item_id) if newest else []
    based_on = next((one for one in history if one.version == draft.based_on), None)
    return page(
        "author/draft_version.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=found,
        draft=draft,
        writing=_writing(session, actor, found, draft, draft.content, {}),
        newest=newest,
        based_on=based_on,
        fields=() if based_on is None else bank.compared(based_on.content, draft.content),
        refusal=None if refusal is None else message_for(refusal, page.time_zone),
        reason=reason,
    )


def _faults_told(writing: Writing) -> list[bank.ItemFault]:
    return [bank.ItemFault(one.where, one.what) for one in writing.told]


def _focus(act: str, writing: Writing) -> str:
    """Return which row or list gets the focus after rows have changed."""
    verb, _, place = act.partition(":")
    name, _, row = place.rpartition(".")
    form = writing.form
    if form is None or not place:
        return ""
    if verb == "add":
        listed = "stimulus" if place.startswith("stimulus.") else place
        return f"{listed}.{form.size(listed) - 1}"
    if verb == "remove":
        return name if not form.size(name) else f"{name}.{min(int(row), form.size(name) - 1)}"
    moved = int(row) + (-1 if verb == "up" else 1)
    return f"{name}.{min(max(moved, 0), form.size(name) - 1)}"


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
        types=ITEM_TYPES,
        refusal=None if refusal is None else message_for(refusal),
        item_id=item_id,
        item_type=item_type,
    )


def _to_draft(bank_id: str, item_id: str) -> Response:
    return RedirectResponse(f"/bank/{bank_id}/drafts/{item_id}", status_code=303)


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    return values[0] if values else ""
