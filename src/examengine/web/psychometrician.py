"""The psychometrician's pages: responses, items, calibration runs, and what is adopted of them."""

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import calibration, db, integrity, standard_setting
from examengine.accounts import Actor
from examengine.bank import ITEM_TYPES
from examengine.calibration import RunSettings, Scope, Shelf
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepParts, DepSession
from examengine.web.item_figures import answers, form_plots, headings, item_plots, shown_rows

router = APIRouter()

Sort = Annotated[str, Query(max_length=20)]
Order = Literal["asc", "desc"]
FILES = {"responses": "scored", "raw": "raw", "key": "key"}


async def shelf(parts: DepParts) -> Shelf:
    """Return where analyses are kept."""
    return parts.shelf


DepShelf = Annotated[Shelf, Depends(shelf)]


@router.get("/analysis")
def list_administrations(
    actor: DepActor, session: DepSession, shelf: DepShelf, page: DepPage
) -> Response:
    """Show every administration with its size and reliability."""
    lines = calibration.overview(session, actor, shelf)
    return page("psychometrician/administrations.html", lines=lines)


@router.get("/analysis/runs/{run_id}")
def show_run(run_id: UUID, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show a calibration run."""
    return page("psychometrician/run.html", found=calibration.run_review(session, actor, run_id))


@router.get("/analysis/runs/{run_id}/parameters.json")
def send_parameters(run_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Send the item parameters of a run as the commands write them."""
    run = calibration.find_run(session, actor, run_id)
    body = json.dumps(run.body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return _file(body.encode(), "parameters.json", "application/json")


@router.get("/analysis/runs/{run_id}/{part}.csv")
def send_snapshot(
    run_id: UUID, part: Literal["responses", "raw", "key"], actor: DepActor, session: DepSession
) -> Response:
    """Send a file of the responses a run was made of, as the commands read them."""
    run = calibration.find_run(session, actor, run_id)
    files = calibration.snapshot_files(session, actor, run.snapshot_digest)
    return _file(getattr(files, FILES[part]), f"{part}.csv", "text/csv")


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
    shelf: DepShelf,
    page: DepPage,
    scope: Scope = Scope.OPERATIONAL,
    sort: Sort = "item",
    order: Order = "asc",
) -> Response:
    """Show an administration: totals, items, plots, runs."""
    found = _review(session, actor, shelf, administration_id, scope)
    cut = standard_setting.current_cut(session, found.exam.id)
    return page(
        "psychometrician/administration.html",
        "items",
        found=found,
        cut=cut,
        figures=form_plots(found, cut),
        errors_at_cut=() if cut is None else found.errors_at(cut.theta_cut),
        rows=shown_rows(found, sort, order),
        headings=headings(scope, sort, order),
        rules=calibration.RULES,
        models=calibration.MODELS,
        scopes=tuple(Scope),
        policy=calibration.POLICY,
    )


@router.post("/analysis/{administration_id}/runs")
def run_calibration(
    administration_id: UUID,
    actor: DepActor,
    parts: DepParts,
    model: Annotated[str, Form(max_length=20)],
    scope: Annotated[Scope, Form()],
    model_fit: Annotated[bool, Form()] = False,
    second_opinion: Annotated[bool, Form()] = False,
) -> Response:
    """Calibrate the responses of an administration; the run opens its own transactions."""
    with db.reading(parts.engine) as session:
        voided = _voided(session, administration_id)
    run = calibration.run_calibration(
        parts.engine,
        parts.clock,
        actor,
        parts.shelf,
        [administration_id],
        scope,
        RunSettings(model=model, model_fit=model_fit, second_opinion=second_opinion),
        without=voided,
    )
    return RedirectResponse(f"/analysis/runs/{run.id}", status_code=303)


@router.get("/analysis/{administration_id}/items/{item_id}")
def show_item(
    administration_id: UUID,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    shelf: DepShelf,
    page: DepPage,
    scope: Scope = Scope.OPERATIONAL,
) -> Response:
    """Show one item: as the candidate saw it, its answers by score group, its curve."""
    review = _review(session, actor, shelf, administration_id, scope)
    found = calibration.item_review(review, item_id)
    shown = found.item.item
    item_type = ITEM_TYPES[shown.item_type]
    return page(
        "psychometrician/item.html",
        found=found,
        review=review,
        shown=shown,
        item=item_type.present(shown.content, ()),
        item_type=item_type,
        key=item_type.key_in_words(shown.content),
        answers=answers(found),
        figures=item_plots(found),
    )


@router.get("/analysis/{administration_id}/{part}.csv")
def send_responses(
    administration_id: UUID,
    part: Literal["responses", "raw", "key"],
    actor: DepActor,
    session: DepSession,
    shelf: DepShelf,
    scope: Scope = Scope.OPERATIONAL,
) -> Response:
    """Send the responses as they stand now, as the commands read them."""
    without = _voided(session, administration_id)
    analysis = calibration.analysis_of(
        session, actor, shelf, [administration_id], scope, without=without
    )
    write = {
        "responses": calibration.scored_csv,
        "raw": calibration.raw_csv,
        "key": calibration.key_csv,
    }[part]
    return _file(write(analysis.snapshot), f"{part}.csv", "text/csv")


def _review(
    session: Session,
    actor: Actor,
    shelf: Shelf,
    administration_id: UUID,
    scope: Scope,
) -> calibration.Review:
    without = _voided(session, administration_id)
    return calibration.review(session, actor, shelf, administration_id, scope, without=without)


def _voided(session: Session, administration_id: UUID) -> frozenset[UUID]:
    """Return whose responses were voided: they are in no figure."""
    rulings = integrity.clearances(session, administration_id)
    return frozenset(subject for subject, one in rulings.items() if one.state == "voided")


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
