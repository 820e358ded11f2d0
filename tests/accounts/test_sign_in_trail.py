"""How failed sign-ins come into the trail of a server, on both databases."""

from dataclasses import replace
from uuid import UUID

import pytest

from examengine import db
from examengine.accounts import SignIn, SignInTrail, admit, failed_sign_in, sign_in_trail

STRANGER = SignIn(email="nobody@example.org", source="192.0.2.1")


@pytest.fixture
def trail(engine, clock) -> SignInTrail:
    """The trail of a server that has not begun."""
    return SignInTrail(engine, clock)


def told(door) -> list[tuple[str, int]]:
    """Return of whom the trail tells, and of how many failures, the oldest first."""
    acts = reversed(door.acts("accounts.sign_in_failed"))
    return [(act.subject, act.detail["within_the_hour"]) for act in acts]


def test_what_failed_is_told_together_at_the_time_it_failed(engine, clock, door, ada, trail):
    """
    Three failures of two: each where it belongs, as of the moment at which it was answered.
    """
    begun = clock.now()
    for asked in (STRANGER, replace(STRANGER, email="ada@example.org"), STRANGER):
        trail.note(failed_sign_in(clock, admit(engine, clock, asked)))
        clock.forward(seconds=1)
    trail.write()

    assert told(door) == [("source:192.0.2.1", 1), (f"sign_in:{ada.person_id}", 1)]
    assert [act.at for act in door.acts("accounts.sign_in_failed")][-1] == begun


def test_what_could_not_be_told_is_told_later(engine, clock, door, trail, monkeypatch):
    """
    A database that is away for a moment costs the trail no line.
    """
    trail.note(failed_sign_in(clock, admit(engine, clock, STRANGER)))

    def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(sign_in_trail, "_tell", away)
        with pytest.raises(ConnectionError):
            trail.write()
    trail.write()
    trail.write()

    assert told(door) == [("source:192.0.2.1", 1)]


def test_a_line_stands_once_though_the_database_goes_away_between_two_trails(
    engine, clock, door, ada, trail, monkeypatch
):
    """
    What the first organisation was told is told to nobody again; the second hears of its own later.
    """
    other, tell, told_to = UUID(int=2), sign_in_trail._tell, []

    def away_for_the_other(engine, organisation_id, lines) -> None:
        told_to.append(organisation_id)
        if organisation_id == other and told_to.count(other) == 1:
            raise ConnectionError
        tell(engine, db.FIRST_ORGANISATION, lines)

    monkeypatch.setattr(sign_in_trail, "_tell", away_for_the_other)
    monkeypatch.setattr(
        sign_in_trail,
        "organisation_of_person",
        lambda _, person_id: db.FIRST_ORGANISATION if person_id is None else other,
    )
    for asked in (STRANGER, replace(STRANGER, email="ada@example.org")):
        trail.note(failed_sign_in(clock, admit(engine, clock, asked)))
        clock.forward(seconds=1)
    with pytest.raises(ConnectionError):
        trail.write()
    trail.write()

    assert told_to == [db.FIRST_ORGANISATION, other, other]
    assert told(door) == [("source:192.0.2.1", 1), (f"sign_in:{ada.person_id}", 1)]


def test_a_flood_fills_no_memory(clock, trail):
    """
    What is kept has an end, however many fail while nothing can be written.
    """
    one = sign_in_trail.FailedSignIn(clock.now(), UUID(int=1), "sign_in:1", "192.0.2.1", "", 2)
    for _ in range(2 * sign_in_trail.MOST_KEPT):
        trail.note(one)

    assert len(trail._failed) == sign_in_trail.MOST_KEPT


def test_a_server_tells_what_failed_until_it_stops(engine, clock, door, trail):
    """
    A stop leaves no line behind.
    """
    trail.start()
    trail.note(failed_sign_in(clock, admit(engine, clock, STRANGER)))
    trail.stop()

    assert told(door) == [("source:192.0.2.1", 1)]
