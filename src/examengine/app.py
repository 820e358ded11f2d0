"""The web application: settings are read, parts are built, routes are registered. Nothing else."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from examengine import db
from examengine.accounts import PasswordHasher
from examengine.calibration import Shelf
from examengine.credentials import AwardingBody
from examengine.delivery import AttemptsInPlay, AttemptWriter, FormsInPlay, Sweeper
from examengine.kernel.clock import Clock, SystemClock
from examengine.resources import static_folder
from examengine.settings import Settings, read_settings
from examengine.web import (
    account,
    administration,
    administrations,
    author,
    candidate,
    cut_scores,
    errors,
    exams,
    explanations,
    issuing,
    panelist,
    panels,
    proctor,
    psychometrician,
    public,
    results,
)
from examengine.web.attempt_saves import AttemptSaves
from examengine.web.dependencies import Parts
from examengine.web.page import make_templates
from examengine.web.security import Guard, SecurityMiddleware

AUDIENCES = (
    account,
    author,
    exams,
    candidate,
    administrations,
    issuing,
    public,
    panels,
    cut_scores,
    panelist,
    results,
    proctor,
    explanations,
    administration,
    psychometrician,
)
"""The modules whose routes the application offers."""


COLLECTOR_THRESHOLDS = (100_000, 50, 50)
"""How many new objects, and rounds over young ones, make the collector of a server begin."""


class Application(FastAPI):
    """FastAPI for every page, with the path that saved answers take laid around it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(
            title="examengine",
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            lifespan=_running,
            # It would hand what candidates send to whatever exporter the environment names.
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        self.state.parts = parts
        self._saves = AttemptSaves(super().__call__, parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self._saves(scope, receive, send)


def create_app(
    settings: Settings | None = None,
    clock: Clock | None = None,
    hasher: PasswordHasher | None = None,
) -> Application:
    """Return the application; `served` calls this without arguments, tests with all."""
    settings = settings or read_settings()
    engine = db.make_engine(settings.database_url)
    db.check_schema(engine)
    clock, forms = clock or SystemClock(), FormsInPlay()
    parts = Parts(
        engine=engine,
        clock=clock,
        hasher=hasher or PasswordHasher(),
        templates=make_templates(),
        forms=forms,
        attempts=AttemptsInPlay(),
        writer=AttemptWriter(engine, clock, forms),
        awarding_body=AwardingBody(
            settings.public_url, settings.signing_keys, settings.awarding_body
        ),
        shelf=Shelf(),
        public_url=settings.public_url,
        secure=settings.https,
    )
    app = Application(parts)
    app.add_middleware(SecurityMiddleware, secure=settings.https)
    errors.install(app)
    app.mount("/static", StaticFiles(directory=static_folder()), name="static")
    for audience in AUDIENCES:
        app.include_router(audience.router, dependencies=[Guard])
    return app


def served() -> Application:
    """Return the application for a process that does nothing but serve it.

    What has been built by now lives as long as the process, so the garbage collector need not
    walk through it again and again: its rounds were most of the longest waits of an answer.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Run what works beside the requests for as long as the server runs."""
    parts: Parts = app.state.parts
    sweeper = Sweeper(parts.engine, parts.clock, parts.writer)
    parts.writer.start()
    sweeper.start()
    yield
    sweeper.stop()
    parts.writer.stop()
