"""Reads and writes which keys signed here, by the public half of each."""

from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from examengine.credentials.tables import CredentialKeyRow, CredentialVersionRow


def public_half(session: Session, key_id: str) -> str | None:
    """Return the public half of a key that signed here, or None."""
    query = select(CredentialKeyRow.public_key).where(col(CredentialKeyRow.key_id) == key_id)
    return session.exec(query).one_or_none()


def keys_that_signed(session: Session) -> dict[str, str | None]:
    """Return each key that signed here, with its public half as far as it was noted."""
    query = select(CredentialVersionRow.key_id).distinct()
    noted = session.exec(select(CredentialKeyRow.key_id, CredentialKeyRow.public_key)).all()
    return {**dict.fromkeys(session.exec(query).all()), **dict(noted)}


def add(session: Session, key_id: str, public_key: str, now: datetime) -> None:
    """Note the public half of a key that signs for the first time."""
    session.execute(
        insert(CredentialKeyRow).values(key_id=key_id, public_key=public_key, first_used_at=now)
    )
