"""The queue of procrastinate: PostgreSQL tells workers of jobs in the moment they are committed.

procrastinate brings the offers to workers, on any number of machines, by LISTEN and NOTIFY; keeps
apart what has to be; and notices workers that fell silent by the database's own clock. What a job
is and what became of it stands in our tables, as with every queue: an offer is only its id.

An offer can get lost, as when the database goes away at the wrong moment, or when jobs were asked
for while another queue was in use. So workers look every few seconds for jobs that nobody offers.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from examengine.db import reading, writing
from examengine.jobs import repository
from examengine.jobs.queue import Perform
from examengine.jobs.rules import LEASE, Job, JobState, Try
from examengine.jobs.schema import refuse_other_schema
from examengine.jobs.silence import end_silent
from examengine.kernel.clock import Clock

POOL = 3
"""Connections of a worker to hear of offers by: one listens, the others take and end them."""
STALLED_S = 20.0
"""After how much silence of a worker its offers are brought to others."""
_HEARTBEAT_S = 5.0
_LOOK_EVERY_S = 5.0
_AGAIN_S = 5.0
_TASK = _QUEUE = "examengine"
_AT_ONCE = 100

log = logging.getLogger("examengine.jobs")

_UNOFFERED = text(
    """
    SELECT id FROM job
    WHERE (state = 'waiting' OR state = 'running' AND heard_at < :silent)
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS offer
        WHERE offer.queue_name = :queue AND offer.status IN ('todo', 'doing')
          AND offer.args ->> 'job_id' = job.id::text
      )
    ORDER BY id LIMIT :most
    """
)


class ProcrastinateQueue:
    """Jobs are brought by procrastinate."""

    name = "procrastinate"

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._address = _address_of(engine)
        # Never opened: an offer goes through the connection of whoever makes it.
        self._offers = App(connector=SyncPsycopgConnector(conninfo=self._address))

    def offer(
        self, session: Session, job_id: UUID, not_before: datetime, apart: str | None
    ) -> None:
        """Let procrastinate bring the job to a worker, when the transaction is committed."""
        later = not_before > self._clock.now()
        self._offers.configure_task(
            _TASK,
            queue=_QUEUE,
            lock=apart,
            schedule_at=not_before if later else None,
            connection=session.connection().connection.driver_connection,
        ).defer(job_id=str(job_id))

    def work(self, worker: str, perform: Perform, over: Event) -> None:
        """Do what is brought until it is over; a database that goes away is waited for.

        Raises:
            SchemaOutOfDate, SchemaTooNew: The database became one of another version meanwhile.
        """
        while not over.is_set():
            try:
                asyncio.run(self._work(worker, perform, over))
            except Exception:
                refuse_other_schema(self._engine)
                log.exception("this worker hears of no jobs; it tries again")
                over.wait(_AGAIN_S)

    async def _work(self, worker: str, perform: Perform, over: Event) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=POOL))

        async def do(job_id: str) -> None:
            await asyncio.to_thread(self._do, UUID(job_id), worker, perform)

        app.task(name=_TASK, queue=_QUEUE)(do)
        async with app.open_async(), asyncio.TaskGroup() as tasks:
            working = tasks.create_task(
                app.run_worker_async(
                    queues=[_QUEUE],
                    name=worker,
                    concurrency=1,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                )
            )
            while not over.is_set():
                await self._bring_again(app)
                await asyncio.to_thread(over.wait, _LOOK_EVERY_S)
            working.cancel()  # it ends what it is at, which has been told to stop as well

    async def _bring_again(self, app: App) -> None:
        """Bring what was brought to workers that fell silent, and what nobody offers."""
        stalled = await app.job_manager.get_stalled_jobs(
            queue=_QUEUE, seconds_since_heartbeat=STALLED_S
        )
        for offer in stalled:
            await app.job_manager.retry_job(offer)
        await asyncio.to_thread(self._offer_unoffered)

    def _offer_unoffered(self) -> None:
        now = self._clock.now()
        end_silent(self._engine, now)
        with reading(self._engine) as session:
            asked = {"silent": now - LEASE, "queue": _QUEUE, "most": _AT_ONCE}
            unoffered = session.connection().execute(_UNOFFERED, asked).scalars().all()
        for job_id in unoffered:
            with writing(self._engine) as session:
                job = repository.job(session, job_id)
                if job is not None and not job.state.over:
                    self.offer(session, job_id, job.not_before, job.apart)

    def _do(self, job_id: UUID, worker: str, perform: Perform) -> None:
        begun = self._begun(job_id, worker)
        if begun is not None:
            perform(begun)

    def _begun(self, job_id: UUID, worker: str) -> Try | None:
        """Begin a job; one that may not begin yet is offered again for when it may."""
        now = self._clock.now()
        try:
            with writing(self._engine) as session:
                begun = repository.begin(session, job_id, worker, now)
                if begun is None:
                    self._offer_later(session, repository.job(session, job_id), now)
                return begun
        except IntegrityError:  # one that it has to be kept apart from runs
            with writing(self._engine) as session:
                self._offer_later(session, repository.job(session, job_id), now)
            return None

    def _offer_later(self, session: Session, job: Job | None, now: datetime) -> None:
        if job is None or job.state.over:
            return
        soon = now + timedelta(seconds=_AGAIN_S)
        if job.state is JobState.RUNNING and job.heard_at is not None:
            soon = max(soon, job.heard_at + LEASE)
        self.offer(session, job.id, max(soon, job.not_before), job.apart)


def _address_of(engine: Engine) -> str:
    """Return where PostgreSQL is, as its own library writes it."""
    _, connecting = engine.dialect.create_connect_args(engine.url)
    connecting.pop("context", None)  # what SQLAlchemy tells the driver, and no part of an address
    return make_conninfo(**connecting, application_name="examengine")
