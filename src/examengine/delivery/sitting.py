"""Use cases of the candidate: the list, the attempt as it stands, and the page of an item.

Everything that changes an attempt goes through the writer; what is here reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor
from examengine.bank import ItemVersion
from examengine.delivery import repository
from examengine.delivery.administration import Administration, AttemptSummary, Plan
from examengine.delivery.attempt import Attempt
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import AttemptUnknown
from examengine.delivery.forms_in_play import FormInPlay, FormsInPlay, type_of
from examengine.kernel.clock import Clock


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
    flagged: bool
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt as its candidate may see it."""

    plan: Plan
    form: FormInPlay
    attempt: Attempt

    def remaining(self, now: datetime) -> float:
        """Return the seconds until the deadline, never less than none."""
        deadline = self.attempt.head.deadline
        return 0.0 if deadline is None else max(0.0, (deadline - now).total_seconds())

    def items(self) -> list[ItemState]:
        """Return where each item stands, in the order of the form."""
        attempt = self.attempt
        return [
            ItemState(
                place=place,
                item_id=item.item_id,
                answered=attempt.answered(item.item_id),
                flagged=item.item_id in attempt.flagged,
                saved_at=attempt.saved_at.get(item.item_id),
            )
            for place, item in enumerate(self.form.items, start=1)
        ]

    def presented(self, item: ItemVersion) -> Mapping[str, Any]:
        """Return what the item's template may see, in the order drawn for this candidate."""
        order: Sequence[str] = self.plan.orders.get(item.item_id, ())
        return type_of(item).present(item.content, order)


def offers(session: Session, clock: Clock, forms: FormsInPlay, actor: Actor) -> list[Offer]:
    """Return the exams somebody is enrolled in, the newest first."""
    found = repository.attempts_of_person(session, actor.person_id, clock.now())
    by_id = {made.id: made for made in repository.administrations(session)} if found else {}
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
