"""Reads and writes of item models; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from examengine.accounts import Actor
from examengine.bank.tables import IndexedItemRow, ItemModelRow, ItemModelVersionRow
from examengine.db import organisation_of


@dataclass(frozen=True, slots=True)
class StoredModel:
    """An item model as it is written now."""

    model_id: str
    bank_id: str
    text: str
    struck: tuple[int, ...]
    """The numbers of instances that are not made."""
    revision: int
    saved_by: UUID
    saved_by_name: str
    saved_at: datetime


def models(session: Session, bank_id: str) -> list[StoredModel]:
    """Return the item models of a bank, by id."""
    query = (
        select(ItemModelRow)
        .where(col(ItemModelRow.bank_id) == bank_id)
        .order_by(col(ItemModelRow.model_id))
    )
    return [_stored(row) for row in session.exec(query).all()]


def model(session: Session, bank_id: str, model_id: str) -> StoredModel | None:
    """Return an item model as it stands now, or None."""
    query = (
        select(ItemModelRow)
        .where(col(ItemModelRow.model_id) == model_id, col(ItemModelRow.bank_id) == bank_id)
        .execution_options(populate_existing=True)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else _stored(row)


def twin_of(session: Session, model_id: str) -> str | None:
    """Return an id of a model that differs at most in capital letters; None if there is none."""
    query = select(ItemModelRow.model_id).where(
        func.lower(ItemModelRow.model_id) == model_id.lower()
    )
    return session.exec(query.limit(1)).first()


def add(
    session: Session, actor: Actor, bank_id: str, model_id: str, text: str, now: datetime
) -> None:
    """Insert an item model."""
    values = {"model_id": model_id, "bank_id": bank_id, "revision": 1}
    session.execute(insert(ItemModelRow).values(**values, **_saved(actor, text, (), now)))


def save(
    session: Session,
    actor: Actor,
    model_id: str,
    text: str,
    struck: Sequence[int],
    seen: int,
    now: datetime,
) -> bool:
    """Write a model anew if it still is the revision that was seen; tell whether it was."""
    changed = session.execute(
        update(ItemModelRow)
        .where(*_is(session, model_id, seen))
        .values(revision=seen + 1, **_saved(actor, text, struck, now))
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def remove(session: Session, model_id: str, seen: int) -> bool:
    """Delete a model if it still is the revision that was seen; tell whether it was."""
    gone = session.execute(delete(ItemModelRow).where(*_is(session, model_id, seen)))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def keep_version(session: Session, stored: StoredModel, digest: str, now: datetime) -> None:
    """Keep the text of which instances are made, unless it is kept already."""
    place = (organisation_of(session), stored.model_id, digest)
    if session.get(ItemModelVersionRow, place) is None:
        values = {"model_id": stored.model_id, "bank_id": stored.bank_id, "digest": digest}
        row = insert(ItemModelVersionRow).values(**values, text=stored.text, made_at=now)
        session.execute(row)


def instances_of(session: Session, bank_id: str, model_id: str) -> list[str]:
    """Return the items of a bank that are instances of a model, by id."""
    query = (
        select(IndexedItemRow.item_id)
        .where(col(IndexedItemRow.bank_id) == bank_id, col(IndexedItemRow.model_id) == model_id)
        .order_by(col(IndexedItemRow.item_id))
    )
    return list(session.exec(query).all())


def _stored(row: ItemModelRow) -> StoredModel:
    fields = row.model_dump(exclude={"organisation_id", "struck"})
    return StoredModel(**fields, struck=tuple(row.struck))


def _saved(actor: Actor, text: str, struck: Sequence[int], now: datetime) -> dict[str, object]:
    return {
        "text": text,
        "struck": list(struck),
        "saved_by": actor.person_id,
        "saved_by_name": actor.name,
        "saved_at": now,
    }


def _is(session: Session, model_id: str, revision: int) -> tuple[Any, ...]:
    return (
        col(ItemModelRow.organisation_id) == organisation_of(session),
        col(ItemModelRow.model_id) == model_id,
        col(ItemModelRow.revision) == revision,
    )
