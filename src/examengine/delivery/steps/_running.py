"""What every step of a running attempt shares: that it runs, and how long its log may become."""

from datetime import datetime

from examengine.delivery.attempt import Head
from examengine.delivery.errors import AttemptClosed, AttemptNotStarted

MOST_EVENTS = 20_000
"""Events of one log. Four hours of an answer each second do not get there; a program would."""
MOST_WITH_PAGES = 16_000
"""From here on pages, flags and returns are not noted any more: what is left is for answers."""
MOST_WITH_SIGNALS = 12_000
"""From here on a page that goes out of sight is not noted any more."""


def running(head: Head, now: datetime) -> datetime:
    """Return the moment of the next event: now, and never before the last one.

    Two servers' clocks may differ by a few milliseconds; a log never goes back in time.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    if head.started_at is None:
        raise AttemptNotStarted(f"attempt {head.attempt_id} has not been started")
    if head.submitted_at is not None:
        raise AttemptClosed(head.submitted_at)
    if head.deadline is not None and now > head.deadline:
        raise AttemptClosed(head.deadline)
    return now if head.last_at is None else max(now, head.last_at)
