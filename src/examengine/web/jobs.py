"""The pages of jobs: what was asked for, how far it is, and what to do when it is over."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from examengine import assembly, bank, calibration, credentials, delivery, jobs, scoring
from examengine.db import reading
from examengine.jobs import Job
from examengine.web import key_corrections
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.job_streams import as_told, told

router = APIRouter(prefix="/jobs")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a kind of job leads to, and where it was asked for."""

    result: Callable[[Job], tuple[str, str]]
    """The words of the first button when it is done, and where it leads."""
    origin: Callable[[Job], tuple[str, str]]
    """The words and the address of the page where it can be asked for again."""


def _results(job: Job) -> str:
    return f"/awards/results/{job.arguments['administration_id']}"


def _administration(job: Job) -> str:
    return f"/awards/administrations/{job.arguments['administration_id']}"


def _findings(job: Job) -> str:
    return f"/bank/{job.arguments['bank_id']}/findings"


def _impact(job: Job) -> str:
    asked = job.arguments
    body = asked["correction"]
    correction = None if body is None else assembly.correction_of(body)
    there = key_corrections.address(
        asked["exam_id"], asked["item_id"], asked["version"], correction
    )
    return f"{there}#impact"


_SCORED = Places(
    result=lambda job: ("See the results", f"{_results(job)}#done"),
    origin=lambda job: ("Back to the results", _results(job)),
)

PLACES: Mapping[str, Places] = {
    bank.IMPORT.name: Places(
        result=lambda job: (
            "See what becomes of each item"
            if job.arguments["dry_run"]
            else "See what was imported",
            f"/bank/{job.arguments['bank_id']}/imports/{job.id}",
        ),
        origin=lambda job: ("Send files again", f"/bank/{job.arguments['bank_id']}/import"),
    ),
    bank.MOVE.name: Places(
        result=lambda job: (
            "See what was moved",
            f"/bank/{job.arguments['bank_id']}/moves/jobs/{job.id}",
        ),
        origin=lambda job: ("Back to the bank", f"/bank/{job.arguments['bank_id']}"),
    ),
    calibration.RUN.name: Places(
        result=lambda job: ("See the calibration", f"/analysis/runs/{job.arguments['run_id']}"),
        origin=lambda job: (
            "Back to the responses",
            f"/analysis/{job.arguments['administration_id']}",
        ),
    ),
    assembly.PUBLISH.name: Places(
        result=lambda job: ("See the forms", f"/exams/{job.arguments['exam_id']}"),
        origin=lambda job: ("Back to the exam", f"/exams/{job.arguments['exam_id']}"),
    ),
    calibration.CLASSICAL_FIGURES.job().name: Places(
        result=lambda _: ("See the administrations", "/analysis"),
        origin=lambda _: ("Back to the administrations", "/analysis"),
    ),
    calibration.ITEM_FIGURES.job().name: Places(
        result=lambda job: (
            "See the items",
            f"/analysis/{job.arguments['administration_id']}",
        ),
        origin=lambda job: (
            "Back to the administration",
            f"/analysis/{job.arguments['administration_id']}",
        ),
    ),
    calibration.USAGE.name: Places(
        result=lambda job: ("See the items", f"/bank/{job.arguments['bank_id']}"),
        origin=lambda job: ("Back to the bank", f"/bank/{job.arguments['bank_id']}"),
    ),
    delivery.ENROL.name: Places(
        result=lambda job: ("See who is enrolled", _administration(job)),
        origin=lambda job: ("Back to the administration", _administration(job)),
    ),
    bank.LINT.name: Places(
        result=lambda job: ("See what was found", _findings(job)),
        origin=lambda job: ("Back to the findings", _findings(job)),
    ),
    scoring.SCORE.name: _SCORED,
    scoring.DECIDE.name: _SCORED,
    scoring.IMPACT.name: Places(
        result=lambda job: ("See what it would do", _impact(job)),
        origin=lambda job: ("Back to the key", _impact(job)),
    ),
    credentials.AWARD_FIGURES.job().name: Places(
        result=lambda _: ("See the credentials", "/awards/credentials"),
        origin=lambda _: ("Back to the credentials", "/awards/credentials"),
    ),
    credentials.ISSUE: Places(
        result=lambda job: (
            "See the credentials",
            f"/awards/credentials/{job.arguments['administration_id']}",
        ),
        origin=lambda job: (
            "Back to the credentials",
            f"/awards/credentials/{job.arguments['administration_id']}",
        ),
    ),
}
"""By the name of the kind. A kind without its places shows no button."""


@router.get("")
def list_jobs(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the newest jobs that somebody asked for."""
    return page("jobs/jobs.html", found=jobs.list_jobs(session, actor))


@router.get("/{job_id}")
def show_job(
    job_id: UUID, actor: DepActor, session: DepSession, clock: DepClock, page: DepPage
) -> Response:
    """Show one job: how far it is, or what came of it."""
    job = jobs.find_job(session, actor, job_id)
    job = as_told(job, unattended=jobs.is_unattended(session, clock, job))
    places = PLACES.get(job.kind)
    return page(
        "jobs/job.html",
        "standing",
        job=job,
        silent=jobs.is_silent(job, clock.now()),
        own=job.asked_by == actor.person_id,
        result=None if places is None else places.result(job),
        origin=None if places is None else places.origin(job),
    )


def stream(actor: DepActor, components: DepComponents) -> Iterator[None]:
    """Have one of the streams there are, until the answer is sent."""
    with components.streams.one_of(actor.person_id):
        yield


def watched(job_id: UUID, actor: DepActor, components: DepComponents) -> Callable[[], Job]:
    """Return how to look at a job, which the actor may look at.

    Raises:
        JobUnknown: There is none with this id that they may.
    """

    def look() -> Job:
        with reading(components.engine_of(actor)) as session:
            job = jobs.find_job(session, actor, job_id)
            return as_told(job, unattended=jobs.is_unattended(session, components.clock, job))

    look()
    return look


@router.get("/{job_id}/events", response_class=EventSourceResponse, dependencies=[Depends(stream)])
async def send_events(
    look: Annotated[Callable[[], Job], Depends(watched)], components: DepComponents
) -> AsyncIterator[ServerSentEvent]:
    """Send how far a job is, whenever that changes."""
    async for event in told(components.streams, look):
        yield event


@router.post("/{job_id}/cancel")
def cancel(job_id: UUID, actor: DepActor, session: DepSession, clock: DepClock) -> Response:
    """Stop a job."""
    jobs.cancel(session, clock, actor, job_id)
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


@router.post("/{job_id}/again")
def try_again(
    job_id: UUID, actor: DepActor, session: DepSession, clock: DepClock, components: DepComponents
) -> Response:
    """Let a job that failed or was stopped be begun anew."""
    jobs.try_again(session, clock, components.queue, actor, job_id)
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)
