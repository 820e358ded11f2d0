"""Every step, found in its folder, is held to the same rules on its own examples."""

import dataclasses
import json

import pytest
from tests.delivery.situations import (
    IN_SECTIONS,
    NINE,
    PLAN,
    asked,
    decided,
    form,
    minutes,
    started,
)

from examengine.delivery.attempt import Attempt, AttemptSoFar, Head
from examengine.delivery.log import LoggedEvent
from examengine.delivery.reading import advance, fold
from examengine.delivery.steps import EVENTS, STEPS, Command, Recorded, read_event, step_of
from examengine.kernel.errors import ExamError

LONGEST_TYPE = 20
"""Characters of a type that the log has room for."""


@pytest.fixture(params=sorted(STEPS), ids=str)
def step(request):
    """One step after another."""
    return STEPS[request.param]


def example_of(step) -> Command:
    """The example of a step, asked a minute after the start."""
    return step.example(asked(minutes(1)))


def sections_for(step):
    """The sections of a form in which the example can be asked: those about sections need some."""
    return IN_SECTIONS if "Section" in step.command.__name__ else ()


def items_for(step) -> str:
    """The type of items of which the example can be asked: a file is added to an upload alone."""
    return "file_upload" if step.command.__name__ == "AttachFile" else "single_choice"


def head_for(step) -> Head:
    """Where a log stands in which the example can be asked."""
    if step.command.__name__ == "Start":
        return Head(PLAN.attempt_id)
    head, _ = started()
    if step.command.__name__ != "CloseSection":
        return head
    opening = STEPS["open_section"].example(asked(NINE))
    return advance(head, decided(opening, head, sections=IN_SECTIONS))[0]


def test_the_example_is_taken(step):
    """
    A command finds its step, and becomes one of the events that the step names.
    """
    command = example_of(step)

    about = {"sections": sections_for(step), "item_type": items_for(step)}
    event = decided(command, head_for(step), **about)

    assert step_of(command) is step
    assert type(event) in step.events


def test_there_is_an_example_of_each_event(step):
    """
    What a step can become is shown, each under a word of its own that the log has room for.
    """
    assert {type(event) for event in step.example_events} == set(step.events)
    for event in step.events:
        assert EVENTS[event.type] is event
        assert 1 <= len(event.type) <= LONGEST_TYPE


def test_an_event_is_read_back_as_it_was_written(step):
    """
    Through JSON, as databases and audit files keep it, and with the digest it was given.
    """
    for event in step.example_events:
        _, row = advance(Head(PLAN.attempt_id), event)
        kept = dataclasses.replace(row, body=json.loads(json.dumps(row.body)))

        again = read_event(kept)

        assert again == event
        assert advance(Head(PLAN.attempt_id), again)[1].digest == row.digest


def test_an_event_never_changes(step):
    """
    Events are frozen: what happened has happened.
    """
    for event in step.example_events:
        with pytest.raises(dataclasses.FrozenInstanceError):
            event.at = NINE


def test_an_event_is_told_in_a_sentence_without_the_answer(step):
    """
    Staff read that an answer was given and when; what was answered is nobody's business there.
    """
    for event in step.example_events:
        words = event.words()

        assert words[0].isupper() or words.startswith("I-1")
        assert words[-1] not in " :"
        assert "response" not in words


def test_the_head_and_the_fold_agree(step):
    """
    What an event changes in the head that is stored, reading the log changes as well.
    """
    head, rows = started()
    for event in step.example_events:
        head, row = advance(head, event)
        rows.append(row)

    assert fold(PLAN.attempt_id, rows).head == head


def test_reading_changes_nothing_that_was_read_before(step):
    """
    An attempt in memory is shared by pages: reading on makes another one.
    """
    before = fold(PLAN.attempt_id, started()[1])
    so_far = AttemptSoFar(before)

    for version, event in enumerate(step.example_events, start=2):
        event.happen(so_far, version)

    assert before == fold(PLAN.attempt_id, started()[1])


def test_what_is_sent_again_is_known_again(step):
    """
    A command that is sent under a number is the same as itself, and another one is not.
    """
    command = example_of(step)
    if command.number is None:
        return
    head, _ = started()
    _, row = advance(head, decided(command, head, item_type=items_for(step)))
    others = [dataclasses.replace(command, item_id="I-2")] if hasattr(command, "item_id") else []

    assert step.is_same(command, row, form())
    assert not any(step.is_same(other, row, form()) for other in others)
    assert not step.is_same(command, dataclasses.replace(row, type="started"), form())


def test_what_whoever_asked_is_told_stays_the_acknowledgement(step):
    """
    Words may be added; which row it was recorded as never changes, unless it did not count.
    """
    for event in step.example_events:
        _, row = advance(started()[0], event)
        recorded = _recorded(row)
        try:
            told = step.tell(example_of(step), recorded, row, form())
        except ExamError:
            continue

        assert dataclasses.replace(told, unfinished=None, echo=None) == recorded


def test_a_finished_attempt_takes_nothing_more(step):
    """
    After the end a step is refused, or records nothing.
    """
    head = dataclasses.replace(started()[0], submitted_at=minutes(1))

    try:
        about = {"sections": sections_for(step), "item_type": items_for(step)}
        event = decided(example_of(step), head, Attempt(head), **about)
    except ExamError:
        return

    assert event is None


def _recorded(row: LoggedEvent) -> Recorded:
    return Recorded(row.attempt_id, row.version, row.digest, row.at, minutes(60), None)
