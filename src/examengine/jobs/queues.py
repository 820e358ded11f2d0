"""The queues there are, by the names under which an operator chooses them."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Engine

from examengine.jobs.queue import JobQueue
from examengine.kernel import plugins
from examengine.kernel.clock import Clock

QUEUES: Mapping[str, str] = MappingProxyType(
    {
        "embedded": "examengine.jobs.embedded:EmbeddedQueue",
        "procrastinate": "examengine.jobs.procrastinate_queue:ProcrastinateQueue",
    }
)
"""Imported when they are chosen: a server with SQLite needs nothing of procrastinate."""


def make_queue(name: str, engine: Engine, clock: Clock) -> JobQueue:
    """Return a queue.

    Raises:
        KeyError: There is none of this name.
    """
    queue: JobQueue = plugins.find(QUEUES[name])(engine, clock)
    return queue
