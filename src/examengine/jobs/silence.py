"""What becomes of jobs whose worker fell silent, and that nobody may begin again."""

import logging
from datetime import datetime

from sqlalchemy import Engine

from examengine.db import reading, writing
from examengine.jobs import repository
from examengine.jobs.rules import LOST

log = logging.getLogger("examengine.jobs")


def end_silent(engine: Engine, now: datetime) -> None:
    """End those that were stopped meanwhile, and those that no worker survives; name the latter."""
    with reading(engine) as session:
        if not repository.any_silent(session, now):
            return
    with writing(engine) as session:
        failed = repository.end_silent(session, now, LOST)
    for job_id in failed:
        log.error("job %s: its worker fell silent, as those before it; it is given up", job_id)
