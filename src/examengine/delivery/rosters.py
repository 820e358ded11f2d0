"""A page of the list of an administration's attempts, however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.delivery import repository, roster_repository
from examengine.delivery.administration import AttemptState, AttemptSummary
from examengine.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Roster:
    """Some lines of the list, and how long it is."""

    attempts: Sequence[AttemptSummary]
    n_found: int
    """How many candidates have the name that was looked for."""
    counts: Mapping[AttemptState, int]
    """How many attempts are in each state, whatever was looked for."""

    @property
    def n_all(self) -> int:
        """Return how many attempts there are."""
        return sum(self.counts.values())


def roster(
    session: Session,
    clock: Clock,
    actor: Actor,
    administration_id: UUID,
    *,
    name: str = "",
    start: int = 0,
    most: int,
) -> Roster:
    """Return a page of the attempts of an administration, by candidate.

    Args:
        session: The transaction.
        clock: Tells which time is over.
        actor: Who asks.
        administration_id: Whose attempts.
        name: Words that the candidate's name holds, in any case; all when empty.
        start: How many lines stand before the page.
        most: How many lines the page has at most.

    Raises:
        NotAllowed: The actor is neither awarding officer, invigilator nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR, Role.PSYCHOMETRICIAN)
    now = clock.now()
    found = roster_repository.counts(session, administration_id, now)
    lines = roster_repository.page(session, administration_id, name, start, most)
    return Roster(
        attempts=[
            repository.summary_of(line, line.closes_at, line.withdrawn_at, now) for line in lines
        ],
        n_found=roster_repository.how_many(session, administration_id, name),
        counts={state: found.get(state, 0) for state in AttemptState},
    )
