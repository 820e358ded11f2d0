"""Pools of processes that step back: what is computed there takes nothing from answers.

A thread that computes shares the interpreter's lock with the answers of candidates. To let it run
with less priority makes that worse: when it is put aside while it has the lock, everybody waits.
A process has a lock of its own, so it can step back as far as it likes.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 10


def processes(at_once: int) -> Executor:
    """Return so many processes that step back, begun with the first work, ended with this one."""
    return ProcessPoolExecutor(
        at_once, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


class Lasting:
    """A pool that is made again when one of its processes died, as by want of memory.

    Args:
        made: Makes the pool.
    """

    def __init__(self, made: Callable[[], Executor]) -> None:
        self._made = made
        self._pool = made()
        self._making = Lock()

    def submit(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """Begin a piece of work; what was at work when a process died ends in `BrokenExecutor`."""
        pool = self._pool
        try:
            return pool.submit(work, *arguments, **named)
        except BrokenExecutor:
            with self._making:
                if self._pool is pool:
                    self._pool = self._made()
            return self._pool.submit(work, *arguments, **named)

    def stop(self) -> None:
        """Give up what waits, and end; the next piece of work begins a new pool."""
        with self._making:
            ended, self._pool = self._pool, self._made()
        ended.shutdown(wait=False, cancel_futures=True)


def follow_parent(then: Callable[[], None]) -> None:
    """Do something as soon as the process that made this one is gone, however it ended.

    Args:
        then: Done in a thread of its own; never where no process made this one.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_follow, args=(parent, then), name="follow", daemon=True).start()


def _follow(parent: BaseProcess, then: Callable[[], None]) -> None:
    parent.join()
    then()


def _begin() -> None:
    """Step back; leave the terminal's signals to whoever made us, and end when they do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    follow_parent(partial(os._exit, 0))
