"""Use cases of jobs: ask for one, look at it, stop it, try it again, read what came of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.db import alone, reading, writing
from examengine.jobs import repository
from examengine.jobs.errors import (
    JobNotFailed,
    JobOver,
    JobsTooMany,
    JobUnknown,
    ResultUnknown,
)
from examengine.jobs.files import packed, unpacked
from examengine.jobs.kinds import JobKind
from examengine.jobs.queue import JobQueue
from examengine.jobs.rules import KEPT_FOR, LEASE, Job, JobState, is_overdue
from examengine.jobs.tables import JobRow
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

MOST_OF_ONE = 20
"""Jobs of one person that may wait or run; somebody who has more is told to let some end."""
MOST_OF_ALL = 500
KEPT_OF_ONE = 200
"""Jobs of one person that are kept; older ones go when they ask for another."""
SHOWN = 50
_AT_ONCE = 100


def ask(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    kind: JobKind,
    *,
    title: str,
    subject: str,
    arguments: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
    apart: str | None = None,
) -> UUID:
    """Ask for a job; it is stored, and offered to workers, when the transaction is committed.

    Args:
        session: The transaction.
        clock: Tells when.
        queue: How workers hear of it.
        actor: Who asks; what they may do is asked again when it runs.
        kind: What is to be done.
        title: What that is, as somebody would say it.
        subject: What it is about, as `bank:data-literacy`.
        arguments: What the kind needs to know, as JSON.
        files: What comes with it, by name.
        apart: Of jobs that share it, one runs at a time.

    Returns:
        The id of the job.

    Raises:
        NotAllowed: The actor may not ask for this.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *kind.roles)
    _leave_room(session, actor)
    now = clock.now()
    if apart is not None:
        apart = f"{actor.organisation_id.hex} {apart}"
    row = JobRow(
        id=new_id(now),
        organisation_id=actor.organisation_id,
        kind=kind.name,
        title=title[:300],
        subject=subject,
        arguments=dict(arguments),
        asked_by=actor.person_id,
        asked_by_name=actor.name,
        asked_at=now,
        roles=sorted(kind.roles),
        apart=apart,
        state=JobState.WAITING.value,
        words="Waiting",
        done=0,
        tries=0,
        losses=0,
        not_before=now,
        cancel_asked=False,
    )
    _make_room(session, actor, subject)
    repository.add(session, row, None if files is None else packed(files))
    queue.offer(session, row.id, now, apart)
    return row.id


def ask_once(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    kind: JobKind,
    *,
    title: str,
    subject: str,
    arguments: Mapping[str, Any],
) -> Job:
    """Ask for a job unless one about the same waits or runs already, whoever asked for that.

    One runs at a time; that two are asked for in one moment does no harm.

    Args:
        session: The transaction.
        clock: Tells when.
        queue: How workers hear of it.
        actor: Who asks; what they may do is asked again when it runs.
        kind: What is to be done.
        title: What that is, as somebody would say it.
        subject: What it is about; jobs about the same are kept apart.
        arguments: What the kind needs to know, as JSON.

    Returns:
        The job that was there, or the new one.

    Raises:
        NotAllowed: The actor may not ask for this.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *kind.roles)
    newest = next(iter(repository.jobs_about(session, actor, subject, 1)), None)
    if newest is not None and not newest.state.over:
        return newest
    made = ask(
        session,
        clock,
        queue,
        actor,
        kind,
        title=title,
        subject=subject,
        arguments=arguments,
        apart=subject,
    )
    return find_job(session, actor, made)


def is_unattended(session: Session, clock: Clock, job: Job) -> bool:
    """Tell whether a job has waited for a while and no worker has been heard of meanwhile.

    It does not ask who is asking: whoever has the job may look at it.
    """
    now = clock.now()
    return is_overdue(job, now) and not repository.heard_since(session, now - LEASE)


def find_job(session: Session, actor: Actor, job_id: UUID) -> Job:
    """Return one job.

    Raises:
        JobUnknown: There is none with this id, or the actor could not have asked for it.
    """
    found = repository.job(session, job_id)
    if found is None or not _may_see(actor, found):
        raise JobUnknown(f"no job {job_id}")
    return found


def list_jobs(session: Session, actor: Actor) -> list[Job]:
    """Return the newest jobs that the actor asked for; an administrator sees the organisation's."""
    if actor.may(Role.ADMINISTRATOR):
        return repository.newest_jobs(session, actor, SHOWN)
    return repository.jobs_of(session, actor, SHOWN)


