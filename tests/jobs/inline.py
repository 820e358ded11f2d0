"""Does the jobs that wait for an application, here and now, as a worker would somewhere else."""

from fastapi import FastAPI

from examengine import jobs, worker
from examengine.jobs.embedded import begin_next


def do_waiting(app: FastAPI) -> int:
    """Do everything that waits, one after another; return how much that was."""
    parts = app.state.parts
    desk = worker.make_desk(parts.engine, parts.clock, parts.queue, parts.awarding_body)
    done = 0
    while (begun := begin_next(parts.engine, parts.clock, "here")) is not None:
        jobs.perform(desk, begun)
        done += 1
    return done
