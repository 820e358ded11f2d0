"""Answers that come after the end: kept beside the log, once each, and never scored."""

from datetime import timedelta

import pytest

from examengine import accounts, db, delivery
from examengine.accounts import Actor, Role
from examengine.db import FIRST_ORGANISATION
from tests.delivery.examples import NUMBER, SINGLE, sitting


@pytest.fixture
def candidate(engine, clock, writer):
    """Somebody whose exam is over."""
    [found] = sitting(engine, clock)
    writer.record(delivery.Start(**found.asked(clock), consented=True))
    writer.record(delivery.Submit(**found.asked(clock)))
    return found


def answer(seq: int = 1, item_id: str = NUMBER, text: str = "5") -> delivery.HandedOver:
    """What a device hands over."""
    return delivery.HandedOver(item_id, {"response": (text,)}, None, "the-page-0001", seq)


def hand_over(engine, clock, candidate, *answers, person_id=None) -> int:
    """Hand over answers as the candidate, or as somebody else."""
    actor = Actor(
        person_id or candidate.person_id, "Ada", frozenset({Role.CANDIDATE}), FIRST_ORGANISATION
    )
    with db.writing(engine) as session:
        forms = delivery.FormsInPlay()
        return delivery.hand_over_late(
            session, clock, forms, actor, candidate.attempt_id, list(answers)
        )


def test_late_answers_are_kept_once_and_change_nothing_else(engine, clock, candidate):
    """
    Sent twice they are kept once; the log and what was handed in stay as they were.
    """
    with db.reading(engine) as session:
        before = delivery.attempt_log(session, candidate.attempt_id)
        record = delivery.response_record_of(session, candidate.attempt_id)

    assert hand_over(engine, clock, candidate, answer()) == 1
    assert hand_over(engine, clock, candidate, answer(), answer(2, SINGLE, "a")) == 2

    with db.reading(engine) as session:
        late = delivery.late_answers(session, accounts.system_actor(), candidate.attempt_id)
        assert [one.fields for one in late] == [{"response": ["5"]}, {"response": ["a"]}]
        assert delivery.attempt_log(session, candidate.attempt_id) == before
        assert delivery.response_record_of(session, candidate.attempt_id) == record


def test_only_the_candidate_hands_over_and_only_staff_read(engine, clock, candidate):
    """
    For anybody else there is no such attempt, and no candidate reads late answers.
    """
    [stranger] = [accounts.system_actor()]
    with pytest.raises(delivery.AttemptUnknown):
        hand_over(engine, clock, candidate, answer(), person_id=stranger.person_id)
    reader = Actor(candidate.person_id, "Ada", frozenset({Role.CANDIDATE}), FIRST_ORGANISATION)
    with db.reading(engine) as session, pytest.raises(accounts.NotAllowed):
        delivery.late_answers(session, reader, candidate.attempt_id)


def test_late_answers_have_a_limit_in_number_and_in_time(engine, clock, candidate):
    """
    Two hundred are kept, for two weeks; what is more stays on the device.
    """
    many = [answer(seq) for seq in range(201)]
    with pytest.raises(delivery.LateAnswersRefused):
        hand_over(engine, clock, candidate, *many)
    assert hand_over(engine, clock, candidate, *many[:200]) == 200
    clock.forward(seconds=timedelta(days=15).total_seconds())
    with pytest.raises(delivery.LateAnswersRefused):
        hand_over(engine, clock, candidate, answer(1))


def test_nothing_is_late_while_the_exam_runs(engine, clock, writer):
    """
    As long as answers can be saved they are saved, and not handed over.
    """
    [running] = sitting(engine, clock)
    writer.record(delivery.Start(**running.asked(clock), consented=True))

    with pytest.raises(delivery.LateAnswersRefused):
        hand_over(engine, clock, running, answer())
