"""What the writer can be asked to do. Each says who asks, and when the server received it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.accounts import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every request of a candidate has."""

    attempt_id: UUID
    session: str
    """The digest of the signed-in browser's token; whose it is, is looked up in the batch."""
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Asked):
    """Begin, with or without consent."""

    consented: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowItem(Asked):
    """Draw the page of the item at this place of the form, counted from 1."""

    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReview(Asked):
    """Draw the review page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Save(Asked):
    """Answer an item: with a response as in files, or with the fields of its form."""

    item_id: str
    response: Any = None
    fields: Mapping[str, Sequence[str]] | None = None
    seen: int
    client: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Asked):
    """Put a flag on an item, or take it off."""

    item_id: str
    flagged: bool
    client: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus(Asked):
    """Say that the page went out of sight, or came back."""

    item_id: str | None
    lost: bool
    client: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Asked):
    """Hand in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndByStaff:
    """End somebody's attempt; the use case has checked that the actor may."""

    attempt_id: UUID
    actor: Actor
    why: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseExpired:
    """End an attempt whose time is over; asked by the server itself."""

    attempt_id: UUID
    received_at: datetime


Command = Start | ShowItem | ShowReview | Save | Flag | Focus | Submit | EndByStaff | CloseExpired


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the writer answers once it is on disk."""

    attempt_id: UUID
    version: int
    """The version of the log at which this was recorded; a replay gets that of the first."""
    digest: str | None
    at: datetime | None
    """When; None for an attempt in which nothing has happened yet."""
    deadline: datetime | None
    submitted_at: datetime | None
