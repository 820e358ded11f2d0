"""Items compared under the models they are calibrated with: a twin, identities, refusals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from examengine.psychometrics.dif import (
    METHODS,
    CannotCompareGroups,
    compare_groups,
    differential_test_functioning,
    wald,
)
from examengine.psychometrics.dif._comparing import comparison_of
from examengine.psychometrics.responses import Responses

ITEMS, PERSONS = 4, 400


def drawn(n_categories, seed=1, harder=0.8, n_items=ITEMS, n_persons=PERSONS):
    """Two groups on items of several points; the focal group finds the first one harder."""
    rng = np.random.default_rng(seed)
    focal = np.arange(n_persons) >= n_persons // 2
    theta = rng.normal(np.where(focal, -0.2, 0.0))
    scores = np.zeros((n_persons, n_items), dtype=np.int8)
    for item in range(n_items):
        steps = np.linspace(-0.7, 0.7, n_categories + 1)[1:-1] + 0.3 * (item - 1)
        logit = theta[:, np.newaxis] - steps - harder * (item == 0) * focal[:, np.newaxis]
        lines = np.pad(np.cumsum(logit, axis=1), ((0, 0), (1, 0)))
        shares = np.exp(log_softmax(lines, axis=1)).cumsum(axis=1)
        scores[:, item] = (rng.uniform(size=(n_persons, 1)) > shares[:, :-1]).sum(axis=1)
    return Responses.from_matrix(scores, group=np.where(focal, "focal", "reference").tolist())


def named(data, model):
    """One model for all items."""
    return dict.fromkeys(data.item_ids, model)


def statistic(data, method, model):
    """χ² and degrees of freedom of the first item."""
    row = compare_groups(data, METHODS[method], models=named(data, model))[0]
    assert row.model == model
    return row.statistic, row.df


def slopes_and_intercepts(model, own, n_categories):
    """Slope and intercept of each category, written out from the model's formula."""
    k = np.arange(n_categories)
    if model in {"rasch", "pcm"}:
        return k.astype(float), np.concatenate([[0], own])
    if model == "gpcm":
        return own[0] * k, np.concatenate([[0], own[1:]])
    return np.concatenate([[0], own[: k[-1]]]), np.concatenate([[0], own[k[-1] :]])


def marginal(data, model, n_categories, *, apart):
    """The largest log-likelihood, by a general optimiser over a written-out likelihood."""
    scores, focal = data.scores.astype(int), np.array(data.group) == "focal"
    k, fixed = n_categories - 1, model in {"rasch", "pcm"}
    size = {"rasch": k, "pcm": k, "gpcm": k + 1, "nrm": 2 * k}[model]
    z = np.linspace(-6, 6, 61)
    weights = np.log(np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum())
    slope = {"rasch": [], "pcm": [], "gpcm": [1.0], "nrm": list(np.arange(1.0, k + 1))}[model]
    start = [*([*slope, *np.zeros(k)] * (ITEMS + apart)), 0.0, 0.0, *([0.0] if fixed else [])]

    def loss(free):
        items = free[: size * (ITEMS + apart)].reshape(-1, size)
        mean, log_sd, *reference = free[size * (ITEMS + apart) :]
        total = 0.0
        for members, m, s in ((~focal, 0.0, reference[0] if fixed else 0.0), (focal, mean, log_sd)):
            theta = m + np.exp(s) * z
            log_p = np.zeros((members.sum(), z.size))
            for item in range(ITEMS):
                own = items[-1] if apart and item == 0 and members is focal else items[item]
                a, c = slopes_and_intercepts(model, own, n_categories)
                lines = log_softmax(np.outer(theta, a) + c, axis=1)
                log_p += lines.T[scores[members, item]]
            total += logsumexp(log_p + weights, axis=1).sum()
        return -total

    return -minimize(loss, start, method="BFGS", options={"gtol": 1e-3}).fun


@pytest.mark.parametrize(
    ("model", "n_categories", "df"), [("rasch", 2, 1), ("pcm", 3, 2), ("gpcm", 3, 3), ("nrm", 3, 4)]
)
def test_the_likelihood_ratio_is_that_of_the_model_named(model, n_categories, df):
    """
    χ² equals twice the gain of a written-out likelihood that a general optimiser maximises.
    """
    data = drawn(n_categories)
    together, free = (marginal(data, model, n_categories, apart=apart) for apart in (False, True))

    found = statistic(data, "lr", model)

    assert found == (pytest.approx(2 * (free - together), abs=2e-3), df)


