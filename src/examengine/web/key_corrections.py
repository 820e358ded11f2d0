"""The awarding officer's pages about keys that are found wrong: what it would do, then doing it."""

import json
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import assembly, four_eyes, scoring
from examengine.accounts import Actor, Role
from examengine.assembly import KeyCorrection, Remedy
from examengine.bank import ITEM_TYPES
from examengine.kernel.clock import Clock
from examengine.kernel.digest import canonical_json
from examengine.kernel.errors import ExamError
from examengine.scoring import KeyReview
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.proposals import after

router = APIRouter(prefix="/awards/cut-scores/{exam_id}/keys")

AS_KEYED = "key"
"""What stands in the form for an item that counts as its key says."""

MENDED_ON_THE_PAGE = (
    assembly.ScoringPolicyRefused,
    assembly.ScoringPolicyMoved,
    four_eyes.AlreadyProposed,
    four_eyes.OwnProposal,
    scoring.NoParameters,
    scoring.ItemsWithoutParameters,
)

AcceptedAnswers = Annotated[list[str], Query(max_length=100)]
TypedAnswers = Annotated[list[str], Form(max_length=100)]


@dataclass(frozen=True, slots=True)
class TypedCorrection:
    """What stands in the form that corrects a key; answers as JSON texts."""

    remedy: str = ""
    accept: tuple[str, ...] = ()
    reason: str = ""

    def correction(self, item_id: str, version: int) -> KeyCorrection | None:
        """Return it as a value; None for an item that counts as its key says.

        Raises:
            ScoringPolicyRefused: It is none of the remedies there are.
        """
        if self.remedy == AS_KEYED:
            return None
        if self.remedy not in set(Remedy):
            raise assembly.ScoringPolicyRefused(["correction: choose how the question counts"])
        remedy = Remedy(self.remedy)
        accept = tuple(map(_answer, self.accept)) if remedy is Remedy.ACCEPT else ()
        return KeyCorrection(item_id, version, remedy, accept)


def _answer(text: str) -> Any:
    """Return an answer that the page wrote as JSON; what is no JSON is an answer of itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def typed_now(found: KeyReview) -> TypedCorrection:
    """Return what the form says before anybody has typed: how the item counts now."""
    correction = found.key.correction
    if correction is None:
        return TypedCorrection()
    accept = tuple(canonical_json(one).decode() for one in correction.accept)
    return TypedCorrection(correction.remedy.value, accept)


@router.get("")
def list_keys(
    exam_id: str, actor: DepActor, session: DepSession, clock: DepClock, page: DepPage
) -> Response:
    """Show the items that were made to count, and which of them count in another way by now."""
    exam, keys = scoring.keys_in_use(session, clock, actor, exam_id)
    return page("cut_scores/keys.html", exam=exam, keys=keys, remedies=Remedy)


@router.get("/{item_id}/{version}")
def show_key(
    exam_id: str,
    item_id: str,
    version: int,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    remedy: Annotated[str, Query(max_length=20)] = "",
    accept: AcceptedAnswers = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Show an item, what was answered to it, and what a correction would do once one is chosen."""
    found = scoring.review_key(session, clock, actor, exam_id, item_id, version)
    typed = TypedCorrection(remedy, tuple(accept)) if remedy else typed_now(found)
    return _key_page(session, clock, actor, page, found, typed, asked=bool(remedy))


@router.post("/{item_id}/{version}")
def correct_key(
    exam_id: str,
    item_id: str,
    version: int,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    remedy: Annotated[str, Form(max_length=20)] = "",
    accept: TypedAnswers = [],  # noqa: B006 - FastAPI copies it
    reason: Annotated[str, Form(max_length=20_000)] = "",
    seen: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Say how the item counts from now on, or show why it cannot count like this."""
    typed = TypedCorrection(remedy, tuple(accept), reason)
    found = scoring.review_key(session, clock, actor, exam_id, item_id, version)
    try:
        made = scoring.correct_key(
            session,
            clock,
            actor,
            exam_id,
            found.key.version.ref,
            typed.correction(item_id, version),
            reason=reason,
            seen=seen,
        )
    except MENDED_ON_THE_PAGE as refusal:
        return _key_page(session, clock, actor, page, found, typed, refusal, asked=True)
    return page("cut_scores/keys.html", then=after(made, f"/awards/cut-scores/{exam_id}/keys"))


@router.post("/{item_id}/{version}/impact")
def work_out_impact(
    exam_id: str,
    item_id: str,
    version: int,
    actor: DepActor,
    session: DepSession,
    components: DepComponents,
    page: DepPage,
    remedy: Annotated[str, Form(max_length=20)] = "",
    accept: TypedAnswers = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Ask for what a correction would do to be worked out; a worker does it."""
    typed = TypedCorrection(remedy, tuple(accept))
    found = scoring.review_key(session, components.clock, actor, exam_id, item_id, version)
    try:
        correction = typed.correction(item_id, version)
        job = scoring.ask_impact(
            session, components.clock, components.queue, actor, found, correction
        )
    except MENDED_ON_THE_PAGE as refusal:
        return _key_page(session, components.clock, actor, page, found, typed, refusal, asked=False)
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def address(exam_id: str, item_id: str, version: int, correction: KeyCorrection | None) -> str:
    """Return the address of the page that shows what a correction would do."""
    remedy = AS_KEYED if correction is None else correction.remedy.value
    accept = () if correction is None else correction.accept
    named = [("remedy", remedy), *(("accept", canonical_json(one).decode()) for one in accept)]
    return f"/awards/cut-scores/{exam_id}/keys/{item_id}/{version}?{urlencode(named)}"


def _key_page(
    session: Session,
    clock: Clock,
    actor: Actor,
    page: Page,
    found: KeyReview,
    typed: TypedCorrection,
    refusal: ExamError | None = None,
    *,
    asked: bool,
) -> Response:
    content = found.key.version
    shown: scoring.ShownImpact | None = None
    if asked:
        try:
            correction = typed.correction(content.item_id, content.version)
            shown = scoring.shown_impact(session, clock, actor, found, correction)
        except MENDED_ON_THE_PAGE as why:
            refusal = refusal or why
    return page(
        "cut_scores/key.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        found=found,
        item=ITEM_TYPES[content.item_type].present(content.content, (), content.language),
        answers=[(canonical_json(one.response).decode(), one) for one in found.answers],
        typed=typed,
        shown=shown,
        impacts=None if shown is None else shown.impacts,
        officer=actor.may(Role.AWARDING_OFFICER),
        refusal=None if refusal is None else message_for(refusal),
    )
