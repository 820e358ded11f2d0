"""The trail of staff acts: who did what to which thing, when, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import audit_repository
from examengine.accounts.rules import Actor, Role, StaffAct, require
from examengine.accounts.tables import STAFF_ACTS
from examengine.kernel.ids import new_id


def record_act(
    session: Session,
    now: datetime,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one staff act, in the transaction that does it, and seal it: all happen, or none.

    Args:
        session: The transaction of the act itself.
        now: When it was done.
        actor: Who did it.
        action: What was done, as `context.verb`, for example `bank.import`.
        subject: What it was done to, as `kind:id`, for example `form:3f0c…`.
        detail: What an auditor needs to understand it: reason, old and new value, digests.
    """
    values = {
        "id": new_id(now),
        "at": now,
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "action": action,
        "subject": subject,
        "detail": dict(detail or {}),
    }
    audit_repository.add(session, values)
    ledger.append(session, STAFF_ACTS, [values])


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
    return audit_repository.newest(session, subject, start, limit)


def whole_trail(
    session: Session, actor: Actor, *, subject: str | None, start: int, limit: int
) -> list[StaffAct]:
    """Return the trail as an administrator leafs through it, the newest acts first.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    require(actor, Role.ADMINISTRATOR)
    return audit_repository.newest(session, subject, start, limit)
