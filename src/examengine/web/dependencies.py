"""What a route may ask for: a transaction, the clock, who is asking, a page.

What waits for the database is a plain function, which the framework calls in a thread. The rest is
`async`, though it waits for nothing: handing it to a thread took longer than a page to draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import (
    Actor,
    FirstToken,
    NotSignedIn,
    PasswordDue,
    PasswordHasher,
    SignInTrail,
    Visit,
    lasts_until,
    renew,
    visit,
)
from examengine.calibration import AnalysisCache
from examengine.credentials import (
    AwardingBody,
    awarding_body_at,
    awarding_body_of,
    issuer_of_credential,
)
from examengine.db import FIRST_ORGANISATION, SharedReads, reading, within, writing_late
from examengine.delivery import (
    AttemptsInPlay,
    AttemptWriter,
    FormsInPlay,
    keep_sitters_from_keys,
)
from examengine.jobs import JobQueue
from examengine.kernel.clock import Clock
from examengine.web.job_streams import Streams
from examengine.web.masthead import bear, masthead_for
from examengine.web.origins import OwnOrigin
from examengine.web.page import Page
from examengine.web.question_cache import QuestionCache
from examengine.web.security import SAFE_METHODS, DepCookie
from examengine.web.verification_door import Verifications


@dataclass(frozen=True, slots=True)
class Components:
    """What the composition root built, for the routes to be given."""

    engine: Engine
    """Of the whole installation: it reads no row that belongs to an organisation."""
    reads: SharedReads
    """For a few rows that many pages ask for at the same moment."""
    clock: Clock
    hasher: PasswordHasher
    sign_in_trail: SignInTrail
    templates: Environment
    questions: QuestionCache
    forms: FormsInPlay
    attempts: AttemptsInPlay
    writer: AttemptWriter
    queue: JobQueue
    streams: Streams
    awarding_body: AwardingBody
    """The first one as the settings have it, without what it says of itself."""
    analysis_cache: AnalysisCache
    verifications: Verifications
    public_url: str
    origin: OwnOrigin
    trusted_proxies: tuple[str, ...]
    secure: bool
    first_token: FirstToken

    def body_of(self, organisation_id: UUID) -> AwardingBody:
        """Return the awarding body that an organisation is, as it is now."""
        with reading(self.engine) as session:
            return awarding_body_of(session, self.awarding_body, organisation_id)

    @property
    def engine_of_first(self) -> Engine:
        """Return the engine of the first organisation, where nobody is signed in."""
        return within(self.engine, FIRST_ORGANISATION)

    def engine_of(self, actor: Actor) -> Engine:
        """Return the engine of the organisation for which somebody asks."""
        return within(self.engine, actor.organisation_id)


async def components(request: Request) -> Components:
    """Return the components of this application."""
    found: Components = request.app.state.components
    return found


DepComponents = Annotated[Components, Depends(components)]


async def clock(components: DepComponents) -> Clock:
    """Return the clock."""
    return components.clock


DepClock = Annotated[Clock, Depends(clock)]


async def verifications(components: DepComponents) -> Verifications:
    """Return who verifies what strangers send."""
    return components.verifications


DepVerifications = Annotated[Verifications, Depends(verifications)]


async def visitor(request: Request, components: DepComponents, cookie: DepCookie) -> Actor | None:
    """Return who is signed in, or None; remembered for the page of a refusal.

    Read in a transaction with those who ask at the same moment: a route that opens none, such as
    signing in, must not hold the write lock for it. Their session lasts a while longer from here.
    """
    found = await visit_of(components, cookie) if cookie else None
    request.state.visitor = None if found is None else found.actor
    if found is not None:
        request.state.body = components.awarding_body.of(found.organisation)
        request.state.masthead = masthead_for(found, request.state.body)
    request.state.password_due = found is not None and found.password_due
    return None if found is None else found.actor


async def visit_of(components: Components, token: str) -> Visit | None:
    """Return who is signed in with a token, and let their session last a while longer."""
    now = components.clock.now()
    found = await components.reads.of(None, lambda session: visit(session, now, token))
    until = None if found is None else lasts_until(found, now)
    if until is not None:
        await run_in_threadpool(renew, components.engine, token, until)
    return found


DepVisitor = Annotated[Actor | None, Depends(visitor)]


def transaction(
    request: Request, components: DepComponents, visitor: DepVisitor
) -> Iterator[Session]:
    """Open the one transaction of a request; it is committed before the answer is sent.

    It belongs to the organisation of whoever asks, and sees no other.

    A request that only reads never takes SQLite's write lock, and one that changes something
    takes it with its first write: what it loads, decides, parses or computes before that makes
    nobody wait. So a use case writes last.
    """
    opened = reading if request.method in SAFE_METHODS else writing_late
    engine = components.engine_of_first if visitor is None else components.engine_of(visitor)
    with opened(engine) as session:
        request.state.transaction = session
        yield session


DepSession = Annotated[Session, Depends(transaction, scope="function")]


async def whoever(visitor: DepVisitor) -> Actor:
    """Return who is signed in, even when a new password is the first thing to do.

    Raises:
        NotSignedIn: Nobody is.
    """
    if visitor is None:
        raise NotSignedIn
    return visitor


DepWhoever = Annotated[Actor, Depends(whoever)]


async def signed_in(request: Request, whoever: DepWhoever) -> Actor:
    """Return who is signed in and may go on.

    Raises:
        NotSignedIn: Nobody is.
        PasswordDue: The password has to be changed first.
    """
    if request.state.password_due:
        raise PasswordDue
    return whoever


DepActor = Annotated[Actor, Depends(signed_in)]


async def awarding_body(request: Request, _: DepActor) -> AwardingBody:
    """Return the awarding body of whoever is signed in."""
    found: AwardingBody = request.state.body
    return found


DepAwardingBody = Annotated[AwardingBody, Depends(awarding_body)]


def publisher(request: Request, components: DepComponents) -> AwardingBody:
    """Return the awarding body whose address was asked for, whoever asks.

    What is asked of it are its keys and addresses; those of the first need no database.

    Raises:
        OrganisationUnknown: There is none there.
    """
    code = request.path_params.get("organisation")
    if code is None:
        return components.awarding_body
    with reading(components.engine) as session:
        return awarding_body_at(session, components.awarding_body, code)


DepPublisher = Annotated[AwardingBody, Depends(publisher)]


def published(components: DepComponents, publisher: DepPublisher) -> Iterator[Session]:
    """Open a transaction of the awarding body whose address was asked for."""
    with reading(within(components.engine, publisher.organisation_id)) as session:
        yield session


DepPublished = Annotated[Session, Depends(published, scope="function")]


@dataclass(frozen=True, slots=True)
class AskedCredential:
    """A credential that was asked for by its address, where it was issued."""

    session: Session
    """Of the organisation that issued it."""
    body: AwardingBody
    visitor: Actor | None
    """Whoever is signed in to that organisation; in another one they are as anybody."""


def asked_credential(
    request: Request, credential_id: UUID, components: DepComponents, visitor: DepVisitor
) -> Iterator[AskedCredential]:
    """Open a transaction of the organisation that issued the credential of an address.

    Raises:
        CredentialNotFound: There is none.
    """
    with reading(components.engine) as session:
        body = issuer_of_credential(session, components.awarding_body, credential_id)
    bear(request, body)
    of_theirs = visitor is not None and visitor.organisation_id == body.organisation_id
    with reading(within(components.engine, body.organisation_id)) as session:
        yield AskedCredential(session, body, visitor if of_theirs else None)


DepAskedCredential = Annotated[AskedCredential, Depends(asked_credential, scope="function")]


async def page(request: Request, components: DepComponents, visitor: DepVisitor) -> Page:
    """Return the renderer of this request."""
    return Page(request, components.templates, visitor)


DepPage = Annotated[Page, Depends(page)]


def keep_from_keys(bank_id: str, actor: DepActor, session: DepSession, clock: DepClock) -> None:
    """Refuse whoever has an exam before them from the bank in the address: its keys are shown here.

    Raises:
        ExamAhead: The actor is enrolled, and has not handed in yet.
    """
    keep_sitters_from_keys(session, clock, actor, bank_id)


KEYS_SHOWN = Depends(keep_from_keys)
"""Stands at routers and routes whose pages, or refusals, show keys of a bank."""
