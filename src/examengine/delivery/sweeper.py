"""Does what nobody comes by to ask for.

Ends attempts whose time is over, so that their answers are scored, codes what was handed in, and
removes files that nothing needs.
"""

import logging
from datetime import timedelta

from sqlalchemy import Engine

from examengine.accounts import each_organisation
from examengine.db import Repeating, alone, reading
from examengine.delivery.answer_file_storage import remove_unneeded
from examengine.delivery.coding import code_handed_in
from examengine.delivery.log_repository import expired
from examengine.delivery.steps.close_expired import CloseExpired
from examengine.delivery.writer import AttemptWriter
from examengine.kernel.clock import Clock

INTERVAL_S = 20.0
GRACE = timedelta(seconds=2)
"""A save that arrived in time may still be on its way through another process's writer."""
MOST_AT_ONCE = 1000

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


class Sweeper(Repeating):
    """Sweeps every twenty seconds for as long as the server runs."""

    def __init__(self, engine: Engine, clock: Clock, writer: AttemptWriter) -> None:
        def work() -> None:
            sweep(engine, clock, writer)
            for each in each_organisation(engine):
                code_handed_in(each)
                remove_unneeded(each, clock)

        trouble = "a sweep failed; the next one tries again"
        super().__init__("attempt-sweeper", INTERVAL_S, work, log=log, trouble=trouble)