def jobs_about(session: Session, actor: Actor, subject: str, *, most: int = 5) -> list[Job]:
    """Return the newest jobs about one thing that the actor may look at."""
    found = repository.jobs_about(session, actor, subject, most)
    return [job for job in found if _may_see(actor, job)]


def result_of(session: Session, actor: Actor, job_id: UUID) -> Any:
    """Return what came of a job, as JSON.

    Raises:
        JobUnknown: There is none with this id, or the actor could not have asked for it.
        ResultUnknown: It is not done.
    """
    job = find_job(session, actor, job_id)
    data = repository.result_of(session, job_id)
    if data is None or job.state is not JobState.DONE:
        raise ResultUnknown(f"job {job_id} has no result")
    return json.loads(data)


def files_of(session: Session, actor: Actor, job_id: UUID) -> dict[str, bytes]:
    """Return the files that came with a job of one's own, as long as they are kept.

    Raises:
        JobUnknown: There is none with this id, or it is somebody else's.
    """
    if find_job(session, actor, job_id).asked_by != actor.person_id:
        raise JobUnknown(f"job {job_id} belongs to somebody else")
    data = repository.input_of(session, job_id)
    return {} if data is None else unpacked(data)


def cancel(session: Session, clock: Clock, actor: Actor, job_id: UUID) -> JobState:
    """Stop a job: at once when it waits, within a few seconds when it runs.

    Raises:
        JobUnknown: There is none with this id, or the actor could not have asked for it.
        NotAllowed: Somebody else asked for it, and the actor is no administrator.
        JobOver: It has ended.
    """
    job = _own(session, actor, job_id)
    now = clock.now()
    state = repository.ask_to_cancel(session, job_id, now)
    if state is None:
        raise JobOver(job_id)
    record_act(session, now, actor, "jobs.cancel", f"job:{job_id}", {"title": job.title})
    return state


def try_again(session: Session, clock: Clock, queue: JobQueue, actor: Actor, job_id: UUID) -> None:
    """Let a job that failed or was stopped be begun anew, with what came with it the first time.

    Raises:
        JobUnknown: There is none with this id, or it is somebody else's.
        NotAllowed: Somebody else asked for it.
        JobNotFailed: It waits, runs or is done.
        JobsTooMany: So much waits already that no more is taken.
    """
    job = find_job(session, actor, job_id)
    if job.asked_by != actor.person_id:
        raise JobUnknown(f"job {job_id} belongs to somebody else")
    _leave_room(session, actor)
    now = clock.now()
    if not repository.wait_again(session, job_id, now):
        raise JobNotFailed(job_id)
    queue.offer(session, job_id, now, job.apart)


def delete_old_jobs(engine: Engine, now: datetime) -> int:
    """Delete the jobs that have been over for long; return how many were.

    A hundred at a time, so that nobody who writes waits for it; one process at a time.
    """
    swept = 0
    with alone(engine, "job sweep") as ours:
        while ours:
            with reading(engine) as session:
                old = repository.ended_before(session, now - KEPT_FOR, _AT_ONCE)
            if not old:
                break
            with writing(engine) as session:
                repository.delete_jobs(session, old)
            swept += len(old)
    return swept


def _own(session: Session, actor: Actor, job_id: UUID) -> Job:
    job = find_job(session, actor, job_id)
    if job.asked_by != actor.person_id:
        require(actor, Role.ADMINISTRATOR)
    return job


def _may_see(actor: Actor, job: Job) -> bool:
    if job.organisation_id != actor.organisation_id:
        return False
    own = job.asked_by == actor.person_id
    return own or actor.may(Role.ADMINISTRATOR) or not job.roles.isdisjoint(actor.roles)


def _make_room(session: Session, actor: Actor, subject: str) -> None:
    """Let go of what nobody will look at again, so that no one person fills the database."""
    spent = repository.ended_with_files(session, actor.person_id, subject)
    if spent:
        repository.delete_files(session, spent)
    old = repository.beyond_newest(session, actor.person_id, KEPT_OF_ONE)
    if old:
        repository.delete_jobs(session, old)


def _leave_room(session: Session, actor: Actor) -> None:
    """Refuse more when much waits; two who ask at once may both be let in."""
    of_one = repository.count_to_come(session, actor.person_id)
    if of_one >= MOST_OF_ONE:
        raise JobsTooMany(of_one)
    of_all = repository.count_to_come(session)
    if of_all >= MOST_OF_ALL:
        raise JobsTooMany(of_all)
