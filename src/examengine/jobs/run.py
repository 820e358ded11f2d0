"""One try of a job, in the process that does its work: what a kind is given, and what it ends in.

A refusal ends the job in the words of the refusal. What is no refusal is a defect: its place is in
the log under a number, and the number is on the page. A database that is away, or somebody who was
quicker, lets the job be begun again.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from examengine.accounts import Actor, actor_now
from examengine.db import is_taken, is_unavailable, reading, within, writing, writing_late
from examengine.jobs import repository
from examengine.jobs.errors import NotTheirsAnyMore
from examengine.jobs.files import unpacked
from examengine.jobs.kinds import Kinds
from examengine.jobs.queue import JobQueue
from examengine.jobs.rules import Failure, Job, JobProgress, Try, after_loss
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest_of_bytes
from examengine.kernel.errors import ExamError, Kind

REPORT_EVERY_S = 1.0
"""How often progress is written at most: each time is a commit."""

log = logging.getLogger("examengine.jobs")

Tell = Callable[[ExamError], Failure]
"""Returns the words for a refusal; they belong to the pages."""


class TryOvertaken(Exception):
    """Another try took this one's place, or the job was stopped: nothing may be written."""


@dataclass(slots=True)
class JobEnding:
    """The transaction that ends a job."""

    session: Session
    result: Mapping[str, Any] | None = None
    """What came of it, as JSON; to be set before the block ends."""
    keep_files: bool = False
    """Whether the files that came with it stay, for a next step; until their asker's next job."""


@dataclass(frozen=True, slots=True)
class WorkerComponents:
    """What every job is done with: the parts of a worker's process."""

    engine: Engine
    clock: Clock
    kinds: Kinds
    tell: Tell
    queue: JobQueue


@dataclass(slots=True)
class JobRun:
    """What a kind of job is given for one try."""

    job: Job
    actor: Actor
    """Whoever asked for it, with the roles they have now."""
    engine: Engine
    """Of the organisation for which it is done."""
    clock: Clock
    _try: Try
    _reported: tuple[str, float] = field(default=("", 0.0))

    def files(self) -> dict[str, bytes]:
        """Return the files that came with the job, by name."""
        with reading(self.engine) as session:
            data = repository.input_of(session, self.job.id)
        return {} if data is None else unpacked(data)

    def report(self, words: str, done: int = 0, of: int | None = None) -> None:
        """Say how far the job is; the same words more than once a second are passed over.

        Raises:
            Overtaken: It is no longer this try's to do.
        """
        last, at = self._reported
        if words == last and monotonic() - at < REPORT_EVERY_S:
            return
        self._reported = (words, monotonic())
        with writing(self.engine) as session:
            progress = JobProgress(words, done, of)
            if not repository.report(session, self._try, progress, self.clock.now()):
                raise TryOvertaken

    def came_of_it(self) -> Any:
        """Return what a try before this one has written for good, as JSON; None where none has."""
        with reading(self.engine) as session:
            data = repository.result_of(session, self.job.id)
        return None if data is None else json.loads(data)

    @contextmanager
    def underway(self) -> Iterator[JobEnding]:
        """Open a transaction that writes what the job is for, while something is left to do.

        It commits all of that and its result, or nothing. What is left has to bear being done
        twice, and being begun by another try, to which `came_of_it` gives the result.

        Raises:
            Overtaken: It is no longer this try's to do; nothing was written.
        """
        with writing_late(self.engine) as session:
            ending = JobEnding(session)
            yield ending
            data = _encoded(self.job, ending)
            if not repository.keep_result(session, self._try, data, self.clock.now()):
                raise TryOvertaken

    @contextmanager
    def finishing(self) -> Iterator[JobEnding]:
        """Open the transaction that writes what the job is for, its result, and that it is done.

        It commits all of that or nothing. SQLite's write lock is taken with its first write, so
        whatever is costly comes before that.

        Raises:
            Overtaken: It is no longer this try's to do; nothing was written.
        """
        with writing_late(self.engine) as session:
            ending = JobEnding(session)
            yield ending
            data = _encoded(self.job, ending)
            result_digest, now = digest_of_bytes(data), self.clock.now()
            if not repository.finish(session, self._try, data, result_digest, now):
                raise TryOvertaken
            if not ending.keep_files:
                repository.delete_files(session, [self.job.id])


def perform(components: WorkerComponents, begun: Try) -> None:
    """Do the work of one try, whatever comes of it; what that is stands in the table of jobs."""
    try:
        _run(components, begun)
    except TryOvertaken:
        log.warning("job %s: try %d was overtaken", begun.job_id, begun.number)
    except ExamError as refusal:
        if refusal.kind is Kind.UNAVAILABLE:
            lose(components, begun)
        else:
            _fail(components, begun, components.tell(refusal))
    except SQLAlchemyError as error:
        if is_unavailable(error) or (isinstance(error, DBAPIError) and is_taken(error)):
            lose(components, begun)
        else:
            _fail(components, begun, _defect(begun, error))
    except Exception as error:
        _fail(components, begun, _defect(begun, error))


def lose(components: WorkerComponents, begun: Try) -> None:
    """Let a job be begun again after something went wrong that may pass, but not for ever."""
    with writing(components.engine) as session:
        job = repository.job(session, begun.job_id)
        if job is None:
            return
        now = components.clock.now()
        next_time = after_loss(job.losses + 1, now)
        if isinstance(next_time, Failure):
            repository.fail(session, begun, next_time, now)
        elif repository.put_back(session, begun, next_time, loss=True):
            components.queue.offer(session, begun.job_id, next_time, job.apart)


def _run(components: WorkerComponents, begun: Try) -> None:
    with reading(components.engine) as session:
        job = repository.job(session, begun.job_id)
        if job is None or job.tries != begun.number:
            raise TryOvertaken
        kind = components.kinds.get(job.kind)
        if kind is None:
            raise RuntimeError(f"no worker of this version knows jobs of the kind {job.kind}")
    engine = within(components.engine, job.organisation_id)
    with reading(engine) as session:
        actor = actor_now(session, job.asked_by)
    if actor is None or not actor.may(*kind.roles):
        raise NotTheirsAnyMore
    kind.run(JobRun(job, actor, engine, components.clock, begun))


def _encoded(job: Job, ending: JobEnding) -> bytes:
    if ending.result is None:
        raise RuntimeError(f"a job of the kind {job.kind} ended without a result")
    return json.dumps(ending.result, allow_nan=False).encode("ascii")


def _fail(components: WorkerComponents, begun: Try, failure: Failure) -> None:
    with writing(components.engine) as session:
        repository.fail(session, begun, failure, components.clock.now())


def _defect(begun: Try, error: Exception) -> Failure:
    number = secrets.token_hex(4)
    log.error("job %s: defect %s", begun.job_id, number, exc_info=error)
    return Failure(
        "defect",
        "Something went wrong on our side",
        "What it had not stored by then is left out. The operator finds it in the log as defect "
        f"{number}.",
    )
