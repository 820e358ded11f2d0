"""A worker: takes jobs from the queue until it is told to stop, and sweeps away old ones."""

import logging
import os
import socket
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from examengine.db import is_unavailable
from examengine.jobs.run import Desk
from examengine.jobs.service import sweep
from examengine.jobs.watching import Start, Watch

SWEEP_EVERY_S = 3600.0

log = logging.getLogger("examengine.jobs")


def work(desk: Desk, start: Start, over: Event) -> None:
    """Work until it is over.

    Args:
        desk: The parts of this process.
        start: Starts the process that does the work of a try.
        over: Set when the worker is to stop; the job it is at then waits for another one.
    """
    worker = f"{socket.gethostname()}/{os.getpid()}"[:120]
    sweeper = Thread(target=_sweep_on, args=(desk, over), name="job-sweeper", daemon=True)
    sweeper.start()
    log.info("worker %s takes jobs from the %s queue", worker, desk.queue.name)
    desk.queue.work(worker, Watch(desk, start, over), over)
    log.info("worker %s stopped", worker)


def _sweep_on(desk: Desk, over: Event) -> None:
    while not over.is_set():
        try:
            swept = sweep(desk.engine, desk.clock.now())
            if swept:
                log.info("%d old jobs were deleted", swept)
        except SQLAlchemyError as error:
            if not is_unavailable(error):
                log.exception("old jobs could not be deleted; the next sweep tries again")
        over.wait(SWEEP_EVERY_S)
