"""How workers hear of jobs: the one thing that differs between the embedded queue and others.

What a job is, where it stands and what came of it is in the table of jobs, whatever queue is
used; so a page, a limit or a cancellation knows nothing of queues.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from examengine.jobs.rules import Try

Perform = Callable[[Try], None]
"""Does the work of one try in a process of its own, and returns when that is over."""


class JobQueue(Protocol):
    """Hands jobs to workers. `tests/jobs/test_queues.py` says what each implementation promises."""

    name: str
    """By which an operator chooses it."""

    def offer(
        self, session: Session, job_id: UUID, not_before: datetime, apart: str | None
    ) -> None:
        """Let workers hear of a job that waits, in the transaction in which it was made to wait.

        Args:
            session: The transaction: it commits the job and the offer, or neither.
            job_id: The job.
            not_before: When it may begin.
            apart: Of jobs that share it, one runs at a time.
        """
        ...

    def work(self, worker: str, perform: Perform, over: Event) -> None:
        """Begin jobs, one after another, until it is over; each is begun by one worker alone."""
        ...
