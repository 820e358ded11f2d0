"""Keys that are found wrong after the exam: other scores and decisions, and no record lost."""

from dataclasses import replace

import pytest

from examengine import accounts, assembly, db, four_eyes, marking, scoring, standard_setting
from examengine.accounts import Role
from examengine.assembly import KeyCorrection, Remedy
from tests.conftest import add_actor
from tests.scoring import world as worlds
from tests.scoring.test_points import POINTS
from tests.scoring.test_service import decide, results, score


@pytest.fixture
def decided(engine, clock, hasher, world_templates):
    """Three people, decided on by points: Ada just passed, Ben just did not, Cem far from it."""

    def make():
        world = worlds.build(engine, clock, hasher, spec=POINTS, calibrated=False)
        for name, right in (("Ada", 7), ("Ben", 6), ("Cem", 2)):
            world.sit(name, right=right)
        world.adopt_cut("7")
        score(world)
        decide(world)
        return world

    return world_templates.copied("decided_by_points", engine, clock, make)


def missed_by_ben(world):
    """Return the first item that Ben answered wrong, which Ada answered right."""
    return world.form.items[6].ref.item_id


def explained(world, subject_id, actor=None):
    """Return an explanation."""
    with db.reading(world.engine) as session:
        return scoring.explain(session, actor or world.staff, subject_id)


def passed(world):
    """Return who passes, by name."""
    return {name: result.decision.passed for name, result in results(world).items()}


def test_another_answer_that_is_right_too_gets_all_points(decided):
    """
    Whoever gave it is scored and decided on anew, at the same cut; nobody loses a point.
    """
    item_id = missed_by_ben(decided)
    before = results(decided)

    decided.correct_key(item_id, Remedy.ACCEPT, decided.answer(item_id, right=False))
    score(decided)
    decide(decided)

    after = results(decided)
    assert {name: one.score.scored.points for name, one in after.items()} == {
        "Ada": "7",
        "Ben": "7",
        "Cem": "3",
    }
    assert passed(decided) == {"Ada": True, "Ben": True, "Cem": False}
    assert after["Ben"].decision.version == 2
    for one in (before["Ben"], after["Ben"]):
        found = explained(decided, one.decision.id)
        assert found.agrees, found.broken


def test_everybody_gets_the_points_of_a_question_without_a_right_answer(decided):
    """
    Those who had it right keep what they had, all others get it too.
    """
    decided.correct_key(missed_by_ben(decided), Remedy.CREDIT)
    score(decided)
    decide(decided)

    assert passed(decided) == {"Ada": True, "Ben": True, "Cem": False}
    assert {one.score.scored.most_points for one in results(decided).values()} == {"11"}


def test_a_dropped_question_needs_another_cut(decided):
    """
    Its points are gone for everybody, so the old number of points holds no longer.
    """
    decided.correct_key(missed_by_ben(decided), Remedy.DROP)
    score(decided)

    assert {one.score.scored.most_points for one in results(decided).values()} == {"10"}
    with db.writing(decided.engine) as session, pytest.raises(scoring.NoCutScore):
        scoring.decide(session, decided.clock, decided.staff, decided.administration.id)
    with db.writing(decided.engine) as session, pytest.raises(standard_setting.CutOutOfRange):
        standard_setting.adopt_cut_set_elsewhere(
            session, decided.clock, decided.staff, "short-exam", decided.form.id,
            points="10.5", standard_error="", reason="More than there are by now.", seen_cut=None,
        )  # fmt: skip
    decided.adopt_cut("6")
    decide(decided)
    assert passed(decided) == {"Ada": True, "Ben": True, "Cem": False}


def test_an_ability_is_estimated_without_what_everybody_gets(world):
    """
    A question that counts for all or for none has no part in the estimate, and the cut stays.
    """
    world.sit("Ada", right=9)
    world.sit("Ben", right=4)
    cut = world.adopt_cut("6")
    score(world)
    decide(world)
    item_id = world.form.items[2].ref.item_id

    world.correct_key(item_id, Remedy.CREDIT)
    score(world)
    credited = {name: one.score.theta for name, one in results(world).items()}
    world.correct_key(item_id, Remedy.DROP)
    score(world)
    decide(world)

    found = results(world)
    assert credited == pytest.approx({name: one.score.theta for name, one in found.items()})
    assert {one.decision.cut_score_id for one in found.values()} == {cut.id}
    assert {one.score.max_raw_score for one in found.values()} == {10}
    assert all(explained(world, one.decision.id).agrees for one in found.values())


