"""Use cases of the candidate: the list, the attempt as it stands, and the page of an item.

Everything that changes an attempt goes through the writer; what is here reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, NotSignedIn, Role, SatElsewhere, people_signed_in
from examengine.bank import ItemVersion, LimitedMedium, ResponseMalformed, file_size
from examengine.delivery import log_repository, repository
from examengine.delivery.administration import (
    Administration,
    AttemptState,
    AttemptSummary,
    Plan,
)
from examengine.delivery.answer_files import takes_files
from examengine.delivery.answer_reading import in_other_words, why_unreadable
from examengine.delivery.attempt import Attempt, Fields
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import AttemptUnknown, ItemNotInForm, MediumWithheld, PlayingOver
from examengine.delivery.form_in_play import FormInPlay, type_of
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.playing import PlayState, medium_sent, play_states
from examengine.delivery.progression import progression_of
from examengine.delivery.sections_sat import SectionState, states
from examengine.delivery.shared_stimulus import SharedStimulus, shared_stimuli
from examengine.kernel.clock import Clock, iso

_READERS = (Role.AUTHOR, Role.REVIEWER, Role.PSYCHOMETRICIAN)
"""Who may read items with their keys."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of a candidate's list of exams."""

    attempt: AttemptSummary
    administration: Administration
    form: FormInPlay


