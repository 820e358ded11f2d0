"""Methods against slow twins and against what must hold: identity, symmetry, limits."""

import numpy as np
import pytest
from equating_samples import random_distribution, two_groups, without_anchor
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.psychometrics.equating import (
    METHODS,
    CannotEquate,
    Degrees,
    EquatingOptions,
    ObservedScoreMethod,
    ScoreDistribution,
    ScoreFrequencies,
    equate,
)
from examengine.psychometrics.equating.continuous import Gaussian, Uniform
from examengine.psychometrics.equating.methods._percentiles import crossing

OBSERVED = {
    code: method for code, method in METHODS.items() if isinstance(method, ObservedScoreMethod)
}
ANCHORED = [code for code, method in OBSERVED.items() if method.anchored]
LINES = ["mean", "linear", "tucker", "levine", "levine-true", "chained-linear"]
PLAIN = [code for code, method in OBSERVED.items() if not method.anchored]


def values(code, new, old, **options):
    """Equivalents by a method."""
    return METHODS[code].equate(new, old, EquatingOptions(**options)).values


def observed(kind):
    """Proportions of both simulated groups."""
    return tuple(ScoreDistribution.observed(table) for table in two_groups(kind))


def group_moments(table):
    """Mean and variance of total and anchor, and covariance, person by person."""
    persons = [(x, v) for (x, v), count in np.ndenumerate(table.counts) for _ in range(int(count))]
    x, v = np.array(persons, dtype=float).T
    cov = np.cov(x, v, bias=True)
    return x.mean(), cov[0, 0], v.mean(), cov[1, 1], cov[0, 1]


@pytest.mark.parametrize("kind", ["internal", "external"])
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_synthetic_lines_match_mean_and_deviation_in_the_synthetic_population(kind, weight):
    """
    Tucker and Levine equal the moments of the synthetic population, written out step by step.
    """
    new, old = two_groups(kind)
    mx, vx, mv1, vv1, c1 = group_moments(new)
    my, vy, mv2, vv2, c2 = group_moments(old)
    w1, w2 = weight, 1 - weight
    inside = kind == "internal"
    gammas = {
        "tucker": (c1 / vv1, c2 / vv2),
        "levine": (vx / c1, vy / c2)
        if inside
        else ((vx + c1) / (vv1 + c1), (vy + c2) / (vv2 + c2)),
    }

    for code, (g1, g2) in gammas.items():
        # Each form's moments in the group that did not take it, then the mixture of both groups.
        x2, vx2 = mx - g1 * (mv1 - mv2), vx - g1**2 * (vv1 - vv2)
        y1, vy1 = my + g2 * (mv1 - mv2), vy + g2**2 * (vv1 - vv2)
        mean_x, mean_y = w1 * mx + w2 * x2, w1 * y1 + w2 * my
        var_x = w1 * vx + w2 * vx2 + w1 * w2 * (mx - x2) ** 2
        var_y = w1 * vy1 + w2 * vy + w1 * w2 * (y1 - my) ** 2
        scores = np.arange(new.counts.shape[0])
        expected = np.sqrt(var_y / var_x) * (scores - mean_x) + mean_y
        np.testing.assert_allclose(values(code, *observed(kind), weight=weight), expected)


def test_true_score_and_chained_lines_are_their_formulas():
    """
    Levine's true-score line and the chain of two linear links, written out.
    """
    new, old = two_groups("internal")
    mx, vx, mv1, vv1, c1 = group_moments(new)
    my, vy, mv2, vv2, c2 = group_moments(old)
    scores = np.arange(new.counts.shape[0])
    g1, g2 = vx / c1, vy / c2
    on_anchor = mv1 + np.sqrt(vv1 / vx) * (scores - mx)

    true, chained = (
        values(code, *observed("internal")) for code in ("levine-true", "chained-linear")
    )

    np.testing.assert_allclose(true, g2 / g1 * (scores - mx) + my + g2 * (mv1 - mv2))
    np.testing.assert_allclose(chained, my + np.sqrt(vy / vv2) * (on_anchor - mv2))


