"""The trail of staff acts: who did what to which thing, when, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from examengine.accounts.rules import Actor, Role, StaffAct, require
from examengine.accounts.tables import StaffActRow
from examengine.kernel.ids import new_id


def record_act(
    session: Session,
    now: datetime,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one staff act, in the transaction that does it: both happen, or neither.

    Args:
        session: The transaction of the act itself.
        now: When it was done.
        actor: Who did it.
        action: What was done, as `context.verb`, for example `bank.import`.
        subject: What it was done to, as `kind:id`, for example `form:3f0c…`.
        detail: What an auditor needs to understand it: reason, old and new value, digests.
    """
    session.execute(
        insert(StaffActRow).values(
            id=new_id(now),
            at=now,
            actor_id=actor.person_id,
            actor_name=actor.name,
            action=action,
            subject=subject,
            detail=dict(detail or {}),
        )
    )


def staff_acts(
    session: Session,
    actor: Actor,
    *,
    subject: str | None = None,
    start: int = 0,
    limit: int = 200,
) -> list[StaffAct]:
    """Return the newest acts first, of one subject or of all, from the `start`th on.

    Raises:
        NotAllowed: The actor is neither administrator nor awarding officer.
    """
    require(actor, Role.ADMINISTRATOR, Role.AWARDING_OFFICER)
    query = select(StaffActRow).order_by(col(StaffActRow.at).desc(), col(StaffActRow.id).desc())
    if subject is not None:
        query = query.where(col(StaffActRow.subject) == subject)
    return [
        StaffAct(row.at, row.actor_id, row.actor_name, row.action, row.subject, row.detail)
        for row in session.exec(query.offset(start).limit(limit)).all()
    ]
