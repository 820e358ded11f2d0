"""A try of a job in a process of its own, and the worker that watches over it.

The work may take every cycle, run out of memory or crash: that ends its process, not the worker,
and never a process that serves pages. The worker says every few seconds that the try is alive, ends
it when somebody cancels the job, and lets the job wait again when it is told to stop itself.
"""

import logging
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Event
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from examengine.db import is_unavailable, writing
from examengine.jobs import repository
from examengine.jobs.rules import MOST_TIME, TOO_LONG, Try
from examengine.jobs.run import WorkerComponents, lose

BEAT_EVERY_S = 2.0
"""How often a try is said to be alive, and asked whether it is to stop."""
_LOOK_EVERY_S = 0.2

log = logging.getLogger("examengine.jobs")

StartTry = Callable[[Try], BaseProcess]
"""Starts the process that does the work of a try."""


class Watch:
    """Runs tries, each in a process of its own, until the worker is over."""

    def __init__(self, components: WorkerComponents, start: StartTry, over: Event) -> None:
        self._components, self._start, self._over = components, start, over

    def __call__(self, begun: Try) -> None:
        """Run one try to its end, whatever that is."""
        if begun.losses:
            words = "job %s: try %d begins; %d of its workers were lost"
            log.warning(words, begun.job_id, begun.number, begun.losses)
        process = self._start(begun)
        try:
            ended_here = self._watched(process, begun)
        finally:
            process.kill()  # of one that has ended already this does nothing
            process.join()
        if not ended_here and process.exitcode != 0:
            log.warning("job %s: its process ended with %s", begun.job_id, process.exitcode)
            lose(self._components, begun)

    def _watched(self, process: BaseProcess, begun: Try) -> bool:
        """Wait for the process; tell whether it is to be ended before it has ended by itself."""
        began = beaten = monotonic()
        while not wait([process.sentinel], _LOOK_EVERY_S):
            if self._over.is_set():
                self._put_back(begun)
                return True
            now = monotonic()
            if now - began > MOST_TIME.total_seconds():
                self._give_up(begun)
                return True
            if now - beaten > BEAT_EVERY_S:
                beaten = now
                if self._is_to_stop(begun):
                    return True
        return False

    def _is_to_stop(self, begun: Try) -> bool:
        """Say that the try is alive; end its job when somebody asked for that."""
        try:
            with writing(self._components.engine) as session:
                now = self._components.clock.now()
                to_stop = repository.beat(session, begun, now)
                if to_stop:
                    repository.cancelled(session, begun, now)
        except SQLAlchemyError as error:
            if not is_unavailable(error):
                raise
            return False  # the next beat tells
        return to_stop is not False

    def _put_back(self, begun: Try) -> None:
        """Let the job wait for the next worker: that this one is told to stop is no fault of it."""
        with writing(self._components.engine) as session:
            now = self._components.clock.now()
            job = repository.job(session, begun.job_id)
            if job is not None and repository.put_back(session, begun, now, loss=False):
                self._components.queue.offer(session, begun.job_id, now, job.apart)

    def _give_up(self, begun: Try) -> None:
        with writing(self._components.engine) as session:
            repository.fail(session, begun, TOO_LONG, self._components.clock.now())
