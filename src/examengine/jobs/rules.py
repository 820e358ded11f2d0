"""What a job is, and what may become of it: pure, and the same whoever runs it.

    waiting → running → done | failed | cancelled
       ↑________|  its worker was lost or told to stop, or what it needs was away

A job is run at least once and takes effect at most once: what it writes and that it is done are
one transaction, which only the newest try of it may commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

MOST_LOSSES = 3
"""How often a job may lose its worker before it counts as one that no worker survives."""
LEASE = timedelta(seconds=30)
"""How long a worker may be silent before its job is given to another one."""
PAUSES = (timedelta(seconds=5), timedelta(seconds=30))
"""How long a job waits after its first loss, and after its second."""
MOST_TIME = timedelta(hours=4)
"""How long one try may take; nobody waits for what takes longer."""
BEGUN_WITHIN = timedelta(seconds=15)
"""How soon a worker that has nothing else to do begins a job, at the latest."""
KEPT_FOR = timedelta(days=30)
"""How long a job that is over can be looked at."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Tell whether nothing more becomes of it by itself."""
        return self not in _TO_COME


_TO_COME = frozenset({JobState.WAITING, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is, in the words of whoever waits for it."""

    words: str
    done: int = 0
    of: int | None = None
    """How many steps there are; None while nobody can tell."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job came to nothing: a refusal in words, or a defect with its number in the log."""

    code: str
    title: str
    text: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Something that somebody asked for and that takes longer than a page may."""

    id: UUID
    organisation_id: UUID
    """For which organisation; it is done with the rows of that one alone."""
    kind: str
    title: str
    """What it is, as somebody would say it: `Import 12 files into Data literacy`."""
    subject: str
    """What it is about, as the trail of staff acts names it: `bank:data-literacy`."""
    arguments: Mapping[str, Any]
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    roles: frozenset[str]
    """Whoever plays one of them may look at it, for they could have asked for it."""
    apart: str | None
    """Of jobs that share it, one runs at a time."""
    state: JobState
    progress: JobProgress
    tries: int
    losses: int
    not_before: datetime
    heard_at: datetime | None
    """When its worker was heard of last."""
    cancel_asked: bool
    started_at: datetime | None
    ended_at: datetime | None
    result_digest: str | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Try:
    """One beginning of a job. Only the newest one may write what came of it."""

    job_id: UUID
    number: int
    """1, 2, 3 …"""
    losses: int = 0
    """How often the job had lost its worker before."""


LOST = Failure(
    "job_lost",
    "This could not be finished",
    f"The process that worked on it ended {MOST_LOSSES} times before it was through: perhaps there "
    "is too little memory for it. What it had not stored by then is left out. The operator's log "
    "says more.",
)
"""No worker survived a job."""


TOO_LONG = Failure(
    "job_too_long",
    "This took too long",
    f"It was ended after {MOST_TIME.total_seconds() / 3600:.0f} hours. What it had not stored by "
    "then is left out. Ask for less at a time.",
)


def after_loss(losses: int, now: datetime) -> datetime | Failure:
    """Decide what becomes of a job that lost its worker, or found the database away.

    Args:
        losses: How often that has happened to it, this time included.
        now: The present moment.

    Returns:
        When it is begun again, or why it is not.
    """
    if losses >= MOST_LOSSES:
        return LOST
    return now + PAUSES[losses - 1]


def is_silent(job: Job, now: datetime) -> bool:
    """Tell whether a running job has not been heard of for so long that another try takes over."""
    return job.state is JobState.RUNNING and (job.heard_at is None or now - job.heard_at > LEASE)


def is_overdue(job: Job, now: datetime) -> bool:
    """Tell whether an idle worker would have begun a job that waits by now."""
    return job.state is JobState.WAITING and now - max(job.asked_at, job.not_before) > BEGUN_WITHIN
