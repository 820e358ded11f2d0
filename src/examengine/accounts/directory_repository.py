"""Reads of the long list of an organisation's people: searched, counted and cut by the database."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import Select, Text, cast, func
from sqlmodel import Session, col

from examengine.accounts.repository import Member
from examengine.accounts.rules import Role
from examengine.accounts.tables import MembershipRow, PersonRow


def how_many(session: Session, words: str = "") -> int:
    """Return how many people have these words in name or address."""
    query = _holding(_members(func.count()), words)
    found: int = session.execute(query).scalar_one()
    return found


def page(session: Session, words: str, start: int, most: int) -> Sequence[Member]:
    """Return some of those people, by name."""
    query = _holding(_members(PersonRow, MembershipRow), words)
    by_name = query.order_by(col(PersonRow.name), col(PersonRow.id))
    return [(row[0], row[1]) for row in session.execute(by_name.offset(start).limit(most))]


def in_role(
    session: Session, role: Role, words: str, without: Collection[UUID], most: int | None
) -> Sequence[Member]:
    """Return people of one role with an open account, by name; `most` of them, or all."""
    query = _of_role(_members(PersonRow, MembershipRow), role, without)
    by_name = _holding(query, words).order_by(col(PersonRow.name), col(PersonRow.id))
    return [(row[0], row[1]) for row in session.execute(by_name.limit(most))]


def addresses_in_role(
    session: Session, role: Role, words: str, without: Collection[UUID]
) -> dict[str, UUID]:
    """Return the addresses and ids of the same people, by name."""
    query = _of_role(_members(col(PersonRow.email), col(PersonRow.id)), role, without)
    by_name = _holding(query, words).order_by(col(PersonRow.name), col(PersonRow.id))
    return {row[0]: row[1] for row in session.execute(by_name)}


def how_many_in_role(session: Session, role: Role, words: str, without: Collection[UUID]) -> int:
    """Return how many people of one role have an open account and hold these words."""
    counted = _members(func.count())
    found: int = session.execute(_holding(_of_role(counted, role, without), words)).scalar_one()
    return found


def _members(*wanted: Any) -> Select[Any]:
    query = sqlalchemy.select(*wanted).select_from(PersonRow)
    return query.join(MembershipRow, col(MembershipRow.person_id) == col(PersonRow.id))


def _of_role(query: Select[Any], role: Role, without: Collection[UUID]) -> Select[Any]:
    # Roles are a short list of plain words, so that looking for one as text finds no other.
    holds = cast(col(MembershipRow.roles), Text).contains(f'"{role.value}"')
    open_to_role = query.where(holds, col(MembershipRow.active).is_(True))
    return open_to_role.where(col(PersonRow.id).not_in(without)) if without else open_to_role


def _holding(query: Select[Any], words: str) -> Select[Any]:
    named = func.lower(col(PersonRow.name) + " " + col(PersonRow.email))
    for word in words.lower().split():
        query = query.where(named.contains(word, autoescape=True))
    return query
