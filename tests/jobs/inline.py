"""Does the jobs that wait for an application, here and now, as a worker would somewhere else."""

from fastapi import FastAPI

from examengine import jobs, worker
from examengine.jobs.embedded import begin_next


def do_waiting(app: FastAPI) -> int:
    """Do everything that waits, one after another; return how much that was."""
    built = app.state.components
    components = worker.make_components(built.engine, built.clock, built.queue, built.awarding_body)
    done = 0
    while (begun := begin_next(components.engine, components.clock, "here")) is not None:
        jobs.perform(components, begun)
        done += 1
    return done
