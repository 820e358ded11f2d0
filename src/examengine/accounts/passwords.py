"""Passwords are hashed with argon2id, two at a time, and only so many may wait.

A server hashes in two processes that step back (`kernel.processes`), a command and a test in two
threads. The threads that draw pages never hash: a route awaits the answer. Memory is bounded
whatever comes in: two hashes at work take 2 × 19 MiB, and what waits is a text of at most 1,000
characters.
"""

import asyncio
import unicodedata
from collections.abc import Callable, Mapping
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from threading import BoundedSemaphore
from typing import Any, ParamSpec, TypeVar

import argon2

from examengine.accounts.errors import SignInBusy
from examengine.kernel.processes import Lasting

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 320
"""A room of three hundred that presses the button at the bell fits in, and waits a few seconds."""
RETRY_AFTER_S = 5
_GIVEN_UP = (BrokenExecutor, CancelledError)
"""How a hash ends whose process died, or that still waited when the server stopped."""


def normalised_password(password: str) -> str:
    """Return a password as it is hashed: NFKC, so that keyboards that compose alike agree.

    The same letters arrive composed from one system and decomposed from another, and a Japanese
    keyboard may send full-width digits (NIST SP 800-63B § 5.1.1.2 asks for NFKC or NFKD).
    """
    return unicodedata.normalize("NFKC", password)


class PasswordHasher:
    """Argon2id with the second parameter set that OWASP recommends: 19 MiB, two passes, one lane.

    Args:
        at_once: How many hashes run at the same time.
        most_waiting: How many more may wait; whoever comes then is sent away at once.
        memory_kib: The memory of one hash.
        passes: How often it is gone through.
        pool: Makes what hashes are computed in, for so many at once.
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
        memory_kib: int = 19_456,
        passes: int = 2,
        pool: Callable[[int], Executor] = ThreadPoolExecutor,
    ) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1
        )
        self._pool = Lasting(lambda: pool(at_once))
        self._places = BoundedSemaphore(at_once + most_waiting)
        self._nobody = self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """Return the encoded hash, with its salt and parameters; waits for its turn.

        Raises:
            SignInBusy: Too many wait already.
        """
        return _hashed(self._begin(self._hasher.hash, normalised_password(password)))

    async def hashing(self, password: str) -> str:
        """Return the encoded hash; for code that runs in an event loop.

        Raises:
            SignInBusy: Too many wait already.
        """
        begun = self._begin(self._hasher.hash, normalised_password(password))
        await _ended(begun)
        return _hashed(begun)

    def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` is the one; an unknown person takes as long as a known one.

        Raises:
            SignInBusy: Too many wait already.
        """
        right = [_is_right(begun) for begun in self._begin_matching(stored, password)]
        return stored is not None and any(right)

    async def matching(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` is the one; for code that runs in an event loop.

        Raises:
            SignInBusy: Too many wait already.
        """
        begun = self._begin_matching(stored, password)
        await _ended(*begun)
        right = [_is_right(one) for one in begun]
        return stored is not None and any(right)

    def start(self) -> None:
        """Begin what hashes are computed in, so that the first to sign in need not wait for it."""
        self._pool.submit(self._hasher.hash, "")

    def stop(self) -> None:
        """End what hashes are computed in."""
        self._pool.stop()

    def _begin_matching(self, stored: str | None, password: str) -> list[Future[bool]]:
        """Try the normalised password, and what was typed: hashes from before were made of that."""
        spellings = dict.fromkeys((normalised_password(password), password))
        against = stored or self._nobody
        return [self._begin(self._hasher.verify, against, spelling) for spelling in spellings]

    def _begin(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """Begin a hash. Only what the library itself offers is sent: a process loads that alone."""
        if not self._places.acquire(blocking=False):
            raise SignInBusy(RETRY_AFTER_S)
        future = self._pool.submit(work, *given, **named)
        future.add_done_callback(lambda _: self._places.release())
        return future


async def _ended(*begun: Future[Any]) -> None:
    await asyncio.gather(*map(asyncio.wrap_future, begun), return_exceptions=True)


def _hashed(begun: Future[str]) -> str:
    try:
        return begun.result()
    except _GIVEN_UP:
        raise SignInBusy(RETRY_AFTER_S) from None


def _is_right(begun: Future[bool]) -> bool:
    try:
        return begun.result()
    except _GIVEN_UP:
        raise SignInBusy(RETRY_AFTER_S) from None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


class HashedBefore:
    """Hands out hashes that were made beforehand, so that no transaction waits for one.

    Args:
        made: The hash of each password.
    """

    def __init__(self, made: Mapping[str, str]) -> None:
        self._made = made

    def hash(self, password: str) -> str:
        """Return the hash that was made of this password."""
        return self._made[password]
