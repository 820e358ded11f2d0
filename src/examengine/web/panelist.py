"""The panelist's pages: my panels, one panel, one item to rate."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from examengine import assembly, bank, standard_setting
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession

router = APIRouter(prefix="/panels")

SeenRound = Annotated[int, Form(ge=1, le=99)]


@router.get("")
def list_panels(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the panels of this judge, with how far each has come."""
    panels = [
        (judging, assembly.exam_for_staff(session, actor, judging.panel.exam_id))
        for judging in standard_setting.my_panels(session, actor)
    ]
    return page("panelist/panels.html", panels=panels)


@router.get("/{panel_id}")
def show_panel(panel_id: UUID, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show one panel: who the candidate in question is, and the items with their ratings."""
    judging = standard_setting.my_panel(session, actor, panel_id)
    exam = assembly.exam_for_staff(session, actor, judging.panel.exam_id)
    return page("panelist/panel.html", judging=judging, exam=exam)


@router.get("/{panel_id}/items/{item_id}")
def show_item(
    panel_id: UUID, item_id: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show one item as candidates see it, its key, and the field for the rating."""
    judged = standard_setting.judged_item(session, actor, panel_id, item_id)
    content = judged.version.content
    item_type = bank.ITEM_TYPES[judged.version.item_type]
    return page(
        "panelist/item.html",
        judging=judged.judging,
        share_right=judged.share_right,
        exam=assembly.exam_for_staff(session, actor, judged.judging.panel.exam_id),
        item_id=item_id,
        shown=item_type.present(content, (), judged.version.language),
        key=item_type.key_in_words(content),
        explanations=item_type.explanations(content),
    )


@router.post("/{panel_id}/items/{item_id}")
def save_rating(
    panel_id: UUID,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    seen: SeenRound,
    rating: Annotated[str, Form(max_length=20)],
) -> Response:
    """Save one rating; HTMX gets the mark of what is saved, a plain form goes on to the next."""
    judging = standard_setting.save_rating(
        session, clock, actor, panel_id, item_id, seen=seen, typed=rating
    )
    following = judging.after(item_id)
    then = f"/panels/{panel_id}" + (f"/items/{following}" if following else "")
    return page("panelist/item.html", "saved", then=then, judging=judging, item_id=item_id)


@router.post("/{panel_id}/finish")
def finish_round(
    panel_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    seen: SeenRound,
) -> Response:
    """Tell the officer that this judge is done with the round."""
    standard_setting.finish_round(session, clock, actor, panel_id, seen=seen)
    return page("panelist/panel.html", then=f"/panels/{panel_id}")
