"""Many items moved or assigned at once: what would become of each is shown before anything is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import ForeseenMoves, ItemToMove, ItemUnderReview, MovedItems, read_view
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import (
    KEYS_SHOWN,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.review import Reason, day_in

router = APIRouter(prefix="/bank/{bank_id}/moves", dependencies=[KEYS_SHOWN])

SHOWN = 50
"""Ids that are named of those with one fate; the others are counted."""
LONGEST_CHOICE = 1_000_000
"""Characters of a list of as many items as can be moved at once, of the longest ids."""

ASSIGNED = "asked=somebody&column=question&column=state&column=asked"
"""The view in which assignments stand."""

Target = Annotated[str, Query(max_length=30)]
ChosenItems = Annotated[str, Form(max_length=LONGEST_CHOICE)]
AskedFor = Annotated[str, Form(max_length=60_000)]
"""The query of the page on which the items were chosen."""


@router.get("")
def show_moves(
    bank_id: str,
    request: Request,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    chosen: Annotated[list[str] | None, Query(max_length=bank.MOST_AT_ONCE)] = None,
    every: Annotated[str, Query(alias="all", max_length=3)] = "",
    target: Target = "",
) -> Response:
    """Show the items that were chosen, or all of a view, and what would become of them."""
    item_ids = chosen or []
    view, _ = read_view(request.query_params.multi_items())
    if every:
        most = bank.MOST_AT_ONCE + 1
        item_ids = bank.item_ids_of(session, actor, bank_id, view, most=most)
    asked = urlencode([("chosen", item_id) for item_id in chosen or ()])
    if every:
        asked = f"all=yes&{view.at(1).query()}"
    return _page(page, session, actor, bank_id, item_ids, target, asked)


@router.post("")
def move_items(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    chosen: ChosenItems = "",
    asked: AskedFor = "",
    target: Annotated[str, Form(max_length=30)] = "",
    reason: Reason = "",
    ticked: Annotated[tuple[int, ...], Form(max_length=20)] = (),
    commented_too: Annotated[bool, Form()] = False,
) -> Response:
    """Move the items: a few at once, many as a job whose page is shown."""
    moving: dict[str, Any] = {
        "target": target,
        "reason": reason,
        "ticked": ticked,
        "commented_too": commented_too,
    }
    items: Sequence[ItemToMove] = ()
    try:
        items = _chosen(chosen)
        if len(items) > bank.MOST_AT_A_TIME:
            queue = components.queue
            job_id = bank.ask_moves(session, clock, queue, actor, bank_id, items, **moving)
            return RedirectResponse(f"/jobs/{job_id}", status_code=303)
        moved = bank.move_items(session, clock, actor, bank_id, items, **moving)
    except (bank.MoveRefused, bank.RemarkRefused) as refusal:
        item_ids = [item.item_id for item in items]
        return _page(page, session, actor, bank_id, item_ids, target, asked, refusal, moving)
    return _moved_page(page, session, actor, bank_id, moved)


@router.post("/assignments")
def assign_reviews(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    chosen: ChosenItems = "",
    asked: AskedFor = "",
    people: Annotated[tuple[UUID, ...], Form(max_length=50)] = (),
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask people to look at the items."""
    items: Sequence[ItemToMove] = ()
    try:
        items = _chosen(chosen)
        item_ids = [item.item_id for item in items]
        asking: dict[str, Any] = {"person_ids": people, "due": day_in(due)}
        bank.assign_review(session, clock, actor, bank_id, item_ids, **asking)
    except bank.RemarkRefused as refusal:
        item_ids = [item.item_id for item in items]
        typed = {"people": people, "due": due}
        return _page(page, session, actor, bank_id, item_ids, "", asked, refusal, typed)
    return RedirectResponse(f"/bank/{bank_id}?{ASSIGNED}#items", status_code=303)


@router.get("/jobs/{job_id}")
def show_moved(
    bank_id: str, job_id: UUID, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show what became of the items of a job."""
    moved = bank.moved_by_job(session, actor, bank_id, job_id)
    return _moved_page(page, session, actor, bank_id, moved)


@dataclass(frozen=True, slots=True)
class Fate:
    """Items of which the same is to be said."""

    words: str
    item_ids: Sequence[str]

    @property
    def shown(self) -> Sequence[str]:
        """Return the ids that are named."""
        return self.item_ids[:SHOWN]


def _page(
    page: Page,
    session: Session,
    actor: Actor,
    bank_id: str,
    item_ids: Sequence[str],
    target: str,
    asked: str,
    refusal: ExamError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    too_many = len(item_ids) > bank.MOST_AT_ONCE
    found = bank.foresee_moves(session, actor, bank_id, () if too_many else item_ids, target)
    return page(
        "review/moves.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        found=found,
        too_many=too_many,
        most=bank.MOST_AT_ONCE,
        at_a_time=bank.MOST_AT_A_TIME,
        states=_by_state(found),
        moving=_fate(one.item for one in found.moves if one.moves),
        agreeing=_fate(one.item for one in found.moves if one.only_agreed_to),
        commented=_fate(one.item for one in found.moves if one.going and one.item.open_comments),
        staying=_fates((one.item.item_id, one.why_not) for one in found.moves if one.why_not),
        chosen=",".join(f"{item.item_id} {item.version}" for item in found.items),
        asked=asked,
        asked_pairs=parse_qsl(asked, max_num_fields=bank.MOST_AT_ONCE),
        reviewers=bank.reviewers(session, actor),
        refusal=None if refusal is None else message_for(refusal),
        typed=typed or {},
    )


def _moved_page(
    page: Page, session: Session, actor: Actor, bank_id: str, moved: MovedItems
) -> Response:
    workflow = bank.workflow_of(session, actor, bank_id)
    return page(
        "review/moved.html",
        bank=bank.find_bank(session, actor, bank_id),
        moved=moved,
        title=moved.target if workflow is None else workflow.state(moved.target).title,
        staying=_fates(moved.kept),
        of_moved=Fate("", moved.moved),
        of_agreed=Fate("", moved.agreed),
    )


def _by_state(found: ForeseenMoves) -> list[tuple[str, int]]:
    """Return the titles of the states that the items are in, and how many are in each."""
    counted = Counter(item.state.id for item in found.items)
    return [(one.title, counted[one.id]) for one in found.workflow.states if counted[one.id]]


def _fate(items: Iterable[ItemUnderReview]) -> Fate:
    return Fate("", [item.item_id for item in items])


def _fates(kept: Iterable[tuple[str, str]]) -> list[Fate]:
    """Return the items that stay, by what keeps them."""
    found: dict[str, list[str]] = {}
    for item_id, why in kept:
        found.setdefault(why, []).append(item_id)
    return [Fate(why, item_ids) for why, item_ids in found.items()]


def _chosen(text: str) -> list[ItemToMove]:
    """Return the items of a form, each with the version that was looked at: `A-1 1,A-2 3`.

    Raises:
        RemarkRefused: They cannot be read.
    """
    found = []
    for one in filter(None, text.split(",")):
        item_id, _, version = one.rpartition(" ")
        if not item_id or not version.isascii() or not version.isdigit() or len(version) > 4:
            raise bank.RemarkRefused("the list of the items cannot be read; choose them again")
        found.append(ItemToMove(item_id, int(version)))
    return found
