"""The rules of sections, without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from examengine.delivery import Attempt, fold
from examengine.delivery.attempt import Head
from examengine.delivery.errors import AttemptClosed, SectionNotOpen, SectionOver, SectionUnknown
from examengine.delivery.reading import advance
from examengine.delivery.sections_sat import states
from examengine.delivery.steps import close_expired, close_section
from examengine.delivery.steps.choose_item import ItemChosen
from examengine.delivery.steps.close_section import CloseSection
from examengine.delivery.steps.flag import Flag
from examengine.delivery.steps.open_section import OpenSection
from examengine.delivery.steps.save import Save
from examengine.delivery.steps.show_item import ShowItem
from examengine.delivery.steps.submit import Submit
from tests.delivery.situations import (
    FIRST,
    IN_SECTIONS,
    PLAN,
    SECOND,
    asked,
    decided,
    form,
    happened,
    minutes,
    started,
)


def step(head: Head, command, sections=IN_SECTIONS, plan=PLAN) -> Head:
    """The head after a command, with all that it becomes."""
    for event in happened(command, head, sections=sections, plan=plan):
        head, _ = advance(head, event)
    return head


def opened(number: int = 1, at: float = 0, sections=IN_SECTIONS, plan=PLAN) -> Head:
    """The head of an attempt in which the first section is open, or the first two were opened."""
    head, _ = started(plan)
    head = step(head, OpenSection(**asked(minutes(at)), section=1), sections, plan)
    if number == 2:
        head = step(head, CloseSection(**asked(minutes(at)), section=1), sections, plan)
        head = step(head, OpenSection(**asked(minutes(at)), section=2), sections, plan)
    return head


def save(item_id: str, at: float) -> Save:
    """An answer to an item."""
    return Save(**asked(minutes(at)), item_id=item_id, response="a", seen=1)


def show(place: int, at: float = 1) -> ShowItem:
    """A page of an item."""
    return ShowItem(**asked(minutes(at)), place=place)


def test_nothing_is_shown_or_answered_before_a_section_is_opened():
    """
    The time of the exam runs while instructions are read; the questions wait.
    """
    head, _ = started()

    for command in (show(1), save("I-1", 1)):
        with pytest.raises(SectionNotOpen):
            happened(command, head, sections=IN_SECTIONS)


def test_a_section_is_chosen_when_its_first_item_is_shown_and_never_again():
    """
    What comes next is written down once, as far as the open section goes, before it is shown.
    """
    head = opened()

    first, shown = happened(show(1), head, sections=IN_SECTIONS)
    after = step(head, show(1))

    assert (first.type, first.place, first.items) == ("chosen", 1, ("I-1",))
    assert shown.item_id == "I-1"
    assert [event.type for event in happened(show(1), after, sections=IN_SECTIONS)] == ["shown"]


def test_a_whole_form_is_chosen_at_once():
    """
    Where the order is fixed all of it is given together, and candidates go to and fro.
    """
    head, _ = started()

    first, shown = happened(show(2), head)

    assert first == ItemChosen(minutes(1), 1, ("I-1", "I-2"))
    assert shown.item_id == "I-2"


def test_the_next_section_waits_behind_a_lock():
    """
    It opens in its turn, once the locked one before it was left, and sections are not skipped.
    """
    head = opened()

    with pytest.raises(SectionNotOpen):
        decided(OpenSection(**asked(minutes(1)), section=2), head, sections=IN_SECTIONS)
    with pytest.raises(SectionUnknown):
        decided(OpenSection(**asked(minutes(1)), section=3), head, sections=IN_SECTIONS)
    with pytest.raises(SectionNotOpen):
        happened(show(2), head, sections=IN_SECTIONS)


def test_there_is_no_way_back_to_what_was_left():
    """
    Neither a page nor an answer nor a flag; the section is not opened a second time either.
    """
    head = step(opened(), CloseSection(**asked(minutes(5)), section=1))

    for command in (
        show(1, 6),
        save("I-1", 6),
        Flag(**asked(minutes(6)), item_id="I-1", flagged=True),
    ):
        with pytest.raises(SectionOver):
            happened(command, head, sections=IN_SECTIONS)
    again = OpenSection(**asked(minutes(6)), section=1)
    assert decided(again, head, sections=IN_SECTIONS) is None


def test_to_open_a_section_again_gives_no_time_back():
    """
    A second press finds the section open, with the time it had.
    """
    head = opened()

    assert decided(OpenSection(**asked(minutes(9)), section=1), head, sections=IN_SECTIONS) is None
    assert head.ends_at == minutes(20)


def test_a_section_closes_when_its_time_is_over_whoever_is_there():
    """
    To the last moment an answer counts; then the section is closed as of that moment.
    """
    head = opened()
    late = minutes(20) + timedelta(milliseconds=1)

    assert close_section.overdue(head, form(IN_SECTIONS), minutes(20)) is None
    assert decided(save("I-1", 20), head, sections=IN_SECTIONS) is not None
    closed = close_section.overdue(head, form(IN_SECTIONS), late)
    assert (closed.at, closed.by, closed.recorded_at) == (minutes(20), "time", late)
    after, _ = advance(head, closed)
    assert after.ends_at == after.deadline == minutes(60)
    assert close_section.overdue(after, form(IN_SECTIONS), minutes(40)) is None


def test_extra_time_multiplies_the_time_of_a_section():
    """
    A quarter more of twenty minutes is twenty-five.
    """
    plan = replace(PLAN, extra_time_percent=25)

    assert opened(plan=plan).ends_at == minutes(25)


def test_the_earliest_limit_counts():
    """
    The end of the attempt, which knows that of the window, cuts a section that is opened late.
    """
    window = replace(PLAN, closes_at=minutes(45))

    assert opened(at=50).ends_at == minutes(60)
    assert opened(at=40, plan=window).ends_at == minutes(45)


def test_the_time_of_the_last_section_ends_the_attempt():
    """
    Nothing is left to do then, so that nobody has to come by at the end of the exam.
    """
    timed = (FIRST, replace(SECOND, minutes=10, locked=True))
    head = opened(number=2, at=5, sections=timed)

    assert head.deadline == minutes(15)
    ended = close_expired.overdue(head, form(timed), minutes(16))
    assert (ended.at, ended.by) == (minutes(15), "time")
    with pytest.raises(AttemptClosed):
        decided(save("I-2", 16), head, sections=timed)


def test_sections_without_a_lock_stay_open_to_and_fro():
    """
    Opening the second leaves the first open; leaving it closes nothing.
    """
    loose = (replace(FIRST, minutes=None, locked=False), SECOND)
    head = step(started()[0], OpenSection(**asked(minutes(1)), section=1), loose)

    assert decided(CloseSection(**asked(minutes(2)), section=1), head, sections=loose) is None
    head = step(head, OpenSection(**asked(minutes(2)), section=2), loose)
    assert decided(save("I-1", 3), head, sections=loose) is not None
    assert decided(save("I-2", 3), head, sections=loose) is not None


def test_a_lock_closes_all_that_came_before():
    """
    Behind a locked section there is no way back to an open one before it either.
    """
    three = (
        replace(FIRST, minutes=None, locked=False),
        replace(SECOND, locked=True),
        replace(SECOND, title="Third", item_ids=()),
    )
    head, _ = started()
    for number in (1, 2):
        head = step(head, OpenSection(**asked(minutes(number)), section=number), three)
    head = step(head, CloseSection(**asked(minutes(3)), section=2), three)
    head = step(head, OpenSection(**asked(minutes(4)), section=3), three)

    for item_id in ("I-1", "I-2"):
        with pytest.raises(SectionOver):
            decided(save(item_id, 5), head, sections=three)


def test_pages_know_where_each_section_stands():
    """
    Before, within, between and after: what is open, what comes next, and what can be cut short.
    """
    head, rows = started()
    told = [_states(head, rows)]
    for command in (
        OpenSection(**asked(minutes(1)), section=1),
        CloseSection(**asked(minutes(5)), section=1),
        OpenSection(**asked(minutes(6)), section=2),
        Submit(**asked(minutes(9))),
    ):
        for event in happened(command, head, sections=IN_SECTIONS):
            head, row = advance(head, event)
            rows.append(row)
        told.append(_states(head, rows))

    assert told == [
        ["next", "later"],
        ["open", "later"],
        ["closed", "next"],
        ["closed", "open"],
        ["closed", "closed"],
    ]
    sat = fold(PLAN.attempt_id, rows).sections
    assert [(one.section, one.by) for one in sat] == [(1, "candidate"), (2, None)]


def _states(head, rows):
    attempt: Attempt = fold(PLAN.attempt_id, rows)
    assert attempt.head == head
    return [one.status for one in states(IN_SECTIONS, attempt, 0)]
