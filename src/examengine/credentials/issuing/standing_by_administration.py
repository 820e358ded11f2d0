"""How administrations stand with their credentials: computed by a job, read by the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.credentials import repository
from examengine.credentials.issuing.due import awards_due
from examengine.delivery import (
    Administration,
    FigureKind,
    FoundAdministrations,
    figures_of,
    find_administrations,
)
from examengine.kernel.digest import digest
from examengine.scoring import states_of_decisions


@dataclass(frozen=True, slots=True)
class AwardCounts:
    """How many credentials of an administration stand how; as in `AwardsDue`."""

    passed: int
    due: int
    issued: int
    ended: int
    stale: int


@dataclass(frozen=True, slots=True)
class AwardsLine:
    """One administration.

    Attributes:
        administration: Which one.
        counts: None before they were computed for the first time.
        current: Whether they are of the decisions and credentials as they stand.
        computed_at: When they were computed; None before they were.
    """

    administration: Administration
    counts: AwardCounts | None
    current: bool
    computed_at: datetime | None


def awards_overview(
    session: Session, actor: Actor, words: str = "", *, start: int = 0, most: int = 100
) -> FoundAdministrations[AwardsLine]:
    """Return a page of the administrations with their credentials; nothing is computed.

    Args:
        session: A transaction; nothing is written.
        actor: An awarding officer.
        words: Looked for in titles and exams, in any case; all when empty.
        start: How many are passed over.
        most: How many there are on a page.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    found = find_administrations(session, words, start=start, most=most)
    figures = figures_of(session, AWARD_FIGURES, [one.id for one in found.lines])

    def line(one: Administration) -> AwardsLine:
        known = figures[one.id]
        counts = None if known.body is None else AwardCounts(**known.body)
        return AwardsLine(one, counts, known.current, known.computed_at)

    return found.telling(line)


def _states(session: Session, administration_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Name the states by how much is stored: all that counts here is only ever added."""
    decided = states_of_decisions(session, administration_ids)
    credentials = repository.stored_counts(session, administration_ids)
    stored = {one: [*decided[one], *credentials[one]] for one in administration_ids}
    return {one: digest(counts) for one, counts in stored.items() if any(counts)}


def _counts(session: Session, actor: Actor, administration_id: UUID) -> Mapping[str, Any]:
    due = awards_due(session, actor, administration_id)
    return {
        "passed": due.passed,
        "due": len(due.due),
        "issued": due.issued,
        "ended": due.ended,
        "stale": len(due.stale),
    }


AWARD_FIGURES = FigureKind(
    name="awards",
    title="Count the credentials that are due",
    roles=(Role.AWARDING_OFFICER,),
    states=_states,
    compute=_counts,
)
"""How many credentials are due, issued and ended."""
