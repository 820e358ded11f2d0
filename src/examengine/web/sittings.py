"""What the pages of an exam share: who asks, where the attempt stands, and where to go instead."""

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from examengine.accounts import Actor, SatElsewhere
from examengine.db import reading
from examengine.delivery import (
    AttemptClosed,
    AttemptNotStarted,
    Command,
    Recorded,
    SectionNotOpen,
    SectionOver,
    Sitting,
    find_sitting,
)
from examengine.kernel.tokens import token_digest
from examengine.web.dependencies import Components

PAGE_HEADER = "x-exam-page"
FILE_REFUSAL = "file_refusal"
"""Where a request to show a question says why a file that was sent to it was not taken."""
_PAGE_ID = re.compile(r"[0-9a-f]{24}")


async def page_id(request: Request) -> str:
    """Return the name of the page that asks; one that is loaded anew gets a name of its own.

    The script names its page when it asks for the next question. By these names the log tells
    which page was shown, and which one said that it was no longer in front.
    """
    named = request.headers.get(PAGE_HEADER, "")
    return named if _PAGE_ID.fullmatch(named) else new_page_id()


DepPageId = Annotated[str, Depends(page_id)]


def new_page_id() -> str:
    """Return a name for a page that is loaded anew."""
    return secrets.token_hex(12)


def sitting_of(components: Components, actor: Actor, attempt_id: UUID) -> Sitting:
    """Read an attempt as it stands now, in a transaction of its own."""
    with reading(components.engine_of(actor)) as session:
        return find_sitting(session, components.forms, components.attempts, actor, attempt_id)


def sitting_at(components: Components, organisation_id: UUID, recorded: Recorded) -> Sitting | None:
    """Return an attempt as it stands at what was just recorded; None when that is not in memory.

    The writer has asked whose attempt it is.
    """
    found = components.attempts.at(organisation_id, recorded.attempt_id, recorded.digest)
    if found is None:
        return None
    form = components.forms.known(organisation_id, found.plan.form_id)
    return None if form is None else Sitting(found.plan, form, found.attempt)


async def sitting_shown(components: Components, actor: Actor, recorded: Recorded) -> Sitting:
    """Return an attempt as it stands where it was recorded that its page is shown.

    The page is drawn by whoever asks, in the event loop: that takes less than to hand it from
    thread to thread while hundreds do the same.
    """
    found = sitting_at(components, actor.organisation_id, recorded)
    if found is None:
        found = await run_in_threadpool(sitting_of, components, actor, recorded.attempt_id)
    return found


def asked(components: Components, cookie: str, attempt_id: UUID) -> dict[str, Any]:
    """Return what every command of a candidate has: the attempt, who asks, and when."""
    return {
        "attempt_id": attempt_id,
        "session": token_digest(cookie),
        "received_at": components.clock.now(),
    }


async def shown_or_elsewhere(components: Components, command: Command) -> Recorded | Response:
    """Record that a page is shown; return where to go instead when the attempt is not running."""
    try:
        return await components.writer.recorded(command)
    except SatElsewhere:
        return RedirectResponse(f"/account/move?then=/attempts/{command.attempt_id}", 303)
    except AttemptClosed:
        return to(command.attempt_id, "receipt")
    except AttemptNotStarted:
        return to(command.attempt_id, "")
    except (SectionNotOpen, SectionOver):
        return to(command.attempt_id, "go-on")


def running(sitting: Sitting, components: Components, client: str) -> Mapping[str, Any]:
    """Return what every page of a running exam shows."""
    remaining = sitting.remaining(components.clock.now())
    return {
        "sitting": sitting,
        "client": client,
        "items": sitting.items(),
        "part": sitting.section(),
        "remaining": remaining,
        "time_left": _time_left(remaining),
    }


def _time_left(seconds: float) -> str:
    """Return a time as a countdown shows it: `1:05:00`, `5:00`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def to(attempt_id: UUID, there: str) -> Response:
    """Lead to another page of the attempt."""
    return RedirectResponse(f"/attempts/{attempt_id}/{there}".rstrip("/"), status_code=303)
