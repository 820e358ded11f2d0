"""Jobs that do as they are told, and a worker of them that a test may kill.

`python -m tests.jobs.sample_jobs URL QUEUE` works until it is stopped.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

from sqlmodel import Session

from examengine import db, jobs
from examengine.accounts import Role
from examengine.jobs import Failure, JobKind, JobRun, Try, WorkerComponents
from examengine.kernel.clock import Clock, SystemClock
from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.processes import follow_parent
from examengine.web.messages import message_for


class Unfit(ExamError):
    """What a job refuses; its words are those of another refusal."""

    code = "job_over"
    kind = Kind.INVALID


class Away(ExamError):
    """What passes by itself."""

    code = "job_over"
    kind = Kind.UNAVAILABLE


def add(run: JobRun) -> None:
    """Add numbers, and the sizes of files."""
    with run.finishing() as ending:
        numbers = run.job.arguments["numbers"]
        ending.result = {"sum": sum(numbers) + sum(map(len, run.files().values()))}


def wait(run: JobRun) -> None:
    """Say how often it was begun, and wait until a file is there."""
    with Path(run.job.arguments["begun"]).open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    n = 0
    while not Path(run.job.arguments["until"]).exists():
        n += 1
        run.report("Waiting for a file", n, 1000)
        time.sleep(0.05)
    with run.finishing() as ending:
        ending.result = {"tries": run.job.tries}


def compute(run: JobRun) -> None:
    """Compute for ever, without ever saying how far it is."""
    Path(run.job.arguments["begun"]).touch()
    while True:
        sum(range(100_000))


def refuse(run: JobRun) -> None:
    """Refuse, after it has written something."""
    with run.finishing() as ending:
        ending.result = {"written": True}
        ending.session.flush()
        raise Unfit


def break_down(run: JobRun) -> None:
    """Have a defect, whose text is nobody's business."""
    raise ValueError("what somebody typed")


def die(run: JobRun) -> None:
    """End as a process does that ran out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def be_away(run: JobRun) -> None:
    """Find what it needs away, but for the last time."""
    if run.job.losses < 1:
        raise Away
    with run.finishing() as ending:
        ending.result = {"losses": run.job.losses}


KINDS = jobs.kinds_of(
    JobKind(f"sample.{work.__name__}", (Role.AUTHOR,), work)
    for work in (add, wait, compute, refuse, break_down, die, be_away)
)


def tell(refusal: ExamError) -> Failure:
    """Return the words for a refusal."""
    words = message_for(refusal)
    return Failure(refusal.code, words.title, words.text)


def make_components(url: str, queue_name: str, clock: Clock) -> WorkerComponents:
    """Return what the samples are done with."""
    engine = db.within(db.make_engine(url, pool_size=4), db.FIRST_ORGANISATION)
    return WorkerComponents(engine, clock, KINDS, tell, jobs.make_queue(queue_name, engine, clock))


def start(url: str, queue_name: str) -> Callable[[Try], BaseProcess]:
    """Return how a worker starts the process of a try."""

    def begin(begun: Try) -> BaseProcess:
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        process = context.Process(target=_do, args=(url, queue_name, begun))
        process.start()
        return process

    return begin


def ask(
    session: Session,
    components: WorkerComponents,
    actor,
    work: str,
    apart=None,
    files=None,
    **arguments,
):
    """Ask for a sample."""
    return jobs.ask(
        session,
        components.clock,
        components.queue,
        actor,
        KINDS[f"sample.{work}"],
        title=f"Sample {work}",
        subject="sample:1",
        arguments=arguments,
        files=files,
        apart=apart,
    )


def _do(url: str, queue_name: str, begun: Try) -> None:
    follow_parent(partial(os._exit, 1))
    jobs.perform(make_components(url, queue_name, SystemClock()), begun)


def main() -> None:
    """Work until told to stop."""
    url, queue_name = sys.argv[1:]
    over = Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    jobs.work(make_components(url, queue_name, SystemClock()), start(url, queue_name), over)


if __name__ == "__main__":
    main()
