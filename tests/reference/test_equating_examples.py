"""Equating against published examples and other programs, as far as their figures can be checked.

Kolen & Brennan (2014), Test Equating, Scaling, and Linking: tables 2.2 to 2.7 (ACT Mathematics) and
the common-item example of chapter 4, whose lines are quoted with five decimals by the examples of
Equating Recipes. IRT conversions are those of POLYEQUATE and Equating Recipes, quoted in the tests
of the psychometrics library of jMetrik. Kernel figures are tables 7.4 to 7.6 of von Davier, Holland
& Thayer (2004), The Kernel Method of Test Equating, quoted in the tests of SNSequate.
"""

import numpy as np
import pytest
from equating_figures import (
    ACT_EQUIVALENTS,
    ACT_X,
    ACT_Y,
    GRADED_X,
    GRADED_Y,
    MIXED_OBSERVED,
    MIXED_POPULATIONS,
    MIXED_TRUE,
    MIXED_TRUE_X,
    MIXED_TRUE_Y,
    MIXED_X,
    MIXED_Y,
    OBSERVED,
    POPULATIONS,
    SHORT_X,
    SHORT_Y,
    TRUE,
    TRUE_THETA,
    X_ITEMS,
    Y_ITEMS,
)
from scipy.optimize import least_squares

from examengine.psychometrics.equating import (
    METHODS,
    Degrees,
    EquatingOptions,
    IrtForm,
    ScoreDistribution,
    ScoreFrequencies,
    equate,
    equate_by_parameters,
    smooth,
)
from examengine.psychometrics.equating.bandwidth import best_bandwidth
from examengine.psychometrics.equating.methods import GroupMoments
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.population import Population

TRUE_SCORES = METHODS["irt-true"]
OBSERVED_SCORES = METHODS["irt-observed"]


def column(counts):
    """Frequencies of totals as a table."""
    return ScoreFrequencies(np.array(counts, dtype=float)[:, np.newaxis])


def equated(found):
    """Equivalents of a conversion table."""
    return np.array([row.equated for row in found.conversions])


def test_percentile_ranks_of_five_scores():
    """
    Kolen & Brennan, tables 2.2 and 2.3: ten persons on each of two four-item forms.
    """
    found = equate(column([2, 3, 2, 2, 1]), column([1, 2, 2, 3, 2]), METHODS["equipercentile"])

    np.testing.assert_allclose(equated(found), [0.5, 1.75, 2.8333, 3.5, 4.25], atol=5e-5)


def test_act_mathematics():
    """
    Kolen & Brennan, tables 2.4 to 2.7: moments, the linear line, and equipercentile equivalents.
    """
    curve = equate(column(ACT_X), column(ACT_Y), METHODS["equipercentile"])
    line = equate(column(ACT_X), column(ACT_Y), METHODS["linear"])

    new, old = curve.moments.new, curve.moments.old
    assert [new.mean, new.sd, new.skewness, new.kurtosis] == pytest.approx(
        [19.8524, 8.2116, 0.3753, 2.3024], abs=5e-5
    )
    assert [old.mean, old.sd, old.skewness, old.kurtosis] == pytest.approx(
        [18.9798, 8.9393, 0.3527, 2.1464], abs=5e-5
    )
    assert (line.slope, line.intercept) == pytest.approx((1.0886, -2.6319), abs=5e-5)
    np.testing.assert_allclose(equated(curve)[: len(ACT_EQUIVALENTS)], ACT_EQUIVALENTS, atol=5e-5)


@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    [
        ("tucker", 1.02916, 0.53783),
        ("levine", 1.01099, 0.25137),
        ("levine-true", 1.00864, 0.29124),
        ("chained-linear", 1.02127, 0.39368),
    ],
)
def test_lines_of_the_common_item_example(method, slope, intercept):
    """
    Equating Recipes, chapter 4: 1,655 and 1,638 persons, 36 items of which 12 are common.
    """
    new = GroupMoments(15.820543806646526, 6.52782570735491**2, 5.106344410876133,
                  2.3760236634673864**2, 13.408812259836983)  # fmt: skip
    old = GroupMoments(18.672771672771674, 6.878440669358409**2, 5.862637362637362,
                  2.4514944492187434**2, 14.760301359202465)  # fmt: skip

    found = METHODS[method].line(new, old, 1655 / (1655 + 1638), "internal")

    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), abs=6e-6)


