"""Does what nobody comes by to ask for.

Ends attempts whose time is over, so that their answers are scored, and codes what was handed in.
"""

import logging
from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import Engine

from examengine.accounts import each_organisation
from examengine.db import alone, is_unavailable, reading
from examengine.delivery.coding import code_handed_in
from examengine.delivery.log_repository import expired
from examengine.delivery.steps.close_expired import CloseExpired
from examengine.delivery.writer import AttemptWriter
from examengine.kernel.clock import Clock

INTERVAL_S = 20.0
GRACE = timedelta(seconds=2)
"""A save that arrived in time may still be on its way through another process's writer."""
MOST_AT_ONCE = 1000
PATIENCE_S = 2.0
"""How long a stop waits for a sweep; what it does not end, the next process's does."""

log = logging.getLogger("examengine.delivery.sweeper")


def sweep(engine: Engine, clock: Clock, writer: AttemptWriter) -> int:
    """End the attempts that are past their deadline, and return how many were.

    Of several processes one sweeps at a time; for the others there is nothing to do.
    """
    now = clock.now()
    with alone(engine, "sweep") as ours:
        if not ours:
            return 0
        with reading(engine) as session:
            found = expired(session, now - GRACE, MOST_AT_ONCE)
        writer.record_all(
            CloseExpired(attempt_id=attempt_id, received_at=now) for attempt_id in found
        )
    return len(found)


class Sweeper:
    """Sweeps every twenty seconds for as long as the server runs."""

    def __init__(self, engine: Engine, clock: Clock, writer: AttemptWriter) -> None:
        self._engine, self._clock, self._writer = engine, clock, writer
        self._over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to sweep."""
        if self._thread is None:
            self._over.clear()
            self._thread = Thread(target=self._run, name="attempt-sweeper", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the sweep that is going on; whoever has a deadline does not wait for it."""
        if self._thread is not None:
            self._over.set()
            self._thread.join(PATIENCE_S)
            self._thread = None

    def _run(self) -> None:
        while not self._over.wait(INTERVAL_S):
            try:
                sweep(self._engine, self._clock, self._writer)
                for engine in each_organisation(self._engine):
                    code_handed_in(engine)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("a sweep failed; the next one tries again")
