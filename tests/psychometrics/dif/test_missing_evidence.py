"""Groups compared on less than everything: forms, blanks, constant items, few persons."""

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics import estimation
from examengine.psychometrics.dif import METHODS, _groups_apart, compare_groups
from examengine.psychometrics.dif._equated_sums import equated_sums
from examengine.psychometrics.dif.mantel_haenszel import ets_class
from examengine.psychometrics.responses import Responses

BY_SCORES = ("mh", "std", "logistic")
CALIBRATING = ("lr", "wald")


def drawn(n_items, n_each, *, seed, harder=(), impact=0.5, slope=1.3):
    """Scores of two groups as floats; `harder` are items and logits for the focal group."""
    rng = np.random.default_rng(seed)
    focal = np.repeat([False, True], n_each)
    theta = rng.normal(np.where(focal, -impact, 0.0))
    b = np.tile(np.linspace(-1.5, 1.5, n_items), (2 * n_each, 1))
    for item, logits in harder:
        b[focal, item] += logits
    right = rng.uniform(size=b.shape) < expit(slope * (theta[:, np.newaxis] - b))
    return right.astype(np.float64), np.where(focal, "F", "R")


def compared(scores, group, code, **options):
    """What a method says of two groups."""
    rows = compare_groups(
        Responses.from_matrix(scores, group=group.tolist()), METHODS[code], reference="R", **options
    )
    return {row.item_id: row for row in rows}


@pytest.mark.parametrize("code", BY_SCORES)
def test_an_item_that_one_group_gets_right_throughout_is_large(code):
    """
    Everybody in the focal group has item 3 right: class C, and with it out of the matching no
    other item is flagged.
    """
    scores, group = drawn(10, 1000, seed=31)
    scores[group == "F", 2] = 1

    found = compared(scores, group, code, purify=True)

    assert found["item3"].ets_class == "C"
    assert [name for name, row in found.items() if row.ets_class != "A"] == ["item3"]


def test_an_odds_ratio_of_zero_is_reported():
    """
    An odds ratio of 0 has no delta that could be written down, but stands in the details.
    """
    scores, group = drawn(10, 1000, seed=31)
    scores[group == "F", 2] = 1

    row = compared(scores, group, "mh")["item3"]

    assert row.details["alpha_mh"] == 0
    assert np.isposinf(row.effect_size)
    assert np.isnan(row.details["se_d_dif"])


@pytest.mark.parametrize(
    ("delta", "p", "expected"),
    [(np.inf, 1e-9, "C"), (-np.inf, 1e-9, "C"), (np.inf, 0.2, "A"), (np.nan, 1e-9, None),
     (2.0, np.nan, None)],
)  # fmt: skip
def test_a_class_needs_an_effect_and_a_probability(delta, p, expected):
    """
    An infinite delta is large when it is significant; what is missing gives no class.
    """
    assert ets_class(delta, 0.3, p) == expected


@pytest.mark.parametrize("code", CALIBRATING)
def test_what_has_no_parameters_in_a_group_is_left_to_other_methods(code):
    """
    Where everybody in the focal group has an item right it has no class and a reason, and the
    others are compared.
    """
    scores, group = drawn(6, 400, seed=32)
    scores[group == "F", 2] = 1

    found = compared(scores, group, code, purify=True)

    assert found["item3"].ets_class is None
    assert any("everybody in group 'F' scored 1" in note for note in found["item3"].notes)
    assert all(found[name].ets_class in "ABC" for name in found if name != "item3")


@pytest.mark.parametrize("code", [*BY_SCORES, *CALIBRATING])
def test_an_item_that_one_group_never_met_has_no_class(code):
    """
    The item has no class, no persons compared and a note; the nine others are matched on what both
    groups met, all persons of them.
    """
    scores, group = drawn(10, 300, seed=33)
    scores[group == "F", 2] = np.nan

    found = compared(scores, group, code)

    assert (found["item3"].ets_class, found["item3"].n_compared) == (None, 0)
    assert found["item3"].notes
    others = [row for name, row in found.items() if name != "item3"]
    assert all(row.n_compared > 590 for row in others)
    assert sum(row.p < 0.01 for row in others) == 0


@pytest.mark.parametrize("code", BY_SCORES)
def test_common_items_alone_match_those_whom_forms_part(code):
    """
    Two forms, each taken by one group: the figures of common items are those of these items alone.
    """
    scores, group = drawn(20, 400, seed=34)
    scores[group == "R", 16:] = np.nan
    scores[group == "F", 12:16] = np.nan

    both = compared(scores, group, code)
    alone = compared(scores[:, :12], group, code)

    for name, row in alone.items():
        assert both[name].statistic == pytest.approx(row.statistic, rel=1e-6)


