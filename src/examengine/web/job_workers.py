"""The workers of jobs that a server brings along.

They are processes of their own, because a thread that computes holds the interpreter's lock, and
whoever saves an answer would wait for it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from examengine.web.kept_process import KeptProcess

_MODULE = "examengine.worker_beside_a_server"
_COMMAND = (sys.executable, "-m", _MODULE, "worker", "--beside-a-server")


@contextmanager
def beside(number: int) -> Iterator[None]:
    """Have so many workers for as long as the block lasts."""
    workers = [KeptProcess("the worker of jobs", _COMMAND) for _ in range(number)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.tell_to_end()
        for worker in workers:
            worker.join()
