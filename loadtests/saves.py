"""Starts at the bell, then saves: as fast as they are answered, or at the pace of an exam."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from tests.delivery.examples import Candidate

from loadtests.http_client import Browser


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: how many, in how long, and how long each waited."""

    done: int
    refused: int
    seconds: float
    waits_ms: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Return how many were done in a second."""
        return self.done / self.seconds

    def wait(self, share: float) -> float:
        """Return the wait in milliseconds that this share of the requests did not exceed."""
        return self.waits_ms[min(len(self.waits_ms) - 1, int(share * len(self.waits_ms)))]

    def line(self, what: str) -> str:
        """Return one line for a table."""
        return (
            f"{what}: {self.done} in {self.seconds:.2f} s = {self.rate:,.0f}/s, "
            f"refused {self.refused}, p50 {self.wait(0.5):.1f} ms, p95 {self.wait(0.95):.1f} ms, "
            f"p99 {self.wait(0.99):.1f} ms"
        )


async def load(
    port: int, people: Sequence[Candidate], items: Sequence[str], clients: int, seconds: float
) -> tuple[Figures, Figures]:
    """Let everybody start at once, then let some save for a while; return both figures."""
    async with _connected(port, people) as browsers:
        starts = await _starts(browsers)
        return starts, await _saves(browsers[:clients], items, seconds)


async def saves(
    port: int, people: Sequence[Candidate], items: Sequence[str], seconds: float
) -> Figures:
    """Let some who have started save for a while."""
    async with _connected(port, people) as browsers:
        return await _saves(browsers, items, seconds)


async def calm_then(
    port: int,
    people: Sequence[Candidate],
    items: Sequence[str],
    seconds: float,
    every: float,
    begin: Callable[[], AbstractContextManager[None]],
) -> tuple[Figures, Figures]:
    """Let everybody save at a steady pace, first in quiet, then while something else goes on.

    Args:
        port: Where the server listens.
        people: Who starts, and then saves.
        items: Single-choice items of their form.
        seconds: How long each of the two parts lasts.
        every: How many seconds lie between two saves of one.
        begin: Begins what goes on in the second part, and ends it.

    Returns:
        The saves in quiet, and the saves beside it.
    """
    async with _connected(port, people) as browsers:
        await _starts(browsers)
        await _saves(browsers, items, every, every)  # each page once: what is cold becomes warm
        quiet = await _saves(browsers, items, seconds, every)
        with begin():
            return quiet, await _saves(browsers, items, seconds, every)


@asynccontextmanager
async def _connected(port: int, people: Sequence[Candidate]) -> AsyncIterator[list[Browser]]:
    """Yield a browser for each of them, for as long as the block runs."""
    browsers: list[Browser] = []
    try:
        for person in people:
            browser = Browser(port, person)
            await browser.open()
            browsers.append(browser)
        yield browsers
    finally:
        for browser in browsers:
            browser.close()


async def _starts(browsers: Sequence[Browser]) -> Figures:
    begun = time.perf_counter()
    waits = await asyncio.gather(*(_timed(browser.start()) for browser in browsers))
    elapsed = time.perf_counter() - begun
    refused = sum(status != 303 for status, _ in waits)
    return Figures(len(waits) - refused, refused, elapsed, tuple(sorted(ms for _, ms in waits)))


async def _timed(request: Awaitable[int]) -> tuple[int, float]:
    begun = time.perf_counter()
    status = await request
    return status, (time.perf_counter() - begun) * 1000


async def _saves(
    browsers: Sequence[Browser], items: Sequence[str], seconds: float, every: float = 0.0
) -> Figures:
    """Let each save again and again: at once when it was answered, or once in `every` seconds."""
    waits: list[float] = []
    refused = 0
    begun = time.perf_counter()

    async def save_on(browser: Browser, first: float) -> None:
        nonlocal refused
        due = begun + first
        while due < begun + seconds and time.perf_counter() - begun < seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent = time.perf_counter()
            status = await browser.save(items)
            waits.append((time.perf_counter() - sent) * 1000)
            refused += status != 200
            due = max(due + every, time.perf_counter()) if every else time.perf_counter()

    spread = every / len(browsers)
    await asyncio.gather(*(save_on(one, place * spread) for place, one in enumerate(browsers)))
    elapsed = time.perf_counter() - begun
    return Figures(len(waits) - refused, refused, elapsed, tuple(sorted(waits)))
