"""The pages of a running exam: the questions, the review, and handing in.

What changes an attempt goes through the writer, as on all pages of the candidate.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from examengine.accounts import Actor
from examengine.bank import ResponseMalformed
from examengine.delivery import (
    AnswerMoved,
    AttemptClosed,
    CloseExpired,
    FileRefused,
    Flag,
    LogFull,
    Play,
    PlaysUsedUp,
    Save,
    SectionNotOpen,
    SectionOver,
    ShowItem,
    ShowReview,
    Sitting,
    Submit,
)
from examengine.kernel.errors import Kind
from examengine.web.dependencies import Components, DepActor, DepComponents, DepPage
from examengine.web.errors import STATUS
from examengine.web.messages import Message, message_for
from examengine.web.page import Page
from examengine.web.question_cache import looks_of
from examengine.web.security import CSRF_FIELD, DepCookie
from examengine.web.sittings import (
    FILE_REFUSAL,
    DepPageId,
    asked,
    running,
    shown_or_elsewhere,
    sitting_of,
    sitting_shown,
    to,
)

router = APIRouter()

_PLAY = re.compile(r"play-(\d{1,2})")
"""The button that starts what stands at a place of the stimulus."""
FIELDS_OF_THE_PAGE = frozenset({CSRF_FIELD, "item_id", "seen", "go", "warned"})
"""The fields of an item's form that are no part of the answer."""


@dataclass(frozen=True, slots=True)
class Again:
    """An answer without script that was not taken: what was sent, and why not."""

    fields: dict[str, list[str]]
    refusal: Message
    seen: int | None
    """What the page has seen once it is drawn with the other answer named; None as before."""


async def sent_fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of an item's form that hold its answer."""
    form = await request.form()
    names = [name for name in form if name not in FIELDS_OF_THE_PAGE]
    return {name: [str(value) for value in form.getlist(name)] for name in names}


async def file_refusal(request: Request) -> Message | None:
    """Return why a file was not taken that was just sent without script; None as a rule."""
    found: Message | None = getattr(request.state, FILE_REFUSAL, None)
    return found


DepFileRefusal = Annotated[Message | None, Depends(file_refusal)]
DepFields = Annotated[dict[str, list[str]], Depends(sent_fields)]


@router.get("/attempts/{attempt_id}/items/{place}")
async def show_item(
    attempt_id: UUID,
    place: int,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    client: DepPageId,
    refused: DepFileRefusal,
) -> Response:
    """Show one question, and note in the log that it was shown."""
    shown = ShowItem(**asked(components, cookie, attempt_id), place=place, client=client)
    recorded = await shown_or_elsewhere(components, shown)
    if isinstance(recorded, Response):
        return recorded
    sitting = await sitting_shown(components, actor, recorded)
    return _question(page, components, sitting, place, client, refused=refused)


