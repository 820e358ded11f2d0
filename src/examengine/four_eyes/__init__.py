"""Two people for what cannot be undone: one proposes, another one of the same role confirms."""

from examengine.four_eyes.errors import (
    AgreementReasonMissing,
    AlreadyProposed,
    NotYourProposal,
    OwnProposal,
    ProposalOver,
    ProposalUnknown,
)
from examengine.four_eyes.proposal import Act, Agreement, Proposal, ProposalState
from examengine.four_eyes.service import (
    agreed,
    decline,
    find_proposal,
    list_proposals,
    switch,
    switched,
    two_people_needed,
    waiting,
    waiting_for_officers,
)
from examengine.four_eyes.switch import Switch

__all__ = [
    "Act",
    "Agreement",
    "AgreementReasonMissing",
    "AlreadyProposed",
    "NotYourProposal",
    "OwnProposal",
    "Proposal",
    "ProposalOver",
    "ProposalState",
    "ProposalUnknown",
    "Switch",
    "agreed",
    "decline",
    "find_proposal",
    "list_proposals",
    "switch",
    "switched",
    "two_people_needed",
    "waiting",
    "waiting_for_officers",
]
