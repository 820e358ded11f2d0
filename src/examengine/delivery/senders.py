"""Who sends to the writer: known ones go on to it, nobody at all is sent away before its lock.

A request costs its sender nothing, and the lock of a transaction that writes is what every answer
waits for. So whoever was never signed in is told so from a transaction that only reads.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import Engine

from examengine.accounts import people_signed_in
from examengine.db import FIRST_ORGANISATION, reading
from examengine.delivery.batch import Asked, asked_of
from examengine.delivery.log_repository import organisations
from examengine.delivery.steps import CandidateCommand
from examengine.kernel.clock import Clock

MOST_REMEMBERED = 65_536
"""Attempts of which it is remembered whose they are, and sessions that there were."""


class Senders:
    """What is remembered of attempts and sessions, so that each is looked up once.

    That a session has ended since is for the writer to see, in its own transaction.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._whose: LRUCache[UUID, UUID] = LRUCache(MOST_REMEMBERED)
        self._sessions: LRUCache[str, bool] = LRUCache(MOST_REMEMBERED)

    def organisations_of(self, asked: Sequence[Asked]) -> list[UUID | None]:
        """Return whose attempt each is about; None for what nobody sent who was ever signed in.

        What is about no attempt is refused as the first organisation's.
        """
        ids = dict.fromkeys(one.attempt_id for one in asked)
        attempts = [found for found in ids if found not in self._whose]
        sessions = [
            found for found in dict.fromkeys(_sessions(asked)) if found not in self._sessions
        ]
        if attempts or sessions:
            with reading(self._engine) as session:
                self._whose.update(organisations(session, attempts))
                known = people_signed_in(session, self._clock, sessions)
            self._sessions.update(dict.fromkeys(known, True))
        return [
            self._whose.get(one.attempt_id, FIRST_ORGANISATION)
            if all(found in self._sessions for found in _sessions([one]))
            else None
            for one in asked
        ]


def _sessions(asked: Sequence[Asked]) -> Iterator[str]:
    for one in asked:
        for command in asked_of(one):
            if isinstance(command, CandidateCommand):
                yield command.session
