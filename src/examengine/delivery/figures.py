"""Figures of administrations that take long to compute: computed by a job, read by pages.

A list of a thousand administrations reads what was computed of each, and computes nothing. Figures
are kept with the name of the state they were computed of; where that is another one by now, the
page says so, shows the earlier ones, and offers the job that computes them anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, require
from examengine.db import reading, snapshot, writing
from examengine.delivery import repository
from examengine.delivery.service import find_administration
from examengine.jobs import Job, JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

AT_ONCE = 200
"""Administrations whose states are asked for in one go."""

States = Mapping[UUID, str]
"""The name of the state of the records of each administration; one without any has none."""

TellProgress = Callable[[int, int], None]
"""Told how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class FigureKind:
    """Figures of one kind, as the context declares them that can compute them."""

    name: str
    """Stands in the database: it does not change."""
    title: str
    """What computing them all is called where jobs are listed."""
    roles: tuple[Role, ...]
    """Who may see them, and so ask for them."""
    states: Callable[[Session, Sequence[UUID]], States]
    """Names the states of several administrations in a few statements, whatever their number. A
    name never returns to mean something else."""
    compute: Callable[[Session, Actor, UUID], Mapping[str, Any]]
    """Computes the figures of one administration, as JSON."""

    def subject(self, administration_id: UUID | None = None) -> str:
        """Return what a job is about that computes them: of one administration, or of all."""
        one = "" if administration_id is None else f":{administration_id}"
        return f"figures:{self.name}{one}"

    def job(self) -> JobKind:
        """Return the kind of job that computes those that are missing or out of date."""
        return JobKind(f"figures.{self.name}", self.roles, lambda run: _compute(self, run))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of one administration.

    Attributes:
        body: The figures; None before they were computed for the first time.
        current: Whether they are of the records as they stand; also where there are no records.
        computed_at: When they were computed; None before they were.
    """

    body: Mapping[str, Any] | None
    current: bool
    computed_at: datetime | None


class FiguresStanding(StrEnum):
    """How figures stand to the records they are of, as a page says it."""

    CURRENT = "current"
    OUT_OF_DATE = "out of date"
    MISSING = "missing"


class HasFigures(Protocol):
    """What is told of an administration with figures of it."""

    @property
    def current(self) -> bool:
        """Whether they are of the records as they stand."""

    @property
    def computed_at(self) -> datetime | None:
        """When they were computed; None before they were."""


def standing_of(lines: Iterable[HasFigures]) -> FiguresStanding:
    """Return how the figures of a page stand: missing as soon as those of one line are."""
    behind = [line for line in lines if not line.current]
    if any(line.computed_at is None for line in behind):
        return FiguresStanding.MISSING
    return FiguresStanding.OUT_OF_DATE if behind else FiguresStanding.CURRENT


def figures_of(
    session: Session, kind: FigureKind, administration_ids: Sequence[UUID]
) -> dict[UUID, Figures]:
    """Return what is known of each of these administrations; nothing is computed.

    It does not ask who is asking: the use case that calls it does.
    """
    states = kind.states(session, administration_ids)
    kept = repository.figures(session, kind.name, administration_ids)
    found = {}
    for one in administration_ids:
        state, body, at = kept.get(one, (None, None, None))
        found[one] = Figures(body, current=state == states.get(one), computed_at=at)
    return found


def ask_figures(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    kind: FigureKind,
    administration_id: UUID | None = None,
) -> Job:
    """Ask for the figures that are missing or out of date, unless somebody has already.

    Args:
        session: The transaction.
        clock: Tells when.
        queue: How workers hear of it.
        actor: Who asks.
        kind: Which figures.
        administration_id: Of which administration; of all when None.

    Raises:
        NotAllowed: The actor may not see them.
        AdministrationUnknown: There is no such administration.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *kind.roles)
    title, arguments = kind.title, {}
    if administration_id is not None:
        title = f"{title}: {find_administration(session, administration_id).title}"
        arguments = {"administration_id": str(administration_id)}
    return jobs.ask_once(
        session,
        clock,
        queue,
        actor,
        kind.job(),
        title=title,
        subject=kind.subject(administration_id),
        arguments=arguments,
    )


def figures_job(
    session: Session, actor: Actor, kind: FigureKind, administration_id: UUID | None = None
) -> Job | None:
    """Return the newest job that computes figures: of one administration, or of all; or None."""
    about = jobs.jobs_about(session, actor, kind.subject(administration_id), most=1)
    return about[0] if about else None


def compute_figures(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    kind: FigureKind,
    administration_id: UUID | None = None,
    report: TellProgress = lambda _done, _of: None,
) -> int:
    """Compute the figures that are missing or out of date, one administration after the other.

    Each is stored at once, so that it bears being repeated.

    Args:
        engine: For a transaction to read in and one to store in, for each.
        clock: Tells when.
        actor: Who asks.
        kind: Which figures.
        administration_id: Of which administration; of all when None.
        report: Told how many are done, and how many there are.

    Returns:
        How many were computed.

    Raises:
        NotAllowed: The actor may not see them.
    """
    require(actor, *kind.roles)
    with reading(engine) as session:
        every = [
            one.id
            for one in repository.administrations(session)
            if administration_id in {None, one.id}
        ]
        wanted = [
            one
            for start in range(0, len(every), AT_ONCE)
            for one in _outdated(session, kind, every[start : start + AT_ONCE])
        ]
    for done, one in enumerate(wanted):
        report(done, len(wanted))
        with snapshot(engine) as session:
            # Before the figures: whatever comes in between makes them out of date, never wrong.
            state = kind.states(session, [one])[one]
            body = kind.compute(session, actor, one)
        now = clock.now()
        with writing(engine) as session:
            repository.keep_figures(session, kind.name, one, state, body, now)
    return len(wanted)


def _compute(kind: FigureKind, run: JobRun) -> None:
    """Compute what a job was asked for."""
    asked = run.job.arguments.get("administration_id")
    computed = compute_figures(
        run.engine,
        run.clock,
        run.actor,
        kind,
        None if asked is None else UUID(asked),
        partial(run.report, "Computing figures"),
    )
    with run.finishing() as ending:
        ending.result = {"computed": computed}


def _outdated(session: Session, kind: FigureKind, administration_ids: Sequence[UUID]) -> list[UUID]:
    found = figures_of(session, kind, administration_ids)
    return [one for one, figures in found.items() if not figures.current]
