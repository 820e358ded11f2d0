"""Scoring and deciding, on both databases."""

import json
import sys
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import event, update

from examengine import accounts, assembly, db, delivery, integrity, marking, scoring
from examengine.accounts import Role
from examengine.delivery.tables import ResponseRecordRow
from examengine.scoring import repository, service
from tests.scoring.world import with_records

REASON = "The invigilator's report and the log were read; nothing speaks against it."


def score(world):
    """Score everybody."""
    with db.writing(world.engine) as session:
        return scoring.score_administration(
            session, world.clock, world.staff, world.administration.id
        )


def decide(world):
    """Decide about everybody."""
    with db.writing(world.engine) as session:
        return scoring.decide(session, world.clock, world.staff, world.administration.id)


def results(world):
    """Return the results by candidate."""
    with db.reading(world.engine) as session:
        found = scoring.results_of(session, world.staff, world.administration.id)
        whole = with_records(session, found.results)
    return {result.candidate: result for result in whole}


def rule(world, name, verb):
    """Rule on somebody's attempt."""
    with db.writing(world.engine) as session:
        case = integrity.find_case(
            session, world.clock, world.staff, world.candidates[name].attempt_id
        )
        return verb(session, world.clock, world.staff, case.subject.id, REASON, seen=case.version)


def test_a_score_names_what_it_was_computed_from(world):
    """
    A score record names responses and parameters by id and digest, and its digest adds up.
    """
    world.sit("Ada", right=9)

    report = score(world)

    record = results(world)["Ada"].score
    assert (report.added, report.unchanged) == (1, 0)
    assert (record.raw_score, record.max_raw_score) == (9, 11)
    assert record.version == 1
    assert record.response_record_id == results(world)["Ada"].response_record_id
    assert record.parameters_digest.startswith("sha256:")
    assert record.scale_score == round(500 + 100 * record.theta)
    assert scoring.score_body(record)["item_scores"] == dict(record.item_scores)


def test_a_pretest_item_is_marked_and_does_not_count(world):
    """
    The item that is being tried out has a score of its own and no part in the result.
    """
    world.sit("All", right=12)
    world.sit("Most", right=11)

    score(world)

    every, most = results(world)["All"].score, results(world)["Most"].score
    tried_out = world.form.items[-1].ref.item_id
    assert (every.item_scores[tried_out], most.item_scores[tried_out]) == (1, 0)
    assert (every.raw_score, every.theta) == (most.raw_score, most.theta)


def test_scoring_again_with_the_same_inputs_adds_nothing(world):
    """
    Scoring is repeatable: the second time everybody keeps the record they have.
    """
    world.sit("Ada", right=9)
    score(world)
    first = results(world)["Ada"].score

    again = score(world)

    assert (again.added, again.unchanged) == (0, 1)
    assert results(world)["Ada"].score == first


def test_new_parameters_make_the_next_version(world):
    """
    A newly adopted set of parameters adds a record and leaves the old one readable.
    """
    world.sit("Ada", right=9)
    score(world)
    first = results(world)["Ada"].score
    world.adopt_parameters(a=1.5)

    score(world)

    second = results(world)["Ada"].score
    assert (first.version, second.version) == (1, 2)
    assert second.parameters_id != first.parameters_id
    with db.reading(world.engine) as session:
        explained = scoring.explain(session, world.staff, first.id)
    assert first.digest in {step.digest for step in explained.steps}


def test_a_list_of_results_reads_nobodys_answers(world):
    """
    The list names everybody who handed in, in order, and leaves the answers where they are.
    """
    world.sit("Ben", right=4)
    world.sit("Ada", right=9)
    statements = []
    record = partial(_remember, statements)
    event.listen(world.engine, "before_cursor_execute", record)

    with db.reading(world.engine) as session:
        found = scoring.results_of(session, world.staff, world.administration.id)

    event.remove(world.engine, "before_cursor_execute", record)
    assert [one.candidate for one in found.results] == ["Ada", "Ben"]
    assert any("response_record.submitted_at" in one for one in statements)
    assert not any("response_record.responses" in one for one in statements)


def _remember(statements, _connection, _cursor, statement, *_rest):
    statements.append(statement)


