"""From what is asked to the event it becomes: finds the item, reads the answer, calls the rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from examengine.delivery import rules
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Head
from examengine.delivery.commands import (
    CloseExpired,
    Command,
    EndByStaff,
    Flag,
    Focus,
    Save,
    ShowItem,
    ShowReview,
    Start,
    Submit,
)
from examengine.delivery.errors import SequenceReused
from examengine.delivery.events import Event, LoggedEvent
from examengine.delivery.forms_in_play import FormInPlay, type_of


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision is taken on."""

    head: Head
    form: FormInPlay
    plan: Plan | None
    """Known when somebody starts; the log has all of it afterwards."""


def decide(command: Command, case: Case) -> Event | None:
    """Return the event that a command becomes, or None when there is nothing to record.

    Raises:
        ExamError: The rules refuse it; which one says why.
    """
    return _DECIDERS[type(command)](command, case)


def check_replay(command: Save | Flag | Focus, first: LoggedEvent, form: FormInPlay) -> None:
    """Refuse a command whose number was used for something else.

    The first answer is given again only to the very same thing: an answer that was never stored
    must not be acknowledged because of its number.

    Raises:
        SequenceReused: The two are not the same.
    """
    same = command.item_id == first.body["item_id"]
    match command:
        case Save():
            same = same and first.type == "saved" and _response(command, form) == _stored(first)
        case Flag():
            same = same and first.type == "flagged" and command.flagged == first.body["flagged"]
        case Focus():
            same = same and first.type == ("focus_lost" if command.lost else "focus_returned")
    if not same:
        raise SequenceReused(command.seq or 0)


def _stored(row: LoggedEvent) -> Any:
    return row.body["response"]


def _response(command: Save, form: FormInPlay) -> Any:
    """Return the response in canonical form.

    Raises:
        ItemNotInForm, ResponseMalformed: It is no response to an item of this form.
    """
    item = form.item(command.item_id)
    item_type = type_of(item)
    raw = command.response
    if command.fields is not None:
        raw = item_type.read_fields(item.content, command.fields)
    return item_type.read(item.content, raw)


def _start(command: Start, case: Case) -> Event | None:
    if case.plan is None:
        return None
    consent = case.form.consent if command.consented else None
    return rules.start(case.plan, case.head, consent, command.received_at)


def _show_item(command: ShowItem, case: Case) -> Event:
    item = case.form.item_at(command.place)
    return rules.show_item(case.head, item.item_id, command.received_at)


def _show_review(command: ShowReview, case: Case) -> Event:
    return rules.show_review(case.head, command.received_at)


def _save(command: Save, case: Case) -> Event:
    return rules.save_response(
        case.head,
        command.item_id,
        _response(command, case.form),
        seen=command.seen,
        client=command.client,
        seq=command.seq,
        now=command.received_at,
    )


def _flag(command: Flag, case: Case) -> Event:
    return rules.flag_item(
        case.head,
        case.form.item(command.item_id).item_id,
        flagged=command.flagged,
        client=command.client,
        seq=command.seq,
        now=command.received_at,
    )


def _focus(command: Focus, case: Case) -> Event:
    if command.item_id is not None:
        case.form.item(command.item_id)
    return rules.note_focus(
        case.head,
        command.item_id,
        lost=command.lost,
        client=command.client,
        seq=command.seq,
        now=command.received_at,
    )


def _submit(command: Submit, case: Case) -> Event | None:
    return rules.submit(case.head, command.received_at)


def _end(command: EndByStaff, case: Case) -> Event | None:
    return rules.end_by_staff(case.head, command.actor.person_id, command.why, command.received_at)


def _close(command: CloseExpired, case: Case) -> Event | None:
    return rules.close_expired(case.head, command.received_at)


_DECIDERS: Mapping[type[Any], Callable[[Any, Case], Event | None]] = {
    Start: _start,
    ShowItem: _show_item,
    ShowReview: _show_review,
    Save: _save,
    Flag: _flag,
    Focus: _focus,
    Submit: _submit,
    EndByStaff: _end,
    CloseExpired: _close,
}
