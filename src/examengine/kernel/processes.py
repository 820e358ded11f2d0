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
from multiprocessing.synchronize import Semaphore
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 10
"""How far a process steps back that must not stand still, whatever else the machine has to do."""


def processes(at_once: int) -> Executor:
    """Return so many processes that step back, begun when work needs them, ended with this one.

    The first steps back entirely. The others are only nice: on a machine that is busy without end
    the first may never get to its work, and what comes meanwhile must.
    """
    context = multiprocessing.get_context("spawn")
    first = context.Semaphore(1)
    return ProcessPoolExecutor(at_once, mp_context=context, initializer=_begin, initargs=(first,))


class Lasting:
    """A pool that is made with its first work, and anew when one of its processes died.

    Args:
        made: Makes the pool.
    """

    def __init__(self, made: Callable[[], Executor]) -> None:
        self._made = made
        self._pool: Executor | None = None
        self._making = Lock()

    def submit(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """Begin a piece of work; what was at work when a process died ends in `BrokenExecutor`."""
        pool = self._instead_of(None)
        try:
            return pool.submit(work, *arguments, **named)
        except BrokenExecutor:  # as by want of memory
            return self._instead_of(pool).submit(work, *arguments, **named)

    def stop(self) -> None:
        """Give up what waits, and end after what is at work; another piece begins a new pool.

        It is waited for, because what a pool shares with its processes is given back by the last
        of its threads, and a server that a signal ends has no later moment for it.
        """
        with self._making:
            ended, self._pool = self._pool, None
        if ended is not None:
            ended.shutdown(cancel_futures=True)

    def _instead_of(self, broken: Executor | None) -> Executor:
        """Return the pool: another one than this, or the first."""
        with self._making:
            if self._pool is None or self._pool is broken:
                self._pool = self._made()
            return self._pool


def step_back() -> None:
    """Take only what nobody else wants of the processors.

    Whoever becomes ready finds a processor that runs such a process free; one that runs a merely
    nice process it has to share first, for a millisecond or more, and a saved answer becomes ready
    half a dozen times. Only for who locks nothing that others wait for.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        step_aside()


def step_aside() -> None:
    """Let whoever is not nice go first; of a busy machine a small part is left all the same.

    Whoever was begun by a process that is nice already stays where that one is.
    """
    nicer = NICENESS - os.getpriority(os.PRIO_PROCESS, 0)
    os.nice(max(0, nicer))


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


def _begin(first: Semaphore) -> None:
    """Step back; leave the terminal's signals to whoever made us, and end when they do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if first.acquire(block=False):
        step_back()
    else:
        step_aside()
    follow_parent(partial(os._exit, 0))
