"""Turning to another question: the answer and what is shown in one commit, on both databases."""

import pytest

from examengine import db, delivery
from tests import event_loop
from tests.delivery.examples import NUMBER, SINGLE, TYPED, sitting, sitting_in_sections

PAGE = "page-number-one"


@pytest.fixture
def candidate(engine, clock, writer):
    """Somebody who has started and looks at the first question."""
    found = sitting(engine, clock)[0]
    writer.record(delivery.Start(**found.asked(clock), consented=True))
    writer.record(delivery.ShowItem(**found.asked(clock), place=1, client=PAGE))
    return found


def _turn(clock, candidate, place=2, *, warned=None, **answer):
    values = {"item_id": SINGLE, "response": "a", "seen": 3, "client": PAGE, "seq": 1, **answer}
    save = delivery.Save(**candidate.asked(clock), **values) if answer else None
    show = delivery.ShowItem(**candidate.asked(clock), place=place, client=PAGE)
    return delivery.Turn(answer=save, show=show, warned=warned)


def _turned(writer, turn):
    return event_loop.run(writer.turned(turn))


def _types(engine, candidate):
    with db.reading(engine) as session:
        return [row.type for row in delivery.attempt_log(session, candidate.attempt_id)]


def test_a_turn_is_the_answer_and_then_the_question(engine, clock, writer, candidate):
    """
    Both stand in the log, the answer first, and each is told where.
    """
    turned = _turned(writer, _turn(clock, candidate, response="c"))

    assert _types(engine, candidate)[-2:] == ["saved", "shown"]
    assert (turned.saved.version, turned.shown.version) == (4, 5)


def test_a_turn_without_an_answer_shows_the_question(engine, clock, writer, candidate):
    """
    Where nothing is left to store, the question alone comes into the log.
    """
    turned = _turned(writer, _turn(clock, candidate, place=3))

    assert _types(engine, candidate)[-2:] == ["shown", "shown"]
    assert (turned.saved, turned.shown.version) == (None, 4)


def test_a_question_is_not_shown_after_an_answer_that_was_refused(engine, clock, writer, candidate):
    """
    The page stays where it is, so nothing says that another question was seen.
    """
    before = _types(engine, candidate)

    with pytest.raises(delivery.ItemNotInForm):
        _turned(writer, _turn(clock, candidate, item_id="DL-XXX-999"))

    assert _types(engine, candidate) == before


def test_an_answer_that_another_page_overtook_turns_no_page(engine, clock, writer, candidate):
    """
    It stands in the log, set aside, and the candidate is asked before anything else is shown.
    """
    other = {"item_id": SINGLE, "response": "b", "seen": 3, "client": "page-number-two", "seq": 1}
    writer.record(delivery.Save(**candidate.asked(clock), **other))

    with pytest.raises(delivery.AnswerMoved):
        _turned(writer, _turn(clock, candidate, response="a", seen=2))

    assert _types(engine, candidate)[-2:] == ["saved", "set_aside"]


def test_an_answer_is_kept_when_the_question_is_refused(engine, clock, writer, candidate):
    """
    There is no seventh question; the answer to the first is stored and acknowledged all the same.
    """
    turned = _turned(writer, _turn(clock, candidate, place=7, response="c"))

    assert isinstance(turned.shown, delivery.ItemNotInForm)
    assert turned.saved.version == 4
    assert _types(engine, candidate)[-1] == "saved"


def test_an_unfinished_answer_is_pointed_out_before_the_page_turns(
    engine, clock, writer, candidate
):
    """
    It is stored at once; the question is shown when the candidate was told and goes on anyway.
    """
    typed = {"item_id": NUMBER, "response": None, "fields": {"response": ["many"]}}

    first = _turned(writer, _turn(clock, candidate, **typed))
    told = first.saved.unfinished
    again = _turned(writer, _turn(clock, candidate, **typed, seq=2, warned=told))

    assert "not read as a number" in told
    assert first.shown is None
    assert again.shown.version == 6
    assert _types(engine, candidate)[-3:] == ["saved", "saved", "shown"]


def test_what_was_told_of_another_answer_does_not_count(engine, clock, writer, candidate):
    """
    Only the words for this answer let the page turn: an old warning is none.
    """
    typed = {"item_id": NUMBER, "response": None, "fields": {"response": ["many"]}}

    turned = _turned(writer, _turn(clock, candidate, **typed, warned="Something else."))

    assert turned.shown is None


