"""Reads and writes of workflows and of what happens to items in them; nothing is decided here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, tuple_, update
from sqlmodel import Session, col, select

from examengine.bank.repository import in_parts, version_of
from examengine.bank.review import ItemAssignment, ItemComment, ItemMove, ItemVote, Vote
from examengine.bank.review_tables import (
    ItemAssignmentRow,
    ItemCommentRow,
    ItemMoveRow,
    ItemStateRow,
    ItemVoteRow,
    WorkflowRow,
)
from examengine.bank.rules import ItemVersion
from examengine.bank.tables import ItemVersionRow
from examengine.bank.workflow import Workflow, read_workflow


def workflow_of(session: Session, bank_id: str) -> Workflow | None:
    """Return the workflow of a bank; None where versions are used as they arrive."""
    query = (
        select(WorkflowRow.body)
        .where(col(WorkflowRow.bank_id) == bank_id)
        .order_by(col(WorkflowRow.set_at).desc(), col(WorkflowRow.id).desc())
        .limit(1)
    )
    body = session.exec(query).first()
    return None if body is None else read_workflow(**body)


def add_workflow(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a workflow, or that there is none any more."""
    session.execute(insert(WorkflowRow).values(**values))


def states_in(session: Session, bank_id: str) -> dict[str, dict[int, str]]:
    """Return the state of each version of a bank that ever moved, by item and version."""
    query = select(ItemStateRow.item_id, ItemStateRow.version, ItemStateRow.state).where(
        col(ItemStateRow.bank_id) == bank_id
    )
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for item_id, version, state in session.exec(query).all():
        found[item_id][version] = state
    return dict(found)


def states_among(
    session: Session, item_ids: Collection[str]
) -> dict[str, dict[int, tuple[str, datetime]]]:
    """Return in which state the versions of items are that ever moved, and since when, by item."""
    found: dict[str, dict[int, tuple[str, datetime]]] = defaultdict(dict)
    for some in in_parts(sorted(item_ids)):
        query = select(ItemStateRow).where(col(ItemStateRow.item_id).in_(some))
        for row in session.exec(query).all():
            found[row.item_id][row.version] = (row.state, row.since)
    return dict(found)


def put_in_state(
    session: Session, bank_id: str, versions: Iterable[tuple[str, int]], state: str, now: datetime
) -> None:
    """Note that item versions are in a state from now on."""
    rows = [
        {"bank_id": bank_id, "item_id": item_id, "version": version, "state": state, "since": now}
        for item_id, version in versions
    ]
    for some in in_parts(rows):
        keys = [(row["item_id"], row["version"]) for row in some]
        own = tuple_(col(ItemStateRow.item_id), col(ItemStateRow.version))
        session.execute(delete(ItemStateRow).where(own.in_(keys)))
        session.execute(insert(ItemStateRow), list(some))


def versions_at(session: Session, versions: Mapping[str, int]) -> list[ItemVersion]:
    """Return one version of each of these items, by id."""
    found: list[ItemVersion] = []
    own = tuple_(col(ItemVersionRow.item_id), col(ItemVersionRow.version))
    for some in in_parts(sorted(versions.items())):
        query = select(ItemVersionRow).where(own.in_(some)).order_by(col(ItemVersionRow.item_id))
        found.extend(version_of(row) for row in session.exec(query).all())
    return found


def add_moves(session: Session, moves: Sequence[ItemMove]) -> None:
    """Insert moves."""
    if moves:
        session.execute(insert(ItemMoveRow), [asdict(move) for move in moves])


def moves_of(session: Session, item_id: str) -> list[ItemMove]:
    """Return what was moved or agreed to of an item, the oldest first."""
    query = (
        select(ItemMoveRow)
        .where(col(ItemMoveRow.item_id) == item_id)
        .order_by(col(ItemMoveRow.at), col(ItemMoveRow.id))
    )
    return [ItemMove(**_values(row)) for row in session.exec(query).all()]


def agreements_among(session: Session, item_ids: Collection[str]) -> list[ItemMove]:
    """Return who agreed to moves of items that more people have to agree to, the oldest first."""
    found: list[ItemMove] = []
    for some in in_parts(sorted(item_ids)):
        query = (
            select(ItemMoveRow)
            .where(col(ItemMoveRow.item_id).in_(some), col(ItemMoveRow.moved).is_(False))
            .order_by(col(ItemMoveRow.at), col(ItemMoveRow.id))
        )
        found.extend(ItemMove(**_values(row)) for row in session.exec(query).all())
    return found


def moves_since(
    session: Session, item_ids: Collection[str], person_id: UUID, since: datetime
) -> list[ItemMove]:
    """Return what somebody has moved or agreed to of items since a moment, the oldest first."""
    found: list[ItemMove] = []
    for some in in_parts(sorted(item_ids)):
        query = (
            select(ItemMoveRow)
            .where(
                col(ItemMoveRow.item_id).in_(some),
                col(ItemMoveRow.person_id) == person_id,
                col(ItemMoveRow.at) >= since,
            )
            .order_by(col(ItemMoveRow.at), col(ItemMoveRow.id))
        )
        found.extend(ItemMove(**_values(row)) for row in session.exec(query).all())
    return found


