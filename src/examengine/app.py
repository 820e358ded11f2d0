"""The web application: settings are read, parts are built, routes are registered. Nothing else."""

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from examengine import db
from examengine.accounts import FirstToken, PasswordHasher, SignInTrail
from examengine.calibration import AnalysisCache
from examengine.credentials import (
    AwardingBody,
    VerificationDesk,
    check_every_key,
)
from examengine.delivery import AttemptsInPlay, AttemptWriter, FormsInPlay, Sweeper
from examengine.jobs import make_queue
from examengine.kernel.clock import Clock, SystemClock
from examengine.kernel.errors import ExamError
from examengine.kernel.processes import processes
from examengine.resources import static_folder
from examengine.settings import Settings, read_settings
from examengine.web import (
    account,
    administration,
    administrations,
    answer_files,
    author,
    bank_page,
    candidate,
    changes_of_many,
    cut_scores,
    editor,
    errors,
    exams,
    explanations,
    first_administrator,
    gatehouse,
    health,
    issuing,
    item_models,
    item_sets,
    jobs,
    key_corrections,
    lint,
    media,
    moves_of_many,
    organisation,
    panelist,
    panels,
    parameters,
    plays,
    proctor,
    proposals,
    psychometrician,
    public,
    questions,
    results,
    review,
    sections,
    serving,
)
from examengine.web.answer_uploads import AnswerUploads
from examengine.web.attempt_forms import AttemptForms
from examengine.web.attempt_saves import AttemptSaves
from examengine.web.dependencies import Components
from examengine.web.edge import Edge, EveryMethod
from examengine.web.gatehouse import Gatehouse, HandingOver, Received
from examengine.web.job_streams import Streams
from examengine.web.large_imports import LargeImports
from examengine.web.origins import OwnOrigin
from examengine.web.page import page_templates
from examengine.web.question_cache import QuestionCache
from examengine.web.security import Guard, SecurityMiddleware
from examengine.web.verification_door import VerificationDoor, Verifications

log = logging.getLogger("examengine.serving")

AUDIENCES = (
    account,
    first_administrator,
    author,
    editor,
    bank_page,
    parameters,
    changes_of_many,
    moves_of_many,
    item_models,
    item_sets,
    lint,
    review,
    media,
    exams,
    candidate,
    questions,
    plays,
    answer_files,
    sections,
    administrations,
    issuing,
    jobs,
    public,
    panels,
    cut_scores,
    key_corrections,
    panelist,
    results,
    proctor,
    proposals,
    explanations,
    administration,
    organisation,
    psychometrician,
    health,
)
"""The modules whose routes the application offers."""


COLLECTOR_THRESHOLDS = (100_000, 50, 50)
"""How many new objects, and rounds over young ones, make the collector of a server begin."""


SWITCH_S = 0.0005
"""How long a thread may compute while others wait: an import must not delay each step of a save."""