def test_items_without_parameters_are_named(world):
    """
    An item that nobody calibrated stops the scoring, and is named.
    """
    world.sit("Ada", right=9)
    world.adopt_parameters(leave_out=2)
    scored = [item.ref.item_id for item in world.form.items if item.scored]

    with pytest.raises(scoring.ItemsWithoutParameters) as refusal:
        score(world)

    assert refusal.value.item_ids == tuple(sorted(scored[-2:]))
    assert results(world)["Ada"].score is None


def test_nobody_decides_without_a_cut(world):
    """
    Before a cut is adopted there is nothing to pass.
    """
    world.sit("Ada", right=9)
    score(world)

    with pytest.raises(scoring.NoCutScore):
        decide(world)


def test_whoever_reaches_the_cut_passes(world):
    """
    The decision compares the two numbers that the candidate is shown.
    """
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    score(world)
    cut = world.adopt_cut()

    report = decide(world)

    found = results(world)
    assert (report.added, report.held) == (2, 0)
    assert found["Ada"].state is scoring.ResultState.PASSED
    assert found["Ben"].state is scoring.ResultState.NOT_PASSED
    assert found["Ada"].decision.passed == (found["Ada"].score.scale_score >= cut.scale_cut)
    assert found["Ada"].decision.cut_score_digest == cut.digest


def test_deciding_again_adds_nothing(world):
    """
    A decision that rests on the same score, cut and ruling stands.
    """
    world.sit("Ada", right=11)
    score(world)
    world.adopt_cut()
    decide(world)

    again = decide(world)

    assert (again.added, again.unchanged, again.held) == (0, 1, 0)


def test_a_held_attempt_waits_for_a_person(world):
    """
    Long absences hold an attempt: no decision until an officer has cleared it with a reason.
    """
    world.sit("Ada", right=11, away=[40, 40])
    score(world)
    world.adopt_cut()

    first = decide(world)
    held = results(world)["Ada"]
    rule(world, "Ada", integrity.clear)
    second = decide(world)

    assert (first.added, first.held) == (0, 1)
    assert (held.state, held.decision) == (scoring.ResultState.HELD, None)
    assert (second.added, second.held) == (1, 0)
    assert results(world)["Ada"].state is scoring.ResultState.PASSED


def test_a_void_attempt_never_passes(world):
    """
    Voiding supersedes a pass with a decision that is no pass, whatever the score.
    """
    world.sit("Ada", right=11)
    score(world)
    world.adopt_cut()
    decide(world)
    passed = results(world)["Ada"].decision

    rule(world, "Ada", integrity.void)
    between = results(world)["Ada"].state
    decide(world)

    after = results(world)["Ada"]
    assert between is scoring.ResultState.DECIDE_AGAIN
    assert after.state is scoring.ResultState.VOIDED
    assert (passed.passed, after.decision.passed) == (True, False)
    assert (passed.version, after.decision.version) == (1, 2)


def test_only_decisions_in_force_can_be_awarded(world):
    """
    A hold takes a pass out of force at once, and clearing needs a new decision to bring it back.
    """
    world.sit("Ada", right=11)
    score(world)
    world.adopt_cut()
    decide(world)
    decision = results(world)["Ada"].decision

    with db.reading(world.engine) as session:
        before = scoring.decisions_in_force(session, world.administration.id)
        stands_before = scoring.decision_stands(session, decision)
    rule(world, "Ada", integrity.hold)

    with db.reading(world.engine) as session:
        assert before == [decision]
        assert stands_before
        assert scoring.decisions_in_force(session, world.administration.id) == []
        assert not scoring.decision_stands(session, decision)


def test_a_new_cut_is_a_new_decision(world):
    """
    Deciding at another cut supersedes, and the old decision can still be read.
    """
    world.sit("Ada", right=9)
    score(world)
    world.adopt_cut("4")
    decide(world)
    old = results(world)["Ada"].decision
    world.adopt_cut("9.5")

    decide(world)

    new = results(world)["Ada"].decision
    assert (old.passed, new.passed) == (True, False)
    with db.reading(world.engine) as session:
        explained = scoring.explain(session, world.staff, old.id)
    assert explained.steps[0].digest == old.digest


