"""Short reads that wait together: one thread reads them, one after the other, in one transaction.

At the bell three hundred pages ask at the same moment who is signed in. Read by as many threads as
wait, each in a transaction of its own, that took three times as long: threads hand the interpreter
to and fro with every row. What is read here makes those behind it wait, so it is a few rows.
"""

import asyncio
import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.db.organisations import within
from examengine.db.session import reading

MOST_TOGETHER = 64
"""So few that answers go out while the next are read."""

Read = TypeVar("Read")

log = logging.getLogger("examengine.db.shared_reads")


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A read that waits, and where its answer goes."""

    organisation_id: UUID | None
    read: Callable[[Session], Any]
    answer: asyncio.Future[Any] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class SharedReads:
    """Takes short reads from any event loop; its thread begins with the first of them.

    Args:
        engine: Of the whole installation.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._turn = Lock()

    async def of(self, organisation_id: UUID | None, read: Callable[[Session], Read]) -> Read:
        """Return what `read` does, in a transaction that begins after this was asked.

        Args:
            organisation_id: Whose rows it reads; None for what belongs to no organisation.
            read: Reads a few rows, and changes nothing.

        Raises:
            Exception: Whatever `read` raises.
        """
        asked = _Asked(organisation_id, read)
        with self._turn:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="shared-reads", daemon=True)
                self._thread.start()
            self._waiting.put(asked)
        return cast(Read, await asked.answer)

    def stop(self) -> None:
        """Read what waits, then end; whoever asks again begins anew."""
        with self._turn:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None

    def _run(self) -> None:
        going_on = True
        while going_on:
            taken, going_on = self._everything_that_waits()
            by_organisation: dict[UUID | None, list[_Asked]] = {}
            for asked in taken:
                by_organisation.setdefault(asked.organisation_id, []).append(asked)
            for organisation_id, together in by_organisation.items():
                try:
                    self._read(organisation_id, together)
                except Exception as fault:
                    # Were the thread to end here, every page would wait for ever.
                    log.exception("%d reads together were refused", len(together))
                    _answer([(one, partial(one.answer.set_exception, fault)) for one in together])

    def _everything_that_waits(self) -> tuple[list[_Asked], bool]:
        """Wait for one, then take all that stand behind it; False when told to stop."""
        taken: list[_Asked] = []
        asked = self._waiting.get()
        while asked is not None:
            taken.append(asked)
            if len(taken) == MOST_TOGETHER:
                return taken, True
            try:
                asked = self._waiting.get_nowait()
            except queue.Empty:
                return taken, True
        return taken, False

    def _read(self, organisation_id: UUID | None, together: list[_Asked]) -> None:
        engine = self._engine
        if organisation_id is not None:
            engine = within(engine, organisation_id)
        answers: list[tuple[_Asked, Callable[[], None]]] = []
        with reading(engine) as session:
            for asked in together:
                try:
                    found = asked.read(session)
                    answers.append((asked, partial(asked.answer.set_result, found)))
                except Exception as fault:
                    session.rollback()
                    answers.append((asked, partial(asked.answer.set_exception, fault)))
        _answer(answers)


def _answer(answers: list[tuple[_Asked, Callable[[], None]]]) -> None:
    """Answer all that were read together; each event loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Asked, Callable[[], None]]]] = {}
    for asked, settle in answers:
        by_loop.setdefault(asked.answer.get_loop(), []).append((asked, settle))
    for loop, of_loop in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, of_loop)
        except RuntimeError:
            log.warning("%d answers found nobody: their event loop has ended", len(of_loop))


def _settle(answers: list[tuple[_Asked, Callable[[], None]]]) -> None:
    for asked, settle in answers:
        if not asked.answer.done():  # whoever asked went away
            settle()