@pytest.mark.parametrize("method", ["lr", "wald"])
def test_models_of_two_categories_are_the_two_parameter_logistic(method):
    """
    For right and wrong the graded, partial credit and nominal models say what the 2PL says.
    """
    data = drawn(2)
    expected = statistic(data, method, "2pl")

    for model in ("grm", "gpcm", "nrm"):
        assert statistic(data, method, model) == (pytest.approx(expected[0], abs=1e-4), 2)


def test_what_all_items_share_is_not_compared():
    """
    The common slope of the 1PL and the common steps of the rating scale leave one difference, of
    difficulty; the 1PL is the Rasch model in another metric.
    """
    two, three = drawn(2), drawn(3)

    assert statistic(two, "lr", "1pl") == (
        pytest.approx(statistic(two, "lr", "rasch")[0], abs=1e-3),
        1,
    )
    for data, model in ((two, "rasch"), (two, "1pl"), (three, "rsm")):
        ratio, wald = (statistic(data, method, model) for method in ("lr", "wald"))
        assert ratio[1] == wald[1] == 1
        assert wald[0] == pytest.approx(ratio[0], rel=0.1)


@pytest.mark.parametrize("model", ["rasch", "rsm", "gpcm"])
def test_the_statistic_averages_its_degrees_of_freedom(model):
    """
    Without differential functioning χ² is on average as large as its degrees of freedom.
    """
    n_categories = 2 if model == "rasch" else 3
    found = []
    for seed in range(25):
        data = drawn(n_categories, seed, harder=0.0, n_persons=300)
        both = comparison_of(data, "reference", "focal", named(data, model))
        found.append(wald.finding(both, seed % ITEMS))

    mean, df = np.mean([one.statistic for one in found]), found[0].df
    assert abs(mean - df) < 3 * np.sqrt(2 * df / 25)


def test_items_not_named_have_the_usual_models():
    """
    Without a name: the 2PL for one point, the graded response model for more; methods without a
    model name none.
    """
    data = drawn(2, n_persons=300)
    several = replace(
        data, scores=np.column_stack([data.scores[:, :3], drawn(3, n_persons=300).scores[:, 3]]),
        max_scores=np.array([1, 1, 1, 2]),
    )  # fmt: skip

    rows = compare_groups(several, METHODS["lr"], models={"item2": "rasch"})

    assert [row.model for row in rows] == ["2pl", "rasch", "2pl", "grm"]
    assert {row.model for row in compare_groups(several, METHODS["mh"])} == {None}


def test_the_test_score_is_compared_under_the_same_models():
    """
    Flagged items are calibrated apart under the model named for them, and it stands beside them.
    """
    data = drawn(3, n_persons=1200, harder=1.2)
    rows = compare_groups(data, METHODS["mh"], reference="reference")

    default, other = (
        differential_test_functioning(data, rows, models)[0]
        for models in (None, named(data, "pcm"))
    )

    assert {share.model for share in default.items} == {"grm"}
    assert {share.model for share in other.items} == {"pcm"}
    assert other.sdtf == pytest.approx(default.sdtf, abs=0.05)
    assert other.sdtf != default.sdtf


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("3pl", "item 'item1': the asymptotes of 3pl cannot be estimated in each group"),
        ("4pl", "under 2pl, or with mh, std or logistic"),
        ("2pl", "item 'item1': scores go up to 2, but 2pl is for right and wrong"),
        ("5pl", "item 'item1': model '5pl' is none of 1pl"),
    ],
)
def test_models_that_cannot_be_compared_are_refused(model, words):
    """
    A model with asymptotes, for other scores, or unknown is refused with what would be right.
    """
    with pytest.raises(CannotCompareGroups, match="item1") as refusal:
        compare_groups(drawn(3), METHODS["lr"], models={"item1": model})

    assert words in refusal.value.faults[0]


def test_an_item_one_group_cannot_estimate_is_called_by_its_group():
    """
    An item whose parameters one group does not determine has no figures; the reason names the
    group.
    """
    data = drawn(2)
    for label in ("focal", "reference"):
        scores = data.scores.copy()
        scores[np.array(data.group) == label, 0] = 1

        row = compare_groups(replace(data, scores=scores), METHODS["wald"])[0]

        assert np.isnan(row.statistic)
        assert row.ets_class is None
        assert row.notes[0].startswith(f"everybody in group '{label}' scored 1")
