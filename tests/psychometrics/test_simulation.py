"""Simulated responses: the same seed is the same data, and the data follow the model."""

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics.simulation import (
    Persons,
    TrueItems,
    draw_distractors,
    draw_items,
    draw_levels,
    draw_omitted,
    draw_persons,
    draw_right,
    draw_seconds,
)


def _drawn(seed: int) -> tuple[Persons, TrueItems, np.ndarray]:
    rng = np.random.default_rng(seed)
    persons, items = draw_persons(rng, 200), draw_items(rng, 20)
    return persons, items, draw_right(rng, persons.theta, items)


def test_a_seed_is_a_data_set():
    """
    Two runs with one seed agree in every number; another seed gives other numbers.
    """
    first, again, other = _drawn(1), _drawn(1), _drawn(2)

    assert np.array_equal(first[0].theta, again[0].theta)
    assert np.array_equal(first[2], again[2])
    assert not np.array_equal(first[2], other[2])


def test_right_answers_follow_the_curve():
    """
    At one ability the share of right answers is the 2PL probability.
    """
    rng = np.random.default_rng(3)
    items = TrueItems(a=np.array([0.8, 1.5]), b=np.array([-1.0, 0.5]))

    right = draw_right(rng, np.full(40_000, 0.25), items)

    expected = 1 / (1 + np.exp(-items.a * (0.25 - items.b)))
    assert right.mean(axis=0) == pytest.approx(expected, abs=0.01)


def test_ability_and_speed_go_together():
    """
    Speed varies as much as it says and correlates with ability as it says.
    """
    persons = draw_persons(np.random.default_rng(4), 40_000, mean=0.3, sd=1.2)

    assert persons.theta.mean() == pytest.approx(0.3, abs=0.02)
    assert persons.theta.std() == pytest.approx(1.2, abs=0.02)
    assert persons.speed.std() == pytest.approx(0.18, abs=0.005)
    assert np.corrcoef(persons.theta, persons.speed)[0, 1] == pytest.approx(0.30, abs=0.02)


def test_what_is_right_is_never_omitted():
    """
    Only wrong answers are left empty, and the weak leave more of them.
    """
    rng = np.random.default_rng(5)
    theta = np.repeat([-2.0, 2.0], 5_000)
    right = rng.random((10_000, 5)) < 0.5

    omitted = draw_omitted(rng, theta, right)

    assert not (omitted & right).any()
    assert omitted[:5_000].sum() > 5 * omitted[5_000:].sum() > 0


def test_every_distractor_draws_somebody():
    """
    Each wrong answer is drawn, unequally, and none that the item does not have.
    """
    drawn = draw_distractors(np.random.default_rng(6), np.zeros(5_000), 3)

    counts = np.bincount(drawn, minlength=3)
    assert len(counts) == 3
    assert counts.min() > 100
    assert counts.max() > 1.2 * counts.min()


def test_an_item_without_wrong_answers_is_refused():
    """
    There is nothing to draw from when an item offers no wrong answer.
    """
    with pytest.raises(ValueError, match="no distractor"):
        draw_distractors(np.random.default_rng(7), np.zeros(3), 0)


def test_mean_seconds_are_what_was_expected():
    """
    A person of mean speed takes the expected time on average; a quick one takes less.
    """
    expected = np.array([30.0, 90.0])

    usual = draw_seconds(np.random.default_rng(8), np.zeros(40_000), expected)
    quick = draw_seconds(np.random.default_rng(8), np.full(40_000, 0.5), expected)

    assert usual.mean(axis=0) == pytest.approx(expected, rel=0.01)
    assert quick.mean(axis=0) == pytest.approx(expected * np.exp(-0.5), rel=0.02)


@pytest.mark.parametrize(("n_persons", "sd"), [(0, 1.0), (5, 0.0)])
def test_nobody_cannot_be_drawn(n_persons, sd):
    """
    A sample needs persons, and persons need to differ.
    """
    with pytest.raises(ValueError, match="must be positive"):
        draw_persons(np.random.default_rng(9), n_persons, sd=sd)


def test_levels_below_the_top_follow_the_graded_model():
    """
    Of many equally able persons, as many reach each level as the thresholds .8 logits apart say.
    """
    theta, a, b = np.full(40_000, 0.3), 1.2, 0.5
    cumulative = expit(a * (theta[0] - (b - 0.8 * np.arange(3))))

    levels = draw_levels(np.random.default_rng(8), theta, a, b, 2)

    expected = np.array([cumulative[1] - cumulative[0], cumulative[2] - cumulative[1]])
    found = np.array([(levels == 2).mean(), (levels == 1).mean()])
    assert found == pytest.approx(expected / (1 - cumulative[0]), abs=0.01)
    assert set(levels) == {0, 1, 2}


def test_levels_of_people_far_from_an_item_are_numbers():
    """
    However able somebody is, the chance of a level is a chance, and the draw is one of the levels.
    """
    levels = draw_levels(np.random.default_rng(9), np.array([-600.0, 0.0, 600.0]), 1.0, 0.0, 1)

    assert levels[0] == 0
    assert set(levels) <= {0, 1}
