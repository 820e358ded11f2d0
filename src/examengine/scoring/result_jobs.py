"""Scoring and deciding as jobs: worked out by a worker, stored whole or not at all."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.delivery import ask_about_administration, record_counts
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock
from examengine.scoring.decisions.decide import decide
from examengine.scoring.service import SCORERS, score_administration

MOST_AT_ONCE = 200
"""Candidates whom a page scores, or decides about, itself: in less than half a second."""


def may_be_done_at_once(session: Session, actor: Actor, administration_id: UUID) -> bool:
    """Tell whether so few have handed in that a page scores and decides itself.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *SCORERS)
    handed_in = record_counts(session, [administration_id]).get(administration_id, 0)
    return handed_in <= MOST_AT_ONCE


def ask_scores(
    session: Session, clock: Clock, queue: JobQueue, actor: Actor, administration_id: UUID
) -> UUID:
    """Ask for everybody who has handed in to be scored; return the id of the job.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        AdministrationUnknown: There is no such administration.
        OwnMatter: They are enrolled in the exam.
        JobsTooMany: So much waits already that no more is taken.
    """
    return ask_about_administration(
        *(session, clock, queue, actor, SCORE, administration_id), verb="Score", apart="results"
    )


def ask_decisions(
    session: Session, clock: Clock, queue: JobQueue, actor: Actor, administration_id: UUID
) -> UUID:
    """Ask for decisions about everybody who is scored and cleared; return the id of the job.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown: There is no such administration.
        OwnMatter: They are enrolled in the exam.
        JobsTooMany: So much waits already that no more is taken.
    """
    return ask_about_administration(
        *(session, clock, queue, actor, DECIDE, administration_id),
        verb="Decide about",
        apart="results",
    )


def _done_by(use_case: Callable[..., Any], words: str) -> Callable[[JobRun], None]:
    """Return the run of a job that a use case does, which writes last and tells how far it is."""

    def run(run: JobRun) -> None:
        administration_id = UUID(run.job.arguments["administration_id"])
        run.report(words)
        with run.finishing() as ending:
            report = use_case(
                ending.session,
                run.clock,
                run.actor,
                administration_id,
                told=lambda done, of: run.report(f"{words}: {done} of {of}", done, of),
            )
            ending.result = {"added": report.added, "unchanged": report.unchanged}

    return run


SCORE = JobKind("scoring.score", SCORERS, _done_by(score_administration, "Marking and estimating"))
"""Score everybody who has handed in an administration."""

DECIDE = JobKind(
    "scoring.decide", (Role.AWARDING_OFFICER,), _done_by(decide, "Verifying logs and deciding")
)
"""Decide about everybody who is scored and cleared."""
