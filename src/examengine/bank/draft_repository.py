"""Reads and writes of drafts; nothing is decided here."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from examengine.accounts import Actor
from examengine.bank.item_draft import ItemDraft
from examengine.bank.item_types import Content
from examengine.bank.tables import ItemDraftRow
from examengine.db import organisation_of


def draft(session: Session, bank_id: str, item_id: str) -> ItemDraft | None:
    """Return the draft of an item, as it stands now, or None."""
    query = (
        select(ItemDraftRow)
        .where(col(ItemDraftRow.item_id) == item_id, col(ItemDraftRow.bank_id) == bank_id)
        .execution_options(populate_existing=True)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else ItemDraft(**row.model_dump())


def drafts(session: Session, bank_id: str) -> list[ItemDraft]:
    """Return the drafts of a bank, the one saved last first."""
    query = (
        select(ItemDraftRow)
        .where(col(ItemDraftRow.bank_id) == bank_id)
        .order_by(col(ItemDraftRow.saved_at).desc(), col(ItemDraftRow.item_id))
    )
    return [ItemDraft(**row.model_dump()) for row in session.exec(query).all()]


def add(
    session: Session,
    actor: Actor,
    bank_id: str,
    content: Content,
    based_on: int | None,
    now: datetime,
) -> None:
    """Insert a draft."""
    values = {
        "item_id": content["id"],
        "bank_id": bank_id,
        "based_on": based_on,
        "revision": 1,
        **_saved(actor, content, now),
    }
    session.execute(insert(ItemDraftRow).values(**values))


def save(
    session: Session, actor: Actor, item_id: str, content: Content, seen: int, now: datetime
) -> bool:
    """Write a draft anew if it still is the revision that was seen; tell whether it was."""
    values = {"revision": seen + 1, **_saved(actor, content, now)}
    changed = session.execute(
        update(ItemDraftRow).where(*_is(session, item_id, seen)).values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def remove(session: Session, item_id: str, seen: int) -> bool:
    """Delete a draft if it still is the revision that was seen; tell whether it was."""
    gone = session.execute(delete(ItemDraftRow).where(*_is(session, item_id, seen)))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _saved(actor: Actor, content: Content, now: datetime) -> dict[str, Any]:
    return {
        "content": dict(content),
        "saved_by": actor.person_id,
        "saved_by_name": actor.name,
        "saved_at": now,
    }


def _is(session: Session, item_id: str, revision: int) -> tuple[Any, ...]:
    return (
        col(ItemDraftRow.organisation_id) == organisation_of(session),
        col(ItemDraftRow.item_id) == item_id,
        col(ItemDraftRow.revision) == revision,
    )
