"""What a server does beside its requests, over and over, in a thread of its own."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from examengine.db.availability import is_unavailable

PATIENCE_S = 2.0
"""How long a stop waits for what is going on: whoever has a deadline does not wait for it."""


class Repeating:
    """Does work on the database every so many seconds until it is stopped.

    A round that fails is logged, unless the database is away, which is said elsewhere; the next
    round tries again.

    Args:
        name: Of the thread.
        every_s: Seconds between two rounds, and before the first.
        work: One round.
        log: Where a round that failed is told.
        trouble: What is said of it.
        once_more: Whether a stop lets there be a last round.
    """

    def __init__(
        self,
        name: str,
        every_s: float,
        work: Callable[[], None],
        *,
        log: logging.Logger,
        trouble: str,
        once_more: bool = False,
    ) -> None:
        self._name, self._every_s, self._work = name, every_s, work
        self._log, self._trouble, self._once_more = log, trouble, once_more
        self._over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin."""
        if self._thread is None:
            self._over.clear()
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the round that is going on, or the last one."""
        if self._thread is not None:
            self._over.set()
            self._thread.join(PATIENCE_S)
            self._thread = None

    def _run(self) -> None:
        while not self._over.wait(self._every_s):
            self._round()
        if self._once_more:
            self._round()

    def _round(self) -> None:
        try:
            self._work()
        except Exception as error:
            if not is_unavailable(error):
                self._log.exception(self._trouble)
