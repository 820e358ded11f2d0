"""The worker: settings are read, parts are built, the kinds of jobs are gathered. Nothing else.

The third composition root beside `app` and `cli`. Each try of a job runs in a process of its own,
started from one in which everything has been imported already and nothing has been opened.
"""

import logging.config
import os
import signal
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Event, Thread

from sqlalchemy import Engine

from examengine import assembly, bank, calibration, credentials, db, delivery, jobs, scoring
from examengine.credentials import AwardingBody
from examengine.jobs import Failure, JobQueue, Kinds, Try, WorkerComponents
from examengine.kernel.clock import Clock, SystemClock
from examengine.kernel.errors import ExamError
from examengine.kernel.processes import follow_parent
from examengine.settings import read_settings
from examengine.web import logs
from examengine.web.kept_process import wait_for_the_end_of_the_server
from examengine.web.messages import message_for

POOL = 3
"""Connections of a worker, and of the process that does its work: one to work, one to tell."""


def kinds(body: AwardingBody) -> Kinds:
    """Return every kind of job there is, for an awarding body that signs."""
    return jobs.kinds_of(
        [
            bank.IMPORT,
            bank.LINT,
            bank.MOVE,
            assembly.PUBLISH,
            delivery.ENROL,
            calibration.RUN,
            calibration.CLASSICAL_FIGURES.job(),
            calibration.ITEM_FIGURES.job(),
            calibration.USAGE,
            scoring.SCORE,
            scoring.DECIDE,
            scoring.IMPACT,
            credentials.AWARD_FIGURES.job(),
            credentials.issuing_kind(body),
        ]
    )


def make_components(
    engine: Engine, clock: Clock, queue: JobQueue, body: AwardingBody
) -> WorkerComponents:
    """Return what jobs are done with."""
    return WorkerComponents(engine=engine, clock=clock, kinds=kinds(body), tell=tell, queue=queue)


def tell(refusal: ExamError) -> Failure:
    """Return the words for a refusal, as a page would show them."""
    words = message_for(refusal)
    faults = tuple(str(fault) for fault in getattr(refusal, "faults", ()))
    return Failure(refusal.code, words.title, words.text, faults)


def run(*, beside_a_server: bool) -> None:
    """Work until told to stop: by a signal, or by the end of the server it was started by.

    Args:
        beside_a_server: Whether a server on this machine started it; then it ends when standard
            input does.

    Raises:
        SchemaOutOfDate, SchemaTooNew: The database is one of another version.
        KeyUnusable: A key that signed what the database holds is not among those of this machine.
    """
    components, body = _components()
    db.check_schema(components.engine)
    credentials.check_every_key(components.engine, body)
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    if beside_a_server:
        Thread(target=partial(_follow_server, over), name="follow", daemon=True).start()
    jobs.work(components, _start, over)


def _start(begun: Try) -> BaseProcess:
    """Start the process that does the work of a try."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_do, args=(begun,), name=f"job {begun.job_id}")
    process.start()
    return process


def _do(begun: Try) -> None:
    """Do the work of a try, in its own process, for as long as the worker lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal asks the worker, which ends us
    follow_parent(partial(os._exit, 1))  # without its worker another one will do this job
    components, _ = _components()
    jobs.perform(components, begun)


def _components() -> tuple[WorkerComponents, AwardingBody]:
    settings = read_settings()
    logging.config.dictConfig(dict(logs.configuration()))
    engine = db.make_engine(settings.database_url, pool_size=POOL)
    clock = SystemClock()
    body = AwardingBody(settings.public_url, settings.signing_keys, settings.awarding_body)
    queue = jobs.make_queue(settings.queue, engine, clock)
    return make_components(engine, clock, queue, body), body


def _follow_server(over: Event) -> None:
    wait_for_the_end_of_the_server()
    over.set()
