"""What a cut would do to those who were scored, on both databases."""

import pytest

from examengine import accounts, db, integrity, scoring
from examengine.standard_setting import Placement, PossibleCut

REASON = "The invigilator's report and the log were read; nothing speaks for the attempt."


def cuts_at(*scale_scores: int) -> list[PossibleCut]:
    """Possible cuts at these scale scores."""
    return [
        PossibleCut(steps, Placement(6.0 + steps, 0.1 * steps, scale_score))
        for steps, scale_score in enumerate(scale_scores)
    ]


def scored(world, **right: int) -> dict[str, int]:
    """Let people sit and be scored; return the scale score of each."""
    for name, count in right.items():
        world.sit(name, right=count)
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    with db.reading(world.engine) as session:
        found = scoring.results_of(session, world.staff, world.administration.id).results
    return {one.candidate: one.score.scale_score for one in found}


def impacts(world, cuts, actor=None):
    """What the cuts would do to the administrations of the exam."""
    with db.reading(world.engine) as session:
        return scoring.impact_of_cuts(session, actor or world.staff, world.form.exam_id, cuts)


def void(world, name: str) -> None:
    """Void somebody's attempt, about which nobody decides yet."""
    with db.writing(world.engine) as session:
        attempt_id = world.candidates[name].attempt_id
        case = integrity.find_case(session, world.clock, world.staff, attempt_id)
        integrity.void(
            session, world.clock, world.staff, case.subject.id, REASON, seen=case.version
        )


def test_whoever_reaches_the_cut_exactly_passes(world):
    """
    A score equal to the cut passes, and one point more of the scale is too much for it.
    """
    reported = scored(world, Low=3, Middle=6, High=10)

    (impact,) = impacts(world, cuts_at(reported["Low"], reported["Middle"], reported["Middle"] + 1))

    assert (impact.administration.id, impact.n) == (world.administration.id, 3)
    assert [one.passing for one in impact.reached] == [3, 2, 1]
    assert [one.share for one in impact.reached] == [1.0, 2 / 3, 1 / 3]


def test_a_voided_attempt_is_in_no_figure_before_anybody_decides(world):
    """
    Whoever is voided neither passes nor fails, as in every other figure, decided or not.
    """
    reported = scored(world, Low=3, High=10)
    void(world, "High")

    (impact,) = impacts(world, cuts_at(reported["Low"]))

    assert (impact.n, impact.reached[0].passing) == (1, 1)


def test_an_administration_without_scores_is_left_out(world):
    """
    Where nobody was scored there is nothing to show.
    """
    world.sit("Ada", right=9)

    assert impacts(world, cuts_at(500)) == []


def test_a_candidate_cannot_ask(world):
    """
    What a cut would do is for those who adopt and recommend it.
    """
    ada = world.enrol("Ada")

    with pytest.raises(accounts.NotAllowed):
        impacts(world, cuts_at(500), ada.actor)
