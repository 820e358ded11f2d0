"""The embedded queue: the table of jobs itself, looked at twice a second.

It needs nothing beside the database, and works on SQLite and on PostgreSQL, with as many workers
as there are. A worker that falls silent loses its job to whoever looks next.
"""

import logging
from datetime import datetime
from threading import Event
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session

from examengine.db import is_unavailable, reading, writing
from examengine.jobs import repository
from examengine.jobs.queue import Perform
from examengine.jobs.rules import Try
from examengine.jobs.schema import refuse_other_schema
from examengine.jobs.silence import end_silent
from examengine.kernel.clock import Clock

LOOK_EVERY_S = 0.5
_AWAY_S = 5.0

log = logging.getLogger("examengine.jobs")


class EmbeddedQueue:
    """Jobs are found by looking for them."""

    name = "embedded"

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def offer(
        self, session: Session, job_id: UUID, not_before: datetime, apart: str | None
    ) -> None:
        """Do nothing: the row of the job is the offer."""

    def work(self, worker: str, perform: Perform, over: Event) -> None:
        """Begin jobs until it is over.

        Raises:
            SchemaOutOfDate, SchemaTooNew: The database became one of another version meanwhile.
        """
        while not over.is_set():
            try:
                begun = begin_next(self._engine, self._clock, worker)
                if begun is not None:
                    perform(begun)
                else:
                    over.wait(LOOK_EVERY_S)
            except SQLAlchemyError as error:
                if not is_unavailable(error):
                    refuse_other_schema(self._engine)
                    log.exception("looking for jobs failed; this worker tries again")
                over.wait(_AWAY_S)


def begin_next(engine: Engine, clock: Clock, worker: str) -> Try | None:
    """Begin the job that has waited longest, if there is one; nothing is locked to find out."""
    now = clock.now()
    end_silent(engine, now)
    with reading(engine) as session:
        if repository.next_to_begin(session, now) is None:
            return None
    try:
        with writing(engine) as session:
            found = repository.next_to_begin(session, now, lock=True)
            return None if found is None else repository.begin(session, found, worker, now)
    except IntegrityError:
        return None  # another worker has begun one that this one has to keep apart from
