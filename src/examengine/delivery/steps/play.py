"""Start a recording or a video that may be played so many times."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.attempt import AttemptSoFar, Playing
from examengine.delivery.errors import LogFull, MediumNotLimited, PlaysUsedUp
from examengine.delivery.playing import play_states
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(CandidateCommand):
    """Start what stands at this place of an item's stimulus, counted from 0."""

    item_id: str
    place: int
    client: str | None = None
    """The page on which it plays; None for a form sent without script."""


@dataclass(frozen=True, slots=True)
class PlayStarted(Event):
    """A playing began; how many there were and may be stands here, as the item had it then."""

    type: ClassVar[str] = "play_started"
    is_act: ClassVar[bool] = True

    at: datetime
    item_id: str
    place: int
    part: str
    """`audio` or `video`."""
    number: int
    """1, 2, 3 …"""
    plays: int
    """How many there may be."""
    client: str | None = None

    def words(self) -> str:
        """Say what happened, for staff."""
        what = "video" if self.part == "video" else "recording"
        return f"The {what} of {self.item_id} was played, {self.number} of {self.plays} times"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:
        """Count it."""
        so_far.playings.append(Playing(self.item_id, self.place, self.at, version))


def decide(command: Play, situation: Situation) -> PlayStarted | None:
    """Begin a playing; None while one goes on, which is then the one that is meant.

    Two pages that ask at once get one playing: the second finds it begun.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        ItemNotInForm: It is an item of another form.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
        MediumNotLimited: Nothing with a limit stands there.
        PlaysUsedUp: It was played as often as it may be.
        LogFull: So much was noted that only answers are.
    """
    at = running(situation.head, command.received_at)
    item = situation.open_item(command.item_id)
    states = play_states(situation.form, situation.attempt(), item.item_id, at)
    state = states.get(command.place)
    if state is None:
        raise MediumNotLimited(item.item_id)
    if state.running is not None:
        return None
    if not state.left:
        raise PlaysUsedUp(state.medium.plays)
    if situation.head.version >= MOST_WITH_PAGES:
        raise LogFull(MOST_WITH_PAGES)
    return PlayStarted(
        at=at,
        item_id=item.item_id,
        place=command.place,
        part=state.medium.part,
        number=state.played + 1,
        plays=state.medium.plays,
        client=command.client,
    )


STEP = Step(
    command=Play,
    events=(PlayStarted,),
    decide=decide,
    example=lambda asked: Play(**asked, item_id="I-1", place=0, client="page-number-one"),
    example_events=(
        PlayStarted(
            datetime(2026, 11, 21, 9, 2, tzinfo=UTC), "I-1", 0, "audio", 1, 2, "page-number-one"
        ),
        PlayStarted(datetime(2026, 11, 21, 9, 4, tzinfo=UTC), "I-1", 0, "video", 2, 2),
    ),
)
