"""The one writer of a process: everything that waits is committed in one transaction.

A save waits for its own commit and for nothing else: there is no timer. At the bell, when
hundreds wait, they share one synced write to the disk instead of queueing for one each.
"""

import asyncio
import logging
import queue
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import cast
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from examengine.accounts import NotSignedIn
from examengine.db import within, writing_first
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.batch import Applied, Asked, Outcome, apply
from examengine.delivery.errors import NotStored, WriterBusy
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.senders import Senders
from examengine.delivery.steps import Command, Recorded
from examengine.delivery.turn import Turn, TurnTaken
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.kernel.waiting import answer_together, everything_that_waits

LARGEST_BATCH = 128
"""So few that answers go out, and requests come in, while the next batch is written."""
MOST_WAITING = 4096
PATIENCE_S = 30.0

log = logging.getLogger("examengine.delivery.writer")

Taken = Recorded | TurnTaken
Acknowledgement = Future[Taken] | asyncio.Future[Taken]
Apply = Callable[[Session, Clock, FormsInPlay, AttemptsInPlay, Sequence[Asked]], Applied]


class AttemptWriter:
    """Takes commands from any thread and any event loop, and answers each when it is on disk.

    Args:
        engine: The database; SQLite or PostgreSQL.
        clock: Tells when sessions end and records are made.
        forms: The forms in memory, shared with the pages.
        attempts: The attempts in memory, which follow what is written here; shared, too.
        most_waiting: How many commands may wait before new ones are sent away.
        applied: What decides and writes a batch; tests put obstacles in its way.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        forms: FormsInPlay,
        attempts: AttemptsInPlay | None = None,
        *,
        most_waiting: int = MOST_WAITING,
        applied: Apply = apply,
    ) -> None:
        self._engine, self._clock, self._forms, self._apply = engine, clock, forms, applied
        self._attempts = attempts or AttemptsInPlay()
        self._waiting: queue.SimpleQueue[tuple[Asked, Acknowledgement] | None] = queue.SimpleQueue()
        self._most_waiting = most_waiting
        self._senders = Senders(engine, clock)
        self._thread: Thread | None = None

    @property
    def runs(self) -> bool:
        """Tell whether what is handed over will be written."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to write; a writer that has begun goes on."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="attempt-writer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Give back the connection to the database; whoever writes again gets another."""
        self._engine.dispose()

    def record(self, command: Command) -> Recorded:
        """Hand a command over and wait for its answer; for code that runs in a thread.

        Raises:
            WriterBusy: Too many commands wait, or no answer came in time.
            ExamError: The rules refuse it.
        """
        answer: Future[Taken] = Future()
        self._put(command, answer)
        return _waited_for(answer)

    def record_all(self, commands: Iterable[Command]) -> list[Recorded | ExamError]:
        """Hand several commands over at once, and wait for all of their answers."""
        answers: list[Future[Taken]] = []
        for command in commands:
            answer: Future[Taken] = Future()
            answers.append(answer)
            try:
                self._put(command, answer)
            except WriterBusy as refusal:
                answer.set_exception(refusal)
        return [_settled(answer) for answer in answers]

    async def recorded(self, command: Command) -> Recorded:
        """Hand a command over and wait for its answer; for code that runs in an event loop.

        Raises:
            WriterBusy: Too many commands wait, or no answer came in time.
            ExamError: The rules refuse it.
        """
        return cast(Recorded, await self._taken(command))

    async def turned(self, turn: Turn) -> TurnTaken:
        """Hand over the turn of a page and wait for its answer; otherwise as `recorded`.

        Raises:
            WriterBusy: Too many commands wait, or no answer came in time.
            ExamError: The rules refuse its answer; where it has none, the question it asks for.
        """
        return cast(TurnTaken, await self._taken(turn))

    async def _taken(self, asked: Asked) -> Taken:
        answer: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._put(asked, answer)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await answer
        except TimeoutError as late:
            raise WriterBusy from late

    def _put(self, asked: Asked, answer: Acknowledgement) -> None:
        if self._waiting.qsize() >= self._most_waiting:
            raise WriterBusy
        self._waiting.put((asked, answer))

    def _run(self) -> None:
        going_on = True
        while going_on:
            taken, going_on = everything_that_waits(self._waiting, LARGEST_BATCH)
            if taken:
                answers = [answer for _, answer in taken]
                written = self._written([asked for asked, _ in taken])
                answer_together(zip(answers, written, strict=True))

    def _written(self, asked: Sequence[Asked]) -> list[Outcome]:
        """Write what waits, for each organisation in a transaction of its own."""
        try:
            whose = self._senders.organisations_of(asked)
        except OperationalError:
            return [NotStored() for _ in asked]
        outcomes: dict[int, Outcome] = {
            place: NotSignedIn() for place, one in enumerate(whose) if one is None
        }
        for organisation_id in dict.fromkeys(one for one in whose if one is not None):
            places = [place for place, one in enumerate(whose) if one == organisation_id]
            written = self._written_for(organisation_id, [asked[place] for place in places])
            outcomes.update(zip(places, written, strict=True))
        return [outcomes[place] for place in range(len(asked))]

    def _written_for(self, organisation_id: UUID, asked: Sequence[Asked]) -> Sequence[Outcome]:
        """Commit a batch; when the database refuses it, commit each part of it alone.

        One bad row must not cost its neighbours their answers.
        """
        try:
            return self._commit(organisation_id, asked)
        except OperationalError:  # in the log once, from where the engine is made
            return [NotStored() for _ in asked]
        except Exception:
            log.exception("a batch of %d was refused; trying one by one", len(asked))
        return [self._written_alone(organisation_id, one) for one in asked]

    def _written_alone(self, organisation_id: UUID, asked: Asked) -> Outcome:
        try:
            return self._commit(organisation_id, [asked])[0]
        except Exception:
            log.exception("refused alone: %s for %s", type(asked).__name__, asked.attempt_id)
            return NotStored()

    def _commit(self, organisation_id: UUID, asked: Sequence[Asked]) -> Sequence[Outcome]:
        with writing_first(within(self._engine, organisation_id)) as session:
            applied = self._apply(session, self._clock, self._forms, self._attempts, asked)
        self._attempts.begin(organisation_id, applied.begun)
        self._attempts.follow(organisation_id, applied.rows)
        return applied.outcomes


def _waited_for(answer: Future[Taken]) -> Recorded:
    try:
        return cast(Recorded, answer.result(PATIENCE_S))
    except TimeoutError as late:
        raise WriterBusy from late


def _settled(answer: Future[Taken]) -> Recorded | ExamError:
    try:
        return _waited_for(answer)
    except ExamError as refusal:
        return refusal