def test_a_dropped_item_needs_no_parameters(engine, clock, hasher):
    """
    One item that cannot be calibrated hinders nobody from being scored, once it is dropped.
    """
    world = worlds.build(engine, clock, hasher, calibrated=False)
    world.adopt_parameters(leave_out=1)
    world.sit("Ada", right=9)
    with db.writing(world.engine) as session, pytest.raises(scoring.ItemsWithoutParameters):
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)

    lacking = [item.ref.item_id for item in world.form.items if item.scored][-1]
    world.correct_key(lacking, Remedy.DROP)

    assert score(world).added == 1
    world.adopt_cut("6")
    assert decide(world).added == 1


def test_a_correction_can_be_taken_back(decided):
    """
    Then the item counts as its key says, and the scores of before come back as new versions.
    """
    item_id = missed_by_ben(decided)
    decided.correct_key(item_id, Remedy.CREDIT)
    score(decided)

    decided.correct_key(item_id, None, reason="The first source was right after all.")
    score(decided)
    decide(decided)

    ben = results(decided)["Ben"]
    assert (ben.score.version, ben.score.scored.points) == (3, "6")
    assert passed(decided)["Ben"] is False


def test_a_candidate_is_told_that_a_key_was_wrong_and_never_which(decided):
    """
    Items are used again: neither the item, nor the answer, nor the reason leaves the house.
    """
    item_id = missed_by_ben(decided)
    decided.correct_key(
        item_id, Remedy.ACCEPT, decided.answer(item_id, right=False), reason="Option b is right."
    )
    score(decided)
    decide(decided)
    ben = decided.candidates["Ben"]

    with db.reading(decided.engine) as session:
        told = scoring.own_result(session, ben.actor, ben.attempt_id)
        own = scoring.explain(session, ben.actor, told.decision.id)
    staff = explained(decided, told.decision.id)

    assert told.corrections == (
        "The key of 1 question was found wrong after the exam: other answers to it get all points "
        "too."
    )
    own_step, staff_step = (
        next(step for step in found.steps if step.kind == "scoring_policy")
        for found in (own, staff)
    )
    assert told.corrections in own_step.words
    assert not {item_id, "Option b"} & {
        word for word in (item_id, "Option b") if word in str(own_step)
    }
    assert item_id in str(staff_step.words)
    assert "Option b is right." in str(staff_step.words)


def test_two_officers_agree_on_a_correction(decided, clock, hasher):
    """
    The first one's asking is a proposal; the second one's makes it, in the name of both.
    """
    item_id = missed_by_ben(decided)
    with db.writing(decided.engine) as session:
        second = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Second officer")
        four_eyes.switch(session, clock, decided.staff, on=True, reason="There are two by now.")

    first = decided.correct_key(item_id, Remedy.CREDIT)
    with pytest.raises(four_eyes.OwnProposal):
        decided.correct_key(item_id, Remedy.CREDIT)
    made = decided.correct_key(item_id, Remedy.CREDIT, actor=second)

    assert isinstance(first, four_eyes.Proposal)
    assert made.adopted_by_name == "Staff of all trades, confirmed by Second officer"


def test_two_officers_agree_on_another_way_of_scoring(decided, clock, hasher):
    """
    Weights change who passes, so one officer alone does not set them.
    """
    spec = {"scoring": "points", "weights": {missed_by_ben(decided): "2"}}
    with db.writing(decided.engine) as session:
        second = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Second officer")
        four_eyes.switch(session, clock, decided.staff, on=True, reason="There are two by now.")

    first = decided.change_scoring(spec, "The task is long.")
    made = decided.change_scoring(spec, "The task is long.", second)

    assert isinstance(first, four_eyes.Proposal)
    assert made.policy.weights == spec["weights"]


def test_other_weights_leave_a_correction_as_it_is(decided):
    """
    What was found wrong stays found wrong when the exam is scored in another way.
    """
    item_id = missed_by_ben(decided)
    decided.correct_key(item_id, Remedy.CREDIT)

    made = decided.change_scoring({"scoring": "points", "weights": {item_id: "2"}}, "Long.")

    assert [one.item_id for one in made.policy.corrections] == [item_id]


