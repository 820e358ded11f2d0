"""Reads and writes of saved views of a bank; nothing is decided here."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from examengine.bank.tables import BankViewRow


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that somebody saved: the query of its address under a title."""

    id: UUID
    title: str
    query: str
    shared: bool
    saved_by: UUID
    saved_by_name: str
    saved_at: datetime


def views(session: Session, bank_id: str) -> list[SavedView]:
    """Return every view of a bank, by title."""
    query = (
        select(BankViewRow)
        .where(col(BankViewRow.bank_id) == bank_id)
        .order_by(col(BankViewRow.title), col(BankViewRow.id))
    )
    return [SavedView(**row.model_dump(exclude={"bank_id"})) for row in session.exec(query).all()]


def add_view(session: Session, bank_id: str, view: SavedView) -> None:
    """Insert a view."""
    session.execute(insert(BankViewRow).values(bank_id=bank_id, **asdict(view)))


def delete_view(session: Session, view_id: UUID) -> None:
    """Delete a view."""
    session.execute(delete(BankViewRow).where(col(BankViewRow.id) == view_id))
