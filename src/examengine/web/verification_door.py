"""The door for strangers who bring a credential: how many come in, and how often one may.

Verifying is the one thing anybody may ask for that costs more than a page. Sources are counted
before a body is read, one verification runs at a time, and a few may wait; all others are told at
once when to come back. So nothing that is sent to `/verify` takes what saved answers need.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address, ip_address

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from examengine.credentials import AwardingBody, Report, VerificationDesk
from examengine.kernel.errors import ExamError, Kind
from examengine.web import errors

MOST_WAITING = 8
"""Verifications that run or wait; each waits a few seconds at most."""
AT_ONCE = 20
"""What one source may send without a pause; an office behind one address is one source."""
SECONDS_EACH = 3.0
"""How long a source waits for each one after that."""
MOST_SOURCES = 10_000


class TooManyVerifications(ExamError):
    """One source sends more to verify than is taken from one, or more is waiting than can."""

    code = "too_many_verifications"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"come back in {retry_after} s")
        self.retry_after = retry_after


class Verifications:
    """One verification at a time; a few wait, off the threads that pages run on."""

    def __init__(self, desk: VerificationDesk) -> None:
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="verify")
        self._waiting = 0

    @property
    def full(self) -> bool:
        """Whether as many are waiting as may."""
        return self._waiting >= MOST_WAITING

    async def verify(self, data: bytes, recipient: str | None) -> tuple[Report, AwardingBody]:
        """Verify a credential of anybody, and say which awarding body of ours it names.

        Raises:
            TooManyVerifications: As many are waiting as may.
        """
        if self.full:
            raise TooManyVerifications(MOST_WAITING)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._desk.verify, data, recipient)
        finally:
            self._waiting -= 1

    def stop(self) -> None:
        """Give up what is running and what waits."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._desk.stop()


class Sources:
    """How much each source has sent lately: a bucket that fills again with time.

    Args:
        seconds: Tells how much time has passed.
        at_once: What one source may send without a pause.
        seconds_each: How long it waits for each one after that.
    """

    def __init__(
        self,
        seconds: Callable[[], float] = time.monotonic,
        *,
        at_once: int = AT_ONCE,
        seconds_each: float = SECONDS_EACH,
    ) -> None:
        self._seconds, self._each, self._most = seconds, seconds_each, at_once * seconds_each
        self._full_again: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return how long a source must wait, in seconds; 0 when it may come in, and is counted."""
        now, source = self._seconds(), _source(address)
        owed = max(self._full_again.get(source, now), now)
        wait = owed + self._each - now - self._most
        if wait > 0:
            return wait
        self._full_again[source] = owed + self._each
        self._full_again.move_to_end(source)
        if len(self._full_again) > MOST_SOURCES:
            self._full_again.popitem(last=False)
        return 0.0


class VerificationDoor:
    """Refuses, before a body is read, a source that sends too much and whoever cannot wait."""

    def __init__(self, app: ASGIApp, verifications: Verifications) -> None:
        self._app = app
        self._verifications = verifications
        self._sources = Sources()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/verify":
            wait = self._wait(scope)
            if wait > 0:
                refusal = TooManyVerifications(int(wait) + 1)
                answer = await errors.refuse(Request(scope), refusal)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        """Return how many seconds whoever asks has to wait; 0 when they may come in."""
        if self._verifications.full:
            return MOST_WAITING
        client = scope.get("client")
        return self._sources.wait(client[0] if client else "")


def _source(address: str) -> str:
    """Return whom an address stands for: of IPv6, one customer has a whole network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
