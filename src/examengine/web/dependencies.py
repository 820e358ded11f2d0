"""What a route may ask for: a transaction, the clock, who is asking, a page.

What waits for the database is a plain function, which the framework calls in a thread. The rest is
`async`, though it waits for nothing: handing it to a thread took longer than a page to draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from jinja2 import Environment
from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import Actor, NotSignedIn, PasswordHasher, actor_of
from examengine.calibration import Shelf
from examengine.credentials import AwardingBody
from examengine.db import reading, writing
from examengine.delivery import AttemptsInPlay, AttemptWriter, FormsInPlay
from examengine.kernel.clock import Clock
from examengine.web.page import Page
from examengine.web.security import SAFE_METHODS, DepCookie


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root built, for the routes to be given."""

    engine: Engine
    clock: Clock
    hasher: PasswordHasher
    templates: Environment
    forms: FormsInPlay
    attempts: AttemptsInPlay
    writer: AttemptWriter
    awarding_body: AwardingBody
    shelf: Shelf
    public_url: str
    secure: bool


async def parts(request: Request) -> Parts:
    """Return the parts of this application."""
    found: Parts = request.app.state.parts
    return found


DepParts = Annotated[Parts, Depends(parts)]


def transaction(request: Request, parts: DepParts) -> Iterator[Session]:
    """Open the one transaction of a request; it is committed before the answer is sent.

    A request that only reads never takes the write lock.
    """
    opened = reading if request.method in SAFE_METHODS else writing
    with opened(parts.engine) as session:
        yield session


DepSession = Annotated[Session, Depends(transaction, scope="function")]


async def clock(parts: DepParts) -> Clock:
    """Return the clock."""
    return parts.clock


DepClock = Annotated[Clock, Depends(clock)]


async def awarding_body(parts: DepParts) -> AwardingBody:
    """Return the awarding body of this installation."""
    return parts.awarding_body


DepAwardingBody = Annotated[AwardingBody, Depends(awarding_body)]


def visitor(request: Request, parts: DepParts, cookie: DepCookie) -> Actor | None:
    """Return who is signed in, or None; remembered for the page of a refusal.

    Read in a transaction of its own: a route that opens none, such as signing in, must not hold
    the write lock for it.
    """
    with reading(parts.engine) as session:
        try:
            request.state.visitor = actor_of(session, parts.clock, cookie)
        except NotSignedIn:
            request.state.visitor = None
    found: Actor | None = request.state.visitor
    return found


DepVisitor = Annotated[Actor | None, Depends(visitor)]


async def signed_in(visitor: DepVisitor) -> Actor:
    """Return who is signed in.

    Raises:
        NotSignedIn: Nobody is.
    """
    if visitor is None:
        raise NotSignedIn
    return visitor


DepActor = Annotated[Actor, Depends(signed_in)]


async def page(request: Request, parts: DepParts, visitor: DepVisitor) -> Page:
    """Return the renderer of this request."""
    return Page(request, parts.templates, visitor)


DepPage = Annotated[Page, Depends(page)]