def newest_among(
    session: Session, bank_id: str, item_ids: Collection[str]
) -> dict[str, tuple[int, str, UUID | None]]:
    """Return the newest version of items of a bank: its number, its digest, who made it."""
    row = ItemVersionRow
    found: dict[str, tuple[int, str, UUID | None]] = {}
    for some in in_parts(sorted(item_ids)):
        query = (
            select(row.item_id, row.version, row.digest, row.made_by)
            .where(col(row.bank_id) == bank_id, col(row.item_id).in_(some))
            .order_by(col(row.item_id), col(row.version))
        )
        for item_id, version, digest, made_by in session.exec(query).all():
            found[item_id] = (version, digest, made_by)
    return found


def add_comment(session: Session, comment: ItemComment) -> None:
    """Insert a comment."""
    session.execute(insert(ItemCommentRow).values(**asdict(comment)))


def comment(session: Session, comment_id: UUID) -> ItemComment | None:
    """Return one comment."""
    row = session.get(ItemCommentRow, comment_id)
    return None if row is None else ItemComment(**_values(row))


def resolve(session: Session, comment_id: UUID, by: UUID | None, now: datetime | None) -> None:
    """Note who has dealt with a comment, or that it is open again."""
    session.execute(
        update(ItemCommentRow)
        .where(col(ItemCommentRow.id) == comment_id)
        .values(resolved_by=by, resolved_at=now)
    )


def comments_of(session: Session, item_id: str) -> list[ItemComment]:
    """Return what was said of an item, the oldest first."""
    query = (
        select(ItemCommentRow)
        .where(col(ItemCommentRow.item_id) == item_id)
        .order_by(col(ItemCommentRow.at), col(ItemCommentRow.id))
    )
    return [ItemComment(**_values(row)) for row in session.exec(query).all()]


def open_comments(session: Session, bank_id: str) -> dict[str, int]:
    """Return how many comments of each item of a bank nobody has dealt with."""
    query = (
        select(ItemCommentRow.item_id, func.count())
        .where(col(ItemCommentRow.bank_id) == bank_id, col(ItemCommentRow.resolved_at).is_(None))
        .group_by(col(ItemCommentRow.item_id))
    )
    return dict(session.exec(query).all())


def add_assignments(session: Session, asked: Sequence[ItemAssignment]) -> None:
    """Insert assignments."""
    if asked:
        session.execute(insert(ItemAssignmentRow), [asdict(one) for one in asked])


def assignments(
    session: Session,
    *,
    item_id: str | None = None,
    person_id: UUID | None = None,
    bank_id: str | None = None,
    open_only: bool = False,
) -> list[ItemAssignment]:
    """Return who was asked to look at what, what is due first first."""
    query = select(ItemAssignmentRow)
    if item_id is not None:
        query = query.where(col(ItemAssignmentRow.item_id) == item_id)
    if person_id is not None:
        query = query.where(col(ItemAssignmentRow.person_id) == person_id)
    if bank_id is not None:
        query = query.where(col(ItemAssignmentRow.bank_id) == bank_id)
    if open_only:
        query = query.where(col(ItemAssignmentRow.done_at).is_(None))
    query = query.order_by(
        col(ItemAssignmentRow.due).is_(None),
        col(ItemAssignmentRow.due),
        col(ItemAssignmentRow.asked_at),
        col(ItemAssignmentRow.id),
    )
    return [ItemAssignment(**_values(row)) for row in session.exec(query).all()]


def end_assignments(
    session: Session, item_ids: Collection[str], person_id: UUID, now: datetime
) -> None:
    """Note that somebody has looked at items as they were asked."""
    for some in in_parts(sorted(item_ids)):
        session.execute(
            update(ItemAssignmentRow)
            .where(
                col(ItemAssignmentRow.item_id).in_(some),
                col(ItemAssignmentRow.person_id) == person_id,
                col(ItemAssignmentRow.done_at).is_(None),
            )
            .values(done_at=now)
        )


def cast_vote(session: Session, vote: ItemVote) -> None:
    """Write a vote in the place of the one that the same person cast before."""
    session.execute(
        delete(ItemVoteRow).where(
            col(ItemVoteRow.item_id) == vote.item_id,
            col(ItemVoteRow.version) == vote.version,
            col(ItemVoteRow.person_id) == vote.person_id,
        )
    )
    session.execute(insert(ItemVoteRow).values(**{**asdict(vote), "vote": vote.vote.value}))


def votes_of(session: Session, item_id: str, version: int) -> list[ItemVote]:
    """Return the votes on an item version, the oldest first."""
    query = (
        select(ItemVoteRow)
        .where(col(ItemVoteRow.item_id) == item_id, col(ItemVoteRow.version) == version)
        .order_by(col(ItemVoteRow.at), col(ItemVoteRow.person_id))
    )
    return [
        ItemVote(**{**_values(row), "vote": Vote(row.vote)}) for row in session.exec(query).all()
    ]


def _values(row: Any) -> dict[str, Any]:
    """Return a row as its record names it: the organisation is that of the session."""
    return dict(row.model_dump(exclude={"organisation_id"}))