def two_forms(seed):
    """An easy form, taken by most of R, and a longer hard one, taken by most of F; no DIF."""
    rng = np.random.default_rng(seed)
    group = np.repeat(["R", "F"], 800)
    hard = rng.uniform(size=1600) < np.where(group == "R", 0.2, 0.8)
    b = np.concatenate([np.linspace(-1, 1, 8), np.full(8, -1.2), np.full(14, 1.2)])
    theta = rng.normal(np.where(group == "R", 0.0, -0.6))
    scores = (rng.uniform(size=(1600, 30)) < expit(1.2 * (theta[:, np.newaxis] - b))) * 1.0
    scores[hard, 8:16] = np.nan
    scores[~hard, 16:] = np.nan
    return scores, group


@pytest.mark.parametrize("code", BY_SCORES)
def test_sums_on_forms_of_other_difficulty_are_not_one_scale(code):
    """
    Common items of an easy and a hard form, given to groups in other shares: about as many of the
    40 tests reject at .05 as should.
    """
    p = [
        found[f"item{number}"].p
        for found in (compared(*two_forms(seed), code) for seed in range(5))
        for number in range(1, 9)
    ]

    assert np.mean(np.array(p) < 0.05) <= 0.15


@pytest.mark.parametrize("code", BY_SCORES)
def test_scattered_blanks_keep_a_difference(code):
    """
    With a tenth of the answers missing at random nine tenths are compared, the statistic of a
    planted difference is at least three quarters of the whole one, and the matching is explained.
    """
    scores, group = drawn(30, 800, seed=35, harder=[(3, 0.8)])
    whole = compared(scores, group, code)["item4"]
    scores[np.random.default_rng(36).uniform(size=scores.shape) < 0.1] = np.nan

    found = compared(scores, group, code)["item4"]

    assert found.n_compared > 0.85 * 1600
    assert found.statistic > 0.75 * whole.statistic
    assert "Rasch" in found.notes[0]


def test_blanks_on_forms_of_other_difficulty_are_still_no_difference():
    """
    Scattered blanks on an easy and a hard form: no more rejections than there should be.
    """
    p = []
    for seed in range(5):
        scores, group = two_forms(seed)
        scores[np.random.default_rng(seed).uniform(size=scores.shape) < 0.05] = np.nan
        found = compared(scores, group, "mh")
        p += [found[f"item{number}"].p for number in range(1, 9)]

    assert np.mean(np.array(p) < 0.05) <= 0.15


@pytest.mark.parametrize("code", ["mh", "lr"])
def test_purification_that_leaves_no_anchor_keeps_the_last_round(code):
    """
    When every item is flagged the first comparison stands, as without purification, and says so in
    words without control characters.
    """
    scores, group = drawn(
        6, 600, seed=37, impact=0.0, harder=[(item, (-1.0) ** item) for item in range(6)]
    )

    purified = compared(scores, group, code, purify=True)
    plain = compared(scores, group, code)

    assert all(row.statistic == plain[name].statistic for name, row in purified.items())
    notes = [note for row in purified.values() for note in row.notes]
    assert all("purification stopped" in note for note in notes)
    assert all(note.isprintable() for note in notes)


@pytest.mark.parametrize("code", BY_SCORES)
def test_few_persons_have_no_class(code):
    """
    Twenty persons of a group are compared, but not classed, and that is said.
    """
    scores, group = drawn(10, 400, seed=38, harder=[(0, 3.0)])
    few = np.r_[0:400, 400:420]

    row = compared(scores[few], group[few], code)["item1"]

    assert row.n_compared_focal <= 20
    assert row.ets_class is None
    assert any("fewer than 30" in note for note in row.notes)


def test_equated_sums_are_sums_where_nothing_is_missing():
    """
    Whoever was presented everything keeps the sum; who missed easy items is credited more than who
    missed hard ones, for the same sum.
    """
    scores, _ = drawn(12, 500, seed=39)
    scores[0, :4], scores[1, 8:] = np.nan, np.nan
    scores[:2, 4:8] = [1, 1, 0, 0]
    scores[0, 8:], scores[1, :4] = [1, 0, 0, 0], [1, 0, 0, 0]
    data = Responses.from_matrix(scores)

    found = equated_sums(data, np.ones(12, dtype=bool))

    np.testing.assert_allclose(found[2:], scores[2:].sum(axis=1))
    assert found[0] > 3 * 12 / 8 + 1
    assert found[1] < 3 * 12 / 8 - 1


def test_anchors_that_contradict_each_other_do_not_creep(monkeypatch):
    """
    Five of six items are 1.5 logits harder or easier for one group: calibrations that find no
    maximum are given up after a hundred cycles, and the row of such a one says so.
    """
    harder = [(item, 1.5 * (-1) ** item) for item in range(5)]
    scores, group = drawn(6, 1000, seed=3, harder=harder, impact=0.0, slope=1.0)
    runs = []

    def watched(*given, **options):
        found = estimation.calibrate(*given, **options)
        runs.append(found.parameters)
        return found

    monkeypatch.setattr(_groups_apart, "calibrate", watched)

    compared(scores, group, "lr", purify=True)
    at_once = compared(scores, group, "lr")

    assert not all(run.converged for run in runs)
    assert max(run.iterations for run in runs) <= _groups_apart.MOST_CYCLES
    assert any(_groups_apart.NOT_CONVERGED in row.notes for row in at_once.values())