class Application(FastAPI):
    """FastAPI for every page, with the path that saved answers take laid around it."""

    def __init__(self, components: Components, running: Lifespan[Any]) -> None:
        super().__init__(
            title="examengine",
            version=version("examengine"),
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            lifespan=running,
            # It would hand what candidates send to whatever exporter the environment names.
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        self.state.components = components
        within = EveryMethod(self, super().__call__)
        edge = Edge(within, components.origin, components.trusted_proxies)
        uploads = AnswerUploads(LargeImports(edge, components), components)
        self._saves = AttemptSaves(AttemptForms(uploads, components), components)

    def close(self) -> None:
        """Give back what the application holds of the database."""
        self.state.components.engine.dispose()
        self.state.components.writer.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self._saves(scope, receive, send)


def create_app(
    settings: Settings | None = None,
    clock: Clock | None = None,
    hasher: PasswordHasher | None = None,
    *,
    gatehouse: Gatehouse | None = None,
    received: bool = False,
) -> Application:
    """Return the application.

    Args:
        settings: Of the installation; read from the environment unless given, as the others are.
        clock: Tells the time.
        hasher: Hashes passwords.
        gatehouse: The process to which strangers are handed over; without one they are answered
            here, as tests do.
        received: Whether this is the application of a gatehouse.
    """
    settings = settings or read_settings()
    engine = db.make_engine(settings.database_url, pool_size=settings.pool)
    body = AwardingBody(settings.public_url, settings.signing_keys, settings.awarding_body)
    try:
        db.check_schema(engine)
        check_every_key(engine, body)
    except ExamError:
        engine.dispose()
        raise
    # The writer has a connection of its own: an answer never waits until a page gives one back.
    for_writer = db.make_engine(settings.database_url, pool_size=1)
    db.watch_availability(engine, for_writer)
    clock, forms = clock or SystemClock(), FormsInPlay()
    templates, attempts = page_templates(), AttemptsInPlay()
    components = Components(
        engine=engine,
        reads=db.SharedReads(engine),
        clock=clock,
        hasher=hasher or PasswordHasher(pool=processes),
        sign_in_trail=SignInTrail(engine, clock),
        templates=templates,
        questions=QuestionCache(templates),
        forms=forms,
        attempts=attempts,
        writer=AttemptWriter(for_writer, clock, forms, attempts),
        queue=make_queue(settings.queue, engine, clock),
        streams=Streams(),
        awarding_body=body,
        verifications=Verifications(VerificationDesk(engine, clock, body)),
        analysis_cache=AnalysisCache(),
        public_url=settings.public_url,
        origin=OwnOrigin(settings.public_url),
        trusted_proxies=settings.trusted_proxies,
        secure=settings.https,
        first_token=FirstToken(settings.state),
    )
    app = Application(components, _receiving if received else _running)
    app.state.gatehouse = gatehouse
    app.add_middleware(VerificationDoor, verifications=components.verifications)
    if gatehouse is not None:
        app.add_middleware(HandingOver, gatehouse=gatehouse)
    app.add_middleware(SecurityMiddleware, secure=settings.https)
    errors.install(app)
    app.mount("/static", StaticFiles(directory=static_folder()), name="static")
    app.router.routes.extend(pages().routes)
    return app


@cache
def pages() -> APIRouter:
    """Return the routes of every audience; FastAPI works out what each takes, once a process."""
    together = APIRouter()
    for audience in AUDIENCES:
        together.include_router(audience.router, dependencies=[Guard])
    return together


def served() -> Application:
    """Return the application for a process that does nothing but serve it.

    What has been built by now lives as long as the process, so the garbage collector need not
    walk through it again and again: its rounds were most of the longest waits of an answer.
    """
    with serving.refusing_in_words():
        settings = read_settings()
        occupancy = db.occupy(settings.database_url)
        app = create_app(settings, gatehouse=Gatehouse())
    app.state.occupancy = occupancy  # held until the process ends
    serving.warm_up(app, app.state.components.templates)
    serving.end_in_time()
    serving.limit_connections()
    if settings.state.exists() and settings.state.stat().st_mode & 0o077:
        log.warning("others can look into the folder %s; chmod 700 it", settings.state)
    log.info(
        "worker ready: examengine %s at %s with %s, pool of %d, %d signing keys",
        *(app.version, settings.public_url, db.place_of(app.state.components.engine.url)),
        *(settings.pool, len(list(settings.signing_keys.glob("*.json")))),
    )
    set_interpreter()
    return app


def received() -> ASGIApp:
    """Return the application of a gatehouse, which is given what its server hands over."""
    settings = replace(read_settings(), pool=gatehouse.POOL)
    app = create_app(settings, received=True)
    serving.warm_up(app, app.state.components.templates)
    serving.limit_connections()
    log.info("gatehouse ready")
    set_interpreter()
    return Received(app)


def set_interpreter() -> None:
    """Set the interpreter of a process that does nothing but serve what has been built by now."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Run what works beside the requests for as long as the server runs."""
    components: Components = app.state.components
    sweeper = Sweeper(components.engine, components.clock, components.writer)
    components.writer.start()
    sweeper.start()
    async with _handing_over(app) if app.state.gatehouse else _receiving(app):
        yield
        components.streams.ending = True
        sweeper.stop()
        components.writer.stop()


@asynccontextmanager
async def _handing_over(app: FastAPI) -> AsyncIterator[None]:
    """Have a gatehouse for as long as the server runs."""
    app.state.gatehouse.start()
    yield
    app.state.gatehouse.stop()
    app.state.components.reads.stop()
    app.state.components.hasher.stop()  # begun when somebody changed their password


@asynccontextmanager
async def _receiving(app: FastAPI) -> AsyncIterator[None]:
    """Run what strangers need for as long as they are received here."""
    components: Components = app.state.components
    components.hasher.start()
    components.sign_in_trail.start()
    yield
    components.verifications.stop()
    components.reads.stop()
    components.hasher.stop()
    components.sign_in_trail.stop()
