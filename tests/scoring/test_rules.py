"""The pure rules of scoring: the scale, the decision, versions, levels."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.assembly import Scale
from examengine.scoring import AreaLevel, ResultState, score_record
from examengine.scoring.decisions import decision
from examengine.scoring.decisions.decision import Basis, Decision, in_force, passes
from examengine.scoring.results import state_of
from examengine.scoring.score_record import AbilityPrior, Inputs, Scored, ScoreRecord
from examengine.scoring.score_report import level, score_range
from tests.integrity.logs import START
from tests.integrity.test_rules import ruling

SCALE = Scale("100", "500", 200, 800)
THETAS = st.floats(-6, 6, allow_nan=False)


def a_score(theta=0.5, **changed) -> ScoreRecord:
    """A score record."""
    inputs = Inputs(
        response_record_id=UUID(int=4),
        response_record_digest="sha256:record",
        form_id=UUID(int=5),
        form_digest="sha256:form",
        exam_id="short-exam",
        exam_digest="sha256:exam",
        parameters_id=UUID(int=6),
        parameters_digest="sha256:parameters",
        model="2pl",
        estimator="eap",
        prior=AbilityPrior(0.0, 1.0, 61, -6.0, 6.0),
    )
    scored = Scored({"I-1": 1, "I-2": 0}, 1, 2, theta, 0.4, SCALE.score(theta))
    return score_record.sealed(
        replace(
            ScoreRecord(
                id=UUID(int=10),
                version=1,
                administration_id=UUID(int=2),
                attempt_id=UUID(int=3),
                person_id=UUID(int=8),
                candidate="Ada",
                inputs=inputs,
                scored=scored,
                code_version="0.1.0",
                scored_at=START,
            ),
            **changed,
        )
    )


def a_decision(score: ScoreRecord, clearance, *, passed=True) -> Decision:
    """A decision that rests on a score and a ruling."""
    return decision.sealed(
        Decision(
            id=UUID(int=11),
            version=1,
            administration_id=score.administration_id,
            response_record_id=score.response_record_id,
            attempt_id=score.attempt_id,
            person_id=score.person_id,
            exam_id=score.exam_id,
            basis=Basis(
                score.id,
                score.digest,
                UUID(int=12),
                "sha256:cut",
                clearance.state,
                clearance.id,
                clearance.digest,
            ),
            scale_score=score.scale_score,
            scale_cut=500,
            passed=passed,
            decided_by=UUID(int=13),
            decided_at=START,
        )
    )


@given(theta=THETAS)
def test_a_scale_score_is_the_nearest_whole_number_within_the_scale(theta):
    """
    Rounding is decimal and halves go up, so that no computer's fractions decide about anybody.
    """
    exact = Decimal(500) + Decimal(100) * Decimal(repr(theta))

    score = SCALE.score(theta)

    assert 200 <= score <= 800
    if 200 <= exact <= 800:
        assert abs(Decimal(score) - exact) <= Decimal("0.5")
        assert Decimal(score) - exact != Decimal("-0.5")


@pytest.mark.parametrize(("theta", "score"), [(0.005, 501), (-0.005, 500), (0.345, 535)])
def test_halves_go_up(theta, score):
    """
    Exactly half a point is rounded up, also where binary fractions would lose it.
    """
    assert SCALE.score(theta) == score


@given(one=THETAS, other=THETAS)
def test_more_ability_is_never_a_lower_score(one, other):
    """
    The scale keeps the order of abilities.
    """
    low, high = sorted((one, other))

    assert SCALE.score(low) <= SCALE.score(high)


@given(theta=THETAS, cut=st.floats(-2.5, 2.5, allow_nan=False))
def test_whoever_has_the_ability_of_the_cut_can_only_fail_by_rounding_up(theta, cut):
    """
    Nobody below the standard passes by more than the rounding of their own score.
    """
    passed = passes(SCALE.score(theta), SCALE.cut(cut), "cleared")

    if passed:
        assert theta >= cut - 0.005 - 1e-9
    if theta >= cut + 0.01:
        assert passed


@given(score=st.integers(200, 800), cut=st.integers(200, 800))
def test_a_void_attempt_passes_at_no_score(score, cut):
    """
    The decision is the comparison of two whole numbers, and a void attempt never passes.
    """
    assert passes(score, cut, "cleared") == (score >= cut)
    assert not passes(score, cut, "voided")


def test_the_same_score_under_a_new_release_adds_nothing():
    """
    The version of the program is no input; the parameters, the key and the form are.
    """
    standing = a_score()
    newer = replace(standing.inputs, parameters_digest="sha256:others")
    last_digit = replace(standing.scored, theta=standing.theta + 1e-12)
    another_key = replace(standing.scored, item_scores={"I-1": 1, "I-2": 1}, raw_score=2)

    found = [
        score_record.next_version(None, standing.inputs, standing.scored),
        score_record.next_version(standing, standing.inputs, last_digit),
        score_record.next_version(standing, newer, standing.scored),
        score_record.next_version(standing, standing.inputs, another_key),
    ]

    assert found == [1, None, 2, 2]


@pytest.mark.parametrize("field", ["raw_score", "theta", "scale_score", "item_scores"])
def test_a_score_record_that_was_edited_does_not_agree(field):
    """
    Whatever is changed in a stored record, its digest tells.
    """
    record = a_score()
    other = {"raw_score": 2, "theta": 0.6, "scale_score": 600, "item_scores": {"I-1": 1}}

    edited = replace(record, scored=replace(record.scored, **{field: other[field]}))

    assert score_record.agrees(record)
    assert not score_record.agrees(edited)


def test_a_decision_that_was_edited_does_not_agree():
    """
    A fail turned into a pass breaks the digest; sealed again, it breaks the rule.
    """
    score = a_score(theta=-1.0)
    made = a_decision(score, ruling(), passed=False)

    assert decision.agrees(made)
    assert not decision.agrees(replace(made, passed=True))
    assert not decision.agrees(decision.sealed(replace(made, passed=True)))


def test_a_decision_stands_only_on_the_newest_score_and_ruling():
    """
    A newer score or ruling takes it out of force.
    """
    score, cleared = a_score(), ruling()
    made = a_decision(score, cleared)

    assert in_force(made, score, cleared)
    assert not in_force(made, a_score(theta=0.6), cleared)
    assert not in_force(made, score, ruling("held"))
    assert not in_force(made, score, None)


def test_a_hold_comes_before_every_other_state():
    """
    While somebody has to look no result is shown, whatever was decided before.
    """
    score, cleared, held = a_score(), ruling(), ruling("held")
    made = a_decision(score, cleared)

    assert state_of(score, held, made) is ResultState.HELD
    assert state_of(None, None, None) is ResultState.HANDED_IN
    assert state_of(score, cleared, None) is ResultState.SCORED
    assert state_of(score, cleared, made) is ResultState.PASSED
    assert state_of(a_score(theta=0.6), cleared, made) is ResultState.DECIDE_AGAIN


@given(theta=THETAS)
def test_the_range_holds_the_score(theta):
    """
    The interval that a candidate is told lies around their score, within the scale.
    """
    score = a_score(theta)

    found = score_range(score, SCALE)

    assert 200 <= found.low <= score.scale_score <= found.high <= 800


@pytest.mark.parametrize(
    ("right", "expected", "found"),
    [
        (3, [0.9, 0.9, 0.9], AreaLevel.TOO_FEW),
        (4, [0.5] * 4, AreaLevel.ABOVE),
        (3, [0.5] * 4, AreaLevel.NEAR),
        (2, [0.5] * 4, AreaLevel.NEAR),
        (0, [0.5] * 4, AreaLevel.BELOW),
    ],
)
def test_an_area_is_told_in_three_steps_or_not_at_all(right, expected, found):
    """
    Above or below means more than a standard deviation from a candidate at the pass mark.
    """
    variances = [share * (1 - share) for share in expected]

    assert level(right, expected, variances) is found