@dataclass(frozen=True, slots=True)
class ItemState:
    """Where one item of the form stands, for the list of questions."""

    place: int
    item_id: str
    answered: bool
    """There is an answer, and it is a whole one."""
    unfinished: str | None
    """Why what was answered is no whole answer, in words for the candidate; None when it is."""
    echo: str | None
    """How the answer is read, where that is not plain to see."""
    flagged: bool
    saved_at: datetime | None
    section: int = 0
    """The section it is part of; 0 in a form without sections."""
    open: bool = True
    """Whether it can be shown and answered now."""
    shared: SharedStimulus | None = None
    """With which of its neighbours it shares its stimulus."""
    files: tuple[str, ...] = ()
    """The names of the files that are its answer, where it is answered by files."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt as its candidate may see it."""

    plan: Plan
    form: FormInPlay
    attempt: Attempt

    def remaining(self, now: datetime) -> float:
        """Return the seconds until the earliest of the limits that run, never less than none."""
        deadline = self.attempt.head.ends_at
        return 0.0 if deadline is None else max(0.0, (deadline - now).total_seconds())

    def items(self) -> list[ItemState]:
        """Return where each item stands, in the order in which they are chosen."""
        parts = self.sections()
        part_of = {one: part for part in parts for one in part.section.item_ids}
        within_reach = self._within_reach()
        found = [
            self._state(
                place, self.form.item(item_id), part_of.get(item_id), reached=place <= within_reach
            )
            for place, item_id in enumerate(self._order(), start=1)
        ]
        return [
            replace(state, shared=shared)
            for state, shared in zip(found, self._shared(), strict=True)
        ]

    def state_at(self, place: int) -> ItemState:
        """Return where the item at a place stands, counted from 1.

        Raises:
            ItemNotInForm: There is no such place.
        """
        item = self.item_at(place)
        parts = self.sections()
        part = next((one for one in parts if item.item_id in one.section.item_ids), None)
        return self._state(place, item, part, reached=place <= self._within_reach())

    def places(self) -> range:
        """Return the places that can be turned to now: of all, or in the sections that are open."""
        parts, last = self.sections(), self._within_reach()
        opened = [one for one in parts if one.status == "open"]
        if not opened:
            return range(1, 1 if parts else last + 1)
        return range(opened[0].first_place, min(opened[-1].last_place, last) + 1)

    def item_at(self, place: int) -> ItemVersion:
        """Return the item at a place, counted from 1.

        Raises:
            ItemNotInForm: There is no such place.
        """
        order = self._order()
        if not 1 <= place <= len(order):
            raise ItemNotInForm(f"form {self.form.form.code} has {len(order)} items")
        return self.form.item(order[place - 1])

    def shared_at(self, place: int) -> SharedStimulus | None:
        """Return with which neighbours the item at a place shares its stimulus; None with none.

        Raises:
            ItemNotInForm: There is no such place.
        """
        return self._shared()[place - 1] if self.item_at(place).set_id else None

    def _shared(self) -> list[SharedStimulus | None]:
        sections = self.form.form.sections
        section_of = {
            item_id: number
            for number, section in enumerate(sections, start=1)
            for item_id in section.item_ids
        }
        return shared_stimuli([self.form.item(one) for one in self._order()], section_of)

    def _order(self) -> list[str]:
        """Return the items that were chosen, then those of the form that were not yet."""
        chosen = self.attempt.chosen
        taken = frozenset(chosen)
        rest = [item.item_id for item in self.form.items if item.item_id not in taken]
        return [*chosen, *rest]

    def sections(self) -> list[SectionState]:
        """Return where the sections stand; none in a form without sections."""
        return states(self.form.form.sections, self.attempt, self.plan.extra_time_percent)

    def section(self) -> SectionState | None:
        """Return the section that was opened last, while it is open."""
        return next((one for one in reversed(self.sections()) if one.status == "open"), None)

    def where(self) -> str:
        """Return where the candidate goes on, as the end of an address of the attempt."""
        if self.attempt.end is not None:
            return "receipt"
        if self.attempt.head.started_at is None:
            return ""
        parts = self.sections()
        current, after = self.section(), [one for one in parts if one.status == "next"]
        if current is not None:
            return f"items/{current.first_place}"
        return f"sections/{after[0].number}" if after else "items/1"

    def _within_reach(self) -> int:
        """Return the last place that has an item, or would get one when it is turned to now."""
        head = self.attempt.head
        return head.chosen + len(progression_of(self.form).choose(self.form, head))

    def _state(
        self, place: int, item: ItemVersion, part: SectionState | None, *, reached: bool
    ) -> ItemState:
        last = self.attempt.answers.get(item.item_id)
        unfinished, echo = self._in_other_words(item)
        return ItemState(
            place=place,
            item_id=item.item_id,
            answered=self.attempt.answered(item.item_id) and unfinished is None,
            unfinished=unfinished,
            echo=echo,
            flagged=item.item_id in self.attempt.flagged,
            saved_at=None if last is None else last.at,
            section=0 if part is None else part.number,
            open=reached and (part is None or part.status == "open"),
            files=tuple(one["name"] for one in self._files(item)),
        )

    def _files(self, item: ItemVersion) -> Sequence[Mapping[str, Any]]:
        """Return the files that are the answer to an item."""
        return (self.attempt.responses.get(item.item_id) or ()) if takes_files(item) else ()

    def files_of(self, item_id: str) -> list[Mapping[str, Any]]:
        """Return the files that are the answer to an item, each with its size and time in words.

        The template that draws them knows no clock but UTC; a script shows that of the reader.
        """
        item = self.form.item(item_id)
        stored = {one.digest: one for one in self.attempt.files.get(item_id, ())}
        return [
            {
                **one,
                "sized": file_size(one["size"]),
                "at": iso(stored[one["digest"]].at),
                "stored": f"{stored[one['digest']].at:%H:%M:%S} UTC",
            }
            for one in self._files(item)
        ]

    def _in_other_words(self, item: ItemVersion) -> tuple[str | None, str | None]:
        """Return what was answered as no whole answer, and how an answer is read, if so."""
        fields = self.attempt.drafts.get(item.item_id)
        if fields is not None:
            return why_unreadable(item, fields), None
        return in_other_words(item, self.attempt.responses.get(item.item_id))

    def shown(self, item: ItemVersion, typed: Fields | None = None) -> Any:
        """Return what stands in the fields of an item: its answer, or what can be shown of a draft.

        Args:
            item: One of the form.
            typed: What a page has just sent, where it is to be shown again instead.
        """
        if takes_files(item):
            return self.files_of(item.item_id) or None
        fields = self.attempt.drafts.get(item.item_id) if typed is None else typed
        if fields is None:
            return self.attempt.responses.get(item.item_id)
        item_type = type_of(item)
        try:
            return item_type.read(item.content, item_type.read_fields(item.content, fields))
        except ResponseMalformed:
            texts = fields.get("response", ()) if item_type.is_typed else ()
            return next(iter(texts), None)

    def presented(self, item: ItemVersion, now: datetime) -> Mapping[str, Any]:
        """Return what the item's template may see, in the order drawn for this candidate.

        What may be played so many times has no address but that of a playing.
        """
        order: Sequence[str] = self.plan.orders.get(item.item_id, ())
        shown = type_of(item).present(item.content, order, item.language)
        states = self.play_states(item, now)
        if not states:
            return shown
        parts = enumerate(shown["stimulus"])
        withheld = [self._player(part, states.get(place)) for place, part in parts]
        return {**shown, "stimulus": withheld}

    def play_states(self, item: ItemVersion, now: datetime) -> Mapping[int, PlayState]:
        """Return where what may be played so many times stands, by its place in the stimulus."""
        return play_states(self.form, self.attempt, item.item_id, now)

    def _player(self, part: Mapping[str, Any], state: PlayState | None) -> Mapping[str, Any]:
        if state is None:
            return part
        going = state.running
        address = "" if going is None else self.address_of_playing(going.version)
        player = {
            "played": state.played,
            "address": address,
            "subtitles": f"{address}/subtitles" if address and state.medium.subtitles else "",
            "position": state.position,
            "seconds": state.seconds,
        }
        return {**part, "address": "", "subtitles": "", "player": player}

    def address_of_playing(self, version: int) -> str:
        """Return where a playing is sent; it is named by its event."""
        return f"/attempts/{self.plan.attempt_id}/playings/{version}"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long an attempt still runs, for a page that asks now and then."""

    remaining: float
    """Seconds."""
    over: bool
    at: datetime


def time_left(session: Session, clock: Clock, token_digest: str, attempt_id: UUID) -> TimeLeft:
    """Return how long the attempt of whoever is signed in still runs: two reads, and no more.

    Raises:
        NotSignedIn: The session has ended.
        AttemptUnknown: There is none with this id, or it is somebody else's.
    """
    signed_in = people_signed_in(session, clock, [token_digest]).get(token_digest)
    if signed_in is None:
        raise NotSignedIn
    found = log_repository.header_now(session, attempt_id)
    if found is None or not log_repository.is_theirs(found, signed_in):
        raise AttemptUnknown(f"no attempt {attempt_id} for whoever asks")
    now, deadline = clock.now(), found.head.ends_at
    left = 0.0 if deadline is None else max(0.0, (deadline - now).total_seconds())
    return TimeLeft(left, found.head.submitted_at is not None, now)


def offers(session: Session, clock: Clock, forms: FormsInPlay, actor: Actor) -> list[Offer]:
    """Return the exams somebody is enrolled in, the newest first."""
    found = repository.attempts_of_person(session, actor.person_id, clock.now())
    by_id = repository.administrations_among(session, {made.administration_id for made in found})
    return [
        Offer(attempt, by_id[attempt.administration_id], forms.of(session, attempt.form_id))
        for attempt in found
    ]


def find_sitting(
    session: Session, forms: FormsInPlay, attempts: AttemptsInPlay, actor: Actor, attempt_id: UUID
) -> Sitting:
    """Return one's own attempt as it stands.

    Raises:
        AttemptUnknown: There is none with this id, or it is somebody else's.
    """
    found = attempts.of(session, attempt_id)
    if found.plan.person_id != actor.person_id:
        raise AttemptUnknown(f"attempt {attempt_id} is not that of whoever asks")
    form = forms.of(session, found.plan.form_id)
    return Sitting(plan=found.plan, form=form, attempt=found.attempt)


def find_playing(
    session: Session,
    clock: Clock,
    forms: FormsInPlay,
    attempts: AttemptsInPlay,
    actor: Actor,
    token_digest: str,
    attempt_id: UUID,
    version: int,
) -> LimitedMedium:
    """Return what a playing of one's own attempt sends.

    Raises:
        AttemptUnknown: There is none with this id, or it is somebody else's.
        SatElsewhere: The exam is sat in another session.
        PlayingOver: There is no such playing, or it is over.
    """
    sitting = find_sitting(session, forms, attempts, actor, attempt_id)
    signed_in = people_signed_in(session, clock, [token_digest]).get(token_digest)
    if signed_in is None or signed_in.elsewhere:
        raise SatElsewhere
    found = medium_sent(sitting.form, sitting.attempt, version, clock.now())
    if found is None:
        raise PlayingOver(f"playing {version} of {attempt_id}")
    return found


def keep_from_limited_medium(
    session: Session, clock: Clock, forms: FormsInPlay, actor: Actor, digest: str
) -> None:
    """Refuse a file to somebody whose exam says how often it may be played.

    Candidates get it in a playing alone, also when they have handed in: others may still sit. Those
    who write and review items may have it, unless they have that exam before them.

    Raises:
        MediumWithheld: An exam of whoever asks limits it.
    """
    for one in repository.attempts_of_person(session, actor.person_id, clock.now()):
        over = one.state not in {AttemptState.PREPARED, AttemptState.RUNNING}
        if over and actor.may(*_READERS):
            continue
        if digest in forms.of(session, one.form_id).withheld():
            raise MediumWithheld(digest)
