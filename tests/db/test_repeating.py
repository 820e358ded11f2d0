"""Work beside a server: round after round, whatever happens in one of them."""

import logging
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from examengine.db import Repeating

log = logging.getLogger("examengine.repeated")
SOON_S = 0.01


def repeated(work, caplog, **given) -> list[str]:
    """Run rounds until the third, then stop; return what was logged."""
    third, rounds = Event(), []

    def round_() -> None:
        rounds.append(None)
        if len(rounds) >= 3:
            third.set()
        work()

    repeating = Repeating("repeated", SOON_S, round_, log=log, trouble="a round failed", **given)
    with caplog.at_level(logging.INFO, log.name):
        repeating.start()
        assert third.wait(10)
        repeating.stop()
    return caplog.messages


def test_a_round_that_fails_is_logged_and_the_next_one_tries_again(caplog):
    """
    A defect ends no thread, and says so each time.
    """

    def fail() -> None:
        raise ZeroDivisionError

    assert set(repeated(fail, caplog)) == {"a round failed"}


def test_a_database_that_is_away_is_not_told_again(caplog):
    """
    The outage has a line of its own elsewhere.
    """

    def away() -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError())

    assert repeated(away, caplog) == []


@pytest.mark.parametrize("once_more", [False, True])
def test_a_stop_lets_there_be_a_last_round_where_it_is_asked_for(once_more):
    """
    What was gathered until the end is done with it, or left.
    """
    rounds: list[None] = []
    never = 3600.0
    repeating = Repeating(
        "repeated",
        never,
        lambda: rounds.append(None),
        log=log,
        trouble="a round failed",
        once_more=once_more,
    )
    repeating.start()
    repeating.stop()

    assert len(rounds) == once_more
