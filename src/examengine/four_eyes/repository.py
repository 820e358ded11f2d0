"""Reads and writes of proposals and of the switch; no decision is taken here."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from examengine.accounts import Actor, Role
from examengine.four_eyes.proposal import Act, Proposal, ProposalState
from examengine.four_eyes.switch import Switch
from examengine.four_eyes.tables import ProposalRow, SwitchRow


def waiting_for(session: Session, act: Act) -> Proposal | None:
    """Return the proposal that waits for this act on this thing."""
    query = select(ProposalRow).where(
        ProposalRow.act == act.name,
        ProposalRow.subject == act.subject,
        ProposalRow.state == "waiting",
    )
    row = session.exec(query).one_or_none()
    return None if row is None else _proposal(row)


def proposal(session: Session, proposal_id: UUID) -> Proposal | None:
    """Return one proposal."""
    row = session.get(ProposalRow, proposal_id)
    return None if row is None else _proposal(row)


def proposals(session: Session, *, waiting: bool, limit: int) -> list[Proposal]:
    """Return the newest proposals that wait, or that were settled."""
    state = col(ProposalRow.state)
    query = (
        select(ProposalRow)
        .where(state == "waiting" if waiting else state != "waiting")
        .order_by(col(ProposalRow.id).desc())
        .limit(limit)
    )
    return [_proposal(row) for row in session.exec(query)]


def count_waiting(session: Session) -> int:
    """Return how many proposals wait."""
    query = select(func.count()).select_from(ProposalRow).where(ProposalRow.state == "waiting")
    return session.exec(query).one()


def add(session: Session, made: Proposal) -> bool:
    """Insert a proposal; tell whether none was waiting for the same thing."""
    row = ProposalRow(
        id=made.id,
        act=made.act.name,
        subject=made.act.subject,
        role=made.act.role.value,
        terms=dict(made.act.terms),
        proposed_by=made.proposed_by,
        proposed_by_name=made.proposed_by_name,
        proposed_at=made.proposed_at,
        state=made.state,
    )
    try:
        with session.begin_nested():
            session.execute(insert(ProposalRow).values(**row.model_dump()))
    except IntegrityError:
        return False
    return True


def settle(
    session: Session,
    proposal_id: UUID,
    state: ProposalState,
    actor: Actor,
    now: datetime,
    why: str | None,
) -> bool:
    """Confirm or decline a proposal; tell whether it was still waiting."""
    settled = session.execute(
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.state) == "waiting")
        .values(
            state=state,
            decided_by=actor.person_id,
            decided_by_name=actor.name,
            decided_at=now,
            why=why,
        )
        .returning(col(ProposalRow.id))
    )
    return settled.one_or_none() is not None


def newest_switch(session: Session) -> Switch | None:
    """Return what was decided last, or None before anything was."""
    newest = select(SwitchRow).order_by(col(SwitchRow.number).desc()).limit(1)
    row = session.exec(newest).one_or_none()
    return None if row is None else Switch(row.on, row.at, row.by_name, row.reason)


def add_switch(session: Session, row: SwitchRow) -> None:
    """Append a decision."""
    session.execute(insert(SwitchRow).values(**row.model_dump(exclude={"number"})))


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        act=Act(row.act, row.subject, Role(row.role), row.terms),
        proposed_by=row.proposed_by,
        proposed_by_name=row.proposed_by_name,
        proposed_at=row.proposed_at,
        state=cast(ProposalState, row.state),
        decided_by=row.decided_by,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        why=row.why,
    )
