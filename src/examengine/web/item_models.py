"""The author's pages of item models: written as YAML, looked at as instances, made into items."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES, DraftUnusable, ModelMoved, ModelUnusable, SeenInstance
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

router = APIRouter(prefix="/bank/{bank_id}/models", dependencies=[KEYS_SHOWN])

Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]
SentText = Annotated[str, Form(max_length=200_000)]
Numbers = Annotated[list[int] | None, Form()]
PREVIEWED = 3
"""Instances that are shown as a candidate sees them."""


@router.get("")
def list_models(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the models of a bank, and the form for a new one."""
    return _list(page, session, actor, bank_id)


@router.post("")
def begin_model(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    model_id: Annotated[str, Form(max_length=200)],
) -> Response:
    """Begin a new model."""
    named = model_id.strip()
    try:
        bank.begin_model(session, clock, actor, bank_id, named)
    except ModelUnusable as refusal:
        return _list(page, session, actor, bank_id, refusal, model_id)
    return _to_model(bank_id, named)


@router.get("/{model_id}")
def show_model(
    bank_id: str, model_id: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show a model: its text, its instances, and what would become of them."""
    return _model(page, session, actor, bank_id, model_id)


@router.post("/{model_id}/look")
def look_at_model(
    bank_id: str,
    model_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    text: SentText,
    struck: Numbers = None,
) -> Response:
    """Show what a text would make, without saving it; while somebody types."""
    return _model(page, session, actor, bank_id, model_id, text=text, struck=struck)


@router.post("/{model_id}")
def save_model(
    bank_id: str,
    model_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    text: SentText,
    draft_seen: Seen,
    struck: Numbers = None,
) -> Response:
    """Save a model, and which of its instances are left out."""
    said: dict[str, Any] = {"text": text, "struck": struck or ()}
    try:
        bank.save_model(session, clock, actor, bank_id, model_id, **said, seen=draft_seen)
    except (ModelMoved, ModelUnusable) as refusal:
        return _model(page, session, actor, bank_id, model_id, refusal, **said)
    return _to_model(bank_id, model_id)


@router.post("/{model_id}/instances")
def make_instances(
    bank_id: str,
    model_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    draft_seen: Seen,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make versions of the instances of a model as it is saved."""
    at_once = bank.may_be_linted_at_once(session, actor, bank_id)
    said: dict[str, Any] = {"seen": draft_seen, "reason": reason}
    try:
        bank.make_instances(session, clock, actor, bank_id, model_id, **said)
    except (ModelUnusable, DraftUnusable) as refusal:
        return _model(page, session, actor, bank_id, model_id, refusal, reason=reason)
    if not at_once:
        bank.ask_lint(session, clock, components.queue, actor, bank_id)
    return _to_model(bank_id, model_id)


@router.post("/{model_id}/discard")
def discard_model(
    bank_id: str,
    model_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    draft_seen: Seen,
) -> Response:
    """Throw a model away."""
    bank.discard_model(session, clock, actor, bank_id, model_id, draft_seen)
    return RedirectResponse(f"/bank/{bank_id}/models", status_code=303)


def _list(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    refusal: ExamError | None = None,
    model_id: str = "",
) -> Response:
    return page(
        "author/models.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        models=bank.list_models(session, actor, bank_id),
        model_id=model_id,
        refusal=None if refusal is None else message_for(refusal),
    )


def _model(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    model_id: str,
    refusal: ExamError | None = None,
    *,
    text: str | None = None,
    struck: Any = None,
    reason: str = "",
) -> Response:
    there, stored = (
        bank.find_bank(session, actor, bank_id),
        bank.find_model(session, actor, bank_id, model_id),
    )
    written = stored.text if text is None else text.replace("\r\n", "\n")
    left_out = stored.struck if text is None else tuple(struck or ())
    look = bank.look_at_model(session, actor, bank_id, model_id, written, left_out)
    return page(
        "author/model.html",
        "instances",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=there,
        stored=stored,
        text=written,
        saved=written == stored.text and left_out == stored.struck,
        struck=left_out,
        look=look,
        previews=[
            (one, _shown(one, there.language)) for one in look.instances if not one.instance.faults
        ][:PREVIEWED],
        key_of=_key,
        plain=bank.plain,
        reason=reason,
        refusal=None if refusal is None else message_for(refusal),
    )


def _shown(seen: SeenInstance, language: str) -> Any:
    content = seen.instance.content
    return ITEM_TYPES[content["type"]].present(content, (), language)


def _key(seen: SeenInstance) -> str:
    """Return the key of an instance in words; "" where it has faults."""
    content = seen.instance.content
    return "" if seen.instance.faults else ITEM_TYPES[content["type"]].key_in_words(content)


def _to_model(bank_id: str, model_id: str) -> Response:
    return RedirectResponse(f"/bank/{bank_id}/models/{model_id}", status_code=303)
