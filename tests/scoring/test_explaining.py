"""From the decision back to the answers: every link recomputed, every break named."""

import json

import pytest
from sqlalchemy import text

from examengine import db, integrity, scoring
from tests.integrity.tampering import change, remove
from tests.scoring import world as worlds
from tests.scoring.test_service import REASON, decide, results, score


@pytest.fixture
def decided(engine, clock, hasher, world_templates):
    """A world in which Ada passed and Ben did not."""

    def make():
        world = worlds.build(engine, clock, hasher)
        world.sit("Ada", right=11)
        world.sit("Ben", right=2)
        score(world)
        world.adopt_cut()
        decide(world)
        return world

    return world_templates.copied("explained", engine, clock, make)


def explain(world, subject_id, actor=None):
    """Return an explanation."""
    with db.reading(world.engine) as session:
        return scoring.explain(session, actor or world.staff, subject_id)


def spoil(world, statement, **values):
    """Change a stored row as somebody with the database in their hands could."""
    with world.engine.begin() as connection:
        changed = connection.execute(text(statement), values)
    assert changed.rowcount == 1


def as_stored(world, identity):
    """Return an id as the database of this test stores it."""
    return identity.hex if world.engine.name == "sqlite" else identity


def test_every_step_names_what_it_is_and_agrees(decided):
    """
    Ten links, each with words, an id, a digest, and recomputed now.
    """
    decision = results(decided)["Ada"].decision

    found = explain(decided, decision.id)

    assert found.agrees
    assert [step.kind for step in found.steps] == [
        "decision",
        "clearance",
        "cut_score",
        "score_record",
        "parameters",
        "calibration",
        "response_record",
        "log",
        "form",
        "items",
    ]
    assert all(step.words and step.id and step.digest and step.checks for step in found.steps)
    assert found.steps[0].words[0].startswith("The candidate passed.")


def test_a_score_record_leads_to_the_same_explanation(decided):
    """
    The id of the score or of the decision: the same walk.
    """
    ada = results(decided)["Ada"]

    assert explain(decided, ada.score.id) == explain(decided, ada.decision.id)


def test_staff_see_each_answer_with_its_verdict_and_key(decided):
    """
    For staff each question has the answer in words, when it was given, and the key.
    """
    found = explain(decided, results(decided)["Ben"].decision.id)

    assert len(found.items) == len(decided.form.items)
    assert [line.verdict for line in found.items[:3]] == ["right", "right", "not right"]
    assert all(line.key and line.answer and line.given_at for line in found.items)


def test_the_candidate_sees_the_walk_and_no_answers(decided):
    """
    A candidate's own explanation holds every digest, and neither answers nor keys.
    """
    ada = decided.candidates["Ada"].actor

    found = explain(decided, results(decided)["Ada"].decision.id, ada)

    assert found.agrees
    assert found.items == ()
    keys = [line.key for line in explain(decided, results(decided)["Ada"].decision.id).items]
    said = json.dumps([step.words + step.facts for step in found.steps])
    assert not [key for key in keys if len(key) > 6 and key in said]


def test_another_candidate_learns_nothing(decided):
    """
    Somebody else's result looks like one that does not exist.
    """
    ben = decided.candidates["Ben"].actor
    ada = results(decided)["Ada"]

    for subject_id in (ada.decision.id, ada.score.id, ada.response_record_id):
        with pytest.raises(scoring.ScoreRecordUnknown):
            explain(decided, subject_id, ben)
    with db.reading(decided.engine) as session, pytest.raises(scoring.ScoreRecordUnknown):
        scoring.own_result(session, ben, decided.candidates["Ada"].attempt_id)