def test_roles_are_asked_for(world):
    """
    A candidate can neither score nor decide nor read the list; the trail says who did.
    """
    ada = world.sit("Ada", right=11)
    score(world)
    with db.writing(world.engine) as session:
        asked = (session, world.clock, ada.actor, world.administration.id)

        for refused in (scoring.score_administration, scoring.decide):
            with pytest.raises(accounts.NotAllowed):
                refused(*asked)
        with pytest.raises(accounts.NotAllowed):
            scoring.results_of(session, ada.actor, world.administration.id)
        acts = accounts.staff_acts(session, world.staff)

    assert Role.AWARDING_OFFICER in world.staff.roles
    assert acts[0].action == "scoring.score"


def test_blocks_give_what_all_at_once_gives(world, monkeypatch):
    """
    Whatever the size of a block is, scores say the same, and everybody is decided about.
    """
    world.adopt_cut()
    for right in range(7):
        world.sit(f"P{right}", right=right)
    with db.reading(world.engine) as session:
        records = delivery.response_records(session, world.administration.id)
        by = service.scored_by(session, assembly.find_exam(session, "short-exam"), [world.form])
        whole = [scored for _, scored in service.outcomes(by, records)]
    for module in (
        "delivery.submission_repository",
        "scoring.decisions.decide",
        "integrity.service",
    ):
        monkeypatch.setattr(sys.modules[f"examengine.{module}"], "BLOCK", 3)
    monkeypatch.setattr(repository, "AT_ONCE", 2)

    score(world)
    report = decide(world)

    assert (report.added, report.held) == (7, 0)
    expected = {record.id: one for record, one in zip(records, whole, strict=True)}
    found = {one.response_record_id: one.score.scored for one in results(world).values()}
    assert found.keys() == expected.keys()
    assert all(one.same_as(expected[record_id]) for record_id, one in found.items())


NONSENSE = ['"nothing"', "[1, 2]", "null", "7", '{"DL-001": {"a": [1]}}']


@pytest.mark.parametrize("stored", NONSENSE)
def test_a_record_that_somebody_changed_hinders_nobody_else(world, stored):
    """
    Whoever's record is nonsense is left out by name; the others are scored and decided on.
    """
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    world.adopt_cut()
    record = results(world)["Ben"].response_record_id
    with db.writing(world.engine) as session:
        session.execute(
            update(ResponseRecordRow)
            .where(ResponseRecordRow.id == record)
            .values(responses=json.loads(stored))
        )

    report = score(world)
    decided = decide(world)

    assert (report.added, [one.response_record_id for one in report.unscored]) == (1, [record])
    assert "digest" in report.unscored[0].why
    assert decided.added == 1
    found = results(world)
    assert found["Ada"].decision.passed
    assert found["Ben"].score is None


def test_a_record_that_was_changed_after_scoring_is_a_broken_step(world):
    """
    The explanation opens and names the answers as what does not agree; figures do without them.
    """
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    world.adopt_cut()
    score(world)
    decide(world)
    ben = results(world)["Ben"]
    with db.writing(world.engine) as session:
        session.execute(
            update(ResponseRecordRow)
            .where(ResponseRecordRow.id == ben.response_record_id)
            .values(responses="nonsense", reason="nonsense", seconds=3)
        )

    with db.reading(world.engine) as session:
        found = scoring.explain(session, world.staff, ben.decision.id)
        matrix = marking.response_matrix(session, [world.administration.id], marking.Policy())

    assert "response_record" in {step.kind for step in found.broken}
    assert len(matrix.records) == 1
    assert matrix.left_out.altered == 1


def test_a_form_without_parameters_hinders_no_other(world, monkeypatch):
    """
    An item that the parameters do not know keeps its own form from being scored, and names itself.
    """
    world.sit("Ada", right=11)
    with db.reading(world.engine) as session:
        exam = assembly.find_exam(session, "short-exam")
        other = replace(world.form, id=uuid4(), code="B", items=world.form.items[:5])
        unknown = {world.form.items[8].ref.item_id}
        monkeypatch.setattr(
            service,
            "lacking_parameters",
            lambda form, *_: frozenset(unknown & {item.ref.item_id for item in form.items}),
        )
        by = service.scored_by(session, exam, [world.form, other])

    assert list(by.hindered) == [world.form.id]
    assert unknown.pop() in by.hindered[world.form.id]
