"""Reads and writes of jobs; no decision is taken here.

What a worker writes names the try it writes for: when another try has begun since, or somebody
has stopped the job, nothing is written, and the answer says so.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, insert, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from examengine.accounts import Actor
from examengine.jobs.rules import LEASE, MOST_LOSSES, Failure, Job, JobProgress, JobState, Try
from examengine.jobs.tables import JobInputRow, JobResultRow, JobRow

_WAITING, _RUNNING = JobState.WAITING.value, JobState.RUNNING.value


def add(session: Session, row: JobRow, data: bytes | None) -> None:
    """Insert a job, with the files that came with it."""
    session.execute(insert(JobRow).values(**row.model_dump()))
    if data is not None:
        session.execute(insert(JobInputRow).values(job_id=row.id, data=data))


def job(session: Session, job_id: UUID) -> Job | None:
    """Return one job, as it stands now."""
    row = session.exec(select(JobRow).where(col(JobRow.id) == job_id)).one_or_none()
    return None if row is None else _job(row)


def jobs_of(session: Session, actor: Actor, limit: int) -> list[Job]:
    """Return what somebody asked for in their organisation, the newest first."""
    query = _within(actor).where(col(JobRow.asked_by) == actor.person_id)
    return [_job(row) for row in session.exec(_newest(query, limit))]


def jobs_about(session: Session, actor: Actor, subject: str, limit: int) -> list[Job]:
    """Return what was asked for about one thing of an organisation, the newest first."""
    query = _within(actor).where(col(JobRow.subject) == subject)
    return [_job(row) for row in session.exec(_newest(query, limit))]


def newest_jobs(session: Session, actor: Actor, limit: int) -> list[Job]:
    """Return the newest jobs of everybody in an organisation."""
    return [_job(row) for row in session.exec(_newest(_within(actor), limit))]


def count_to_come(session: Session, person_id: UUID | None = None) -> int:
    """Return how many jobs wait or run: of one person, or of all."""
    query = select(func.count()).select_from(JobRow).where(_to_come())
    if person_id is not None:
        query = query.where(col(JobRow.asked_by) == person_id)
    return session.exec(query).one()


def input_of(session: Session, job_id: UUID) -> bytes | None:
    """Return the files that came with a job, in one piece."""
    query = select(JobInputRow.data).where(col(JobInputRow.job_id) == job_id)
    return session.exec(query).one_or_none()


def result_of(session: Session, job_id: UUID) -> bytes | None:
    """Return what came of a job."""
    query = select(JobResultRow.data).where(col(JobResultRow.job_id) == job_id)
    return session.exec(query).one_or_none()


def next_to_begin(session: Session, now: datetime, *, lock: bool = False) -> UUID | None:
    """Return the job that is the next to begin: one that waits, or whose worker is silent.

    Args:
        session: The transaction.
        now: The present moment.
        lock: Whether to keep it from other workers until the commit.
    """
    other = aliased(JobRow)
    apart_runs = exists().where(
        col(other.apart) == col(JobRow.apart),
        col(other.state) == _RUNNING,
        col(other.id) != col(JobRow.id),
    )
    query = select(JobRow.id).where(_beginnable(now), ~apart_runs).order_by(col(JobRow.id)).limit(1)
    if lock:
        query = query.with_for_update(skip_locked=True)
    return session.exec(query).one_or_none()


def begin(session: Session, job_id: UUID, worker: str, now: datetime) -> Try | None:
    """Begin a job for a worker; None when somebody else has, or it is over."""
    row = session.execute(
        update(JobRow)
        .where(col(JobRow.id) == job_id, _beginnable(now))
        .values(
            state=_RUNNING,
            tries=JobRow.tries + 1,
            losses=JobRow.losses + case((col(JobRow.state) == _RUNNING, 1), else_=0),
            worker=worker,
            heard_at=now,
            started_at=func.coalesce(JobRow.started_at, now),
            words="Beginning",
            done=0,
            of=None,
        )
        .returning(col(JobRow.tries), col(JobRow.losses))
    ).one_or_none()
    return None if row is None else Try(job_id, row.tries, row.losses)


def end_silent(session: Session, now: datetime, lost: Failure) -> list[UUID]:
    """End the jobs whose worker is silent, and which were stopped or have lost too many.

    Returns:
        Those that have lost too many.
    """
    silent = and_(col(JobRow.state) == _RUNNING, col(JobRow.heard_at) < now - LEASE)
    session.execute(
        update(JobRow)
        .where(silent, col(JobRow.cancel_asked).is_(True))
        .values(state=JobState.CANCELLED.value, ended_at=now)
    )
    failed = session.execute(
        update(JobRow)
        .where(silent, col(JobRow.losses) + 1 >= MOST_LOSSES)
        .values(state=JobState.FAILED.value, ended_at=now, failure=_failure_text(lost))
        .returning(col(JobRow.id))
    )
    return list(failed.scalars())


def any_silent(session: Session, now: datetime) -> bool:
    """Tell whether a running job has not been heard of for too long."""
    query = select(JobRow.id).where(
        col(JobRow.state) == _RUNNING, col(JobRow.heard_at) < now - LEASE
    )
    return session.exec(query.limit(1)).first() is not None


def heard_since(session: Session, moment: datetime) -> bool:
    """Tell whether any worker has been heard of since a moment."""
    query = select(JobRow.id).where(col(JobRow.heard_at) >= moment)
    return session.exec(query.limit(1)).first() is not None


def beat(session: Session, begun: Try, now: datetime) -> bool | None:
    """Say that a try is alive; return whether it is to stop, None when it is no longer the one."""
    row = session.execute(
        _of(begun).values(heard_at=now).returning(col(JobRow.cancel_asked))
    ).one_or_none()
    return None if row is None else bool(row.cancel_asked)


def report(session: Session, begun: Try, progress: JobProgress, now: datetime) -> bool:
    """Write how far a try is; tell whether it is still the one."""
    return _one(
        session,
        begun,
        words=progress.words[:300],
        done=progress.done,
        of=progress.of,
        heard_at=now,
    )


def finish(session: Session, begun: Try, data: bytes, digest: str, now: datetime) -> bool:
    """Write what came of a job, and that it is done; tell whether this try may say so."""
    ended = _one(
        session,
        begun,
        state=JobState.DONE.value,
        result_digest=digest,
        ended_at=now,
        heard_at=now,
        failure=None,
    )
    if ended:
        _put_result(session, begun, data)
    return ended


def keep_result(session: Session, begun: Try, data: bytes, now: datetime) -> bool:
    """Write what has come of a job that goes on; tell whether this try may say so."""
    own = _one(session, begun, heard_at=now)
    if own:
        _put_result(session, begun, data)
    return own


def _put_result(session: Session, begun: Try, data: bytes) -> None:
    session.execute(delete(JobResultRow).where(col(JobResultRow.job_id) == begun.job_id))
    session.execute(insert(JobResultRow).values(job_id=begun.job_id, data=data))


def fail(session: Session, begun: Try, failure: Failure, now: datetime) -> bool:
    """End a job with a failure; its files stay, for another go."""
    return _one(
        session, begun, state=JobState.FAILED.value, failure=_failure_text(failure), ended_at=now
    )


def cancelled(session: Session, begun: Try, now: datetime) -> bool:
    """End a job whose try was stopped because somebody asked for it."""
    return _one(session, begun, state=JobState.CANCELLED.value, ended_at=now)


def put_back(session: Session, begun: Try, not_before: datetime, *, loss: bool) -> bool:
    """Let a job wait again; `loss` counts it as something that went wrong."""
    return _one(
        session,
        begun,
        state=_WAITING,
        not_before=not_before,
        losses=JobRow.losses + int(loss),
        words="Waiting to be begun again",
        worker=None,
        done=0,
        of=None,
    )


def ask_to_cancel(session: Session, job_id: UUID, now: datetime) -> JobState | None:
    """Cancel a job that waits, ask the worker of one that runs; None when it is over."""
    waiting = session.execute(
        update(JobRow)
        .where(col(JobRow.id) == job_id, col(JobRow.state) == _WAITING)
        .values(state=JobState.CANCELLED.value, cancel_asked=True, ended_at=now)
        .returning(col(JobRow.id))
    ).one_or_none()
    if waiting is not None:
        return JobState.CANCELLED
    running = session.execute(
        update(JobRow)
        .where(col(JobRow.id) == job_id, col(JobRow.state) == _RUNNING)
        .values(cancel_asked=True)
        .returning(col(JobRow.id))
    ).one_or_none()
    return None if running is None else JobState.RUNNING


def wait_again(session: Session, job_id: UUID, now: datetime) -> bool:
    """Let a job that failed or was cancelled wait anew; tell whether it had."""
    ended = [JobState.FAILED.value, JobState.CANCELLED.value]
    row = session.execute(
        update(JobRow)
        .where(col(JobRow.id) == job_id, col(JobRow.state).in_(ended))
        .values(
            state=_WAITING,
            words="Waiting",
            done=0,
            of=None,
            losses=0,
            not_before=now,
            cancel_asked=False,
            started_at=None,
            ended_at=None,
            failure=None,
        )
        .returning(col(JobRow.id))
    ).one_or_none()
    return row is not None


def ended_with_files(session: Session, person_id: UUID, subject: str) -> Sequence[UUID]:
    """Return the jobs of somebody about one thing that are over and still have their files."""
    query = (
        select(JobRow.id)
        .join(JobInputRow, col(JobInputRow.job_id) == col(JobRow.id))
        .where(col(JobRow.asked_by) == person_id, col(JobRow.subject) == subject, ~_to_come())
    )
    return session.exec(query).all()


def delete_files(session: Session, job_ids: Collection[UUID]) -> None:
    """Delete the files that came with jobs."""
    session.execute(delete(JobInputRow).where(col(JobInputRow.job_id).in_(job_ids)))


def beyond_newest(session: Session, person_id: UUID, kept: int) -> Sequence[UUID]:
    """Return what somebody asked for before their newest jobs, as far as it is over."""
    newest = select(JobRow.id).where(col(JobRow.asked_by) == person_id)
    cut = session.exec(newest.order_by(col(JobRow.id).desc()).offset(kept).limit(1)).one_or_none()
    if cut is None:
        return ()
    old = (col(JobRow.asked_by) == person_id, col(JobRow.id) <= cut, ~_to_come())
    return session.exec(select(JobRow.id).where(*old)).all()


def waiting_ids(session: Session) -> Collection[UUID]:
    """Return every job that waits or runs."""
    return set(session.exec(select(JobRow.id).where(_to_come())))


def ended_before(session: Session, moment: datetime, limit: int) -> Sequence[UUID]:
    """Return jobs that were over before a moment."""
    query = select(JobRow.id).where(col(JobRow.ended_at) < moment, ~_to_come()).limit(limit)
    return session.exec(query).all()


def delete_jobs(session: Session, job_ids: Collection[UUID]) -> None:
    """Delete jobs, with what came with them and of them."""
    session.execute(delete(JobRow).where(col(JobRow.id).in_(job_ids)))


def _one(session: Session, begun: Try, **values: Any) -> bool:
    statement = _of(begun).values(**values).returning(col(JobRow.id))
    return session.execute(statement).one_or_none() is not None


def _of(begun: Try) -> Any:
    return update(JobRow).where(
        col(JobRow.id) == begun.job_id,
        col(JobRow.tries) == begun.number,
        col(JobRow.state) == _RUNNING,
    )


def _beginnable(now: datetime) -> ColumnElement[bool]:
    waits = and_(col(JobRow.state) == _WAITING, col(JobRow.not_before) <= now)
    silent = and_(col(JobRow.state) == _RUNNING, col(JobRow.heard_at) < now - LEASE)
    return or_(waits, silent)


def _to_come() -> ColumnElement[bool]:
    return col(JobRow.state).in_([_WAITING, _RUNNING])


def _within(actor: Actor) -> SelectOfScalar[JobRow]:
    return select(JobRow).where(col(JobRow.organisation_id) == actor.organisation_id)


def _newest(query: Select[Any], limit: int) -> Any:
    return query.order_by(col(JobRow.id).desc()).limit(limit)


def _failure_text(failure: Failure) -> str:
    return json.dumps(asdict(failure))


def _failure(text: str | None) -> Failure | None:
    if text is None:
        return None
    told = json.loads(text)
    return Failure(told["code"], told["title"], told["text"], tuple(told["faults"]))


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        title=row.title,
        subject=row.subject,
        arguments=row.arguments,
        asked_by=row.asked_by,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        roles=frozenset(row.roles),
        apart=row.apart,
        state=JobState(row.state),
        progress=JobProgress(row.words, row.done, row.of),
        tries=row.tries,
        losses=row.losses,
        not_before=row.not_before,
        heard_at=row.heard_at,
        cancel_asked=row.cancel_asked,
        started_at=row.started_at,
        ended_at=row.ended_at,
        result_digest=row.result_digest,
        failure=_failure(row.failure),
    )
