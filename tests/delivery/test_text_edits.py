"""Text that is typed: the log holds what changed, and the last text is never lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine import db, delivery
from examengine.delivery import Attempt, Head, log_repository
from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.text_edit import TextEdit, edit_between
from tests.delivery.examples import TYPED, sitting

PAGE = "page-number-one"
LETTERS = st.text("ab \u0301é😀", max_size=40)


@given(LETTERS, LETTERS)
def test_an_edit_makes_the_second_text_of_the_first(before, after):
    """
    Whatever is typed, deleted or pasted anywhere: applied to the text before, it gives the next.
    """
    edit = edit_between(before, after)

    assert edit.applied(before) == after


@pytest.mark.parametrize(
    ("before", "after", "edit"),
    [
        ("abc", "abcd", TextEdit(3, 0, "d")),
        ("abc", "xabc", TextEdit(0, 0, "x")),
        ("abc", "ac", TextEdit(1, 1, "")),
        ("aa", "aaa", TextEdit(2, 0, "a")),
        ("aaa", "aa", TextEdit(2, 1, "")),
        ("abc", "abc", TextEdit(3, 0, "")),
        ("", "abc", TextEdit(0, 0, "abc")),
        ("abc", "xyz", TextEdit(0, 3, "xyz")),
    ],
)
def test_an_edit_is_as_short_as_can_be(before, after, edit):
    """
    What both have at the beginning and at the end is no part of it, and nothing counts twice.
    """
    assert edit_between(before, after) == edit


@pytest.fixture
def candidate(engine, clock, writer):
    """Somebody who has started."""
    found = sitting(engine, clock)[0]
    writer.record(delivery.Start(**found.asked(clock), consented=True))
    return found


def _typed(writer, clock, candidate, text, seq, **changed):
    sent = {"item_id": TYPED, "seen": 1, "client": PAGE, "seq": seq, **changed}
    save = delivery.Save(**candidate.asked(clock), **sent, fields={"response": [text]})
    return writer.record(save)


def _log(engine, candidate):
    with db.reading(engine) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def _read(engine, candidate):
    return delivery.fold(candidate.attempt_id, _log(engine, candidate))


WORDS = "the middle value of all values when they are put in order of their size "


def test_a_long_text_is_stored_as_what_changed(engine, clock, writer, candidate):
    """
    Typed on, corrected in the middle and cut: the log holds edits, and reads as the last text.
    """
    text = (WORDS * 2).strip()
    corrected = text.replace("middle", "central", 1)
    versions = [text[:130], text, corrected, corrected[:125]]
    for seq, version in enumerate(versions, start=1):
        _typed(writer, clock, candidate, version, seq)
        assert _read(engine, candidate).responses[TYPED] == version.strip()

    assert [row.type for row in _log(engine, candidate)][1:] == ["saved", *["edited"] * 3]
    assert _log(engine, candidate)[3].body["inserted"] == "central"


def test_a_log_grows_with_what_is_typed_and_not_with_its_square(engine, clock, writer, candidate):
    """
    Of a text typed in a hundred pauses, the second half takes as much room as the first.
    """
    text = WORDS * 60
    parts = [text[: 39 * count] for count in range(1, 101)]
    for seq, part in enumerate(parts, start=1):
        _typed(writer, clock, candidate, part, seq)

    sizes = [len(json.dumps(row.body)) for row in _log(engine, candidate)[1:]]
    assert len(sizes) == len(parts)
    assert sum(sizes[50:]) < 1.1 * sum(sizes[:50])
    assert _read(engine, candidate).drafts[TYPED] == {"response": (parts[-1],)}


def test_a_text_that_becomes_too_long_and_short_again_is_draft_and_answer(
    engine, clock, writer, candidate
):
    """
    What cannot be read is kept as a draft, edit by edit, and is an answer when it can be again.
    """
    answer, draft = (WORDS * 2).strip(), (WORDS * 3).strip()

    _typed(writer, clock, candidate, answer, 1)
    told = _typed(writer, clock, candidate, draft, 2)
    middle = _read(engine, candidate)
    again = _typed(writer, clock, candidate, answer, 3)

    assert "longer than 200 characters" in told.unfinished
    assert (middle.responses[TYPED], middle.drafts[TYPED]) == (None, {"response": (draft,)})
    assert again.unfinished is None
    assert _read(engine, candidate).responses[TYPED] == answer
    assert [row.type for row in _log(engine, candidate)][-2:] == ["edited", "edited"]


def test_another_text_is_stored_whole(engine, clock, writer, candidate):
    """
    Where more than half is new, an edit would save nothing.
    """
    _typed(writer, clock, candidate, "a" * 150, 1)
    _typed(writer, clock, candidate, "b" * 150, 2)

    assert [row.type for row in _log(engine, candidate)][-1] == "saved"


def test_an_edit_that_is_sent_again_is_acknowledged_and_another_text_is_not(
    engine, clock, writer, candidate
):
    """
    The number of an edit stands for one text: with another one the page has to count on.
    """
    first = (WORDS * 2).strip()
    _typed(writer, clock, candidate, first[:140], 1)
    told = _typed(writer, clock, candidate, first, 2)

    assert _typed(writer, clock, candidate, first, 2).version == told.version
    with pytest.raises(delivery.SequenceReused):
        _typed(writer, clock, candidate, first[:142], 2)


def test_the_response_record_holds_the_whole_text(engine, clock, writer, candidate):
    """
    What is scored and shown afterwards is the text, not its edits.
    """
    text = (WORDS * 2).strip()
    for seq, length in enumerate((130, 135, len(text)), start=1):
        _typed(writer, clock, candidate, text[:length], seq)
    writer.record(delivery.Submit(**candidate.asked(clock)))

    with db.reading(engine) as session:
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert record.responses[TYPED] == text


def test_an_edit_is_made_on_what_the_log_holds_whoever_wrote_it(
    engine, clock, writer, attempts, candidate
):
    """
    Memory that another process has left behind is not used.
    """
    text = (WORDS * 2).strip()
    _typed(writer, clock, candidate, text[:130], 1)
    with db.reading(engine) as session:
        attempts.of(session, candidate.attempt_id)
    elsewhere = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    elsewhere.start()
    _typed(elsewhere, clock, candidate, text.replace("middle", "central"), 2)
    elsewhere.stop()

    _typed(writer, clock, candidate, text, 3)

    assert _read(engine, candidate).responses[TYPED] == text


def test_a_state_that_is_kept_in_between_changes_nothing(engine, clock, writer, candidate):
    """
    An attempt restored from its kept state reads the edits after it as the whole log does.
    """
    text = WORDS * 2
    for seq in range(1, 206):
        _typed(writer, clock, candidate, text[: 121 + seq % 20], seq)

    with db.reading(engine) as session:
        kept = log_repository.kept_state(session, candidate.attempt_id)
        restored = delivery.AttemptsInPlay().of(session, candidate.attempt_id).attempt
    assert kept is not None
    assert restored == _read(engine, candidate)


def test_an_edit_of_nothing_is_read_without_a_defect():
    """
    A log that was cut at the front still reads: what was there is taken as empty.
    """
    so_far = AttemptSoFar(Attempt(Head(None)))
    event = delivery.ResponseEdited(None, TYPED, 5, 3, "abc", "", True, 1, PAGE, 1)

    event.happen(so_far, 2)

    assert so_far.responses[TYPED] == "abc"