@pytest.mark.parametrize(
    ("remedy", "accept", "words"),
    [
        (Remedy.ACCEPT, (), "choose the answers"),
        (Remedy.ACCEPT, ({"nonsense": 1},), "accept: "),
        (Remedy.ACCEPT, (None,), "no answer at all"),
        (None, (), "holds already"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(decided, remedy, accept, words):
    """
    What is wrong is named, and nothing changes.
    """
    with pytest.raises(assembly.ScoringPolicyRefused, match=words):
        decided.correct_key(missed_by_ben(decided), remedy, *accept)


def test_the_key_itself_cannot_be_accepted_again(decided):
    """
    It gets all points already, and somebody has chosen the wrong line.
    """
    item_id = missed_by_ben(decided)

    with pytest.raises(assembly.ScoringPolicyRefused, match="all points by the key"):
        decided.correct_key(item_id, Remedy.ACCEPT, decided.answer(item_id, right=True))


def test_a_pretest_item_has_nothing_to_correct(decided):
    """
    It counts for nobody, whatever its key.
    """
    with pytest.raises(assembly.ScoringPolicyRefused, match="counts in no form"):
        decided.correct_key(decided.form.items[-1].ref.item_id, Remedy.DROP)


def test_only_officers_who_do_not_sit_the_exam_correct_keys(decided):
    """
    Scoring is theirs to decide, and never in a matter of their own.
    """
    item_id, ada = missed_by_ben(decided), decided.candidates["Ada"].actor

    with pytest.raises(accounts.NotAllowed):
        decided.correct_key(
            item_id,
            Remedy.DROP,
            actor=replace(decided.staff, roles=frozenset({Role.PSYCHOMETRICIAN})),
        )
    with pytest.raises(accounts.OwnMatter):
        decided.correct_key(
            item_id, Remedy.DROP, actor=replace(ada, roles=frozenset({Role.AWARDING_OFFICER}))
        )


def test_whoever_saw_another_way_of_scoring_is_told(decided):
    """
    Somebody corrected the key in the meantime: nothing is put over what they decided.
    """
    item_id = missed_by_ben(decided)
    version = decided.versions[item_id]
    with db.reading(decided.engine) as session:
        seen = assembly.find_exam(session, "short-exam").scoring.digest
    decided.correct_key(item_id, Remedy.CREDIT)

    with db.writing(decided.engine) as session, pytest.raises(assembly.ScoringPolicyMoved):
        scoring.correct_key(
            session, decided.clock, decided.staff, "short-exam", version.ref,
            KeyCorrection(item_id, version.version, Remedy.DROP),
            reason="It is unfair.", seen=seen,
        )  # fmt: skip


def test_who_read_the_exam_a_moment_too_early_records_nothing(decided, clock):
    """
    The exam was read just before a colleague's correction was stored: only theirs stands.
    """
    item_id = missed_by_ben(decided)
    with db.reading(decided.engine) as session:
        read = assembly.find_exam(session, "short-exam")
    theirs = decided.correct_key(item_id, Remedy.CREDIT)

    with db.writing(decided.engine) as session, pytest.raises(assembly.ScoringPolicyMoved):
        assembly.record_scoring_policy(
            session, clock, four_eyes.Agreement(decided.staff), read, theirs.policy, "Long."
        )

    with db.reading(decided.engine) as session:
        assert [one.id for one in assembly.scoring_policies(session, "short-exam")] == [theirs.id]


def test_figures_go_by_the_corrected_key(decided):
    """
    The response matrix marks accepted answers as right, and leaves out what counts for nobody.
    """
    item_id = missed_by_ben(decided)
    ids = [decided.administration.id]

    def matrix():
        with db.reading(decided.engine) as session:
            policy = marking.Policy()
            name = marking.counting(session, ids, policy)
            return name, marking.response_matrix(session, ids, policy)

    name, before = matrix()
    decided.correct_key(item_id, Remedy.ACCEPT, decided.answer(item_id, right=False))
    other_name, accepted = matrix()
    decided.correct_key(item_id, Remedy.DROP)
    _, dropped = matrix()

    place = before.place(item_id)
    assert before.scores[:, place].sum() == 1
    assert accepted.scores[:, place].sum() == 3
    assert name != other_name
    assert item_id not in dropped.item_ids
