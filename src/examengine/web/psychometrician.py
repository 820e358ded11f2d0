"""The psychometrician's pages: responses, items, calibration runs, and what is adopted of them."""

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import calibration, delivery, marking, standard_setting
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES
from examengine.calibration import AnalysisCache, RunSettings
from examengine.marking import NotReached, Policy, Scope
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.figures import PAGE, ListStart, Search, listed
from examengine.web.review_figures import (
    answers,
    form_plots,
    headings,
    item_models,
    item_plots,
    left_out,
    points_of_items,
    shown_rows,
)
from examengine.web.spreadsheets import csv_download

router = APIRouter()

Sort = Annotated[str, Query(max_length=20)]
Order = Literal["asc", "desc"]
FILES = {"responses": "scored", "raw": "raw", "key": "key"}


async def cache(components: DepComponents) -> AnalysisCache:
    """Return where analyses are kept."""
    return components.analysis_cache


DepCache = Annotated[AnalysisCache, Depends(cache)]


@router.get("/analysis")
def list_administrations(
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    search: Search = "",
    start: ListStart = 0,
) -> Response:
    """Show administrations with their size and reliability."""
    found = calibration.overview(session, actor, search, start=start, most=PAGE)
    return page(
        "psychometrician/administrations.html",
        found=found,
        standing=delivery.standing_of(found.lines),
        job=delivery.figures_job(session, actor, calibration.CLASSICAL_FIGURES),
        listed=listed("/analysis", search, start),
    )