def test_linear_equivalents_have_the_old_form_s_mean_and_deviation():
    """
    Equated scores of the new group have the moments of the old form; mean equating the mean.
    """
    new, old = (without_anchor(table) for table in two_groups("internal"))

    linear, mean = (equate(new, old, METHODS[code]) for code in ("linear", "mean"))

    assert linear.moments.equated.mean == pytest.approx(linear.moments.old.mean)
    assert linear.moments.equated.sd == pytest.approx(linear.moments.old.sd)
    assert mean.moments.equated.mean == pytest.approx(mean.moments.old.mean)
    assert mean.slope == 1.0


def test_frequency_estimation_sums_conditional_distributions():
    """
    The synthetic distributions are built anchor score by anchor score, then equated.
    """
    rng = np.random.default_rng(8)
    new, old = (random_distribution(rng, (8, 4), n=400) for _ in range(2))
    w = 0.35
    synthetic = []
    for own in (new.joint, old.joint):
        totals = np.zeros(8)
        for v in range(4):
            share = w * new.joint[:, v].sum() + (1 - w) * old.joint[:, v].sum()
            for x in range(8):
                totals[x] += own[x, v] / own[:, v].sum() * share
        synthetic.append(totals)
    first, second = (Uniform(one) for one in synthetic)

    found = values("frequency-estimation", new, old, weight=w)

    np.testing.assert_allclose(found, second.points(first.place(np.arange(8.0))), atol=1e-12)


def test_anchor_scores_of_one_group_alone_are_told():
    """
    Where a group has nobody there is no conditional distribution, and the reader learns which.
    """
    new, old = (table.counts.copy() for table in two_groups("external"))
    new[:, 0] = 0

    found = equate(
        ScoreFrequencies(new, "external"),
        ScoreFrequencies(old, "external"),
        METHODS["frequency-estimation"],
    )

    assert "left out of the other's synthetic distribution: 0;" in found.notes[0]
    assert np.isfinite([row.equated for row in found.conversions]).all()


def test_the_chain_goes_through_the_anchor():
    """
    Each score goes to the anchor in one group and from there to the old form in the other.
    """
    new, old = observed("external")
    on_anchor = Uniform(new.anchors).points(Uniform(new.totals).place(new.scores))
    expected = Uniform(old.totals).points(Uniform(old.anchors).place(on_anchor))

    np.testing.assert_allclose(values("chained-equipercentile", new, old), expected)


@pytest.mark.parametrize("code", sorted(OBSERVED))
@pytest.mark.parametrize("kernel", [False, True])
def test_a_form_is_equated_to_itself_by_identity(code, kernel):
    """
    The same group on the same form keeps every score, with and without kernels.
    """
    form, _ = observed("internal")

    found = values(code, form, form, kernel=kernel)

    reached = form.totals > 0
    np.testing.assert_allclose(found[reached], form.scores[reached], atol=1e-8)


@pytest.mark.parametrize("make", [Uniform, lambda r: Gaussian(r, 0.6)], ids=["uniform", "kernel"])
def test_a_curve_goes_back_the_way_it_came(make):
    """
    What stands at a place in one distribution is found again from the same place in the other.
    """
    rng = np.random.default_rng(2)
    first, second = (make(random_distribution(rng, (9, 1)).totals) for _ in range(2))
    points = np.linspace(-0.4, 8.4, 60)

    there = crossing(first, second, points).values

    np.testing.assert_allclose(crossing(second, first, there).values, points, atol=1e-8)


@pytest.mark.parametrize("code", LINES)
def test_a_line_goes_back_exactly(code):
    """
    The line from old to new is the inverse of the line from new to old.
    """
    new, old = observed("internal")

    slope, intercept = METHODS[code].equate(new, old, EquatingOptions(weight=0.3)).line
    slope_back, intercept_back = METHODS[code].equate(old, new, EquatingOptions(weight=0.7)).line

    assert slope * slope_back == pytest.approx(1)
    assert intercept_back == pytest.approx(-intercept / slope)


