"""How far a job is, sent to open pages as it changes: server-sent events, within limits.

An open stream costs a connection and one short read a second. So a process has few of them, a
person fewer, and none lasts for ever: the browser asks again by itself, and is then asked again
who it is.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from uuid import UUID

from anyio import CapacityLimiter, sleep, to_thread
from fastapi.sse import ServerSentEvent

from examengine.jobs import Job, JobProgress
from examengine.kernel.errors import ExamError, Kind

MOST_STREAMS = 60
"""Streams that a process has open at most."""
MOST_OF_ONE = 3
"""Streams of one person."""
LASTS_S = 300.0
LOOK_EVERY_S = 1.0
AGAIN_MS = 3000
"""After how long a browser asks again when a stream has ended."""

NOBODY_WORKS = JobProgress(
    "It waits, and no worker has been heard of: the operator starts one with “examengine worker”"
)
"""What is said of a job that a worker would have begun by now, if there were one."""

_LOOKING = CapacityLimiter(2)


class StreamsTooMany(ExamError):
    """As many pages follow jobs already as may; this one looks again by itself."""

    code = "streams_too_many"
    kind = Kind.TOO_MANY
    retry_after = 10


class Streams:
    """Counts the open streams of a process, and ends them when it stops."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()
        self.ending = False

    @contextmanager
    def one_of(self, person_id: UUID) -> Iterator[None]:
        """Have a stream for as long as the block lasts.

        Raises:
            StreamsTooMany: There are too many, of this person or of all.
        """
        if self._of[person_id] >= MOST_OF_ONE or self._of.total() >= MOST_STREAMS:
            raise StreamsTooMany
        self._of[person_id] += 1
        try:
            yield
        finally:
            self._of[person_id] -= 1
            if not self._of[person_id]:
                del self._of[person_id]


async def told(streams: Streams, look: Callable[[], Job]) -> AsyncIterator[ServerSentEvent]:
    """Yield how a job stands whenever that has changed, until it is over.

    Args:
        streams: What ends them all when the process stops.
        look: Reads the job; called in a thread.
    """
    until, before = monotonic() + LASTS_S, None
    while not streams.ending and monotonic() < until:
        job = await to_thread.run_sync(look, limiter=_LOOKING)
        if (now := standing(job)) != before:
            yield ServerSentEvent(data=now, retry=AGAIN_MS)
            before = now
        if job.state.over:
            return
        await sleep(LOOK_EVERY_S)


def as_told(job: Job, *, unattended: bool) -> Job:
    """Return a job with the words that a page shows: where nobody works, it says so."""
    return replace(job, progress=NOBODY_WORKS) if unattended else job


def standing(job: Job) -> dict[str, object]:
    """Return what a page needs to know to show how far a job is."""
    progress = job.progress
    return {
        "state": job.state.value,
        "words": progress.words,
        "done": progress.done,
        "of": progress.of,
        "stopping": job.cancel_asked and not job.state.over,
    }