@router.post("/analysis/figures")
def compute_figures(actor: DepActor, session: DepSession, components: DepComponents) -> Response:
    """Ask for the figures of the list that are missing or out of date; a worker computes them."""
    job = delivery.ask_figures(
        session, components.clock, components.queue, actor, calibration.CLASSICAL_FIGURES
    )
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.get("/analysis/runs/{run_id}")
def show_run(run_id: UUID, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show a calibration run."""
    found = calibration.run_review(session, actor, run_id)
    return page(
        "psychometrician/run.html",
        found=found,
        models=item_models(found.run),
        several=any(map(calibration.steps_of, found.run.items.values())),
        steps_of=calibration.steps_of,
    )


@router.get("/analysis/runs/{run_id}/parameters.json")
def send_parameters(run_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Send the item parameters of a run as the commands write them."""
    run = calibration.find_run(session, actor, run_id)
    body = json.dumps(run.body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    headers = {"content-disposition": 'attachment; filename="parameters.json"'}
    return Response(body.encode(), media_type="application/json", headers=headers)


@router.get("/analysis/runs/{run_id}/models.csv")
def send_models(run_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Send the model of each item of a run, as `examengine calibrate --models` reads it."""
    run = calibration.find_run(session, actor, run_id)
    models = ((item_id, item["model"]) for item_id, item in run.items.items())
    return csv_download(marking.csv_lines([("item_id", "model"), *models]), "models.csv")


@router.get("/analysis/runs/{run_id}/{part}.csv")
def send_snapshot(
    run_id: UUID,
    part: Literal["responses", "raw", "key"],
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
) -> Response:
    """Send a file of the responses a run was made of, as the commands read them."""
    run = calibration.find_run(session, actor, run_id)
    delivery.keep_sitters_from_keys(session, clock, actor, run.bank_id)
    files = calibration.snapshot_files(session, actor, run.snapshot_digest)
    made_up = "simulated-" * bool(run.body.get("simulated"))
    return csv_download(getattr(files, FILES[part]), f"{made_up}{part}.csv")


@router.post("/analysis/runs/{run_id}/adopt")
def adopt_run(
    run_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Adopt the parameters of a run for its bank."""
    calibration.adopt_run(session, clock, actor, run_id, reason)
    return RedirectResponse(f"/analysis/runs/{run_id}", status_code=303)


@router.get("/analysis/{administration_id}")
def show_administration(
    administration_id: UUID,
    actor: DepActor,
    session: DepSession,
    cache: DepCache,
    page: DepPage,
    scope: Scope = Scope.OPERATIONAL,
    run: UUID | None = None,
    sort: Sort = "item",
    order: Order = "asc",
) -> Response:
    """Show an administration: totals, items, plots, runs."""
    found = _review(session, actor, cache, administration_id, scope, run)
    cut = standard_setting.cut_for_staff(session, actor, found.exam.id)
    worth = points_of_items(found)
    return page(
        "psychometrician/administration.html",
        "items",
        found=found,
        cut=cut,
        figures=form_plots(found, cut),
        errors_at_cut=found.errors_at(None if cut is None else cut.theta_cut),
        rows=shown_rows(found, sort, order),
        headings=headings(scope, run, sort, order),
        rules=calibration.FLAG_RULES,
        models=calibration.models_offered(worth.values()),
        several=[item_id for item_id, most in worth.items() if most > 1],
        standing=delivery.standing_of([found.shown]),
        scopes=tuple(Scope),
        not_reached=tuple(NotReached),
    )


@router.post("/analysis/{administration_id}/figures")
def analyse(
    administration_id: UUID, actor: DepActor, session: DepSession, components: DepComponents
) -> Response:
    """Ask for the figures of one administration; a worker computes them."""
    job = delivery.ask_figures(
        session,
        components.clock,
        components.queue,
        actor,
        calibration.ITEM_FIGURES,
        administration_id,
    )
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.post("/analysis/{administration_id}/runs")
def run_calibration(
    administration_id: UUID,
    actor: DepActor,
    session: DepSession,
    components: DepComponents,
    model: Annotated[str, Form(max_length=20)],
    scope: Annotated[Scope, Form()],
    not_reached: Annotated[NotReached, Form()] = NotReached.ZERO,
    dropped: Annotated[str, Form(max_length=4000)] = "",
    model_fit: Annotated[bool, Form()] = False,
    second_opinion: Annotated[bool, Form()] = False,
) -> Response:
    """Ask for a calibration of the responses; a worker does it, and its page is shown."""
    job_id = calibration.ask_run(
        session,
        components.clock,
        components.queue,
        actor,
        administration_id,
        Policy(scope, not_reached, frozenset(dropped.replace(",", " ").split())),
        RunSettings(model=model, model_fit=model_fit, second_opinion=second_opinion),
    )
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


@router.get("/analysis/{administration_id}/items/{item_id}")
def show_item(
    administration_id: UUID,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    cache: DepCache,
    page: DepPage,
    scope: Scope = Scope.OPERATIONAL,
    run: UUID | None = None,
) -> Response:
    """Show one item: as the candidate saw it, its answers by score group, its curve."""
    review = _review(session, actor, cache, administration_id, scope, run)
    delivery.keep_sitters_from_keys(session, clock, actor, review.exam.bank_id)
    found = calibration.item_review(review, item_id)
    shown = found.item.item
    item_type = ITEM_TYPES[shown.item_type]
    return page(
        "psychometrician/item.html",
        found=found,
        review=review,
        shown=shown,
        item=item_type.present(shown.content, (), shown.language),
        item_type=item_type,
        key=item_type.key_in_words(shown.content),
        answers=answers(found),
        most_points=marking.most_points(found.item.item),
        figures=item_plots(found),
        left_out=left_out(found),
    )


@router.get("/analysis/{administration_id}/{part}.csv")
def send_responses(
    administration_id: UUID,
    part: Literal["responses", "raw", "key"],
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    scope: Scope = Scope.OPERATIONAL,
) -> Response:
    """Send the responses as they stand now, as the commands read them."""
    matrix = calibration.responses_of(session, actor, administration_id, Policy(scope))
    delivery.keep_sitters_from_keys(session, clock, actor, matrix.bank_id)
    write = {
        "responses": marking.scored_csv,
        "raw": marking.raw_csv,
        "key": marking.key_csv,
    }[part]
    shown = delivery.administration_for_staff(session, actor, administration_id)
    made_up = "simulated-" * shown.simulated
    return csv_download(write(matrix), f"{made_up}{part}.csv")


def _review(
    session: Session,
    actor: Actor,
    cache: AnalysisCache,
    administration_id: UUID,
    scope: Scope,
    run: UUID | None,
) -> calibration.Review:
    return calibration.review(session, actor, cache, administration_id, scope, run)