def test_a_wide_kernel_is_linear_equating():
    """
    With a bandwidth of many deviations the kernel's equivalents lie on the linear line.
    """
    new, old = (ScoreDistribution.observed(without_anchor(t)) for t in two_groups("internal"))

    wide = values("kernel", new, old, bandwidths=(500.0,))

    np.testing.assert_allclose(wide, values("linear", new, old), atol=1e-3)


def test_groups_alike_on_the_anchor_need_no_anchor():
    """
    When both groups have the same anchor distribution, Tucker is linear equating and frequency
    estimation is equipercentile.
    """
    rng = np.random.default_rng(4)
    joint = rng.uniform(0.2, 1, size=(2, 9, 4)) + (np.indices((9, 4)).sum(axis=0) == 5)
    joint[:, np.arange(4) * 2, np.arange(4)] += 3
    joint /= joint.sum(axis=1, keepdims=True) * 4
    new, old = (ScoreDistribution(one, 500, "external") for one in joint)

    np.testing.assert_allclose(values("tucker", new, old), values("linear", new, old))
    np.testing.assert_allclose(
        values("frequency-estimation", new, old), values("equipercentile", new, old), atol=1e-12
    )


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), code=st.sampled_from([*ANCHORED, *PLAIN]))
def test_equivalents_rise_with_the_score(seed, code):
    """
    Nobody with more points on the new form gets fewer on the old one's scale.
    """
    rng = np.random.default_rng(seed)
    new, old = (random_distribution(rng, (8, 4), "internal") for _ in range(2))

    found = values(code, new, old)

    assert (np.diff(found) >= -1e-9).all()


def test_rounded_scores_stay_on_the_scale():
    """
    Equivalents outside the old form's scale are cut off, and halves are rounded upwards.
    """
    new = ScoreFrequencies(np.array([2.0, 1, 1, 1, 2])[:, np.newaxis])
    old = ScoreFrequencies(np.array([0.0, 0, 0, 1, 6])[:, np.newaxis])

    found = equate(new, old, METHODS["mean"])

    assert found.conversions[-1].equated > 4
    assert found.conversions[-1].rounded == 4
    assert [row.rounded for row in equate(new, new, METHODS["identity"]).conversions] == [
        0,
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    ("code", "options", "smoothing", "words"),
    [
        ("linear", EquatingOptions(kernel=True), None, "play no part"),
        ("linear", EquatingOptions(), Degrees(3), "play no part"),
        ("equipercentile", EquatingOptions(weight=0.5), None, "synthetic"),
        ("kernel", EquatingOptions(bandwidths=(0.05,)), None, "at least 0.1"),
        ("kernel", EquatingOptions(bandwidths=(1.0, 1.0, 1.0)), None, "3 bandwidths for 2"),
        ("tucker", EquatingOptions(), None, "needs an anchor"),
    ],
)
def test_options_that_play_no_part_are_refused(code, options, smoothing, words):
    """
    What a method would silently ignore is said instead.
    """
    new, old = (without_anchor(table) for table in two_groups("internal"))

    with pytest.raises(CannotEquate, match=words):
        equate(new, old, METHODS[code], options, smoothing=smoothing)


def test_an_anchor_that_says_nothing_is_refused():
    """
    An anchor without spread, or one that falls as the total rises, links no groups.
    """
    flat = np.zeros((4, 3))
    flat[:, 1] = 5
    falling = np.zeros((3, 3))
    falling[0, 2] = falling[1, 1] = falling[2, 0] = 5
    method = METHODS["tucker"]

    for counts, words in ((flat, "same score on the anchor"), (falling, "does not rise")):
        table = ScoreFrequencies(counts, "external")
        with pytest.raises(CannotEquate, match=words):
            equate(table, table, method)


def test_a_group_without_spread_is_refused():
    """
    Where all persons have the same total there is no deviation to match.
    """
    alike = ScoreFrequencies(np.array([0.0, 8, 0])[:, np.newaxis])

    with pytest.raises(CannotEquate, match="no spread"):
        equate(alike, alike, METHODS["linear"])
    with pytest.raises(CannotEquate, match="needs some spread"):
        equate(alike, alike, METHODS["kernel"])