def test_a_turn_that_is_sent_again_is_acknowledged_as_the_first(engine, clock, writer, candidate):
    """
    The answer of a lost acknowledgement is not stored twice; the question is shown once more.
    """
    first = _turned(writer, _turn(clock, candidate, response="c"))

    second = _turned(writer, _turn(clock, candidate, response="c"))

    assert second.saved.version == first.saved.version
    assert _types(engine, candidate).count("saved") == 1


def test_a_turn_of_somebody_else_is_refused_whole(engine, clock, writer):
    """
    Who is signed in as another candidate stores and sees nothing.
    """
    first, second = sitting(engine, clock, 2)
    writer.record(delivery.Start(**first.asked(clock), consented=True))
    foreign = {"session": second.session, "attempt_id": first.attempt_id}
    asked = {**first.asked(clock), **foreign}
    save = delivery.Save(**asked, item_id=SINGLE, response="a", seen=1, client=PAGE, seq=1)
    turn = delivery.Turn(answer=save, show=delivery.ShowItem(**asked, place=1, client=PAGE))

    with pytest.raises(delivery.AttemptUnknown):
        _turned(writer, turn)

    assert _types(engine, first) == ["started"]


def test_no_turn_leads_into_a_section_that_is_not_open(engine, clock, writer):
    """
    The answer counts where it was given; the next section is opened by its own page.
    """
    candidate = sitting_in_sections(engine, clock)
    writer.record(delivery.Start(**candidate.asked(clock), consented=True))
    writer.record(delivery.OpenSection(**candidate.asked(clock), section=1))
    writer.record(delivery.ShowItem(**candidate.asked(clock), place=1, client=PAGE))

    turned = _turned(writer, _turn(clock, candidate, place=5, item_id=TYPED, response="median"))

    assert isinstance(turned.shown, delivery.SectionNotOpen)
    assert turned.saved is not None


def test_memory_follows_what_is_written(engine, clock, writer, attempts, candidate):
    """
    An attempt that was read once stands in memory as the log has it, and no database is asked.
    """
    with db.reading(engine) as session:
        attempts.of(session, candidate.attempt_id)

    turned = _turned(writer, _turn(clock, candidate, response="c"))
    known = attempts.at(turned.organisation_id, candidate.attempt_id, turned.shown.digest)

    with db.reading(engine) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    assert known.attempt == delivery.fold(candidate.attempt_id, log)


def test_memory_says_nothing_about_a_log_that_another_process_moved(
    engine, clock, writer, attempts, candidate
):
    """
    A row that does not follow on what is known lets go of it, and the database is read again.
    """
    with db.reading(engine) as session:
        attempts.of(session, candidate.attempt_id)
    elsewhere = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    elsewhere.start()
    _turned(elsewhere, _turn(clock, candidate, place=2))
    elsewhere.stop()

    turned = _turned(writer, _turn(clock, candidate, response="c"))

    assert attempts.at(turned.organisation_id, candidate.attempt_id, turned.shown.digest) is None
    with db.reading(engine) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
        read = attempts.of(session, candidate.attempt_id).attempt
    assert read == delivery.fold(candidate.attempt_id, log)
    assert attempts.at(turned.organisation_id, candidate.attempt_id, log[-1].digest).attempt == read


def test_memory_of_another_organisation_is_not_asked(engine, clock, writer, attempts, candidate):
    """
    The same attempt and digest, asked for by another organisation, are not known.
    """
    with db.reading(engine) as session:
        found = attempts.of(session, candidate.attempt_id)

    assert attempts.at(candidate.person_id, candidate.attempt_id, found.attempt.head.digest) is None


def test_who_writes_and_never_looks_is_let_go(
    engine, clock, writer, attempts, candidate, monkeypatch
):
    """
    Rows that nobody asks for do not pile up in memory.
    """
    monkeypatch.setattr("examengine.delivery.attempts_in_play.MOST_NEWER", 2)
    with db.reading(engine) as session:
        attempts.of(session, candidate.attempt_id)

    shown = [_turned(writer, _turn(clock, candidate, place=place)).shown for place in (2, 3, 4)]

    organisation = db.FIRST_ORGANISATION
    assert attempts.at(organisation, candidate.attempt_id, shown[-1].digest) is None
