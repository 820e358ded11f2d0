"""What a thread does for many who wait: it takes all that stand there, and answers together."""

import asyncio
import logging
import queue
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
Awaited = Future[Any] | asyncio.Future[Any]
"""Where an answer goes: to a thread that waits, or to an event loop."""

log = logging.getLogger("examengine.kernel.waiting")


def everything_that_waits(
    waiting: "queue.SimpleQueue[T | None]", most: int
) -> tuple[list[T], bool]:
    """Wait for one, then take all that stand behind it.

    Args:
        waiting: What is asked, in order; None tells to stop.
        most: How many are taken at most, so that answers go out while the next are worked on.

    Returns:
        What was taken, and False when told to stop.
    """
    taken: list[T] = []
    asked = waiting.get()
    while asked is not None:
        taken.append(asked)
        if len(taken) == most:
            return taken, True
        try:
            asked = waiting.get_nowait()
        except queue.Empty:
            return taken, True
    return taken, False


def answer_together(answers: Iterable[tuple[Awaited, object]]) -> None:
    """Hand back what was found, exceptions as such; each event loop is woken only once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Awaited, object]]] = defaultdict(list)
    for answer, found in answers:
        if isinstance(answer, asyncio.Future):
            by_loop[answer.get_loop()].append((answer, found))
        else:
            _settle(answer, found)
    for loop, of_loop in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle_all, of_loop)
        except RuntimeError:
            log.warning("%d answers found nobody: their event loop has ended", len(of_loop))


def _settle_all(answers: Iterable[tuple[Awaited, object]]) -> None:
    for answer, found in answers:
        _settle(answer, found)


def _settle(answer: Awaited, found: object) -> None:
    if answer.done():  # whoever asked went away
        return
    if isinstance(found, Exception):
        answer.set_exception(found)
    else:
        answer.set_result(found)
