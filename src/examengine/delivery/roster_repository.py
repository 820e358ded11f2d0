"""Reads of long lists of attempts: counted, searched and cut by the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import ColumnElement, Row, Select, case, func, literal
from sqlmodel import Session, col

from examengine.delivery.administration import AttemptState
from examengine.delivery.tables import AdministrationRow, AttemptRow

_COLUMNS = tuple(
    col(getattr(AttemptRow, name))
    for name in (
        *("id", "administration_id", "person_id", "candidate", "form_id", "minutes"),
        *("extra_time_percent", "version", "started_at", "deadline", "submitted_at"),
    )
)
"""What a line of a list needs: the drawn orders, which are most of a row, stay where they are."""


def counts(session: Session, administration_id: UUID, now: datetime) -> dict[AttemptState, int]:
    """Return how many attempts of an administration are in each state; states of none are left out.

    The states are those of `state_of`, told by the database.
    """
    state = _state(now)
    query = (
        sqlalchemy.select(state, func.count())
        .select_from(AttemptRow)
        .join(AdministrationRow, col(AdministrationRow.id) == col(AttemptRow.administration_id))
        .where(col(AttemptRow.administration_id) == administration_id)
        .group_by(state)
    )
    return {AttemptState(found): count for found, count in session.execute(query)}


def how_many(session: Session, administration_id: UUID, name: str) -> int:
    """Return how many candidates of an administration have a name that holds these words."""
    query = sqlalchemy.select(func.count()).select_from(AttemptRow)
    found: int = session.execute(_named(query, administration_id, name)).scalar_one()
    return found


def page(
    session: Session, administration_id: UUID, name: str, start: int, most: int
) -> Sequence[Row[Any]]:
    """Return lines of the list by candidate, each with the end of the window at its end."""
    offered = (col(AdministrationRow.closes_at), col(AdministrationRow.withdrawn_at))
    query = sqlalchemy.select(*_COLUMNS, *offered).join(
        AdministrationRow, col(AdministrationRow.id) == col(AttemptRow.administration_id)
    )
    by_name = (col(AttemptRow.candidate), col(AttemptRow.id))
    cut = _named(query, administration_id, name).order_by(*by_name).offset(start).limit(most)
    return session.execute(cut).all()


def _named(query: Select[Any], administration_id: UUID, name: str) -> Select[Any]:
    found = query.where(col(AttemptRow.administration_id) == administration_id)
    for word in name.lower().split():
        found = found.where(func.lower(col(AttemptRow.candidate)).contains(word, autoescape=True))
    return found


def _state(now: datetime) -> ColumnElement[str]:
    closes_at, deadline = col(AdministrationRow.closes_at), col(AttemptRow.deadline)
    withdrawn = col(AdministrationRow.withdrawn_at).is_not(None)
    return case(
        (col(AttemptRow.submitted_at).is_not(None), literal(AttemptState.SUBMITTED.value)),
        (
            col(AttemptRow.started_at).is_(None),
            case(
                (withdrawn, literal(AttemptState.WITHDRAWN.value)),
                (closes_at <= now, literal(AttemptState.MISSED.value)),
                else_=AttemptState.PREPARED.value,
            ),
        ),
        (deadline < now, literal(AttemptState.TIME_OVER.value)),
        else_=AttemptState.RUNNING.value,
    )
