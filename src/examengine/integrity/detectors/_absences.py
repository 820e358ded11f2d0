"""When no page of the exam was in front, told from the pages' own signals.

A page is known by its `client`. One that was loaded again, closed, or opened on another device is
another page, and from when the newer one is shown the older one has nothing to tell any more: its
last signal, sent while it was taken down, may arrive after the new page is drawn already. An
absence is over as soon as any page of the exam shows a sign of life.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from examengine.delivery import Event, FocusLost, FocusReturned

SHORTEST = 2.0
"""Seconds. Shorter ones are a notification or a slip of the hand, and are not counted."""
LATEST_LEAVE = 5.0
"""Seconds after which the last signal of a page that was taken down arrives no more: it is given
up then. Needed for logs that do not say for which page something was drawn."""


@dataclass(frozen=True, slots=True)
class Absence:
    """One stretch of time in which no page of the exam was in front."""

    left_at: datetime
    back_at: datetime
    item_id: str | None

    @property
    def seconds(self) -> float:
        """Return how long it was."""
        return (self.back_at - self.left_at).total_seconds()


def absences(events: Sequence[Event]) -> list[Absence]:
    """Return the absences that lasted at least `SHORTEST` seconds, in order.

    A page that never said it was back, because it was closed or lost, was away until the next
    event of the attempt. Each event is looked at a fixed number of times: a log may be long.
    """
    telling = _without_superseded(events)
    backs = _returns(telling)
    found: list[Absence] = []
    for event, back_at in zip(telling, backs, strict=True):
        if isinstance(event, FocusLost):
            left_at = _moment(event)
            found.append(Absence(left_at, max(left_at, back_at or left_at), event.item_id))
    return [absence for absence in found if absence.seconds >= SHORTEST]


def _moment(event: FocusLost | FocusReturned) -> datetime:
    """Return when it happened, by the page's own count of how long it took to tell."""
    return event.at - timedelta(seconds=event.ago)


def _returns(events: Sequence[Event]) -> list[datetime | None]:
    """Return, for each loss, when some page was in front again; None where nobody can tell.

    Nobody can where another page is lost next: it was in front before, and nothing says since when.
    """
    backs: list[datetime | None] = [None] * len(events)
    for place in range(len(events) - 2, -1, -1):
        event, after = events[place], events[place + 1]
        if not isinstance(event, FocusLost):
            continue
        if isinstance(after, FocusLost):
            backs[place] = backs[place + 1] if after.client == event.client else None
        else:
            backs[place] = _moment(after) if isinstance(after, FocusReturned) else after.at
    return backs


def _without_superseded(events: Sequence[Event]) -> list[Event]:
    """Leave out what pages lost when a newer page was in front already."""
    pages = _pages(events)
    last_heard = {_sender(event): place for place, event in enumerate(events)}
    front: tuple[int, str] = (-1, "")  # the page that was in front last, and where that stands
    untold = -1  # where something was drawn last, nobody knows for which page
    acted: dict[str, int] = {}
    kept: list[Event] = []
    for place, event in enumerate(events):
        if event.draws_page:
            page = pages.get(place)
            untold = place if page is None else untold
            front = front if page is None else (place, page)
        elif isinstance(event, FocusReturned):
            front = (place, event.client)
        elif event.is_act and (sender := _sender(event)) is not None:
            acted[sender] = place
        elif isinstance(event, FocusLost):
            alive = acted.get(event.client, -1)
            newer = front[0] > alive and front[1] != event.client
            reload = (
                untold > max(alive, front[0])
                and last_heard[event.client] == place
                and (event.at - events[untold].at).total_seconds() <= LATEST_LEAVE
            )
            if newer or reload:
                continue
        kept.append(event)
    return kept


def _pages(events: Sequence[Event]) -> Mapping[int, str]:
    """Return for which page something was drawn, for each place where that is known.

    Older logs do not say. There it was a new page when one that had never been heard before is
    heard before anything else is drawn. A loss does not count as hearing a page: it may be the
    last word of the page before.
    """
    pages: dict[int, str] = {}
    heard: set[str] = set()
    untold: int | None = None
    for place, event in enumerate(events):
        client = None if isinstance(event, FocusLost) else _sender(event)
        if event.draws_page:
            untold = place if client is None else None
            if client is not None:
                pages[place] = client
        elif client is not None and client not in heard and untold is not None:
            pages[untold] = client
        if client is not None:
            heard.add(client)
    return pages


def _sender(event: Event) -> str | None:
    """Return the page that sent it, or that it was drawn for; None where that is not known."""
    return getattr(event, "client", None)
