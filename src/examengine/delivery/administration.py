"""What an administration is, and what is drawn for a candidate before the bell.

An administration is one offer of an exam: which forms, to whom, in which window. Everything that
is left to chance, which form somebody gets and in which order its options stand, is drawn when
they are enrolled and stored, so that starting is one small write and nothing is drawn twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from numpy.random import Generator

from examengine.delivery.errors import AdministrationMalformed

MOST_EXTRA_TIME_PERCENT = 300
LONGEST_TITLE = 200
LONGEST_WINDOW = timedelta(days=366)
FURTHEST_OPENING = timedelta(days=5 * 365)

Source = Literal["delivered", "imported"]


@dataclass(frozen=True, slots=True)
class Administration:
    """One offer of an exam."""

    id: UUID
    exam_id: str
    exam_digest: str
    title: str
    form_ids: tuple[UUID, ...]
    opens_at: datetime | None
    """From when candidates can start; None for an administration that came from a file."""
    closes_at: datetime | None
    """When every attempt ends, whenever it began; None as above."""
    source: Source
    simulated: bool
    """The responses were made by a program, and every page that shows them says so."""
    test: bool
    """For trying the system out: credentials that come of it are stamped TEST."""
    source_digest: str | None
    """The digest of the file it was imported from."""
    withdrawn_at: datetime | None = None
    """When it was withdrawn, before anybody had begun; nobody can start any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was prepared for one candidate; the start of the attempt copies it into the log."""

    attempt_id: UUID
    administration_id: UUID
    person_id: UUID
    candidate: str
    form_id: UUID
    form_digest: str
    minutes: int
    extra_time_percent: int
    orders: Mapping[str, tuple[str, ...]]
    """The drawn order of the options, for each item that has one."""
    opens_at: datetime | None
    closes_at: datetime | None
    withdrawn_at: datetime | None = None

    @property
    def allowed(self) -> timedelta:
        """Return the time allowed, the candidate's extra time included."""
        return allowed_time(self.minutes, self.extra_time_percent)

    @property
    def ends_at(self) -> datetime | None:
        """Return when an attempt of this candidate ends at the latest."""
        return own_end(self.closes_at, self.minutes, self.extra_time_percent)

    def deadline(self, started_at: datetime) -> datetime:
        """Return when an attempt that starts then must end: a fact of the server.

        The time allowed, and never later than the candidate's own end of the window.
        """
        end = started_at + self.allowed
        return end if self.ends_at is None else min(end, self.ends_at)

    def is_cut_short(self, started_at: datetime) -> bool:
        """Tell whether the end of the window takes some of the time allowed."""
        return self.deadline(started_at) < started_at + self.allowed


def allowed_time(minutes: int, extra_time_percent: int) -> timedelta:
    """Return how long somebody may sit, extra time included."""
    return timedelta(minutes=minutes) * (100 + extra_time_percent) / 100


def own_end(closes_at: datetime | None, minutes: int, extra_time_percent: int) -> datetime | None:
    """Return the end of the window for somebody: it moves by as much as their extra time.

    Everybody has to begin before the window closes. Somebody with extra time who begins when the
    others do would otherwise lose it to the end of the window.
    """
    if closes_at is None:
        return None
    return closes_at + allowed_time(minutes, extra_time_percent) - timedelta(minutes=minutes)


class AttemptState(StrEnum):
    """Where an attempt stands, for a list."""

    PREPARED = "prepared"
    RUNNING = "running"
    TIME_OVER = "time over"
    """Past its deadline, and about to be closed."""
    SUBMITTED = "submitted"
    MISSED = "missed"
    """Never started, and the administration has closed."""
    WITHDRAWN = "withdrawn"
    """Never started, and the administration was withdrawn."""


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One line of a list of attempts."""

    id: UUID
    administration_id: UUID
    person_id: UUID
    candidate: str
    form_id: UUID
    minutes: int
    extra_time_percent: int
    state: AttemptState
    version: int
    started_at: datetime | None
    deadline: datetime | None
    submitted_at: datetime | None

    @property
    def allowed(self) -> timedelta:
        """Return the time allowed, extra time included."""
        return allowed_time(self.minutes, self.extra_time_percent)


def state_of(
    now: datetime,
    *,
    started_at: datetime | None,
    deadline: datetime | None,
    submitted_at: datetime | None,
    closes_at: datetime | None,
    withdrawn_at: datetime | None = None,
) -> AttemptState:
    """Return where an attempt stands now."""
    if submitted_at is not None:
        return AttemptState.SUBMITTED
    if started_at is None:
        if withdrawn_at is not None:
            return AttemptState.WITHDRAWN
        missed = closes_at is not None and now >= closes_at
        return AttemptState.MISSED if missed else AttemptState.PREPARED
    over = deadline is not None and now > deadline
    return AttemptState.TIME_OVER if over else AttemptState.RUNNING


def checked_title(title: str) -> str:
    """Return a title as it is stored.

    Raises:
        AdministrationMalformed: It is empty or too long.
    """
    trimmed = title.strip()
    if not 1 <= len(trimmed) <= LONGEST_TITLE:
        raise AdministrationMalformed(f"a title has 1 to {LONGEST_TITLE} characters")
    return trimmed


def check_window(
    opens_at: datetime, closes_at: datetime, now: datetime, longest_form: timedelta
) -> None:
    """Refuse a window that nobody can sit in, or that must be a typing error.

    Args:
        opens_at: From when candidates can start.
        closes_at: When every attempt ends, but for extra time.
        now: A window that is over already is refused.
        longest_form: The time allowed for the form that takes longest.

    Raises:
        AdministrationMalformed: Which of these it is, and what would be right.
    """
    if closes_at <= opens_at:
        raise AdministrationMalformed("the end of the window must come after its beginning")
    if closes_at <= now:
        raise AdministrationMalformed("the window is over already; it must close in the future")
    if closes_at - opens_at > LONGEST_WINDOW or opens_at > now + FURTHEST_OPENING:
        raise AdministrationMalformed(
            f"a window opens within {FURTHEST_OPENING.days // 365} years and closes within "
            f"{LONGEST_WINDOW.days} days of that; please look at the year"
        )
    if closes_at - opens_at < longest_form:
        raise AdministrationMalformed(
            f"the window is {(closes_at - opens_at).total_seconds() / 60:.0f} minutes long, and "
            f"the exam takes {longest_form.total_seconds() / 60:.0f}; let it close later"
        )


def check_extra_time(percent: int) -> None:
    """Refuse extra time that must be a typing error.

    Raises:
        AdministrationMalformed: Less than 0 or more than 300 per cent.
    """
    if not 0 <= percent <= MOST_EXTRA_TIME_PERCENT:
        raise AdministrationMalformed(
            f"extra time is given in per cent, from 0 to {MOST_EXTRA_TIME_PERCENT}"
        )


def draw_form(rng: Generator, given: Mapping[UUID, int]) -> UUID:
    """Draw one of the forms that the fewest candidates have been given so far.

    Args:
        rng: Where chance comes from.
        given: For each form, how many candidates have it already.
    """
    fewest = min(given.values())
    open_forms = [form_id for form_id, count in given.items() if count == fewest]
    return open_forms[int(rng.integers(len(open_forms)))]


def draw_orders(
    rng: Generator, drawn_ids: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Draw an order of the options of each item that has options to order.

    Args:
        rng: Where chance comes from.
        drawn_ids: For each item, the ids whose order is drawn; nothing for a fixed order.
    """
    return {
        item_id: tuple(ids[place] for place in rng.permutation(len(ids)))
        for item_id, ids in drawn_ids.items()
        if ids
    }
