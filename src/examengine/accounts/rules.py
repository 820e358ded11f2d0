"""Who people are, where they belong and what they may do: pure, the same for every context."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from examengine.accounts.errors import NotAllowed, OwnMatter


class Role(StrEnum):
    """A part somebody plays in an exam programme."""

    CANDIDATE = "candidate"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    PSYCHOMETRICIAN = "psychometrician"
    PANELIST = "panelist"
    AWARDING_OFFICER = "awarding_officer"
    INVIGILATOR = "invigilator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, as one organisation sees them."""

    id: UUID
    email: str
    name: str
    roles: frozenset[Role]
    """What they do in this organisation."""
    active: bool
    """Whether they may still do it: their account is open here."""
    password_due: bool = False
    """Somebody else set the password; it is changed at the next sign-in."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An awarding body of this installation."""

    id: UUID
    code: str
    """Stands in its addresses and in its DID, and never changes."""
    name: str | None
    """None where the settings of the installation name it."""
    language: str
    """Of what it awards, as credentials state it; pages are written in English."""
    time_zone: str
    """The zone in which its pages show and take times, such as `Europe/Vienna`."""
    demonstration: bool
    """Whether it holds sample data alone."""
    logo_digest: str | None = None
    """Of its logo, `sha256:…`; None where it has none."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody does in one organisation, where their account is open."""

    organisation_id: UUID
    code: str
    name: str | None
    """None where the settings of the installation name it."""
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is asking, as every use case sees them."""

    person_id: UUID
    name: str
    roles: frozenset[Role]
    """What they do in the organisation; in another they may do something else, or nothing."""
    organisation_id: UUID
    """For which organisation they ask: nothing of another is there for them."""

    def may(self, *roles: Role) -> bool:
        """Tell whether the actor plays one of `roles`."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class StaffAct:
    """One line of the audit trail."""

    at: datetime
    actor_id: UUID
    actor_name: str
    action: str
    subject: str
    detail: dict[str, Any]


def require(actor: Actor, *roles: Role) -> None:
    """Refuse an actor who plays none of `roles`. Each use case begins with this.

    Raises:
        NotAllowed: The actor plays none of them.
    """
    if not actor.may(*roles):
        raise NotAllowed(role.value for role in roles)


def keep_apart(actor: Actor, *people: UUID | None) -> None:
    """Refuse an actor whose own matter this is. Whatever rules on somebody's result asks this.

    Args:
        actor: Who is about to act.
        people: Whose attempt, result or credential it is; None for somebody without an account.

    Raises:
        OwnMatter: The actor is one of them.
    """
    if actor.person_id in people:
        raise OwnMatter
