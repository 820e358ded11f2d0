"""The awarding officer's results, from handed in to decided; and each candidate's own result."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import four_eyes, scoring
from examengine.accounts import Actor, Role, StaffAct, staff_acts
from examengine.web import figures
from examengine.web.dependencies import DepActor, DepComponents, DepPage, DepSession
from examengine.web.figures import ListStart, Search, listed
from examengine.web.results_plot import reported_scores

router = APIRouter()

PAGE = 50
STAFF = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
ACTS = {"scoring.score": "score", "scoring.decide": "decide"}


@router.get("/awards")
def show_awards(session: DepSession, actor: DepActor, page: DepPage) -> Response:
    """Show the doors of the awarding officer."""
    return page("results/awards.html", waiting=four_eyes.waiting_for_officers(session, actor))


@router.get("/awards/results")
def list_progress(
    session: DepSession, actor: DepActor, page: DepPage, search: Search = "", start: ListStart = 0
) -> Response:
    """Show how far administrations have come."""
    return page(
        "results/administrations.html",
        found=scoring.scoring_progress(session, actor, search, start=start, most=figures.PAGE),
        listed=listed("/awards/results", search, start),
    )


@router.get("/awards/results/{administration_id}")
def show_results(
    administration_id: UUID,
    session: DepSession,
    actor: DepActor,
    page: DepPage,
    search: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show the results of an administration, a page of its candidates, and what can be done."""
    found = scoring.results_of(session, actor, administration_id)
    listed = found.searched(search, state)
    scores = [score.reported for score in found.counted]
    return page(
        "results/administration.html",
        "candidates",
        found=found,
        states=scoring.ResultState,
        fewest_for_accuracy=scoring.FEWEST_FOR_ACCURACY,
        figure=reported_scores(
            scores,
            None if found.cut is None else found.cut.passing,
            "Points" if found.exam.scoring.by_points else "Scale score",
        ),
        acts=_last_acts(session, actor, administration_id),
        listed=listed[start : start + PAGE],
        n_listed=len(listed),
        search=search,
        state=state,
        start=start,
        page_size=PAGE,
    )


@router.post("/awards/results/{administration_id}/scores")
def score(
    administration_id: UUID,
    session: DepSession,
    components: DepComponents,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Score everybody who has handed in: a few now, and the page says what was done; many later."""
    if not scoring.may_be_done_at_once(session, actor, administration_id):
        job_id = scoring.ask_scores(
            session, components.clock, components.queue, actor, administration_id
        )
        return RedirectResponse(f"/jobs/{job_id}", status_code=303)
    scoring.score_administration(session, components.clock, actor, administration_id)
    return page("results/administration.html", then=f"/awards/results/{administration_id}#done")


@router.post("/awards/results/{administration_id}/decisions")
def decide(
    administration_id: UUID,
    session: DepSession,
    components: DepComponents,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Decide about everybody who is scored and cleared: about a few now, about many later."""
    if not scoring.may_be_done_at_once(session, actor, administration_id):
        job_id = scoring.ask_decisions(
            session, components.clock, components.queue, actor, administration_id
        )
        return RedirectResponse(f"/jobs/{job_id}", status_code=303)
    scoring.decide(session, components.clock, actor, administration_id)
    return page("results/administration.html", then=f"/awards/results/{administration_id}#done")


@router.get("/awards/results/{administration_id}/records/{record_id}")
def show_report(
    administration_id: UUID,
    record_id: UUID,
    session: DepSession,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Show the score report that a candidate was given, to whoever answers their questions."""
    told = scoring.result_for_staff(session, actor, record_id)
    return page(
        "results/report.html",
        told=told,
        levels=scoring.AreaLevel,
        back=(told.administration.title, f"/awards/results/{administration_id}"),
    )


@router.get("/attempts/{attempt_id}/result")
def show_own_result(
    attempt_id: UUID, session: DepSession, actor: DepActor, page: DepPage
) -> Response:
    """Show a candidate's own result, once it is decided."""
    told = scoring.own_result(session, actor, attempt_id)
    return page(
        "results/report.html", told=told, levels=scoring.AreaLevel, back=("My exams", "/attempts")
    )


def _last_acts(session: Session, actor: Actor, administration_id: UUID) -> dict[str, StaffAct]:
    """Return what was last done to an administration, read from the trail itself."""
    if not actor.may(Role.AWARDING_OFFICER):
        return {}
    subject = f"administration:{administration_id}"
    acts: dict[str, Any] = {}
    for act in staff_acts(session, actor, subject=subject):
        if act.action in ACTS:
            acts.setdefault(ACTS[act.action], act)
    return acts
