"""Use cases of moving items between the states of a workflow: one, or many by one decision.

Of many, each is decided by the same rule as one alone and is an act of its own in the trail. What
keeps an item where it is keeps back no other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from examengine.accounts import Actor, record_act, require
from examengine.bank import review_repository
from examengine.bank.errors import ItemUnknown, MoveRefused, RemarkRefused
from examengine.bank.review import (
    ItemMove,
    ItemUnderReview,
    PossibleMove,
    agreed_since,
    allowed_move,
    check_ticked,
    checked_remark,
    open_move,
)
from examengine.bank.reviewing import MOST_AT_ONCE, REVIEWERS, workflow_in_force
from examengine.bank.state_index import index_states
from examengine.bank.workflow import State, Workflow
from examengine.db import take_turn
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class ItemToMove:
    """An item somebody chose to move, in the version they looked at."""

    item_id: str
    version: int


@dataclass(frozen=True, slots=True)
class ForeseenMove:
    """What would become of one of many items."""

    item: ItemUnderReview
    why_not: str | None
    """What keeps it where it is; None where it would move, or be agreed to."""
    still_needed: int = 1
    """How many people have to agree before it moves, whoever asks among them."""

    @property
    def going(self) -> bool:
        """Whether nothing keeps it where it is."""
        return self.why_not is None

    @property
    def moves(self) -> bool:
        """Whether it would come into its new state."""
        return self.going and self.still_needed == 1

    @property
    def only_agreed_to(self) -> bool:
        """Whether it would wait for somebody else to agree."""
        return self.going and self.still_needed > 1


@dataclass(frozen=True, slots=True)
class ForeseenMoves:
    """What would become of many items.

    Attributes:
        workflow: Of their bank.
        items: Each item that was chosen, as it stands.
        targets: The states to which somebody could move one of them.
        target: The state that was asked for; None before somebody has.
        moves: What would become of each item then.
        checklist: What has to be looked at of each of them.
    """

    workflow: Workflow
    items: tuple[ItemUnderReview, ...]
    targets: tuple[State, ...]
    target: State | None = None
    moves: tuple[ForeseenMove, ...] = ()
    checklist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedItems:
    """What became of many items, by id."""

    target: str
    moved: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    """Those that wait for somebody else to agree."""
    kept: tuple[tuple[str, str], ...] = ()
    """Those that stay where they are, and why."""


def move_item(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    item_id: str,
    *,
    version: int,
    target: str,
    reason: str,
    ticked: Collection[int] = (),
) -> bool:
    """Move an item version to another state, or agree that it may; tell whether it moved.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who moves it.
        bank_id: The bank.
        item_id: The item.
        version: The version that was looked at; it has to be the newest.
        target: The state to which it goes.
        reason: Why; may be empty where one step forward says enough.
        ticked: Which points of the checklist were looked at, from 0.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        ItemUnknown: The bank has no such item.
        NoWorkflow: The bank has no workflow.
        MoveRefused: No such move leads out of the state, it is not theirs to do, the checklist is
            not done, or a newer version is there.
        RemarkRefused: The reason is too long.
    """
    require(actor, *REVIEWERS)
    said = checked_remark(reason, "a reason", least=0)
    take_turn(session, f"review of {item_id}")
    workflow = workflow_in_force(session, bank_id)
    found = _under_review(session, bank_id, workflow, [item_id])
    if item_id not in found:
        raise ItemUnknown(item_id)
    _check_version(found[item_id], version)
    chosen = allowed_move(found[item_id].moves(workflow, actor), target, ticked)
    _write(session, clock.now(), actor, bank_id, workflow, [(found[item_id], chosen)], said)
    return chosen.still_needed == 1


def foresee_moves(
    session: Session, actor: Actor, bank_id: str, item_ids: Sequence[str], target: str = ""
) -> ForeseenMoves:
    """Return how many items stand, and what would become of each if they were moved to a state.

    Args:
        session: A transaction; nothing is written.
        actor: Who asks.
        bank_id: The bank.
        item_ids: The items; those that the bank lacks are passed over.
        target: The state to which they would go; empty, or one that is none, asks for nothing.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        BankUnknown: There is no such bank.
        NoWorkflow: The bank has no workflow.
    """
    require(actor, *REVIEWERS)
    workflow = workflow_in_force(session, bank_id)
    found = _under_review(session, bank_id, workflow, item_ids)
    items = tuple(found[item_id] for item_id in dict.fromkeys(item_ids) if item_id in found)
    present = {item.state.id for item in items}
    reached = {
        move.target for move in workflow.moves if move.source in present and actor.may(*move.roles)
    }
    targets = tuple(state for state in workflow.states if state.id in reached)
    asked = next((state for state in targets if state.id == target), None)
    if asked is None:
        return ForeseenMoves(workflow, items, targets)
    moves = tuple(_foreseen(item, workflow, actor, target) for item in items)
    passing = any(
        workflow.lets_pass(move)
        for move in workflow.moves
        if move.target == target and move.source in present
    )
    checklist = workflow.checklist if passing else ()
    return ForeseenMoves(workflow, items, targets, asked, moves, checklist)


def move_items(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    chosen: Sequence[ItemToMove],
    *,
    target: str,
    reason: str,
    ticked: Collection[int] = (),
    commented_too: bool = False,
    asked_at: datetime | None = None,
) -> MovedItems:
    """Move each of many items to another state, or agree that it may; what cannot go stays.

    Whatever lets an item pass into use passes over those with open comments unless it is said that
    they go, too: nobody reads them one by one here.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who moves them.
        bank_id: The bank.
        chosen: The items, in the versions that were looked at.
        target: The state to which they go.
        reason: Why; may be empty.
        ticked: Which points of the checklist were looked at of each of them, from 0.
        commented_too: Whether items with open comments are moved as well.
        asked_at: When this was asked for, where it may be done a second time: what the actor has
            done since is told as done.

    Raises:
        NotAllowed: The actor neither writes nor reviews items, nor analyses them.
        NoWorkflow: The bank has no workflow.
        MoveRefused: The checklist is not done.
        RemarkRefused: The reason is too long, or there are too many items, or none.
    """
    require(actor, *REVIEWERS)
    said = checked_remark(reason, "a reason", least=0)
    asked = {one.item_id: one.version for one in checked_choice(chosen)}
    for item_id in sorted(asked):  # in one order, or two who move the same wait for each other
        take_turn(session, f"review of {item_id}")
    workflow = workflow_in_force(session, bank_id)
    found = _under_review(session, bank_id, workflow, asked)
    done = _done_since(session, actor, asked, target, asked_at)
    coming: list[tuple[ItemUnderReview, PossibleMove]] = []
    kept: list[tuple[str, str]] = []
    for item_id, version in sorted(asked.items()):
        if item_id in done:
            continue
        try:
            item = _chosen_item(found, item_id, version)
            _check_elsewhere(item, target)
            move = open_move(item.moves(workflow, actor), target)
            _check_comments(item, workflow, move, commented_too=commented_too)
        except MoveRefused as refusal:
            kept.append((item_id, refusal.why))
        else:
            coming.append((item, move))
    for _, move in coming:
        check_ticked(move.checklist, ticked)
    if coming:
        _write(session, clock.now(), actor, bank_id, workflow, coming, said)
    moved = {item.item_id: move.still_needed == 1 for item, move in coming} | done
    return MovedItems(
        target,
        tuple(sorted(item_id for item_id, there in moved.items() if there)),
        tuple(sorted(item_id for item_id, there in moved.items() if not there)),
        tuple(kept),
    )


def checked_choice(chosen: Sequence[ItemToMove]) -> Sequence[ItemToMove]:
    """Return the items that somebody chose.

    Raises:
        RemarkRefused: They are too many, or none.
    """
    if not 1 <= len(chosen) <= MOST_AT_ONCE:
        raise RemarkRefused(f"choose 1 to {MOST_AT_ONCE} items")
    return chosen


def _under_review(
    session: Session, bank_id: str, workflow: Workflow, item_ids: Collection[str]
) -> dict[str, ItemUnderReview]:
    """Return where items of a bank stand, by id."""
    newest = review_repository.newest_among(session, bank_id, item_ids)
    states = review_repository.states_among(session, newest)
    comments = review_repository.open_comments(session, bank_id)
    agreements: dict[str, list[ItemMove]] = {}
    for one in review_repository.agreements_among(session, newest):
        agreements.setdefault(one.item_id, []).append(one)
    found = {}
    for item_id, (version, digest, made_by) in newest.items():
        state_id, since = states.get(item_id, {}).get(version, (None, None))
        state = workflow.state(state_id)
        agreed = agreed_since(agreements.get(item_id, ()), version, state, since)
        n_open = comments.get(item_id, 0)
        found[item_id] = ItemUnderReview(item_id, version, digest, made_by, state, agreed, n_open)
    return found


def _foreseen(item: ItemUnderReview, workflow: Workflow, actor: Actor, target: str) -> ForeseenMove:
    try:
        _check_elsewhere(item, target)
        move = open_move(item.moves(workflow, actor), target)
    except MoveRefused as refusal:
        return ForeseenMove(item, refusal.why)
    return ForeseenMove(item, None, move.still_needed)


def _chosen_item(found: dict[str, ItemUnderReview], item_id: str, version: int) -> ItemUnderReview:
    if item_id not in found:
        raise MoveRefused("the bank has no such item")
    _check_version(found[item_id], version)
    return found[item_id]


def _check_elsewhere(item: ItemUnderReview, target: str) -> None:
    if item.state.id == target:
        raise MoveRefused("it is in this state already")


def _check_version(item: ItemUnderReview, version: int) -> None:
    if item.version != version:
        raise MoveRefused(f"version {item.version} is there by now; look at that one")


def _check_comments(
    item: ItemUnderReview, workflow: Workflow, move: PossibleMove, *, commented_too: bool
) -> None:
    if item.open_comments and workflow.lets_pass(move.move) and not commented_too:
        raise MoveRefused("it has comments that nobody has dealt with")


def _done_since(
    session: Session,
    actor: Actor,
    item_ids: Collection[str],
    target: str,
    asked_at: datetime | None,
) -> dict[str, bool]:
    """Return which items the actor has moved there, or agreed to move, since they asked for it."""
    if asked_at is None:
        return {}
    made = review_repository.moves_since(session, item_ids, actor.person_id, asked_at)
    return {one.item_id: one.moved for one in made if one.target == target}


def _write(
    session: Session,
    now: datetime,
    actor: Actor,
    bank_id: str,
    workflow: Workflow,
    decided: Sequence[tuple[ItemUnderReview, PossibleMove]],
    reason: str,
) -> None:
    """Write moves to one state that were decided, at least one; each is an act of its own."""
    made = [_move(now, actor, bank_id, item, move, reason) for item, move in decided]
    review_repository.add_moves(session, made)
    moved = [(one.item_id, one.version) for one in made if one.moved]
    review_repository.put_in_state(session, bank_id, moved, made[0].target, now)
    item_ids = [one.item_id for one in made]
    index_states(session, bank_id, workflow, item_ids)
    review_repository.end_assignments(session, item_ids, actor.person_id, now)
    for one, (item, move) in zip(made, decided, strict=True):
        detail = {
            "version": one.version,
            "digest": item.digest,
            "from": one.source,
            "to": one.target,
            "reason": reason,
            "agreed": len(move.agreed) + 1,
            "of": move.move.people,
            "checklist": list(move.checklist),
        }
        action = "bank.move_item" if one.moved else "bank.agree_to_move"
        record_act(session, now, actor, action, f"item:{one.item_id}", detail)


def _move(
    now: datetime,
    actor: Actor,
    bank_id: str,
    item: ItemUnderReview,
    move: PossibleMove,
    reason: str,
) -> ItemMove:
    return ItemMove(
        id=new_id(now),
        bank_id=bank_id,
        item_id=item.item_id,
        version=item.version,
        source=item.state.id,
        target=move.move.target,
        moved=move.still_needed == 1,
        person_id=actor.person_id,
        at=now,
        reason=reason,
    )
