"""Exams that are scored by points, from answers to decisions, and on to ability later."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from examengine import accounts, assembly, db, delivery, scoring, standard_setting
from examengine.accounts import Role
from examengine.assembly import ScoringBasis
from examengine.kernel.digest import digest
from examengine.marking import Mark, Marks
from examengine.psychometrics.classification import hanson_brennan, livingston_lewis
from examengine.psychometrics.reliability import kr_20, stratified_alpha
from examengine.scoring.decisions.accuracy import accuracy_of_points
from examengine.scoring.raw_score import scored_by_points
from tests.scoring import world as worlds
from tests.scoring.test_rules import a_score
from tests.scoring.test_service import decide, results, score

POINTS = {name: value for name, value in worlds.SPEC.items() if name != "scale"} | {
    "scoring": "points"
}
SCALE = {"slope": "100", "intercept": "500", "minimum": 200, "maximum": 800}


@pytest.fixture
def world(engine, clock, hasher):
    """A programme that adds up points; nothing is calibrated."""
    return worlds.build(engine, clock, hasher, spec=POINTS, calibrated=False)


def _weighted(engine, clock, hasher):
    first = worlds.build(engine, clock, hasher, spec=POINTS, calibrated=False)
    heavy = first.form.items[0].ref.item_id
    first.change_scoring(
        {"scoring": "points", "weights": {heavy: "2.5"}}, "The first task is long."
    )
    return first


def test_points_are_added_up_and_decided_on_without_a_calibration(world):
    """
    Nine people, twelve questions, no item parameters: whoever reaches the cut passes.
    """
    for place in range(9):
        world.sit(f"Candidate{place}", right=3 + place)
    world.adopt_cut("7.5")

    score(world)
    report = decide(world)

    found = results(world)
    assert report.added == 9
    assert [found[f"Candidate{place}"].score.scored.points for place in range(9)] == [
        str(min(3 + place, 11)) for place in range(9)
    ]
    passed = {name for name, result in found.items() if result.decision.passed}
    assert passed == {f"Candidate{place}" for place in range(5, 9)}


def test_a_record_in_points_claims_no_ability(world):
    """
    Score, cut and decision name neither parameters nor θ, and their digests can be computed again.
    """
    world.sit("Ada", right=8)
    cut = world.adopt_cut("7")
    score(world)
    decide(world)

    result = results(world)["Ada"]
    for body in (
        scoring.score_body(result.score),
        scoring.decision_body(result.decision),
        standard_setting.cut_score_body(cut),
    ):
        assert not {"theta", "scale_score", "parameters", "parameters_id", "theta_cut"} & set(body)
        assert body["schema"].endswith("/2")
    assert digest(scoring.score_body(result.score)) == result.score.digest
    assert digest(standard_setting.cut_score_body(cut)) == cut.digest
    assert result.decision.basis.cut_score_digest == cut.digest


def test_weights_count_in_exact_decimals(engine, clock, hasher):
    """
    A point of the first question counts 2.5, and a score at the very cut passes.
    """
    world = _weighted(engine, clock, hasher)
    world.sit("Ada", right=7)
    world.adopt_cut("8.5")

    score(world)
    decide(world)

    result = results(world)["Ada"]
    assert (result.score.scored.points, result.score.scored.most_points) == ("8.5", "12.5")
    assert result.score.raw_score == 7
    assert result.decision.passed
    assert (result.decision.score, result.decision.cut) == (Decimal("8.5"), Decimal("8.5"))


def test_partial_credit_counts_with_its_points_and_weight(world):
    """
    Two of three points of an item that counts 1.5 a point are 3 of 4.5.
    """
    first, *others = [item.ref.item_id for item in world.form.items]
    marks = Marks(
        "sha256:record",
        {
            first: Mark(2, 3, "key", "sha256:item"),
            **{item_id: Mark(1, 1, "key", "sha256:item") for item_id in others},
        },
    )
    policy = assembly.ScoringPolicy(ScoringBasis.POINTS, {first: "1.5"})

    found = scored_by_points(world.form, marks, policy)

    assert (found.raw_score, found.max_raw_score) == (12, 13)
    assert (found.points, found.most_points) == ("13", "14.5")


def test_the_explanation_adds_up_again(world):
    """
    Every link from the decision to the answers agrees, without a word of calibration.
    """
    world.sit("Ada", right=8)
    world.adopt_cut("7")
    score(world)
    decide(world)

    with db.reading(world.engine) as session:
        found = scoring.explain(session, world.staff, results(world)["Ada"].decision.id)

    kinds = [step.kind for step in found.steps]
    assert found.agrees, found.broken
    assert "calibration" not in kinds
    assert "parameters" not in kinds


def test_a_candidate_is_told_points_and_areas(world):
    """
    The report says points, a range by Lord's errors, and areas without a comparison.
    """
    ada = world.sit("Ada", right=8)
    world.adopt_cut("7")
    score(world)
    decide(world)

    with db.reading(world.engine) as session:
        told = scoring.own_result(session, ada.actor, ada.attempt_id)

    assert told.decision.in_points
    assert told.range is not None
    assert told.range.low < 8 < told.range.high
    assert {area.level for area in told.areas} == {None}
    assert sum(Decimal(area.points) for area in told.areas) == 8


def test_a_programme_moves_to_ability_without_losing_its_records(world):
    """
    Later the exam is scored by ability: old records explain themselves, new ones stand beside.
    """
    world.sit("Ada", right=9)
    world.adopt_cut("7")
    score(world)
    decide(world)
    before = results(world)["Ada"]
    world.adopt_parameters()
    world.change_scoring({"scoring": "ability", "scale": SCALE}, "The items are calibrated by now.")

    with db.writing(world.engine) as session, pytest.raises(scoring.NoCutScore):
        scoring.decide(session, world.clock, world.staff, world.administration.id)
    score(world)
    world.adopt_cut("7")
    decide(world)

    after = results(world)["Ada"]
    assert (before.score.version, after.score.version) == (1, 2)
    assert after.score.scale_score is not None
    assert after.decision.version == 2
    with db.reading(world.engine) as session:
        for subject in (before.decision.id, after.decision.id):
            assert scoring.explain(session, world.staff, subject).agrees


def test_scores_of_another_way_are_not_decided_on(world):
    """
    After the way of scoring changed, responses have to be scored again first.
    """
    world.sit("Ada", right=9)
    score(world)
    world.adopt_parameters()
    world.change_scoring({"scoring": "ability", "scale": SCALE}, "The items are calibrated by now.")
    world.adopt_cut("7")

    with db.writing(world.engine) as session, pytest.raises(scoring.ScoredOtherwise):
        scoring.decide(session, world.clock, world.staff, world.administration.id)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"scoring": "luck"}, "points"),
        ({"scoring": "ability"}, "scale"),
        ({"scoring": "points", "weights": {"Q1": "0"}}, "above 0"),
        ({"scoring": "points", "weights": {"Q1": "1e3"}}, "decimal"),
        ({"scoring": "points"}, "holds already"),
    ],
)
def test_a_way_of_scoring_that_cannot_be_is_refused(world, spec, words):
    """
    What is wrong is named, and nothing changes.
    """
    with pytest.raises(assembly.ScoringPolicyRefused, match=words):
        world.change_scoring(spec, "Because.")
    with db.reading(world.engine) as session:
        assert assembly.find_exam(session, "short-exam").scoring.basis is ScoringBasis.POINTS


def test_only_officers_say_how_an_exam_is_scored(world):
    """
    Scoring is theirs to decide, and never in a matter of their own.
    """
    ada = world.enrol("Ada")
    both = replace(ada.actor, roles=frozenset({Role.AWARDING_OFFICER}))
    psychometrician = replace(world.staff, roles=frozenset({Role.PSYCHOMETRICIAN}))
    spec = {"scoring": "points", "weights": {"Q1": "2"}}

    with pytest.raises(accounts.NotAllowed):
        world.change_scoring(spec, "Mine.", psychometrician)
    with pytest.raises(accounts.OwnMatter):
        world.change_scoring(spec, "Mine.", both)


def _drawn(world, n):
    """Scores of people of different strength on the world's form, and their points."""
    rng = np.random.default_rng(20261129)
    ids = [item.ref.item_id for item in world.form.items if item.scored]
    strength = rng.normal(size=n)
    points = (rng.normal(size=(n, len(ids))) < strength[:, np.newaxis]).astype(int)
    base = a_score()
    scores = [
        replace(base, scored=replace(base.scored, item_scores=dict(zip(ids, row, strict=True))))
        for row in points.tolist()
    ]
    return ids, points, scores