def test_nothing_is_told_while_somebody_has_to_look(decided):
    """
    A hold closes the candidate's page and the explanation behind it; staff still read it.
    """
    ada, decision = decided.candidates["Ada"], results(decided)["Ada"].decision
    with db.writing(decided.engine) as session:
        case = integrity.find_case(session, decided.clock, decided.staff, ada.attempt_id)
        integrity.hold(
            session, decided.clock, decided.staff, ada.attempt_id, REASON, seen=case.version
        )

    with pytest.raises(scoring.ScoreRecordUnknown):
        explain(decided, decision.id, ada.actor)
    with db.reading(decided.engine) as session, pytest.raises(scoring.ResultNotOut):
        scoring.own_result(session, ada.actor, ada.attempt_id)
    assert explain(decided, decision.id).agrees


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE decision SET passed = :yes WHERE id = :decision", {"decision"}),
        ("UPDATE score_record SET raw_score = 1 WHERE id = :score", {"score_record"}),
        ("UPDATE cut_score SET scale_cut = 1 WHERE exam_id = 'short-exam'", {"cut_score"}),
        (
            "UPDATE clearance SET reason = 'because' WHERE subject_id = :attempt",
            {"clearance"},
        ),
        (
            "UPDATE response_record SET reason = 'time' WHERE attempt_id = :attempt",
            {"response_record"},
        ),
        (
            "UPDATE attempt_event SET type = 'reviewed' "
            "WHERE attempt_id = :attempt AND version = 4",
            {"log"},
        ),
        ("UPDATE calibration_run SET estimator = 'other' WHERE model = '2pl'", {"calibration"}),
        ("UPDATE form SET minutes = 99 WHERE exam_id = 'short-exam'", {"form"}),
    ],
)
def test_a_changed_row_is_named_where_it_was_changed(decided, statement, kinds):
    """
    Whatever is changed in whichever table, the step that it belongs to says so, and only that.
    """
    ben = results(decided)["Ben"]
    wanted = {
        "yes": True,
        "decision": as_stored(decided, ben.decision.id),
        "score": as_stored(decided, ben.score.id),
        "attempt": as_stored(decided, ben.subject_id),
    }
    named = {name: value for name, value in wanted.items() if f":{name}" in statement}

    spoil(decided, statement, **named)
    found = explain(decided, ben.decision.id)

    assert {step.kind for step in found.broken} == kinds
    assert not found.agrees


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("clearance", {"clearance"}),
        ("cut_score", {"cut_score"}),
        ("score_record", {"score_record"}),
        ("adopted_parameters", {"parameters", "score_record"}),
        ("calibration_run", {"calibration"}),
        ("response_record", {"response_record", "score_record"}),
        ("attempt_event", {"log"}),
        ("attempt", {"log"}),
        ("administration", {"log", "calibration"}),
        ("form", {"form", "score_record"}),
        ("item_version", {"items", "score_record"}),
        ("exam", {"score_record"}),
    ],
)
def test_a_link_that_is_missing_is_a_broken_step(decided, table, kinds):
    """
    Whatever was deleted, the page is there, and the step that names it says so.
    """
    decision = results(decided)["Ada"].decision
    remove(decided.engine, table)

    found = explain(decided, decision.id)

    assert {step.kind for step in found.broken} == kinds
    assert all(step.words and step.id and step.digest for step in found.steps)


@pytest.mark.parametrize(
    ("table", "values"),
    [("administration", {"test": True}), ("attempt", {"extra_time_percent": 100})],
)
def test_what_the_attempt_was_prepared_with_is_part_of_the_walk(decided, table, values):
    """
    An administration that became a trial, or extra time that was given afterwards, breaks the log.
    """
    change(decided.engine, table, {}, **values)

    (broken,) = explain(decided, results(decided)["Ada"].decision.id).broken

    assert broken.kind == "log"
    assert "changed since" in broken.checks[-1 if table == "attempt" else -2].words


def test_a_decision_that_was_deleted_is_not_unknown(decided):
    """
    Staff are told that it was sealed and is missing; to everybody else it looks like any other.
    """
    decision = results(decided)["Ada"].decision
    remove(decided.engine, "decision", id=decision.id)

    with pytest.raises(scoring.RecordGone, match=r"entry [0-9]+ of the ledger"):
        explain(decided, decision.id)
    with pytest.raises(scoring.ScoreRecordUnknown):
        explain(decided, decision.id, decided.candidates["Ada"].actor)


def test_a_changed_item_is_named(decided):
    """
    A key changed behind the bank's back is not the version that was shown.
    """
    item = decided.form.items[0].ref
    content = dict(decided.versions[item.item_id].content) | {"stem": "Another question?"}
    column = "CAST(:content AS JSONB)" if decided.engine.name == "postgresql" else ":content"
    spoil(
        decided,
        f"UPDATE item_version SET content = {column} WHERE item_id = :item_id",  # noqa: S608
        content=json.dumps(content),
        item_id=item.item_id,
    )

    found = explain(decided, results(decided)["Ada"].decision.id)

    assert [step.kind for step in found.broken] == ["items"]
    assert item.item_id in found.broken[0].checks[0].words


def test_the_report_tells_each_area_and_the_range(decided):
    """
    A candidate is told score, range, pass mark and areas, pretest items left out.
    """
    ada = decided.candidates["Ada"]
    with db.reading(decided.engine) as session:
        told = scoring.own_result(session, ada.actor, ada.attempt_id)

    assert told.range.low < told.score.scale_score < told.range.high
    assert sum(area.n_items for area in told.areas) == 11
    assert sum(int(area.points) for area in told.areas) == told.score.raw_score
    assert {area.level for area in told.areas} == {scoring.AreaLevel.ABOVE}
