"""One attempt, two devices of the same person: which may go on with it, on both databases."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from examengine import accounts, db, delivery
from examengine.accounts import Actor, Role, session_repository
from examengine.accounts.tables import SessionRow
from examengine.db import FIRST_ORGANISATION
from examengine.delivery import AttemptWriter, FormsInPlay, Save, ShowItem, Start, Submit
from tests.delivery.examples import SINGLE, sitting


@pytest.fixture
def writer(engine, clock):
    """A writer that runs."""
    made = AttemptWriter(engine, clock, FormsInPlay())
    made.start()
    yield made
    made.stop()


@pytest.fixture
def two(engine, clock):
    """The same candidate at two devices."""
    (first,) = sitting(engine, clock)
    second = replace(first, cookie=secrets.token_urlsafe(32))
    with db.writing(engine) as session:
        row = SessionRow(
            token_digest=second.session,
            person_id=first.person_id,
            organisation_id=FIRST_ORGANISATION,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=12),
        )
        session_repository.add(session, row)
    return first, second


def show(writer, clock, candidate, place=1):
    """Ask for a question, as the page does."""
    return writer.record(ShowItem(**candidate.asked(clock), place=place))


def test_the_device_that_started_holds_the_attempt(writer, clock, two):
    """
    The other one is refused its pages, its answers and its hand-in; the first goes on.
    """
    first, second = two
    writer.record(Start(**first.asked(clock), consented=True))

    for command in (
        Start(**second.asked(clock), consented=True),
        ShowItem(**second.asked(clock), place=1),
        Save(**second.asked(clock), item_id=SINGLE, response="a", seen=0),
        Submit(**second.asked(clock)),
    ):
        with pytest.raises(accounts.SatElsewhere):
            writer.record(command)

    assert show(writer, clock, first).version == 3


def test_after_it_has_moved_the_first_is_signed_out_and_the_second_goes_on(
    engine, writer, clock, two
):
    """
    What was saved is there; the device that was left is told to sign in, and records nothing.
    """
    first, second = two
    writer.record(Start(**first.asked(clock), consented=True))
    actor = Actor(first.person_id, "Who", frozenset({Role.CANDIDATE}), FIRST_ORGANISATION)

    with db.writing(engine) as session:
        accounts.take_over(session, clock, actor, second.cookie)

    with pytest.raises(accounts.NotSignedIn):
        show(writer, clock, first)
    assert show(writer, clock, second).version == 3


def test_after_handing_in_no_device_holds_anything(engine, writer, clock, two):
    """
    The receipt can be read anywhere, and the table of holds is empty.
    """
    first, second = two
    writer.record(Start(**first.asked(clock), consented=True))
    show(writer, clock, first)
    writer.record(Submit(**first.asked(clock)))

    with pytest.raises(delivery.AttemptClosed):
        show(writer, clock, second)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attempt_hold").scalar() == 0


def test_an_attempt_that_nobody_holds_is_taken_up_where_it_is_gone_on_with(
    engine, writer, clock, two
):
    """
    An attempt of before there were holds, or one whose device signed out, asks no question.
    """
    first, second = two
    writer.record(Start(**first.asked(clock), consented=True))
    with db.writing(engine) as session:
        accounts.sign_out(session, first.cookie)

    shown = show(writer, clock, second)

    assert shown.version == 3
    with db.reading(engine) as session:
        found = accounts.people_signed_in(session, clock, [second.session])[second.session]
    assert found.holds == {first.attempt_id}


def test_a_save_asks_who_it_is_once_and_writes_nothing_about_it(engine, writer, clock, two):
    """
    Of sessions and holds a save costs one query, however often it comes.
    """
    first, _ = two
    writer.record(Start(**first.asked(clock), consented=True))
    said = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    for seq in range(3):
        writer.record(
            Save(**first.asked(clock), item_id=SINGLE, response="a", seen=1, client="page", seq=seq)
        )

    about = [one for one in said if "signed_in_session" in one or "attempt_hold" in one]
    assert len(about) == 3
    assert not any(one.startswith(("INSERT", "UPDATE", "DELETE")) for one in about)
