"""Standard errors: derivatives against small changes, known formulas, and the bootstrap."""

import numpy as np
import pytest
from equating_samples import random_distribution, two_groups, without_anchor

from examengine.psychometrics.equating import (
    METHODS,
    Bootstrap,
    CannotEquate,
    Degrees,
    EquatingOptions,
    ScoreDistribution,
    ScoreFrequencies,
    equate,
    equate_single_group,
)
from examengine.psychometrics.equating.resampling import bootstrap_errors

LINES = ["mean", "linear", "tucker", "levine", "levine-true", "chained-linear"]
CURVES = ["equipercentile", "frequency-estimation", "chained-equipercentile"]


def errors(found):
    """Standard errors of a conversion table."""
    return np.array([row.se for row in found.conversions])


def equivalents(found):
    """Equivalents of a conversion table."""
    return np.array([row.equated for row in found.conversions])


def multinomial(distribution):
    """The covariance of observed proportions, written out."""
    p = distribution.joint.ravel()
    return (np.diag(p) - np.outer(p, p)) / distribution.n


@pytest.mark.parametrize("anchor", ["internal", "external"])
@pytest.mark.parametrize(
    ("code", "kernel"),
    [*((code, False) for code in [*LINES, *CURVES]), *((c, True) for c in CURVES)],
)
def test_derivatives_are_those_of_small_changes(code, kernel, anchor):
    """
    Moving a little probability between cells moves the equivalents as the derivatives say, in
    either group.
    """
    rng = np.random.default_rng(21)
    base = rng.uniform(0.2, 1, size=(9, 4))
    rising = base * np.exp(-0.5 * (np.arange(9)[:, None] / 2.2 - np.arange(4)) ** 2)
    groups = [random_distribution(rng, (9, 4), anchor, n) for n in (300, 500)]
    groups = [
        ScoreDistribution(one.joint * rising / (one.joint * rising).sum(), one.n, anchor)
        for one in groups
    ]
    method = METHODS[code]
    settled = method.equate(*groups, EquatingOptions(weight=0.4, kernel=kernel))
    options = EquatingOptions(0.4, kernel, settled.bandwidths or None)
    by_cell = method.equate(*groups, options).derivatives()

    for group in range(2):
        cells = np.flatnonzero(groups[group].joint.ravel())
        for taker, giver in ((cells[3], cells[-2]), (cells[len(cells) // 2], cells[5])):
            change = np.zeros(36)
            change[taker], change[giver] = 1e-6, -1e-6
            moved = []
            for sign in (1, -1):
                joint = groups[group].joint + sign * change.reshape(9, 4)
                pair = list(groups)
                pair[group] = ScoreDistribution(joint, groups[group].n, anchor)
                moved.append(method.equate(*pair, options).values)
            slope = by_cell[group].reshape(9, -1) @ (change * 1e6)
            np.testing.assert_allclose(slope, (moved[0] - moved[1]) / 2e-6, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("code", [*LINES, *CURVES])
def test_the_delta_method_is_a_quadratic_form(code):
    """
    Each error is √(∇ Σ ∇ᵀ) over both groups, with the multinomial covariance written out.
    """
    tables = two_groups("internal")
    groups = [ScoreDistribution.observed(table) for table in tables]
    method = METHODS[code]
    by_cell = method.equate(*groups, EquatingOptions()).derivatives()
    if not method.anchored:
        tables = tuple(without_anchor(table) for table in tables)

    found = errors(equate(*tables, method))

    variance = sum(
        np.einsum("kc,cd,kd->k", rows, multinomial(group), rows)
        for rows, group in (
            (one.reshape(31, -1), group) for one, group in zip(by_cell, groups, strict=True)
        )
    )
    np.testing.assert_allclose(found, np.sqrt(variance), rtol=1e-6)


def test_mean_and_linear_errors_are_the_textbook_s():
    """
    For equivalent groups: σ²/n of both means, and Braun and Holland's formula with skewness and
    kurtosis for the linear method.
    """
    new, old = (without_anchor(table) for table in two_groups("internal"))
    mean, linear = (equate(new, old, METHODS[code]) for code in ("mean", "linear"))
    x, y = linear.moments.new, linear.moments.old
    z = (np.arange(31) - x.mean) / x.sd

    variance = y.sd**2 * (
        1 / new.n
        + 1 / old.n
        + (x.skewness / new.n + y.skewness / old.n) * z
        + ((x.kurtosis - 1) / (4 * new.n) + (y.kurtosis - 1) / (4 * old.n)) * z**2
    )

    np.testing.assert_allclose(errors(linear), np.sqrt(variance), rtol=1e-9)
    np.testing.assert_allclose(errors(mean), np.sqrt(x.sd**2 / new.n + y.sd**2 / old.n), rtol=1e-9)


def test_equipercentile_errors_are_lord_s_less_the_spread_within_a_score():
    """
    Lord's (1982) formula takes the new form's percentile rank as a share of persons below; with
    persons spread over the score the rank varies less by f(x)/4n, and nothing else differs.
    """
    new, old = (without_anchor(table) for table in two_groups("internal"))
    r, s = new.totals / new.n, old.totals / old.n
    found = equate(new, old, METHODS["equipercentile"])

    for row in found.conversions[6:26]:
        p = r[: row.score].sum() + r[row.score] / 2
        score = int(np.floor(row.equated + 0.5))
        upper, lower, g = s[: score + 1].sum(), s[:score].sum(), s[score]
        lord = p * (1 - p) * (1 / new.n + 1 / old.n) - (upper - p) * (p - lower) / (old.n * g)
        expected = (lord - r[row.score] / (4 * new.n)) / g**2
        assert row.se**2 == pytest.approx(expected, rel=1e-9)


def test_nobody_at_a_score_means_no_error():
    """
    Where an equivalent falls between scores that were reached, the delta method has no answer.
    """
    gap = ScoreFrequencies(np.array([5.0, 5, 0, 5, 5])[:, np.newaxis])

    found = equate(gap, gap, METHODS["equipercentile"])

    assert np.isnan(found.conversions[2].se)
    assert found.conversions[2].equated == pytest.approx(2.0)
    assert np.isfinite(found.conversions[1].se)


@pytest.mark.parametrize(
    ("code", "smoothing", "options"),
    [
        ("linear", None, EquatingOptions()),
        ("tucker", None, EquatingOptions()),
        ("levine", None, EquatingOptions()),
        ("levine-true", None, EquatingOptions()),
        ("chained-linear", None, EquatingOptions()),
        ("frequency-estimation", Degrees(4, 4, 1), EquatingOptions(bandwidths=(0.6,), kernel=True)),
        (
            "chained-equipercentile",
            Degrees(4, 4, 1),
            EquatingOptions(bandwidths=(0.6,), kernel=True),
        ),
        ("kernel", Degrees(4), EquatingOptions(bandwidths=(0.6,))),
        ("equipercentile", Degrees(4), EquatingOptions()),
    ],
)
def test_the_bootstrap_agrees_with_the_delta_method(code, smoothing, options):
    """
    Over scores that people reach, errors by 300 samples lie around those of the delta method.
    """
    method = METHODS[code]
    tables = two_groups("internal")
    if not method.anchored:
        tables = tuple(without_anchor(table) for table in tables)
    reached = tables[0].totals / tables[0].n > 0.01

    delta = equate(*tables, method, options, smoothing=smoothing)
    samples = Bootstrap(300, np.random.default_rng(1))
    drawn = equate(*tables, method, options, smoothing=smoothing, bootstrap=samples)

    ratio = errors(delta)[reached] / errors(drawn)[reached]
    assert (delta.se_method, drawn.se_method, drawn.replications) == ("delta", "bootstrap", 300)
    assert 0.92 < ratio.mean() < 1.08
    assert [row.equated for row in drawn.conversions] == [row.equated for row in delta.conversions]


def test_scores_at_the_end_of_a_group_have_no_delta_error():
    """
    Where nobody of the new form's group stands below or above, nothing says how the end varies.
    """
    new = ScoreFrequencies(np.array([0.0, 4, 6, 0])[:, np.newaxis])
    old = ScoreFrequencies(np.array([3.0, 4, 2, 1])[:, np.newaxis])

    found = errors(equate(new, old, METHODS["equipercentile"]))

    assert np.isnan(found).tolist() == [True, False, False, True]


def test_a_seed_is_a_result():
    """
    The same generator gives the same errors, another one others.
    """
    tables = two_groups("internal")

    def drawn(seed):
        samples = Bootstrap(20, np.random.default_rng(seed))
        return errors(equate(*tables, METHODS["tucker"], bootstrap=samples)).tolist()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_one_group_knows_that_scores_belong_together():
    """
    The error of mean equating in one group is that of the mean difference of the persons.
    """
    rng = np.random.default_rng(6)
    theta = rng.normal(15, 4, 500)
    pairs = np.clip(np.round(theta[:, None] + rng.normal(0, 2, (500, 2))), 0, 30).astype(int)
    joint = np.zeros((31, 31))
    np.add.at(joint, (pairs[:, 0], pairs[:, 1]), 1)

    single = equate_single_group(joint, METHODS["mean"])
    apart = equate(
        ScoreFrequencies(joint.sum(axis=1)[:, None]),
        ScoreFrequencies(joint.sum(axis=0)[:, None]),
        METHODS["mean"],
    )

    expected = np.std(pairs[:, 1] - pairs[:, 0]) / np.sqrt(500)
    np.testing.assert_allclose(errors(single), expected, rtol=1e-9)
    np.testing.assert_allclose(equivalents(single), equivalents(apart), atol=1e-12)
    assert (errors(single) < errors(apart)).all()


def test_one_group_s_bootstrap_agrees_too():
    """
    Persons are drawn with both their scores; smoothing keeps the joint moments.
    """
    rng = np.random.default_rng(7)
    theta = rng.normal(10, 3, 600)
    pairs = np.clip(np.round(theta[:, None] + rng.normal(0, 1.5, (600, 2))), 0, 20).astype(int)
    joint = np.zeros((21, 21))
    np.add.at(joint, (pairs[:, 0], pairs[:, 1]), 1)
    options, kept = EquatingOptions(bandwidths=(0.6,)), Degrees(3, 3, 1)

    delta = equate_single_group(joint, METHODS["kernel"], options, smoothing=kept)
    samples = Bootstrap(200, np.random.default_rng(1))
    drawn = equate_single_group(
        joint, METHODS["kernel"], options, smoothing=kept, bootstrap=samples
    )

    ratio = errors(delta)[4:17] / errors(drawn)[4:17]
    assert 0.9 < ratio.mean() < 1.1
    assert drawn.design == "single group"


def test_one_group_has_no_anchor():
    """
    Methods for two groups that differ are refused for one.
    """
    with pytest.raises(CannotEquate, match="needs two groups"):
        equate_single_group(np.ones((3, 3)), METHODS["tucker"])


def test_samples_that_fail_are_counted_and_too_many_are_refused():
    """
    A sample without a conversion is left out; when one in ten has none, that is the result.
    """
    turns = iter(range(1000))

    def sometimes(rng):
        if next(turns) % 3 == 0:
            raise CannotEquate(["nothing to see"])
        return rng.normal(size=2)

    with pytest.raises(CannotEquate, match=r"10 of 30 bootstrap samples.*nothing to see"):
        bootstrap_errors(sometimes, Bootstrap(30, np.random.default_rng(1)))
    with pytest.raises(CannotEquate, match="at least 2"):
        bootstrap_errors(sometimes, Bootstrap(1, np.random.default_rng(1)))
