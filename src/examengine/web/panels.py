"""The awarding officer's pages about panels: set one up, follow it, close its rounds."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from examengine import accounts, assembly, standard_setting
from examengine.accounts import Actor
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.spreadsheets import csv_download

router = APIRouter(prefix="/awards")

Text = Annotated[str, Form(max_length=20_000)]
SeenRound = Annotated[int, Form(ge=1, le=99)]


@dataclass(frozen=True, slots=True)
class TypedPanel:
    """What stands in the form that sets up a panel."""

    form_id: UUID | None = None
    definition: str = ""
    rounds: int = 2
    person: tuple[UUID, ...] = ()
    names: str = ""


@router.get("/cut-scores/{exam_id}/panels/new")
def show_new_panel(exam_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the form that sets up a panel."""
    return _new_panel_page(session, actor, page, exam_id, TypedPanel())


@router.post("/cut-scores/{exam_id}/panels")
def set_up_panel(
    exam_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    form_id: Annotated[UUID, Form()],
    definition: Text = "",
    rounds: Annotated[int, Form(ge=1, le=99)] = 2,
    person: Annotated[tuple[UUID, ...], Form(max_length=100)] = (),
    names: Text = "",
) -> Response:
    """Set up a panel; a refusal is shown above the form, all that was typed kept."""
    try:
        panel = standard_setting.set_up_panel(
            session,
            clock,
            actor,
            exam_id,
            form_id,
            definition=definition,
            rounds=rounds,
            person_ids=person,
            names=names.splitlines(),
        )
    except standard_setting.PanelUnusable as refusal:
        typed = TypedPanel(form_id, definition, rounds, person, names)
        return _new_panel_page(session, actor, page, exam_id, typed, refusal)
    return page("cut_scores/panel.html", then=f"/awards/panels/{panel.id}")


@router.get("/panels/{panel_id}")
def show_panel(panel_id: UUID, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show a panel at work: who has come how far, and what the officer can do."""
    return _panel_page(session, actor, page, panel_id)


@router.post("/panels/{panel_id}/ratings")
def import_ratings(
    panel_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    ratings: Annotated[UploadFile, File()],
) -> Response:
    """Store a file of ratings, or show every fault in it."""
    source = (ratings.filename or "ratings.csv")[-80:]
    try:
        content = ratings.file.read()
        standard_setting.import_ratings(
            session, clock, actor, panel_id, source=source, content=content
        )
    except (standard_setting.RatingsUnusable, standard_setting.RoundNotReady) as refusal:
        return _panel_page(session, actor, page, panel_id, refusal)
    return page("cut_scores/panel.html", then=f"/awards/panels/{panel_id}")


@router.post("/panels/{panel_id}/close")
def close_round(
    panel_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    seen: SeenRound,
    last: Annotated[bool, Form()] = False,
) -> Response:
    """Close the open round, or show what is missing."""
    try:
        standard_setting.close_round(session, clock, actor, panel_id, seen=seen, last=last)
    except standard_setting.RoundNotReady as refusal:
        return _panel_page(session, actor, page, panel_id, refusal)
    return page("cut_scores/panel.html", then=f"/awards/panels/{panel_id}/recommendation")


@router.post("/panels/{panel_id}/leave")
def let_judge_leave(
    panel_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    judge_id: Annotated[str, Form(max_length=200)],
    reason: Text = "",
) -> Response:
    """Take a judge out of the panel."""
    try:
        standard_setting.let_judge_leave(session, clock, actor, panel_id, judge_id, reason=reason)
    except standard_setting.AdoptionReasonMissing as refusal:
        return _panel_page(session, actor, page, panel_id, refusal)
    return page("cut_scores/panel.html", then=f"/awards/panels/{panel_id}")


@router.get("/panels/{panel_id}/ratings.csv")
def download_ratings(panel_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Give out the ratings of the closed rounds, as `examengine cut` reads them."""
    made_up = "simulated-" * standard_setting.find_panel(session, actor, panel_id).simulated
    return csv_download(
        standard_setting.ratings_file(session, actor, panel_id), f"{made_up}ratings.csv"
    )


@router.get("/panels/{panel_id}/template.csv")
def download_template(panel_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Give out a file to fill in."""
    return csv_download(standard_setting.ratings_template(session, actor, panel_id), "template.csv")


def _new_panel_page(
    session: Session,
    actor: Actor,
    page: Page,
    exam_id: str,
    typed: TypedPanel,
    refusal: ExamError | None = None,
) -> Response:
    return page(
        "cut_scores/new_panel.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        exam=assembly.exam_for_staff(session, actor, exam_id),
        forms=assembly.forms_for_staff(session, actor, exam_id),
        panelists=accounts.list_panelists(session, actor),
        most_rounds=standard_setting.MOST_ROUNDS,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _panel_page(
    session: Session, actor: Actor, page: Page, panel_id: UUID, refusal: ExamError | None = None
) -> Response:
    panel = standard_setting.find_panel(session, actor, panel_id)
    return page(
        "cut_scores/panel.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        panel=panel,
        exam=assembly.exam_for_staff(session, actor, panel.exam_id),
        form=assembly.form_for_staff(session, actor, panel.form_id),
        progress=standard_setting.rating_progress(session, actor, panel_id),
        refusal=None if refusal is None else message_for(refusal),
        faults=getattr(refusal, "faults", ()),
    )
