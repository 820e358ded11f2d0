"""A worker: takes jobs from the queue until it is told to stop, and sweeps away old ones."""

import logging
import os
import socket
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from examengine.db import is_unavailable
from examengine.jobs.run import WorkerComponents
from examengine.jobs.service import delete_old_jobs
from examengine.jobs.watching import StartTry, Watch

SWEEP_EVERY_S = 3600.0

log = logging.getLogger("examengine.jobs")


def work(components: WorkerComponents, start: StartTry, over: Event) -> None:
    """Work until it is over.

    Args:
        components: The parts of this process.
        start: Starts the process that does the work of a try.
        over: Set when the worker is to stop; the job it is at then waits for another one.
    """
    worker = f"{socket.gethostname()}/{os.getpid()}"[:120]
    sweeper = Thread(target=_sweep_on, args=(components, over), name="job-sweeper", daemon=True)
    sweeper.start()
    log.info("worker %s takes jobs from the %s queue", worker, components.queue.name)
    components.queue.work(worker, Watch(components, start, over), over)
    log.info("worker %s stopped", worker)


def _sweep_on(components: WorkerComponents, over: Event) -> None:
    while not over.is_set():
        try:
            swept = delete_old_jobs(components.engine, components.clock.now())
            if swept:
                log.info("%d old jobs were deleted", swept)
        except SQLAlchemyError as error:
            if not is_unavailable(error):
                log.exception("old jobs could not be deleted; the next sweep tries again")
        over.wait(SWEEP_EVERY_S)
