"""The pages of sections: instructions before one is opened, and the review before it is left.

What changes an attempt goes through the writer, as on all pages of the candidate.
"""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from examengine.accounts import Actor
from examengine.delivery import (
    AttemptClosed,
    CloseSection,
    Command,
    OpenSection,
    SectionNotOpen,
    ShowSection,
)
from examengine.web.dependencies import Components, DepActor, DepComponents, DepPage
from examengine.web.page import Page
from examengine.web.security import DepCookie
from examengine.web.sittings import DepPageId, asked, running, shown_or_elsewhere, sitting_of, to

router = APIRouter(prefix="/attempts/{attempt_id}")


@router.get("/go-on")
def go_on(attempt_id: UUID, components: DepComponents, actor: DepActor) -> Response:
    """Lead to where the candidate stands: a section to open, a question, or the receipt."""
    return to(attempt_id, sitting_of(components, actor, attempt_id).where())


@router.get("/sections/{section}")
async def show_section(
    attempt_id: UUID,
    section: int,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    client: DepPageId,
) -> Response:
    """Show the instructions of a section, and note in the log that they were shown."""
    shown = ShowSection(**asked(components, cookie, attempt_id), section=section, client=client)
    recorded = await shown_or_elsewhere(components, shown)
    if isinstance(recorded, Response):
        return recorded
    return await run_in_threadpool(
        _instructions, page, components, actor, attempt_id, section, client
    )


@router.post("/sections/{section}/open")
async def open_section(
    attempt_id: UUID, section: int, components: DepComponents, cookie: DepCookie
) -> Response:
    """Open a section, and go to its first question; a second time is harmless."""
    opening = OpenSection(**asked(components, cookie, attempt_id), section=section)
    return await _led_on(components, opening)


@router.post("/sections/{section}/close")
async def close_section(
    attempt_id: UUID, section: int, components: DepComponents, cookie: DepCookie
) -> Response:
    """Leave a section for good, and go to the next; a second time is harmless."""
    closing = CloseSection(**asked(components, cookie, attempt_id), section=section)
    return await _led_on(components, closing)


async def _led_on(components: Components, command: Command) -> Response:
    """Record a command, and lead to where the candidate stands then."""
    with suppress(SectionNotOpen, AttemptClosed):  # asked by a page that is out of date
        await components.writer.recorded(command)
    return to(command.attempt_id, "go-on")


def _instructions(
    page: Page, components: Components, actor: Actor, attempt_id: UUID, section: int, client: str
) -> Response:
    sitting = sitting_of(components, actor, attempt_id)
    return page(
        "candidate/section.html",
        **running(sitting, components, client),
        state=sitting.sections()[section - 1],
        now=components.clock.now(),
    )
