"""Use cases of two people: ask for an act, confirm it, decline it; and whether two are needed."""

from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.four_eyes import repository
from examengine.four_eyes import switch as switches
from examengine.four_eyes.errors import (
    AgreementReasonMissing,
    AlreadyProposed,
    NotYourProposal,
    ProposalOver,
    ProposalUnknown,
)
from examengine.four_eyes.proposal import Act, Agreement, Proposal, agreement
from examengine.four_eyes.switch import Switch
from examengine.four_eyes.tables import SwitchRow
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.reasons import checked_reason

READERS = (Role.AWARDING_OFFICER, Role.ADMINISTRATOR)
MOST_LISTED = 200


def agreed(session: Session, clock: Clock, actor: Actor, act: Act) -> Agreement | Proposal:
    """Return who stands for an act; or, as long as a second person is missing, the proposal.

    A use case asks this when all its own rules are satisfied, and acts on an `Agreement` alone.
    The first person's asking becomes a proposal. Another person who asks for the same on the same
    terms confirms it, and their asking is the one that acts. Where one person is enough, what
    waits from before is settled by whoever asks for it.

    Raises:
        NotAllowed: The actor does not play the act's role.
        OwnProposal: The first person asks again.
        AlreadyProposed: Something else has been proposed for the same thing, and waits.
        ProposalOver: Somebody settled it at the same moment.
    """
    require(actor, act.role)
    needed, there = two_people_needed(session), repository.waiting_for(session, act)
    if there is None:
        return _propose(session, clock, actor, act) if needed else Agreement(actor)
    if not needed and there.act.terms_digest != act.terms_digest:
        return Agreement(actor)
    made = agreement(there, act, actor, needed=needed)
    now = clock.now()
    if not repository.settle(session, there.id, "confirmed", actor, now, None):
        raise ProposalOver(there.id)
    detail = {"proposal": str(there.id), "act": act.name}
    record_act(session, now, actor, "four_eyes.confirm", act.subject, detail)
    return made


def decline(
    session: Session, clock: Clock, actor: Actor, proposal_id: UUID, reason: str
) -> Proposal:
    """Decline what somebody proposed, or withdraw what one proposed oneself.

    Raises:
        ProposalUnknown: There is no such proposal.
        NotYourProposal: The actor does not play its role.
        AgreementReasonMissing: A reason is needed.
        ProposalOver: It does not wait any more.
    """
    found = find_proposal(session, actor, proposal_id)
    if not actor.may(found.act.role):
        raise NotYourProposal
    why, now = checked_reason(reason, AgreementReasonMissing), clock.now()
    if not repository.settle(session, proposal_id, "declined", actor, now, why):
        raise ProposalOver(proposal_id)
    detail = {"proposal": str(proposal_id), "act": found.act.name, "reason": why}
    record_act(session, now, actor, "four_eyes.decline", found.act.subject, detail)
    return found


def find_proposal(session: Session, actor: Actor, proposal_id: UUID) -> Proposal:
    """Return one proposal.

    Raises:
        NotAllowed: The actor is neither awarding officer nor administrator.
        ProposalUnknown: There is none with this id.
    """
    require(actor, *READERS)
    found = repository.proposal(session, proposal_id)
    if found is None:
        raise ProposalUnknown(f"no proposal {proposal_id}")
    return found


def list_proposals(
    session: Session, actor: Actor, *, limit: int = MOST_LISTED
) -> tuple[list[Proposal], list[Proposal]]:
    """Return the proposals that wait, and those that were settled, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor administrator.
    """
    require(actor, *READERS)
    return (
        repository.proposals(session, waiting=True, limit=limit),
        repository.proposals(session, waiting=False, limit=limit),
    )


def waiting(session: Session, actor: Actor) -> int:
    """Return how many proposals wait for a second person; 0 for whoever may not see them."""
    return repository.count_waiting(session) if actor.may(*READERS) else 0


def waiting_for_officers(session: Session, actor: Actor) -> int:
    """Return how many proposals wait for a second awarding officer.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return repository.count_waiting(session)


def two_people_needed(session: Session) -> bool:
    """Tell whether an act of this kind needs two people here, in every process alike."""
    return switches.needed(repository.newest_switch(session))


def switched(session: Session, actor: Actor) -> Switch | None:
    """Return the last decision about the switch, or None while it stands as it was installed.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    require(actor, Role.ADMINISTRATOR)
    return repository.newest_switch(session)


def switch(session: Session, clock: Clock, actor: Actor, *, on: bool, reason: str) -> None:
    """Ask for two people from now on, or for one: a body may have a single officer.

    Raises:
        NotAllowed: The actor is no administrator.
        AgreementReasonMissing: A reason is needed.
    """
    require(actor, Role.ADMINISTRATOR)
    now, why = clock.now(), checked_reason(reason, AgreementReasonMissing)
    row = SwitchRow(on=on, at=now, by_id=actor.person_id, by_name=actor.name, reason=why)
    repository.add_switch(session, row)
    detail = {"on": on, "reason": why}
    record_act(session, now, actor, "four_eyes.switch", "setting:two people", detail)


def _propose(session: Session, clock: Clock, actor: Actor, act: Act) -> Proposal:
    now = clock.now()
    made = Proposal(new_id(now), act, actor.person_id, actor.name, now)
    if not repository.add(session, made):
        there = repository.waiting_for(session, act)
        raise AlreadyProposed(made.id if there is None else there.id)
    detail = {"proposal": str(made.id), "act": act.name, "terms": dict(act.terms)}
    record_act(session, now, actor, "four_eyes.propose", act.subject, detail)
    return made
