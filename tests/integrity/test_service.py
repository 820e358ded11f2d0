"""Cases, rulings and settling, on both databases."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from examengine import accounts, db, integrity
from examengine.accounts import Role
from examengine.delivery import ResponseRecordUnknown
from examengine.kernel.digest import digest

REASON = "The invigilator saw a second screen on the table."


def only(actor, *roles):
    """The same person in fewer roles."""
    return replace(actor, roles=frozenset(roles))


def case_of(world, name, actor=None):
    """Return somebody's case."""
    with db.reading(world.engine) as session:
        return integrity.find_case(
            session, world.clock, actor or world.staff, world.candidates[name].attempt_id
        )


def rule(world, name, verb, actor=None, *, seen=None):
    """Rule on somebody's attempt."""
    version = case_of(world, name).version if seen is None else seen
    with db.writing(world.engine) as session:
        return verb(
            session,
            world.clock,
            actor or world.staff,
            world.candidates[name].attempt_id,
            REASON,
            seen=version,
        )


def settle(world):
    """Rule on everybody by the evidence alone."""
    with db.writing(world.engine) as session:
        made = integrity.rulings_due(session, world.clock, world.administration.id)
        integrity.add_rulings(session, made)
    return len(made)


def test_settling_clears_the_clean_and_holds_the_loud(world):
    """
    One pass rules on everybody who has handed in, and a second one has nothing to add.
    """
    world.sit("Ada", right=5)
    world.sit("Ben", right=5, away=[45, 45])
    world.sit("Cleo", right=5, submit=False)

    first, second = settle(world), settle(world)

    assert (first, second) == (2, 0)
    assert case_of(world, "Ada").standing.state == "cleared"
    assert case_of(world, "Ben").standing.state == "held"
    assert case_of(world, "Cleo").standing is None


def test_an_invigilator_holds_a_running_attempt_and_the_candidate_goes_on(world):
    """
    A hold before the end stays after it, and settling does not lift it.
    """
    invigilator = only(world.staff, Role.INVIGILATOR)
    world.sit("Ada", right=5, submit=False)

    held = rule(world, "Ada", integrity.hold, invigilator)
    settle(world)

    assert held.response_record_id is None
    assert case_of(world, "Ada").standing == held


def test_a_running_attempt_cannot_be_cleared_or_voided(world):
    """
    Nobody rules for good on work that is not finished.
    """
    world.sit("Ada", right=5, submit=False)

    for verb in (integrity.clear, integrity.void):
        with pytest.raises(integrity.NotSubmittedYet):
            rule(world, "Ada", verb)


def test_an_invigilator_may_hold_and_nothing_more(world):
    """
    Clearing and voiding are the awarding officer's; a candidate may do nothing of it.
    """
    ada = world.sit("Ada", right=5)
    invigilator = only(world.staff, Role.INVIGILATOR)

    for verb in (integrity.clear, integrity.void):
        with pytest.raises(accounts.NotAllowed):
            rule(world, "Ada", verb, invigilator)
    for verb in (integrity.hold, integrity.clear, integrity.void):
        with pytest.raises(accounts.NotAllowed):
            rule(world, "Ada", verb, ada.actor)
    with pytest.raises(accounts.NotAllowed):
        case_of(world, "Ada", ada.actor)


def test_a_page_that_is_out_of_date_rules_on_nothing(world):
    """
    Whoever decides has seen the ruling that stands; two officers do not overrule each other blind.
    """
    world.sit("Ada", right=5)
    rule(world, "Ada", integrity.hold)

    with pytest.raises(integrity.ClearanceMoved):
        rule(world, "Ada", integrity.clear, seen=0)

    assert case_of(world, "Ada").version == 1


def test_every_ruling_is_appended_with_its_reason_and_audited(world):
    """
    Hold, clear, void: three rows, in order, each with a digest that agrees, and in the trail.
    """
    world.sit("Ada", right=5)

    for verb in (integrity.hold, integrity.clear, integrity.void):
        world.clock.forward(seconds=1)
        rule(world, "Ada", verb)

    rulings = case_of(world, "Ada").rulings
    assert [one.state for one in rulings] == ["held", "cleared", "voided"]
    assert [one.version for one in rulings] == [1, 2, 3]
    assert all(digest(integrity.clearance_body(one)) == one.digest for one in rulings)
    with db.reading(world.engine) as session:
        acts = accounts.staff_acts(session, world.staff, subject=f"case:{rulings[0].subject_id}")
    assert [act.action for act in acts][::-1] == [
        "integrity.held",
        "integrity.cleared",
        "integrity.voided",
    ]
    assert acts[0].detail["reason"] == REASON


def test_a_log_that_was_changed_in_the_table_holds_a_cleared_attempt(world):
    """
    An answer edited in the database is named, and the next settling holds what was cleared.
    """
    ada = world.sit("Ada", right=5)
    settle(world)
    with world.engine.begin() as connection:
        connection.execute(
            text("UPDATE attempt_event SET type = 'shown' WHERE attempt_id = :id AND version = 6"),
            {"id": ada.attempt_id.hex if world.engine.name == "sqlite" else ada.attempt_id},
        )

    settled = settle(world)

    case = case_of(world, "Ada")
    assert settled == 1
    assert (case.standing.state, case.standing.by_rule) == ("held", True)
    assert "Event 6" in case.standing.reason
    assert [fault.code for fault in case.subject.evidence.verdict.faults] == ["changed"]


def test_a_case_is_found_by_its_record_too(world):
    """
    The id of a response record leads to the case of its attempt; another id to none.
    """
    world.sit("Ada", right=5)
    record = case_of(world, "Ada").subject.record

    with db.reading(world.engine) as session:
        found = integrity.find_case(session, world.clock, world.staff, record.id)
        with pytest.raises(ResponseRecordUnknown):
            integrity.find_case(session, world.clock, world.staff, uuid4())

    assert found.subject.id == world.candidates["Ada"].attempt_id


def test_the_timeline_tells_what_happened_and_not_which_answer(world):
    """
    Whoever watches reads that a question was answered; the answer itself is not there.
    """
    ada = world.sit("Ada", right=5, away=[10])
    log = case_of(world, "Ada").subject.log

    entries = integrity.timeline(log)

    words = [entry.words for entry in entries]
    assert [entry.version for entry in entries] == list(range(1, len(log) + 1))
    assert words[0].startswith("The candidate agreed to the conditions and started: 30 minutes")
    assert "The exam page was no longer in front" in words
    assert words[-1] == "The candidate submitted"
    assert not any(str(event.body.get("response")) in words for event in log)
    assert ada.attempt_id
