"""The workers of jobs that a server brings along: started with it, watched, and ended with it.

They are processes of their own, because a thread that computes holds the interpreter's lock, and
whoever saves an answer would wait for it. Each hears of the server's end by its standard input,
which closes with the server however that ended.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

STOP_S = 3.0
"""How long a worker may take to end; it only has to let go of its job."""
AGAIN_S = 5.0
"""How long after its start a worker that ended is begun again at the earliest."""
_LOOK_EVERY_S = 0.5
_MODULE = "examengine.worker_beside_a_server"
_COMMAND = (sys.executable, "-m", _MODULE, "worker", "--beside-a-server")

log = logging.getLogger("examengine.serving")


class JobWorker:
    """One worker, begun again whenever it ends before the server does."""

    def __init__(self, over: Event) -> None:
        self._over = over
        self._thread = Thread(target=self._keep, name="job-worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the worker has ended; it has been told to."""
        self._thread.join(2 * STOP_S)

    def _keep(self) -> None:
        while not self._over.is_set():
            begun = monotonic()
            with subprocess.Popen(_COMMAND, stdin=subprocess.PIPE) as process:  # noqa: S603
                self._watch(process)
            self._over.wait(max(0.0, begun + AGAIN_S - monotonic()))

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            if process.poll() is not None:
                log.error(
                    "the worker of jobs %d ended (status %d)", process.pid, process.returncode
                )
                return
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        log.error("the worker of jobs %d did not end in time and was killed", process.pid)
        process.kill()


@contextmanager
def beside(number: int) -> Iterator[None]:
    """Have so many workers for as long as the block lasts."""
    over = Event()
    workers = [JobWorker(over) for _ in range(number)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()
