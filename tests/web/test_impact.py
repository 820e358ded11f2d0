"""What a cut would do to those who were scored."""

from types import SimpleNamespace

from examengine.scoring import State
from examengine.standard_setting import Placement, PossibleCut
from examengine.web.impact import impact_of

CHOICES = tuple(
    PossibleCut(steps, Placement(3.0 + steps, 0.1 * steps, 500 + 10 * steps))
    for steps in (-1, 0, 1)
)


def results(*found: tuple[int | None, State]):
    """Results of an administration: scale score, or None, and state of each candidate."""
    return SimpleNamespace(
        administration="spring",
        exam=SimpleNamespace(scoring=SimpleNamespace(by_points=False)),
        results=tuple(
            SimpleNamespace(
                score=None if scale is None else SimpleNamespace(reported=scale, in_points=False),
                state=state,
            )
            for scale, state in found
        ),
    )


def test_whoever_reaches_the_cut_exactly_passes():
    """
    A score equal to the cut passes; each step up passes fewer.
    """
    scored = [(490, State.SCORED), (500, State.PASSED), (505, State.SCORED), (510, State.HELD)]

    impact = impact_of(results(*scored), CHOICES)

    assert impact.n == 4
    assert [one.passing for one in impact.reached] == [4, 3, 1]
    assert [one.share for one in impact.reached] == [1.0, 0.75, 0.25]


def test_voided_and_unscored_candidates_do_not_count():
    """
    Whoever has no score, or whose attempt is voided, neither passes nor fails.
    """
    impact = impact_of(
        results((600, State.VOIDED), (None, State.HANDED_IN), (400, State.SCORED)), CHOICES
    )

    assert (impact.n, impact.reached[1].passing) == (1, 0)


def test_without_scores_there_is_nothing_to_show():
    """
    An administration that nobody was scored in is left out.
    """
    assert impact_of(results((None, State.HANDED_IN)), CHOICES) is None
