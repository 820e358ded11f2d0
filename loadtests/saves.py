"""What candidates do under load: start at the bell, go on at some pace, and hand in."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from tests.delivery.examples import Candidate

from loadtests.http_client import OK, Browser


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


async def saves(
    port: int, people: Sequence[Candidate], items: Sequence[str], seconds: float
) -> Figures:
    """Let some who have started save for a while."""
    async with connected(port, people) as browsers:
        return await again_and_again(browsers, lambda browser: browser.save(items), seconds)


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
    async with connected(port, people) as browsers:

        def save(browser: Browser) -> Awaitable[int]:
            return browser.save(items)

        await starts(browsers)
        await again_and_again(
            browsers, save, every, every
        )  # each page once: what is cold becomes warm
        quiet = await again_and_again(browsers, save, seconds, every)
        with begin():
            return quiet, await again_and_again(browsers, save, seconds, every)


@asynccontextmanager
async def connected(port: int, people: Sequence[Candidate]) -> AsyncIterator[list[Browser]]:
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


async def starts(browsers: Sequence[Browser]) -> Figures:
    """Let everybody start at once; each is done when the first question is there."""
    return await _at_once(browser.start() for browser in browsers)


async def submits(browsers: Sequence[Browser]) -> Figures:
    """Let everybody hand in at once; each is done when the receipt is there."""
    return await _at_once(browser.submit() for browser in browsers)


async def _at_once(requests: Iterable[Awaitable[int]]) -> Figures:
    begun = time.perf_counter()
    waits = await asyncio.gather(*(_timed(request) for request in requests))
    elapsed = time.perf_counter() - begun
    refused = sum(status != OK for status, _ in waits)
    return Figures(len(waits) - refused, refused, elapsed, tuple(sorted(ms for _, ms in waits)))


async def _timed(request: Awaitable[int]) -> tuple[int, float]:
    begun = time.perf_counter()
    status = await request
    return status, (time.perf_counter() - begun) * 1000


Act = Callable[[Browser], Awaitable[int]]
"""What a browser does again and again; it returns the status of the answer."""


async def again_and_again(
    browsers: Sequence[Browser], act: Act, seconds: float, every: float = 0.0
) -> Figures:
    """Let each do it anew: at once when it was answered, or once in `every` seconds."""
    waits: list[float] = []
    refused = 0
    begun = time.perf_counter()

    async def go_on(browser: Browser, first: float) -> None:
        nonlocal refused
        due = begun + first
        while due < begun + seconds and time.perf_counter() - begun < seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent = time.perf_counter()
            status = await act(browser)
            waits.append((time.perf_counter() - sent) * 1000)
            refused += status != OK
            due = max(due + every, time.perf_counter()) if every else time.perf_counter()

    spread = every / len(browsers)
    await asyncio.gather(*(go_on(one, place * spread) for place, one in enumerate(browsers)))
    elapsed = time.perf_counter() - begun
    return Figures(len(waits) - refused, refused, elapsed, tuple(sorted(waits)))
