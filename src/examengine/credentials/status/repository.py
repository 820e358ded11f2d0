"""Reads the places of status lists: which are taken, and whose credentials are revoked."""

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import Session, col, select

from examengine.credentials.tables import CredentialRevocationRow, CredentialRow


def newest_list(session: Session) -> int:
    """Return the number of the newest status list, at least 1."""
    return session.exec(select(func.max(CredentialRow.list_number))).one() or 1


def count_in_list(session: Session, list_number: int) -> int:
    """Return how many places of a status list are taken."""
    query = select(func.count()).select_from(CredentialRow)
    return session.exec(query.where(col(CredentialRow.list_number) == list_number)).one()


def taken_of(session: Session, list_number: int, indexes: Collection[int]) -> set[int]:
    """Return which of these places of a status list are taken."""
    query = select(CredentialRow.list_index).where(
        col(CredentialRow.list_number) == list_number, col(CredentialRow.list_index).in_(indexes)
    )
    return set(session.exec(query).all())


def revoked_indexes(session: Session, list_number: int) -> list[int]:
    """Return the places of a status list whose credentials are revoked."""
    query = (
        select(CredentialRow.list_index)
        .join(
            CredentialRevocationRow,
            col(CredentialRevocationRow.credential_id) == col(CredentialRow.id),
        )
        .where(col(CredentialRow.list_number) == list_number)
    )
    return list(session.exec(query).all())
