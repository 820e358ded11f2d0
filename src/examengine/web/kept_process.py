"""A process that a server brings along: started with it, watched, and ended with it.

It hears of the server's end by its standard input, which closes with the server however that
ended.
"""

import logging
import os
import subprocess
from collections.abc import Sequence
from threading import Event, Thread
from time import monotonic

STOP_S = 3.0
"""How long it may take to end; it only has to let go of what it is at."""
AGAIN_S = 5.0
"""How long after its start one that ended is begun again at the earliest."""
_LOOK_EVERY_S = 0.5
_STDIN = 0

log = logging.getLogger("examengine.serving")


class KeptProcess:
    """A process, begun again whenever it ends before the server does.

    Args:
        what: What it is called in the log.
        command: What is run.
        files: Open files of the server that it gets, under the same numbers.
    """

    def __init__(self, what: str, command: Sequence[str], files: Sequence[int] = ()) -> None:
        self._what, self._command, self._files = what, command, files
        self._over = Event()
        self._thread = Thread(target=self._keep, name=what, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def tell_to_end(self) -> None:
        """Let it end, and wait for nothing."""
        self._over.set()

    def join(self) -> None:
        """Wait until it has ended; it has been told to."""
        self._thread.join(2 * STOP_S)

    def _keep(self) -> None:
        while not self._over.is_set():
            begun = monotonic()
            # In a group of its own: the terminal asks the server, which ends us.
            with subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
                self._command, stdin=subprocess.PIPE, pass_fds=self._files, process_group=0
            ) as process:
                self._watch(process)
            self._over.wait(max(0.0, begun + AGAIN_S - monotonic()))

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            if process.poll() is not None:
                log.error("%s %d ended (status %d)", self._what, process.pid, process.returncode)
                return
        self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            log.error("%s %d did not end in time and was killed", self._what, process.pid)
            process.kill()


def wait_for_the_end_of_the_server() -> None:
    """Return when the server is gone that keeps this process: it holds the other end of stdin."""
    while os.read(_STDIN, 1):
        pass