def test_the_accuracy_of_points_is_the_librarys(world):
    """
    Right/wrong items go by Hanson and Brennan with KR-20; weighted ones by Livingston and Lewis.
    """
    ids, points, scores = _drawn(world, 200)
    cut = world.adopt_cut("7")
    most = dict.fromkeys(ids, 1)
    plain = assembly.ScoringPolicy(ScoringBasis.POINTS)
    heavy = assembly.ScoringPolicy(ScoringBasis.POINTS, {ids[0]: "3"})

    found = accuracy_of_points(scores, world.form, most, plain, cut)
    weighted = accuracy_of_points(scores, world.form, most, heavy, cut)

    totals = points.sum(axis=1).astype(float)
    expected = kr_20(points.mean(axis=0), totals.var())
    assert found.reliability.name == "KR-20"
    assert found.reliability.value == pytest.approx(expected)
    assert (
        found.classification == hanson_brennan(totals, len(ids), 7, found.reliability.value).result
    )
    assert weighted.method == "Livingston and Lewis"
    assert (
        weighted.classification
        == livingston_lewis(
            totals + 2 * points[:, 0], len(ids) + 2, 7, weighted.reliability.value
        ).result
    )


def test_few_scores_tell_no_accuracy(world):
    """
    Shares of nine people would say little, so none are told.
    """
    ids, _, scores = _drawn(world, 9)
    cut = world.adopt_cut("7")
    plain = assembly.ScoringPolicy(ScoringBasis.POINTS)

    assert accuracy_of_points(scores, world.form, dict.fromkeys(ids, 1), plain, cut) is None


