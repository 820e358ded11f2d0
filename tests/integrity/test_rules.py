"""What the evidence alone decides, and what needs a person."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.integrity import (
    Clearance,
    Evidence,
    LogFault,
    LogVerdict,
    RulingReasonMissing,
    Signal,
    clearance_body,
)
from examengine.integrity.rules import rule_on, sealed
from examengine.kernel.digest import digest
from examengine.kernel.reasons import checked_reason
from tests.integrity.logs import START

INTACT = LogVerdict(10, "sha256:head", (), head_compared=True)
BROKEN = replace(INTACT, faults=(LogFault("changed", 5, "Event 5 was changed."),))
LOUD = Signal("focus_loss", "Not in front", "90 seconds.", 90.0, 60.0)
QUIET = replace(LOUD, measure=20.0)
ONLY_MENTIONED = Signal("rapid_response", "Very quick", "5 of 10.", 0.5, None)


def ruling(state="cleared", *, by_id=None, log_intact=True) -> Clearance:
    """A ruling that stands."""
    return sealed(
        Clearance(
            id=UUID(int=1),
            administration_id=UUID(int=2),
            subject_id=UUID(int=3),
            version=1,
            response_record_id=UUID(int=4),
            response_record_digest="sha256:record",
            state=state,
            reason="The log verifies.",
            by="somebody",
            by_id=by_id,
            at=START,
            log_intact=log_intact,
            signals={"focus_loss": 90.0},
        )
    )


def test_a_clean_attempt_is_cleared_by_rule():
    """
    A log that verifies and no signal over its threshold need no person.
    """
    assert rule_on(Evidence(INTACT, (QUIET, ONLY_MENTIONED)), None).state == "cleared"


def test_responses_from_a_file_are_cleared_and_the_reason_says_so():
    """
    Without a log there is nothing to verify, and the ruling does not pretend there was.
    """
    found = rule_on(Evidence(None, ()), None)

    assert found.state == "cleared"
    assert "without a log" in found.reason


def test_a_signal_over_its_threshold_holds():
    """
    What was seen stands in the reason, so that whoever looks need not search.
    """
    found = rule_on(Evidence(INTACT, (LOUD,)), None)

    assert found.state == "held"
    assert "90 seconds." in found.reason


def test_a_simulated_attempt_is_not_held_for_its_signals():
    """
    How quickly a program answers says nothing; a log that does not verify holds all the same.
    """
    assert rule_on(Evidence(INTACT, (LOUD,), simulated=True), None).state == "cleared"
    assert rule_on(Evidence(BROKEN, (), simulated=True), None).state == "held"


def test_a_broken_log_holds_whatever_was_ruled_before_it_broke():
    """
    Even an officer's clearance is followed by a hold when the log stops verifying afterwards.
    """
    cleared = ruling(by_id=UUID(int=9), log_intact=True)

    assert rule_on(Evidence(BROKEN, ()), cleared).state == "held"


def test_an_officer_who_knew_of_the_broken_log_is_not_overruled():
    """
    A clearance given with the broken log in sight stands.
    """
    cleared = ruling(by_id=UUID(int=9), log_intact=False)

    assert rule_on(Evidence(BROKEN, ()), cleared) is None


@given(
    state=st.sampled_from(["held", "voided"]),
    by_rule=st.booleans(),
    verdict=st.sampled_from([INTACT, BROKEN, None]),
    signals=st.lists(st.sampled_from([LOUD, QUIET, ONLY_MENTIONED]), max_size=3),
)
def test_the_evidence_never_lifts_a_hold_or_a_void(state, by_rule, verdict, signals):
    """
    Only a person ends what was held or voided, whatever the evidence says by then.
    """
    standing = ruling(state, by_id=None if by_rule else UUID(int=9))

    assert rule_on(Evidence(verdict, tuple(signals)), standing) is None


@given(
    verdict=st.sampled_from([INTACT, BROKEN, None]),
    signals=st.lists(st.sampled_from([LOUD, QUIET, ONLY_MENTIONED]), max_size=3),
    simulated=st.booleans(),
)
def test_the_evidence_never_voids(verdict, signals, simulated):
    """
    A rule can clear or hold; to declare somebody's work void takes a person.
    """
    found = rule_on(Evidence(verdict, tuple(signals), simulated), None)

    assert found.state in {"cleared", "held"}


def test_a_ruling_that_was_edited_does_not_agree():
    """
    Turning a hold into a clearance in its place breaks the ruling's own digest.
    """
    held = ruling("held")

    edited = replace(held, state="cleared")

    assert digest(clearance_body(held)) == held.digest
    assert digest(clearance_body(edited)) != edited.digest


@pytest.mark.parametrize("text", ["", "too short", "x" * 1001, "   a    b   "])
def test_a_reason_has_to_say_something(text):
    """
    A reason that nobody could understand later, or nobody would read, is refused.
    """
    with pytest.raises(RulingReasonMissing):
        checked_reason(text, RulingReasonMissing)
