"""Sections sat to the end: the log, the record and the audit, on both databases."""

from datetime import timedelta

import pytest

from examengine import db, delivery, integrity
from examengine.delivery import CloseSection, OpenSection, Save, ShowItem, Start, Submit
from examengine.delivery.stored_attempts import as_kept, read_attempt
from tests.delivery.examples import (
    ITEMS,
    NUMBER,
    ORDER,
    SECTIONS,
    SINGLE,
    TYPED,
    form_in_sections,
    sitting,
    sitting_in_sections,
)

FIRST = (SINGLE, TYPED, NUMBER)


@pytest.fixture
def candidate(engine, clock):
    """Somebody who can start an exam in two sections, the first of 20 minutes."""
    return sitting_in_sections(engine, clock)


def log_of(engine, candidate):
    """The log of an attempt."""
    with db.reading(engine) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def do(writer, clock, candidate, command, **fields):
    """Ask something of the writer."""
    return writer.record(command(**candidate.asked(clock), **fields))


def test_a_form_says_which_items_stand_in_which_section(session, clock):
    """
    The items stand in the order of their sections, and the form's digest covers these.
    """
    form = form_in_sections(session, clock)

    assert form.sections[0].item_ids == FIRST
    assert [item.ref.item_id for item in form.items][:3] == list(FIRST)
    assert sorted(item.ref.item_id for item in form.items) == sorted(ITEMS)


def test_two_sections_from_start_to_record(engine, clock, writer, candidate):
    """
    Open, answer, leave for good, open, answer, hand in: the record says when and how.
    """
    do(writer, clock, candidate, Start, consented=True)
    begun = do(writer, clock, candidate, OpenSection, section=1)
    do(writer, clock, candidate, ShowItem, place=1)
    do(writer, clock, candidate, Save, item_id=SINGLE, response="c", seen=1)
    clock.forward(minutes=5)
    left = do(writer, clock, candidate, CloseSection, section=1)
    with pytest.raises(delivery.SectionOver):
        do(writer, clock, candidate, Save, item_id=SINGLE, response="a", seen=20)
    clock.forward(minutes=1)
    do(writer, clock, candidate, OpenSection, section=2)
    do(writer, clock, candidate, ShowItem, place=4)
    clock.forward(minutes=2)
    do(writer, clock, candidate, Submit)

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    log = log_of(engine, candidate)
    assert begun.deadline == clock.now() + timedelta(minutes=12)
    assert left.deadline == begun.at + timedelta(minutes=60)
    assert [row.type for row in log].count("chosen") == 2
    assert [one["by"] for one in record.sections] == ["candidate", None]
    assert record.responses[SINGLE] == "c"
    assert set(record.responses) == set(ITEMS)
    assert delivery.sealed(record).digest == record.digest
    assert integrity.verify_log(log).intact
    assert sum(record.seconds.values()) == 7 * 60


def test_time_closes_a_section_as_of_its_end(engine, clock, writer, candidate):
    """
    Whoever comes back later finds it closed then, and the exam goes on.
    """
    do(writer, clock, candidate, Start, consented=True)
    do(writer, clock, candidate, OpenSection, section=1)
    clock.forward(minutes=25)

    with pytest.raises(delivery.SectionOver):
        do(writer, clock, candidate, Save, item_id=SINGLE, response="c", seen=1)

    (closed,) = [row for row in log_of(engine, candidate) if row.type == "section_closed"]
    assert closed.at == clock.now() - timedelta(minutes=5)
    assert closed.body["by"] == "time"
    do(writer, clock, candidate, OpenSection, section=2)
    assert do(writer, clock, candidate, Save, item_id=ORDER, response=None, seen=1).version


def test_an_attempt_that_nobody_touches_again_ends_with_its_sections(
    engine, clock, writer, candidate
):
    """
    At the sweep the section closes as of its own end, and the attempt as of its own.
    """
    do(writer, clock, candidate, Start, consented=True)
    do(writer, clock, candidate, OpenSection, section=1)
    clock.forward(minutes=90)

    delivery.sweep(engine, clock, writer)

    log = log_of(engine, candidate)
    assert [row.type for row in log] == ["started", "section_opened", "section_closed", "submitted"]
    assert integrity.verify_log(log).intact


def test_the_end_of_a_last_section_hands_in(engine, clock, writer):
    """
    When the time of the last section is over, nothing is left to do: the sweeper hands in.
    """
    timed = [SECTIONS[0], {**SECTIONS[1], "minutes": 10}]
    candidate = sitting_in_sections(engine, clock, timed, extra_time_percent=50)
    do(writer, clock, candidate, Start, consented=True)
    for section in (1, 2):
        do(writer, clock, candidate, OpenSection, section=section)
        do(writer, clock, candidate, CloseSection, section=section)
    clock.forward(minutes=16)

    delivery.sweep(engine, clock, writer)

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert record.reason == "time"
    assert record.submitted_at == clock.now() - timedelta(minutes=1)


def test_an_answer_dated_after_its_section_is_named(engine, clock, writer, candidate):
    """
    An auditor sees an answer that the rules would not have taken, whatever its digest says.
    """
    do(writer, clock, candidate, Start, consented=True)
    do(writer, clock, candidate, OpenSection, section=1)
    do(writer, clock, candidate, CloseSection, section=1)
    log = log_of(engine, candidate)
    head = delivery.fold(candidate.attempt_id, log).head
    late = delivery.ResponseSaved(clock.now() + timedelta(minutes=1), SINGLE, "a", 1, None, None)
    _, row = delivery.advance(head, late)

    (fault,) = integrity.verify_log([*log, row]).faults

    assert (fault.code, fault.version) == ("late", row.version)
    assert "its section was closed" in fault.words


def test_what_is_kept_of_an_attempt_knows_its_sections(engine, clock, writer, candidate):
    """
    A long log is read from what is kept beside it, sections and choices included.
    """
    do(writer, clock, candidate, Start, consented=True)
    do(writer, clock, candidate, OpenSection, section=1)
    do(writer, clock, candidate, ShowItem, place=1)
    with db.reading(engine) as session:
        attempt = read_attempt(session, candidate.attempt_id)
        from_log = delivery.fold(candidate.attempt_id, log_of(engine, candidate))

    assert attempt == from_log
    assert as_kept(attempt).body["chosen"] == list(FIRST)
    assert attempt.head.section == 1


def test_a_whole_form_is_chosen_once(engine, clock, writer):
    """
    Without sections the choice of all items is one event, before the first is shown.
    """
    (candidate,) = sitting(engine, clock)
    do(writer, clock, candidate, Start, consented=True)
    for place in (1, 2, 1):
        do(writer, clock, candidate, ShowItem, place=place)

    log = log_of(engine, candidate)

    assert [row.type for row in log] == ["started", "chosen", "shown", "shown", "shown"]
    assert log[1].body == {"place": 1, "items": list(ITEMS)}