def test_a_form_without_its_own_cut_is_not_decided(world):
    """
    Points of another form are not comparable: its candidates wait for a cut of their own.
    """
    with db.writing(world.engine) as session:
        other = assembly.publish_given_form(
            session, world.clock, world.staff, "short-exam", "B", world.form.items[1:]
        )
        delivery_b = delivery.open_administration(
            session, world.clock, world.staff,
            exam_id="short-exam", form_ids=[other.id], title="Second form",
            opens_at=world.clock.now(), closes_at=world.administration.closes_at,
        )  # fmt: skip
    first, world.administration = world.administration, delivery_b
    world.form, form = other, world.form
    world.sit("Ben", right=6)
    score(world)
    world.form = form
    world.adopt_cut("7")

    with db.writing(world.engine) as session, pytest.raises(scoring.NoCutScore):
        scoring.decide(session, world.clock, world.staff, delivery_b.id)
    assert first.id != delivery_b.id


def test_sections_of_a_form_are_the_strata_of_its_alpha(world):
    """
    Beside alpha stands stratified alpha over the sections, and only where a form has some.
    """
    counted, points, scores = _drawn(world, 60)
    plain = assembly.ScoringPolicy(ScoringBasis.POINTS)
    ids = [item.ref.item_id for item in world.form.items]
    parts = tuple(
        assembly.Section(title, "", None, locked=False, item_ids=tuple(some))
        for title, some in (("One", ids[:6]), ("Two", ids[6:]))
    )
    most, cut = dict.fromkeys(ids, 1), world.adopt_cut("6")

    whole = accuracy_of_points(scores, world.form, most, plain, cut)
    in_parts = accuracy_of_points(scores, replace(world.form, sections=parts), most, plain, cut)

    strata = ["1"] * 6 + ["2"] * (len(counted) - 6)
    assert whole.reliability.stratified is None
    assert in_parts.reliability.stratified == pytest.approx(
        stratified_alpha(np.cov(points, rowvar=False), strata)
    )
    assert in_parts.reliability.value == whole.reliability.value
