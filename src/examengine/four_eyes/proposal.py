"""What a proposal is, and who may agree to it: pure.

The terms of an act are all that it was asked with: the thing, the words, the versions that were on
the page. The second person asks for the same act on the same terms, so that both have seen the
same, and the act's own rules look once more whether the world has moved on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from examengine.accounts import Actor, Role
from examengine.four_eyes.errors import AlreadyProposed, OwnProposal
from examengine.kernel.digest import digest

ProposalState = Literal["waiting", "confirmed", "declined"]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that two people have to agree on.

    Attributes:
        name: What is done, as `context.verb`.
        subject: What it is done to, as `kind:id`; at most one proposal waits for each.
        role: Who may propose and confirm it.
        terms: All that it is asked with, as JSON.
    """

    name: str
    subject: str
    role: Role
    terms: Mapping[str, Any]

    @property
    def terms_digest(self) -> str:
        """Return the digest by which two people are known to ask for the same."""
        return digest(self.terms)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person has asked for, and what became of it."""

    id: UUID
    act: Act
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime
    state: ProposalState = "waiting"
    decided_by: UUID | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    """Why it was declined."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who stands for an act that may take place now.

    Attributes:
        by: Who asked for it first: it is done in their name, for their reason.
        confirmed_by: The second person; None where one is enough.
    """

    by: Actor
    confirmed_by: Actor | None = None

    @property
    def names(self) -> str:
        """Return both names, as records show them; at most 200 characters."""
        if self.confirmed_by is None:
            return self.by.name
        return f"{self.by.name[:90]}, confirmed by {self.confirmed_by.name[:90]}"

    def told(self) -> dict[str, str]:
        """Return what the trail says of the second person."""
        second = self.confirmed_by
        return {} if second is None else {"confirmed_by": f"{second.name} ({second.person_id})"}


def agreement(proposal: Proposal, act: Act, actor: Actor, *, needed: bool) -> Agreement:
    """Return the agreement that a second person's asking for the same makes.

    Args:
        proposal: What waits.
        act: What is asked for now.
        actor: Who asks.
        needed: Whether two people are needed; otherwise the first one alone is enough.

    Raises:
        OwnProposal: It is the first person again.
        AlreadyProposed: The terms are others.
    """
    if proposal.act.terms_digest != act.terms_digest:
        raise AlreadyProposed(proposal.id)
    if proposal.proposed_by == actor.person_id:
        if needed:
            raise OwnProposal(proposal.id)
        return Agreement(actor)
    role = frozenset({act.role})
    first = Actor(proposal.proposed_by, proposal.proposed_by_name, role, actor.organisation_id)
    return Agreement(first, actor)