@router.post("/attempts/{attempt_id}/items/{place}")
async def answer_item(
    attempt_id: UUID,
    place: int,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    client: DepPageId,
    fields: DepFields,
    item_id: Annotated[str, Form(max_length=128)],
    seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
    go: Annotated[str, Form(max_length=20)] = "stay",
    warned: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Take an answer from a page without script, and go where its button says.

    What could not be saved is shown again as it was sent, with the reason. What was saved and is
    no whole answer is shown once more before the button is followed.
    """
    by = asked(components, cookie, attempt_id)
    sent = {} if go == "clear" else fields
    answer = Save(**by, item_id=item_id, fields=sent, seen=seen)
    try:
        saved = await components.writer.recorded(answer)
        if go in {"flag", "unflag"}:
            await components.writer.recorded(Flag(**by, item_id=item_id, flagged=go == "flag"))
        if (medium := _PLAY.fullmatch(go)) is not None:
            with suppress(PlaysUsedUp):  # the page that is drawn next says how often it was played
                play = Play(**by, item_id=item_id, place=int(medium[1]))
                await components.writer.recorded(play)
    except AttemptClosed:
        return to(attempt_id, "receipt")
    except (SectionNotOpen, SectionOver):
        return to(attempt_id, "go-on")
    except (AnswerMoved, ResponseMalformed, FileRefused, LogFull) as refusal:
        again = Again(sent, message_for(refusal), getattr(refusal, "recorded", None))
        sitting = await run_in_threadpool(sitting_of, components, actor, attempt_id)
        return _question(page, components, sitting, place, client, again)
    if saved.unfinished is not None and warned != "yes":
        return to(attempt_id, f"items/{place}")
    return to(attempt_id, _there(go, place))


def _there(go: str, place: int) -> str:
    """Return where a button of a question leads: on, back, to the review, or to any question."""
    named = {"next": f"items/{place + 1}", "previous": f"items/{place - 1}", "review": "review"}
    chosen = f"items/{int(go)}" if go.isdecimal() else f"items/{place}"
    return named.get(go, chosen)


@router.get("/attempts/{attempt_id}/review")
async def show_review(
    attempt_id: UUID,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    client: DepPageId,
) -> Response:
    """Show where every question stands; of a section, before it is left."""
    shown = ShowReview(**asked(components, cookie, attempt_id), client=client)
    return await _overview_shown(page, "candidate/review.html", components, actor, shown, client)


@router.get("/attempts/{attempt_id}/submit")
async def confirm_submission(
    attempt_id: UUID,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    client: DepPageId,
) -> Response:
    """Ask once more before the end, with what is unanswered."""
    shown = ShowReview(**asked(components, cookie, attempt_id), client=client)
    return await _overview_shown(page, "candidate/submit.html", components, actor, shown, client)


@router.post("/attempts/{attempt_id}/submit")
async def submit(attempt_id: UUID, components: DepComponents, cookie: DepCookie) -> Response:
    """Hand in; a second time is harmless."""
    await components.writer.recorded(Submit(**asked(components, cookie, attempt_id)))
    return to(attempt_id, "receipt")


@router.get("/attempts/{attempt_id}/time-up")
async def show_time_up(
    attempt_id: UUID, components: DepComponents, actor: DepActor, page: DepPage, client: DepPageId
) -> Response:
    """Go where the server's clock says: to the receipt, or back because there is time left."""
    now = components.clock.now()
    await components.writer.recorded(CloseExpired(attempt_id=attempt_id, received_at=now))
    return await run_in_threadpool(_over_or_not, page, components, actor, attempt_id, client)


def _question(
    page: Page,
    components: Components,
    sitting: Sitting,
    place: int,
    client: str,
    again: Again | None = None,
    refused: Message | None = None,
) -> Response:
    item, shown = sitting.item_at(place), running(sitting, components, client)
    return page(
        "candidate/item.html",
        status=200 if again is None and refused is None else STATUS[Kind.CONFLICT],
        **shown,
        **looks_of(sitting, place, None if again is None else again.fields),
        item=sitting.presented(item, components.clock.now()),
        state=shown["items"][place - 1],
        chosen=sitting.attempt.head.chosen,
        again=again,
        refused=refused,
        here=f"/attempts/{sitting.plan.attempt_id}/items/{place}",
    )


async def _overview_shown(
    page: Page, template: str, components: Components, actor: Actor, shown: ShowReview, client: str
) -> Response:
    """Note that an overview is shown, and draw it; lead elsewhere when the exam is not running."""
    recorded = await shown_or_elsewhere(components, shown)
    if isinstance(recorded, Response):
        return recorded
    sitting = await sitting_shown(components, actor, recorded)
    if template == "candidate/review.html" and sitting.where().startswith("sections/"):
        # Between two sections there is nothing to review.
        return to(shown.attempt_id, sitting.where())
    return page(template, **running(sitting, components, client))


def _over_or_not(
    page: Page, components: Components, actor: Actor, attempt_id: UUID, client: str
) -> Response:
    sitting = sitting_of(components, actor, attempt_id)
    if sitting.attempt.end is not None:
        return to(attempt_id, "receipt")
    if sitting.form.form.sections and sitting.section() is None:
        return to(attempt_id, sitting.where())
    return page("candidate/time_left.html", **running(sitting, components, client))
