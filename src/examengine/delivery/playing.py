"""How often a recording or a video may be played, and where a playing stands. Pure.

A playing is told by the server's clock alone: it begins when it is recorded, and lasts as long as
the medium. Whoever asks for it in that time, after a reload or in another tab, goes on with the
same playing, and nothing is counted. Nothing that a page says of it is believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from examengine.bank import LimitedMedium
from examengine.delivery.attempt import Attempt, Playing
from examengine.delivery.form_in_play import FormInPlay

FROM_THE_START = 10.0
"""Seconds, and at most a fifth of the medium: who takes a playing up again so soon hears it from
the start, for the line was cut as it began."""
STILL_SENT = timedelta(minutes=2)
"""How long after its end a playing is still sent: a page that was cut off in it plays on from where
it was, as soon as the line is back."""


@dataclass(frozen=True, slots=True)
class PlayState:
    """Where a medium with a limit stands for a candidate."""

    medium: LimitedMedium
    seconds: float
    """How long it takes."""
    played: int
    """How many playings were begun."""
    last: Playing | None
    """The one that was begun last."""
    running: Playing | None
    """The one that goes on by the clock; None while it does not play."""
    position: float
    """The second from which the running one goes on; 0 where there is none."""

    @property
    def left(self) -> int:
        """Return how often it may still be started."""
        return max(0, self.medium.plays - self.played)


def play_states(
    form: FormInPlay, attempt: Attempt, item_id: str, now: datetime
) -> dict[int, PlayState]:
    """Return where the media of an item stand that have a limit, by their place in the stimulus."""
    return {
        medium.place: _state(medium, form.seconds_of(medium), attempt, item_id, now)
        for medium in form.limited_media(item_id)
    }


def medium_sent(
    form: FormInPlay, attempt: Attempt, version: int, now: datetime
) -> LimitedMedium | None:
    """Return what a playing sends; None where there is none under this number, or it is over."""
    playing = next((one for one in attempt.playings if one.version == version), None)
    if playing is None or attempt.end is not None:
        return None
    known = (one for one in form.limited_media(playing.item_id) if one.place == playing.place)
    medium = next(known, None)
    if medium is None or now > _ends(playing, form.seconds_of(medium)) + STILL_SENT:
        return None
    return medium


def _state(
    medium: LimitedMedium, seconds: float, attempt: Attempt, item_id: str, now: datetime
) -> PlayState:
    begun = list(_playings(attempt, item_id, medium.place))
    last = begun[-1] if begun else None
    running = last if last is not None and now < _ends(last, seconds) else None
    passed = 0.0 if running is None else (now - running.at).total_seconds()
    position = 0.0 if passed <= min(FROM_THE_START, seconds / 5) else round(passed, 1)
    return PlayState(medium, seconds, len(begun), last, running, position)


def _playings(attempt: Attempt, item_id: str, place: int) -> Iterator[Playing]:
    for one in attempt.playings:
        if (one.item_id, one.place) == (item_id, place):
            yield one


def _ends(playing: Playing, seconds: float) -> datetime:
    return playing.at + timedelta(seconds=seconds)
