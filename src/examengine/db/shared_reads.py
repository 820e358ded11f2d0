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
from threading import Lock, Thread
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.db.organisations import within
from examengine.db.session import reading
from examengine.kernel.waiting import answer_together, everything_that_waits

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
            taken, going_on = everything_that_waits(self._waiting, MOST_TOGETHER)
            by_organisation: dict[UUID | None, list[_Asked]] = {}
            for asked in taken:
                by_organisation.setdefault(asked.organisation_id, []).append(asked)
            for organisation_id, together in by_organisation.items():
                try:
                    self._read(organisation_id, together)
                except Exception as fault:
                    # Were the thread to end here, every page would wait for ever.
                    log.exception("%d reads together were refused", len(together))
                    answer_together((one.answer, fault) for one in together)

    def _read(self, organisation_id: UUID | None, together: list[_Asked]) -> None:
        engine = self._engine
        if organisation_id is not None:
            engine = within(engine, organisation_id)
        answers: list[tuple[asyncio.Future[Any], object]] = []
        with reading(engine) as session:
            for asked in together:
                try:
                    answers.append((asked.answer, asked.read(session)))
                except Exception as fault:
                    session.rollback()
                    answers.append((asked.answer, fault))
        answer_together(answers)
