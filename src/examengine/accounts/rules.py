"""Who people are and what they may do: pure, and the same for every context."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from examengine.accounts.errors import EmailMalformed, NotAllowed, PasswordTooWeak

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
WRONG_PASSWORDS_ALLOWED = 5
REST_AFTER_WRONG_PASSWORDS = timedelta(minutes=5)


class Role(StrEnum):
    """A part somebody plays in an exam programme."""

    CANDIDATE = "candidate"
    AUTHOR = "author"
    PSYCHOMETRICIAN = "psychometrician"
    PANELIST = "panelist"
    AWARDING_OFFICER = "awarding_officer"
    INVIGILATOR = "invigilator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: UUID
    email: str
    name: str
    roles: frozenset[Role]
    active: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is asking, as every use case sees them."""

    person_id: UUID
    name: str
    roles: frozenset[Role]

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


def checked_email(text: str) -> str:
    """Return the address as it is stored: trimmed, and in lower case.

    Raises:
        EmailMalformed: The text is no address, or is longer than 254 characters.
    """
    email = text.strip().lower()
    if len(email) > 254 or not re.fullmatch(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+", email):
        raise EmailMalformed(email)
    return email


def checked_password(password: str) -> str:
    """Return the password, or refuse one that cannot protect an account.

    Raises:
        PasswordTooWeak: Shorter or longer than allowed.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooWeak(SHORTEST_PASSWORD, LONGEST_PASSWORD)
    return password


def rests_until(wrong_passwords: int, last_wrong_at: datetime | None) -> datetime | None:
    """Return until when an account rests after wrong passwords, or None when it does not.

    The limit is per account, never per address: a whole exam room shares one address.
    """
    if last_wrong_at is None or wrong_passwords < WRONG_PASSWORDS_ALLOWED:
        return None
    return last_wrong_at + REST_AFTER_WRONG_PASSWORDS