def form(rows, population=None, n=0, graded=()):
    """A form whose slopes are in the normal metric, D = 1.7; four numbers make a graded item."""
    items = []
    for place, (a, b, *rest) in enumerate([*rows, *graded]):
        if len(rest) == 1 and place < len(rows):
            values = {"a": 1.7 * a, "b": b, "c": rest[0], "d": 1.0}
            items.append(ItemParameters(f"i{place}", "3pl", values))
        else:
            items.append(
                ItemParameters(f"i{place}", "grm", {"a": 1.7 * a, "thresholds": (b, *rest)})
            )
    theta, weights = np.array(population or [(0.0, 1.0)]).T
    return IrtForm(items, Population.weighted(theta, weights), n)


def test_true_scores_equal_polyequate_s():
    """
    36 three-parameter items: abilities and equivalents to the sixth decimal, the scores below the
    sum of guessing parameters among them.
    """
    found = equate_by_parameters(form(X_ITEMS), form(Y_ITEMS), TRUE_SCORES)

    theta = np.array(found.theta)
    np.testing.assert_allclose(equated(found), TRUE, atol=2e-6)
    np.testing.assert_allclose(theta[7:36], TRUE_THETA, atol=2e-6)
    assert np.isneginf(theta[:7]).all()
    assert np.isposinf(theta[36])


def test_true_scores_with_graded_items_equal_polyequate_s():
    """
    Twelve three-parameter and five graded items, to the sixth decimal.
    """
    new, old = form(MIXED_TRUE_X, graded=GRADED_X), form(MIXED_TRUE_Y, graded=GRADED_Y)

    np.testing.assert_allclose(
        equated(equate_by_parameters(new, old, TRUE_SCORES)), MIXED_TRUE, atol=2e-6
    )


@pytest.mark.parametrize(
    ("x", "y", "populations", "expected"),
    [
        (SHORT_X, SHORT_Y, POPULATIONS, OBSERVED),
        (MIXED_X, MIXED_Y, MIXED_POPULATIONS, MIXED_OBSERVED),
    ],
    ids=["three-parameter", "with graded items"],
)
def test_observed_scores_equal_equating_recipes(x, y, populations, expected):
    """
    Kolen & Brennan's chapter 6 example, and fifteen items of which five are graded, at the points
    and weights given there and with the new form's group as the population.
    """
    new, old = (
        form(rows, population) for rows, population in zip((x, y), populations, strict=True)
    )

    found = equate_by_parameters(new, old, OBSERVED_SCORES, EquatingOptions(weight=1.0))

    np.testing.assert_allclose(equated(found), expected, atol=1e-5)


SEEN = [0, 1, 2, 3, 4, 5, 18, 19, 20]


def refitted(frequencies, n, degree):
    """The log-linear fit of which some fitted frequencies were published: it has few parameters."""
    powers = np.vander(np.linspace(-1, 1, 21), degree + 1, increasing=True)[:, 1:]

    def fitted(beta):
        weights = np.exp(powers @ beta)
        return n * weights / weights.sum()

    best = least_squares(
        lambda beta: fitted(beta)[SEEN] - frequencies, np.zeros(degree), xtol=1e-14
    )
    assert np.abs(best.fun).max() < 0.006  # rounded to two decimals
    return smooth(column(fitted(best.x)), Degrees(degree)).distribution


def test_kernel_equating_of_twenty_items():
    """
    Bandwidths of .622 and .571, and standard errors of equating in both directions to the third
    decimal, over the scores whose figures were quoted.
    """
    x = refitted([3.30, 6.44, 11.77, 20.17, 32.43, 48.89, 28.93, 17.71, 10.16], 1453, 2)
    y = refitted([1.71, 3.77, 7.65, 14.24, 24.44, 38.75, 47.73, 34.54, 24.18], 1455, 3)

    def errors(new: ScoreDistribution, old: ScoreDistribution):
        by_new, by_old = METHODS["kernel"].equate(new, old, EquatingOptions()).derivatives()
        return np.sqrt(new.variance(by_new) + old.variance(by_old))[[0, 1, 2, 3, 17, 18, 19, 20]]

    assert best_bandwidth(x.totals) == pytest.approx(0.622, abs=1e-3)
    assert best_bandwidth(y.totals) == pytest.approx(0.571, abs=1e-3)
    to_y = [0.220, 0.289, 0.287, 0.266, 0.199, 0.170, 0.119, 0.070]
    to_x = [0.145, 0.225, 0.275, 0.279, 0.199, 0.210, 0.205, 0.144]
    np.testing.assert_allclose(errors(x, y), to_y, atol=6e-4)
    np.testing.assert_allclose(errors(y, x), to_x, atol=6e-4)
