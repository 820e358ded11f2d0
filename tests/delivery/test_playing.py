"""What may be played so many times: counted by the server's clock, whatever the page says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine import db, delivery, integrity
from examengine.bank import limited_media
from examengine.delivery import Play, Start, Submit
from examengine.delivery.attempt import Attempt, Head, Playing
from examengine.delivery.errors import MediumNotLimited, PlaysUsedUp
from examengine.delivery.playing import medium_sent, play_states
from examengine.delivery.reading import advance, read_on
from examengine.delivery.stored_attempts import as_kept, read_attempt
from tests.bank.media_files import mp4, subtitles, wav
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of
from tests.delivery.situations import NINE, PLAN, RECORDING, asked, decided, form, minutes, started

SECONDS = 1 / 60
HEARD = item("H-1", "single_choice", stimulus=[{"audio": {"file": "recordings/a.wav", "plays": 2}}])
SEEN = item(
    "H-2",
    "single_choice",
    stimulus=[
        {
            "video": {
                "file": "videos/b.mp4",
                "subtitles": {"file": "subtitles/b.vtt"},
                "plays": 1,
            }
        }
    ],
)
MEDIA = {
    "recordings/a.wav": wav(30.0),
    "videos/b.mp4": mp4(),
    "subtitles/b.vtt": subtitles(),
}


def played(*at: float) -> Attempt:
    """An attempt in which the recording was asked for so many minutes after nine."""
    head, rows = started()
    attempt = read_on(Attempt(Head(PLAN.attempt_id)), rows)
    for moment in at:
        event = decided(Play(**asked(minutes(moment)), item_id="I-1", place=0), head, attempt)
        if event is not None:
            head, row = advance(head, event)
            attempt = read_on(attempt, [row])
    return attempt


def test_a_limit_stands_in_the_item():
    """
    What may be played so many times is told with its place, its file and its limit.
    """
    [medium] = limited_media(item("I-1", "single_choice", stimulus=[{"formula": {}}, RECORDING]))

    assert (medium.place, medium.part, medium.plays) == (1, "audio", 2)
    assert (medium.digest, medium.media_type, medium.subtitles) == (
        *("sha256:talk", "audio/mpeg", None),
    )
    assert limited_media(item("I-2", "single_choice")) == ()


def test_whoever_asks_again_while_it_plays_goes_on_with_the_same_playing():
    """
    A reload, another tab, a second press: the playing goes on by the clock, and is counted once.
    """
    attempt = played(1, 1 + 20 * SECONDS)

    early = play_states(form(), attempt, "I-1", minutes(1 + 5 * SECONDS))[0]
    late = play_states(form(), attempt, "I-1", minutes(1 + 20 * SECONDS))[0]
    after = play_states(form(), attempt, "I-1", minutes(1 + 30 * SECONDS))[0]

    assert len(attempt.playings) == 1
    assert (early.played, early.left, early.position) == (1, 1, 0)
    assert late.position == pytest.approx(20)
    assert late.running == early.running == attempt.playings[0]
    assert (after.running, after.position, after.last) == (None, 0, attempt.playings[0])


def test_after_the_last_playing_there_is_none():
    """
    Twice is twice: the third is refused, with the number in words for whoever asks.
    """
    with pytest.raises(PlaysUsedUp) as refused:
        played(1, 2, 3)

    assert refused.value.plays == 2
    with pytest.raises(MediumNotLimited):
        decided(Play(**asked(minutes(1)), item_id="I-1", place=1), started()[0])
    with pytest.raises(MediumNotLimited):
        decided(Play(**asked(minutes(1)), item_id="I-2", place=0), started()[0])


@pytest.mark.parametrize(
    ("version", "seconds", "sent"),
    [(2, 0, True), (2, 30, True), (2, 149, True), (2, 151, False), (1, 0, False), (3, 0, False)],
)
def test_a_playing_is_sent_until_two_minutes_after_its_end(version, seconds, sent):
    """
    So a page whose line was cut plays on from where it was; another number sends nothing.
    """
    attempt = played(1)

    found = medium_sent(form(), attempt, version, minutes(1 + seconds * SECONDS))

    assert (found is not None) is sent


@given(at=st.lists(st.floats(0, 50), max_size=12).map(sorted))
def test_however_often_it_is_asked_for_no_more_is_played_than_may_be(at):
    """
    Whatever the moments, there are at most two playings, and each begins after the one before.
    """
    heard: list[Playing] = []
    for n in range(len(at)):
        try:
            heard = list(played(*at[: n + 1]).playings)
        except PlaysUsedUp:
            break

    assert len(heard) <= 2
    assert all((b.at - a.at).total_seconds() >= 30 for a, b in pairwise(heard))


def test_staff_read_how_often_something_was_played():
    """
    The line of the log names the question, what was played and how often; nothing of an answer.
    """
    event = decided(Play(**asked(minutes(1)), item_id="I-1", place=0), started()[0])

    assert event.words() == "The recording of I-1 was played, 1 of 2 times"
    assert event.at > NINE


def test_playings_are_counted_on_disk_and_come_back_from_it(engine, clock, writer, attempts):
    """
    From start to end on both databases: refused when used up, whole in the log, kept with the rest.
    """
    [candidate] = [sitting_of(engine, clock, (HEARD, SEEN), media=MEDIA)]
    forms = delivery.FormsInPlay()
    writer.record(Start(**candidate.asked(clock), consented=True))
    clock.forward(seconds=1)
    first = writer.record(Play(**candidate.asked(clock), item_id="H-1", place=0))
    clock.forward(seconds=5)
    again = writer.record(Play(**candidate.asked(clock), item_id="H-1", place=0))
    clock.forward(seconds=26)
    second = writer.record(Play(**candidate.asked(clock), item_id="H-1", place=0))
    clock.forward(seconds=31)
    with pytest.raises(PlaysUsedUp):
        writer.record(Play(**candidate.asked(clock), item_id="H-1", place=0))
    film = writer.record(Play(**candidate.asked(clock), item_id="H-2", place=0))

    def found(version):
        with db.reading(engine) as session:
            return delivery.find_playing(
                *(session, clock, forms, attempts, candidate.actor, candidate.session),
                *(candidate.attempt_id, version),
            )

    assert again.version == first.version
    assert found(second.version).part == "audio"
    assert found(film.version).subtitles is not None
    with db.reading(engine) as session:
        attempt = read_attempt(session, candidate.attempt_id)
        log = delivery.attempt_log(session, candidate.attempt_id)
    assert [one.version for one in attempt.playings] == [
        *(first.version, second.version, film.version),
    ]
    assert as_kept(attempt).body["playings"][0][:2] == ["H-1", 0]
    assert integrity.verify_log(log).intact
    with pytest.raises(delivery.PlayingOver):
        found(first.version - 1)
    writer.record(Submit(**candidate.asked(clock)))
    with pytest.raises(delivery.PlayingOver):
        found(second.version)
