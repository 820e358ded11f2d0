"""Use cases of the candidate: the list, the attempt as it stands, and the page of an item.

Everything that changes an attempt goes through the writer; what is here reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, NotSignedIn, people_signed_in
from examengine.bank import ItemVersion, ResponseMalformed, file_size
from examengine.delivery import log_repository, repository
from examengine.delivery.administration import Administration, AttemptSummary, Plan
from examengine.delivery.answer_files import takes_files
from examengine.delivery.answer_reading import in_other_words, why_unreadable
from examengine.delivery.attempt import Attempt, Fields
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import AttemptUnknown, ItemNotInForm
from examengine.delivery.form_in_play import FormInPlay, type_of
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.progression import progression_of
from examengine.delivery.sections_sat import SectionState, states
from examengine.kernel.clock import Clock, iso


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
        return [
            self._state(
                place, self.form.item(item_id), part_of.get(item_id), reached=place <= within_reach
            )
            for place, item_id in enumerate(self._order(), start=1)
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

    def _order(self) -> list[str]:
        """Return the items that were chosen, then those of the form that were not yet."""
        chosen = self.attempt.chosen
        rest = [item.item_id for item in self.form.items if item.item_id not in frozenset(chosen)]
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

    def presented(self, item: ItemVersion) -> Mapping[str, Any]:
        """Return what the item's template may see, in the order drawn for this candidate."""
        order: Sequence[str] = self.plan.orders.get(item.item_id, ())
        return type_of(item).present(item.content, order, item.language)


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
