"""Does jobs of a few kinds, as a worker would, on any database."""

from collections.abc import Iterable

from sqlalchemy import Engine

from examengine import jobs
from examengine.jobs import Failure, JobKind, WorkerComponents
from examengine.jobs.embedded import EmbeddedQueue, begin_next
from examengine.kernel.clock import Clock


def do_those_of(engine: Engine, clock: Clock, kinds: Iterable[JobKind]) -> int:
    """Do everything that waits, one after another; return how much that was."""
    queue = EmbeddedQueue(engine, clock)
    components = WorkerComponents(
        engine=engine,
        clock=clock,
        kinds=jobs.kinds_of(kinds),
        tell=lambda refusal: Failure(refusal.code, "Refused", str(refusal)),
        queue=queue,
    )
    done = 0
    while (begun := begin_next(engine, clock, "here")) is not None:
        jobs.perform(components, begun)
        done += 1
    return done
