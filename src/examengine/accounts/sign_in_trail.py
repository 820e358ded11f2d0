"""Sign-ins that failed come into the trail together, and counts that are over are forgotten.

Whoever tries is answered before: how long it takes tells nobody what there is. Strangers set how
many fail, so what they cause is one short transaction in a second, however many there are.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from sqlalchemy import Engine

from examengine.accounts import repository
from examengine.accounts import sign_in_repository as counts
from examengine.accounts.audit import record_act
from examengine.accounts.rules import Actor
from examengine.accounts.sign_in_limits import worth_telling
from examengine.db import FIRST_ORGANISATION, Repeating, reading, within, writing_unsynced
from examengine.kernel.clock import Clock

TOLD_EVERY_S = 1.0
SWEPT_EVERY_S = 20.0
MOST_KEPT = 1000
"""How many failures are kept while the database is away; the counts know of all."""
_NOBODY = UUID(int=0)
"""Stands in the trail where it is not known who tried."""

log = logging.getLogger("examengine.accounts")


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """A try with a wrong password, or under an address that nobody has.

    Attributes:
        at: When it was answered.
        person_id: Whose account it was; None when there is none.
        subject: Of whom or what the trail tells it.
        source: Where it came from.
        address: The beginning of a digest of the address that was typed.
        within_the_hour: How many failed by then, this one included.
    """

    at: datetime
    person_id: UUID | None
    subject: str
    source: str
    address: str
    within_the_hour: int


def tell_failed(engine: Engine, failed: Sequence[FailedSignIn]) -> None:
    """Put those into the trail that are worth a line, each where its person belongs.

    Of an address that nobody has a digest is told alone.
    """
    for organisation_id, lines in _worth_a_line(engine, failed).items():
        _tell(engine, organisation_id, lines)


def _worth_a_line(engine: Engine, failed: Sequence[FailedSignIn]) -> dict[UUID, list[FailedSignIn]]:
    """Return what the trail of each organisation tells of these failures."""
    found = defaultdict(list)
    for one in failed:
        if worth_telling(one.within_the_hour):
            found[organisation_of_person(engine, one.person_id)].append(one)
    return found


def _tell(engine: Engine, organisation_id: UUID, lines: Sequence[FailedSignIn]) -> None:
    """Tell in one trail: all of these lines, or none."""
    nobody = Actor(_NOBODY, "somebody who did not get in", frozenset(), organisation_id)
    with writing_unsynced(within(engine, organisation_id)) as session:
        for one in lines:
            detail: dict[str, object] = {
                "source": one.source,
                "within_the_hour": one.within_the_hour,
            }
            if one.person_id is None:
                detail["address"] = one.address
            record_act(session, one.at, nobody, "accounts.sign_in_failed", one.subject, detail)


def organisation_of_person(engine: Engine, person_id: UUID | None) -> UUID:
    """Return the organisation that somebody comes to, or in whose trail their failure stands.

    It is the one they turned to last. A try under an address that nobody has is the operator's
    matter, and stands with the first organisation.
    """
    if person_id is None:
        return FIRST_ORGANISATION
    with reading(engine) as session:
        found = repository.memberships(session, person_id)
    return found[0].organisation_id if found else FIRST_ORGANISATION


def sweep_counts(engine: Engine, now: datetime) -> None:
    """Forget counts that are over, in a transaction of its own: it waits for nobody's row."""
    with reading(engine) as session:
        some = counts.has_something_over(session, now)
    if some:
        with writing_unsynced(engine) as session:
            counts.sweep(session, now)


class SignInTrail:
    """Tells what failed, once in a second, for as long as the server runs."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._failed: list[FailedSignIn] = []
        self._guard = Lock()
        self._telling = Repeating(
            "sign-in-trail",
            TOLD_EVERY_S,
            self.write,
            log=log,
            trouble="failed sign-ins could not be told; the next round tries again",
            once_more=True,
        )
        self._sweeping = Repeating(
            "sign-in-sweeper",
            SWEPT_EVERY_S,
            lambda: sweep_counts(engine, clock.now()),
            log=log,
            trouble="counts of sign-ins could not be swept; the next round tries again",
        )

    def note(self, failed: FailedSignIn) -> None:
        """Keep a failure until the next line is written; never waits."""
        with self._guard:
            if len(self._failed) < MOST_KEPT:
                self._failed.append(failed)

    def start(self) -> None:
        """Begin to tell."""
        self._telling.start()
        self._sweeping.start()

    def stop(self) -> None:
        """Tell what is left, and end."""
        self._sweeping.stop()
        self._telling.stop()

    def write(self) -> None:
        """Tell what has failed since the last time; what could not be told is kept.

        Each trail is written in a transaction of its own, so a database that goes away between two
        of them has told the first already: only the others wait for the next round.
        """
        with self._guard:
            untold, self._failed = self._failed, []
        try:
            waiting = _worth_a_line(self._engine, untold)
            for organisation_id, lines in list(waiting.items()):
                _tell(self._engine, organisation_id, lines)
                del waiting[organisation_id]
                untold = [one for each in waiting.values() for one in each]
        except Exception:
            with self._guard:
                self._failed = [*untold, *self._failed][:MOST_KEPT]
            raise
