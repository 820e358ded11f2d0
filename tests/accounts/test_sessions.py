"""How long a session lasts, and in which of them an exam is sat, on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from examengine import accounts, db
from examengine.accounts import IDLE_CANDIDATE, IDLE_STAFF, Hold, Role
from examengine.accounts.sessions import AFTER_SITTING, LONGEST_SESSION
from examengine.kernel.tokens import token_digest
from tests.accounts.visiting import visit

ATTEMPT = UUID(int=7)


def hold(engine, clock, actor, token, *, minutes=30, attempt=ATTEMPT):
    """Sit an attempt in this session."""
    until = clock.now() + timedelta(minutes=minutes)
    with db.writing(engine) as session:
        made = Hold(attempt, token_digest(token), actor.person_id, until)
        accounts.hold_attempts(session, [made])


def seen(engine, clock, token):
    """Return what the writer of attempts is told of a session."""
    with db.reading(engine) as session:
        return accounts.people_signed_in(session, clock, [token_digest(token)]).get(
            token_digest(token)
        )


def here(engine, clock, *tokens):
    """Return which of these sessions are still there."""
    return [visit(engine, clock, token) is not None for token in tokens]


@pytest.mark.parametrize(
    ("roles", "idle"),
    [
        ([Role.CANDIDATE], IDLE_CANDIDATE),
        ([Role.CANDIDATE, Role.AUTHOR], IDLE_STAFF),
        ([Role.ADMINISTRATOR], IDLE_STAFF),
    ],
)
def test_a_session_slides_and_ends_when_it_is_idle(engine, clock, door, added, roles, idle):
    """
    Used now and then it goes on; left alone it is over, sooner for staff than for candidates.
    """
    added(*roles, email="ada@example.org")
    token = door.enter().token

    for _ in range(4):
        clock.forward(seconds=idle.total_seconds() * 0.7)
        assert here(engine, clock, token) == [True]
    clock.forward(seconds=idle.total_seconds())

    assert here(engine, clock, token) == [False]


def test_no_session_lasts_for_ever(engine, clock, door, ada):
    """
    However often it is used, a week is the end of it.
    """
    token = door.enter().token

    for _ in range(20):
        clock.forward(hours=8)
        assert here(engine, clock, token) == [True]
    clock.forward(seconds=LONGEST_SESSION.total_seconds() - 20 * 8 * 3600)

    assert here(engine, clock, token) == [False]


def test_using_a_session_is_written_down_every_few_minutes_at_most(engine, clock, door, ada):
    """
    A page is a read: of ten pages in a minute none writes, and one does five minutes later.
    """
    token = door.enter().token
    written = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda *given: written.append(given[2]) if given[2].startswith("UPDATE") else None,
    )

    for _ in range(10):
        clock.forward(seconds=6)
        visit(engine, clock, token)
    assert written == []
    clock.forward(minutes=5)
    visit(engine, clock, token)

    assert len(written) == 1


def test_signing_in_again_ends_older_sessions(engine, clock, door, ada):
    """
    Whoever signs in elsewhere leaves no open session behind.
    """
    old = door.enter().token

    new = door.enter().token

    assert here(engine, clock, old, new) == [False, True]


def test_a_session_that_sits_an_exam_is_not_ended_by_another(engine, clock, door, ada):
    """
    Somebody who knows the password cannot throw a candidate out of the exam by signing in.
    """
    sitting = door.enter().token
    hold(engine, clock, ada, sitting)

    other = door.enter().token

    assert here(engine, clock, sitting, other) == [True, True]
    assert seen(engine, clock, sitting).holds == {ATTEMPT}
    assert not seen(engine, clock, sitting).elsewhere
    assert seen(engine, clock, other).elsewhere


def test_a_session_lasts_until_its_attempt_is_over(engine, clock, door, ada):
    """
    Neither idleness nor the end of its time ends a session in which an exam is sat.
    """
    token = door.enter().token
    clock.forward(seconds=IDLE_CANDIDATE.total_seconds() - 60)

    hold(engine, clock, ada, token, minutes=240)
    clock.forward(minutes=240)

    assert here(engine, clock, token) == [True]
    clock.forward(seconds=IDLE_CANDIDATE.total_seconds() + AFTER_SITTING.total_seconds())
    assert here(engine, clock, token) == [False]


def test_a_new_password_leaves_the_running_exam_alone(engine, clock, door, ada):
    """
    Reset by an administrator in the middle of it, the exam goes on where it stood.
    """
    token = door.enter().token
    hold(engine, clock, ada, token)

    accounts.set_password(
        engine, clock, door.hasher, accounts.system_actor(), ada.person_id, "four cold lamps sing"
    )

    assert here(engine, clock, token) == [True]
    assert not visit(engine, clock, token).password_due


def test_closing_an_account_ends_the_exam_too(engine, clock, door, ada):
    """
    It is the one thing that does: an administrator has decided it.
    """
    token = door.enter().token
    hold(engine, clock, ada, token)

    with db.writing(engine) as session:
        accounts.set_active(session, clock, accounts.system_actor(), ada.person_id, active=False)

    assert here(engine, clock, token) == [False]


def test_an_exam_moves_on_its_candidates_word(engine, clock, door, ada):
    """
    Taking over ends the other device's session, and stands in the trail.
    """
    sitting, other = door.enter().token, None
    hold(engine, clock, ada, sitting)
    other = door.enter().token

    with db.writing(engine) as session:
        accounts.take_over(session, clock, ada, other)

    assert here(engine, clock, sitting, other) == [False, True]
    assert seen(engine, clock, other).holds == {ATTEMPT}
    assert len(door.acts("accounts.take_over")) == 1


def test_an_exam_moves_when_the_room_lets_its_candidate_in(engine, clock, door, ada, invigilator):
    """
    At a spare device, with the invigilator's code, it goes on without another question.
    """
    sitting = door.enter().token
    hold(engine, clock, ada, sitting)
    with db.writing(engine) as session:
        code = accounts.let_in(session, clock, invigilator, [ada.person_id])

    spare = door.enter(code=code).token

    assert here(engine, clock, sitting, spare) == [False, True]
    assert seen(engine, clock, spare).holds == {ATTEMPT}


def test_signing_in_again_in_the_same_browser_is_no_other_device(engine, clock, door, ada):
    """
    The new session of a browser holds what its old one held.
    """
    before = door.enter().token
    hold(engine, clock, ada, before)

    after = door.enter(replaces=before).token

    assert here(engine, clock, before, after) == [False, True]
    assert seen(engine, clock, after).holds == {ATTEMPT}


def test_somebody_else_at_the_same_browser_gets_nothing(engine, clock, door, ada, added):
    """
    Bea signs in where Ada sat: Ada's exam is hers to take up, and never Bea's.
    """
    bea = added(Role.CANDIDATE, email="bea@example.org")
    before = door.enter().token
    hold(engine, clock, ada, before)

    after = door.enter(email="bea@example.org", replaces=before).token

    assert seen(engine, clock, after).person_id == bea.person_id
    assert seen(engine, clock, after).holds == frozenset()
    assert not seen(engine, clock, door.enter().token).elsewhere


def test_an_attempt_that_is_over_holds_nothing(engine, clock, door, ada):
    """
    After handing in, and after the deadline, the other device is free.
    """
    token, other = door.enter().token, None
    hold(engine, clock, ada, token, minutes=1)
    other = door.enter().token
    clock.forward(minutes=1)
    assert not seen(engine, clock, other).elsewhere

    hold(engine, clock, ada, token)
    with db.writing(engine) as session:
        accounts.release_attempts(session, [ATTEMPT])

    assert not seen(engine, clock, other).elsewhere


def test_signing_out_lets_go(engine, clock, door, ada):
    """
    Whoever leaves one device for another by signing out is asked nothing there.
    """
    token = door.enter().token
    hold(engine, clock, ada, token)

    with db.writing(engine) as session:
        accounts.sign_out(session, token)

    assert not seen(engine, clock, door.enter().token).elsewhere


def test_a_whole_batch_is_one_query(engine, clock, door, ada, added):
    """
    However many sit, whose sessions they are and what they hold is asked once.
    """
    tokens = [door.enter().token]
    for number in range(5):
        added(Role.CANDIDATE, email=f"c{number}@example.org")
        tokens.append(door.enter(email=f"c{number}@example.org").token)
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    with db.reading(engine) as session:
        found = accounts.people_signed_in(session, clock, [token_digest(one) for one in tokens])

    assert len(found) == 6
    assert len([one for one in asked if "signed_in_session" in one]) == 1
