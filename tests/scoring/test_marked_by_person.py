"""An answer that a person has to mark: it holds the score of its attempt, and nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import Session

from examengine import accounts, assembly, bank, calibration, delivery, four_eyes, marking, scoring
from examengine.assembly import KeyCorrection, Remedy
from examengine.bank import item_version
from examengine.bank.formats import load_files
from examengine.calibration import PilotRefused
from examengine.marking import AnswerUnmarked, Policy, Scope
from examengine.scoring.explanation.chain import item_line
from tests.bank.small_bank import files, item
from tests.delivery.awkward_items import SAMPLE

KEYED, ESSAY = "S-1", "S-2"
TEXT = "They leave out whoever comes on other days.\n\nAsk them all."


class Programme:
    """An exam of a choice and a text, scored by points, with two candidates: one wrote nothing."""

    def __init__(self, session: Session, clock: Any, *, text_counts: bool = True) -> None:
        self.session, self.clock = session, clock
        self.staff = accounts.system_actor()
        sent = files(item(KEYED, "single_choice"), item(ESSAY, "extended_text"))
        assert bank.import_bank(session, clock, self.staff, load_files(sent)).accepted
        spec = {
            **assembly.read_exam(SAMPLE / "exam.toml"),
            "bank": "small",
            "scoring": "points",
            "blueprint": {"forms": 1, "length": 2, "common": 0, "areas": {"change": 2}},
        }
        spec.pop("scale", None)
        self.exam = assembly.save_exam(session, clock, self.staff, spec)
        refs = {one.item_id: one.ref for one in bank.latest_versions(session, "small")}
        chosen = [
            assembly.FormItem(refs[KEYED], scored=True),
            assembly.FormItem(refs[ESSAY], scored=text_counts),
        ]
        self.form = assembly.publish_given_form(
            session, clock, self.staff, self.exam.id, "A", chosen
        )
        self.administration = delivery.record_administration(
            *(session, clock, self.staff, self.exam),
            [self._sat("Ada", {KEYED: "c", ESSAY: TEXT}), self._sat("Ben", {KEYED: "c"})],
            title="A choice and a text",
            simulated=False,
            test=True,
            source_digest="sha256:" + "8" * 64,
            at=clock.now(),
        )

    def _sat(self, name: str, responses: Mapping[str, Any]) -> delivery.CandidateResponses:
        return delivery.CandidateResponses(name, self.form, responses, {})

    def score(self) -> scoring.ScoringReport:
        """Score everybody."""
        return scoring.score_administration(
            self.session, self.clock, self.staff, self.administration.id
        )

    def correct(self, correction: KeyCorrection) -> None:
        """Say how an item counts from now on, without a second person."""
        four_eyes.switch(self.session, self.clock, self.staff, on=False, reason="We are few.")
        ref = next(one.ref for one in self.form.items if one.ref.item_id == correction.item_id)
        scoring.correct_key(
            *(self.session, self.clock, self.staff, self.exam.id, ref, correction),
            reason="Nobody can be found who marks.",
            seen=self.exam.scoring.digest,
        )

    def points(self) -> dict[str, str | None]:
        """The points of each candidate who has a score."""
        found = scoring.results_of(self.session, self.staff, self.administration.id).results
        return {one.candidate: one.score and one.score.reported for one in found}


def test_a_text_holds_the_score_of_its_attempt_and_says_so(session, clock):
    """
    Whoever wrote waits, named with the reason; whoever wrote nothing has the points there are.
    """
    programme = Programme(session, clock)

    report = programme.score()

    [unscored] = report.unscored
    assert report.added == 1
    assert unscored.why == "a person has to mark the answer to S-2"
    points = programme.points()
    assert points["Ada"] is None
    assert str(points["Ben"]) == "1"


def test_a_text_that_is_tried_out_holds_nothing(session, clock):
    """
    A pretest item does not count, so its text waits alone, and has no mark.
    """
    programme = Programme(session, clock, text_counts=False)

    report = programme.score()

    assert (report.added, report.unscored) == (2, ())
    assert {str(points) for points in programme.points().values()} == {"1"}
    results = scoring.results_of(session, programme.staff, programme.administration.id).results
    scores = {one.candidate: one.score for one in results}
    explained = {
        name: scoring.explain(session, programme.staff, score.id) for name, score in scores.items()
    }
    verdicts = {name: [line.verdict for line in one.items] for name, one in explained.items()}
    assert verdicts == {"Ada": ["right", "not marked yet"], "Ben": ["right", "not right"]}
    assert all(one.agrees for one in explained.values())


@pytest.mark.parametrize(("remedy", "points"), [(Remedy.DROP, "1"), (Remedy.CREDIT, "2")])
def test_a_text_that_was_dropped_or_credited_holds_nothing(session, clock, remedy, points):
    """
    The exam may decide that a text counts for nobody, or for everybody; then nobody has to read it.
    """
    programme = Programme(session, clock)
    programme.correct(KeyCorrection(ESSAY, 1, remedy))

    report = programme.score()

    assert report.unscored == ()
    assert {str(found) for found in programme.points().values()} == {points}


def test_no_key_can_be_corrected_that_is_not_there(session, clock):
    """
    That other answers count as well cannot be said of a text.
    """
    programme = Programme(session, clock)
    with pytest.raises(assembly.ScoringPolicyRefused, match="a person marks this item"):
        programme.correct(KeyCorrection(ESSAY, 1, Remedy.ACCEPT, (TEXT,)))
    review = scoring.review_key(session, clock, programme.staff, programme.exam.id, ESSAY, 1)
    assert (review.answers, review.n_omitted) == ((), 1)


def test_a_text_is_in_no_figure(session, clock):
    """
    The response matrix has no column of it, and its policy says so.
    """
    programme = Programme(session, clock)

    found = marking.response_matrix(session, [programme.administration.id], Policy(scope=Scope.ALL))

    assert found.item_ids == (KEYED,)
    assert found.scores.tolist() == [[1], [1]]
    assert "answers that a person marks are in no figure" in found.policy.words


def test_a_mark_that_nobody_gave_is_never_zero(session, clock):
    """
    Whoever asks for the marks all the same is refused with the item.
    """
    programme = Programme(session, clock)
    versions = bank.item_versions(session, [one.ref for one in programme.form.items])
    marks = [
        (programme.form, versions, responses, "sha256:x", programme.exam.scoring)
        for responses in ({KEYED: "c", ESSAY: TEXT}, {KEYED: "c"})
    ]

    with pytest.raises(AnswerUnmarked, match="S-2 waits"):
        marking.mark_form(*marks[0])

    assert marking.mark_form(*marks[1]).points == {KEYED: 1, ESSAY: 0}


def test_no_pilot_is_simulated_of_texts(session, clock):
    """
    A program that drew answers would have to draw marks as well.
    """
    programme = Programme(session, clock)

    with pytest.raises(PilotRefused, match="a person marks S-2"):
        calibration.simulate_pilot(
            session, clock, programme.staff, programme.exam.id, persons_per_form=3, seed=1
        )


def test_files_are_explained_by_name_and_digest():
    """
    Whoever reads an answer of files sees what was sent, and which bytes; another's word is kept.
    """
    version = item_version("small", item("S-3", "file_upload"))
    file = {
        "name": "plan.pdf",
        "size": 2048,
        "digest": "sha256:" + "a" * 64,
        "media_type": "application/pdf",
    }

    line, nothing, other = (
        item_line(version, response, None, scored=True, recorded_score=None)
        for response in ([file], None, "plan.pdf")
    )

    assert line.files == (("plan.pdf", file["digest"]),)
    assert line.answer == f"plan.pdf, 2 KB, {file['digest']}"
    assert line.verdict == "not marked yet"
    assert (nothing.answer, nothing.files) == ("No answer", ())
    assert (other.files, other.answer) == ((), 'No answer to this question: "plan.pdf"')
