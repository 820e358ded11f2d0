"""Similarity statistics against plain loops, and what they make of copiers and of honest work."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, norm
from simulated_answers import data_of, draw, nominal_test

from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.similarity import (
    METHODS,
    CannotCompareAnswers,
    compare_answers,
    evidence_of,
)
from examengine.psychometrics.similarity._distributions import poisson_binomial_tail
from examengine.psychometrics.similarity._pairs import pairs_within

TEST = nominal_test()
CHOSEN = draw(TEST)
EVIDENCE = evidence_of(data_of(CHOSEN), TEST)


def of_all(code, evidence=EVIDENCE, **options):
    """Every pair by its persons."""
    n = len(evidence.answers.person_ids)
    names = evidence.answers.person_ids
    pairs = [(names[i], names[j]) for i in range(n) for j in range(n) if i != j]
    found = compare_answers(evidence, METHODS[code], pairs=pairs, **options)
    return {(row.first, row.second): row for row in found.pairs}


def test_omega_is_wollacks_sum():
    """
    ω and its p of some pairs equal the published formula written as a loop.
    """
    found = of_all("omega")
    share = EVIDENCE.model.option_probabilities(np.arange(40))

    for one, other in ((0, 1), (1, 0), (7, 30)):
        chances = [share[j, CHOSEN[other, j], one] for j in range(12)]
        same = sum(CHOSEN[one, j] == CHOSEN[other, j] for j in range(12))
        z = (same - sum(chances)) / np.sqrt(sum(p * (1 - p) for p in chances))
        row = found[str(one + 1), str(other + 1)]
        assert row.statistic == pytest.approx(z)
        assert row.p == pytest.approx(norm.sf(z))
        assert row.matches == same


def test_the_binomial_test_takes_chances_of_agreeing():
    """
    The chance of agreeing on an item is the sum over options of both persons' probabilities.
    """
    found = of_all("gbt")
    share = EVIDENCE.model.option_probabilities(np.arange(40))

    for one, other in ((0, 1), (5, 33)):
        chances = np.array([[share[j, :, one] @ share[j, :, other]] for j in range(12)])
        same = int((CHOSEN[one] == CHOSEN[other]).sum())
        row = found[str(one + 1), str(other + 1)]
        assert row.p == pytest.approx(poisson_binomial_tail(chances, np.array([same]))[0])
        assert row.expected == pytest.approx(chances.sum())
        assert row.p == pytest.approx(found[str(other + 1), str(one + 1)].p)


def peers_share(one, other, degree=None):
    """The chance of the K family by loops over groups of persons."""
    wrong = CHOSEN != 3
    n_wrong = wrong.sum(axis=1)
    means = {}
    for level in set(n_wrong):
        group = [i for i in range(40) if n_wrong[i] == level and i != other]
        if group:
            shared = [(wrong[other] & (CHOSEN[i] == CHOSEN[other])).sum() for i in group]
            means[level] = np.mean(shared) / n_wrong[other]
    if degree is None:
        return means[n_wrong[one]]
    levels = np.array(sorted(means))
    line = np.polyfit(levels / 12, [means[level] for level in levels], degree)
    return np.clip(np.polyval(line, n_wrong[one] / 12), 0.001, 0.999)


@pytest.mark.parametrize(("code", "degree"), [("k", None), ("k1", 1), ("k2", 2)])
def test_the_k_family_reads_chances_off_the_peers(code, degree):
    """
    The chance of sharing the source's errors, and the binomial tail, equal loops over the groups.
    """
    found = of_all(code, replace(EVIDENCE, model=None))

    for one, other in ((0, 1), (1, 0), (7, 30), (12, 3)):
        wrong = CHOSEN[other] != 3
        shared = int((wrong & (CHOSEN[one] == CHOSEN[other])).sum())
        chance = peers_share(one, other, degree)
        row = found[str(one + 1), str(other + 1)]
        assert row.p == pytest.approx(binom.sf(shared - 1, wrong.sum(), chance))
        assert row.matches == shared
        assert row.expected == pytest.approx(wrong.sum() * chance)


@pytest.mark.parametrize("code", sorted(METHODS))
def test_all_pairs_are_the_chosen_pairs(code):
    """
    Comparing everybody in blocks finds the same p as naming each pair.
    """
    everybody = compare_answers(EVIDENCE, METHODS[code], level=1.0, adjustment="bonferroni")

    named = of_all(code)

    expected = 40 * 39 if METHODS[code].directed else 40 * 39 / 2
    assert everybody.n_compared + everybody.n_undefined == expected
    for row in everybody.pairs:
        assert row.p == pytest.approx(named[row.first, row.second].p, rel=1e-9)


@pytest.mark.parametrize("code", sorted(METHODS))
def test_the_order_of_persons_and_items_plays_no_part(code):
    """
    Shuffled rows and columns give every pair the same p.
    """
    rng = np.random.default_rng(5)
    rows, columns = rng.permutation(40), rng.permutation(12)
    data = data_of(CHOSEN)
    names = [data.responses.item_ids[column] for column in columns]
    shuffled = replace(data, responses=data.responses.with_persons(rows).with_items(names))
    chosen = {name: tuple(np.array(data.chosen[name])[rows]) for name in names}

    found = of_all(code, evidence_of(replace(shuffled, chosen=chosen), TEST))

    before = of_all(code)
    assert {at: row.p for at, row in found.items()} == pytest.approx(
        {at: row.p for at, row in before.items()}, rel=1e-9, nan_ok=True
    )


def test_pairs_are_compared_on_what_both_answered():
    """
    An item that either has not answered counts neither as an agreement nor in what is expected.
    """
    chosen = CHOSEN.copy()
    chosen[0, :3] = -1
    chosen[1, 2:5] = -1
    evidence = evidence_of(data_of(chosen), TEST)
    share = evidence.model.option_probabilities(np.arange(40))

    row = of_all("gbt", evidence)["1", "2"]

    chances = [share[j, :, 0] @ share[j, :, 1] for j in range(5, 12)]
    assert row.n_items == 7
    assert row.matches == (CHOSEN[0, 5:] == CHOSEN[1, 5:]).sum()
    assert row.expected == pytest.approx(sum(chances))


def test_persons_without_answers_have_no_figure():
    """
    Somebody who answered nothing is in undefined pairs only, and in nobody's way.
    """
    chosen = CHOSEN.copy()
    chosen[4] = -1

    for code in METHODS:
        found = compare_answers(evidence_of(data_of(chosen), TEST), METHODS[code], level=1.0)
        assert found.n_undefined >= 39
        assert not [row for row in found.pairs if "5" in {row.first, row.second}]


def test_other_forms_are_not_peers():
    """
    The K-index compares within a form: across forms there is no figure.
    """
    chosen = CHOSEN.copy()
    chosen[:20, :4] = -1
    evidence = evidence_of(data_of(chosen))

    found = compare_answers(evidence, METHODS["k"], pairs=[("1", "2"), ("1", "30")])

    across = next(row for row in found.pairs if row.second == "30")
    assert np.isnan(across.p)
    assert found.n_compared == 1


def test_options_left_out_are_nothing_in_common():
    """
    An option that means "left out" is treated as no answer.
    """
    chosen = CHOSEN.copy()
    chosen[:, 0] = 0
    with_code = evidence_of(data_of(chosen), TEST, omitted=["0"])

    assert not with_code.answers.answered[:, 0].any()
    assert (with_code.answers.answered[:, 1] == (CHOSEN[:, 1] != 0)).all()


def test_letters_are_numbered_in_their_order():
    """
    Options called A to D give the figures of the options 0 to 3; too few letters are refused.
    """
    letters = evidence_of(data_of(CHOSEN, names="ABCD"), TEST)
    few = data_of(np.where(CHOSEN == 0, 1, CHOSEN), names="ABCD")

    found = of_all("omega", letters)

    assert found["1", "2"].p == pytest.approx(of_all("omega")["1", "2"].p)
    with pytest.raises(CannotScore, match=r"'i0': the options B, C, D do not fit its 4 categories"):
        evidence_of(few, TEST)


def test_a_model_of_scores_shares_wrong_answers_out():
    """
    Under the 2PL the chance of a distractor is the chance of being wrong times its share.
    """
    items = tuple(
        ItemParameters(f"i{j}", "2pl", {"a": 1.0, "b": 0.2, "c": 0.0, "d": 1.0}) for j in range(12)
    )

    model = evidence_of(data_of(CHOSEN), ParameterSet(items)).model

    share = model.option_probabilities(np.arange(3))
    right = 1 / (1 + np.exp(-(model.theta[:3] - 0.2)))
    wrong = np.bincount(CHOSEN[CHOSEN[:, 4] != 3, 4], minlength=3)
    np.testing.assert_allclose(share[4, 3], right)
    np.testing.assert_allclose(share[4, 1], (1 - right) * wrong[1] / wrong.sum())
    np.testing.assert_allclose(share.sum(axis=1), 1.0)


@pytest.mark.parametrize("code", ["omega", "gbt", "m4"])
def test_a_copier_is_found_and_honest_work_left_alone(code):
    """
    Of 60 persons, one who took 32 of 40 answers from another is the only one in a flagged pair.
    """
    test = nominal_test(n_items=40, seed=8)
    chosen = draw(test, 60, seed=9)
    source = int(np.argsort((chosen == 3).sum(axis=1))[20])
    chosen[5, :32] = chosen[source, :32]

    found = compare_answers(evidence_of(data_of(chosen), test), METHODS[code], level=0.01)

    assert found.pairs
    assert {frozenset((row.first, row.second)) for row in found.pairs} == {
        frozenset(("6", str(source + 1)))
    }
    assert all(row.flagged and row.p_adjusted >= row.p for row in found.pairs)
    assert found.tails[0].share < 0.1


def test_rooms_keep_pairs_apart():
    """
    Only pairs within a room are compared, and the number of pairs counts those.
    """
    rooms = ["a"] * 10 + ["b"] * 30

    found = compare_answers(EVIDENCE, METHODS["gbt"], rooms=rooms, level=1.0)

    assert found.n_compared == 45 + 435
    assert all((int(row.first) <= 10) == (int(row.second) <= 10) for row in found.pairs)


@pytest.mark.parametrize("directed", [True, False])
def test_blocks_hold_every_pair_once(directed):
    """
    Rooms larger than a block give every pair once, and with two directions twice.
    """
    rooms = [np.arange(300), np.arange(300, 305), np.array([400])]

    found = {
        pair
        for first, second in pairs_within(rooms, directed=directed)
        for pair in zip(first.tolist(), second.tolist(), strict=True)
    }

    wanted = {(i, j) for room in rooms for i in room for j in room if i != j}
    assert found == (wanted if directed else {(i, j) for i, j in wanted if i < j})
    assert sum(first.size for first, _ in pairs_within(rooms, directed=directed)) == len(found)


def test_without_a_key_right_and_wrong_are_unknown():
    """
    Nominal items without key compare options, count no errors, and M4 asks for the key.
    """
    ids = [f"i{j}" for j in range(12)]
    scores = Responses.from_matrix(CHOSEN, item_ids=ids, max_scores=np.full(12, 3))
    data = replace(data_of(CHOSEN), responses=scores, keys={}, chosen={})

    evidence = evidence_of(data, TEST)

    row = of_all("gbt", evidence)["1", "2"]
    assert row.p == pytest.approx(of_all("gbt")["1", "2"].p)
    assert np.isnan(row.matches_wrong)
    with pytest.raises(CannotCompareAnswers, match="M4 tells right from wrong"):
        compare_answers(evidence, METHODS["m4"])
    with pytest.raises(CannotCompareAnswers, match="give the key"):
        compare_answers(evidence, METHODS["k"])


def test_what_cannot_be_compared_is_refused_in_words():
    """
    Unknown persons, a person paired with themselves, no model, no pair, an unknown adjustment.
    """
    gbt = METHODS["gbt"]

    with pytest.raises(CannotCompareAnswers, match="'x' is not in the responses"):
        compare_answers(EVIDENCE, gbt, pairs=[("1", "x")])
    with pytest.raises(CannotCompareAnswers, match="one person twice"):
        compare_answers(EVIDENCE, gbt, pairs=[("1", "1")])
    with pytest.raises(CannotCompareAnswers, match="needs item parameters"):
        compare_answers(replace(EVIDENCE, model=None), gbt)
    with pytest.raises(CannotCompareAnswers, match="no pair"):
        compare_answers(EVIDENCE, gbt, pairs=[])
    with pytest.raises(CannotCompareAnswers, match="'tukey' is none of"):
        compare_answers(EVIDENCE, gbt, adjustment="tukey")
    with pytest.raises(CannotScore, match="'i0' has no parameters"):
        evidence_of(data_of(CHOSEN), ParameterSet(TEST.items[1:]))


@pytest.mark.parametrize("code", sorted(METHODS))
@pytest.mark.parametrize("level", [0.05, 0.3])
def test_screening_is_exact_up_to_its_level(code, level):
    """
    Up to the level a screened p is the exact one; above it both are above, blanks or not.
    """
    chosen = draw(TEST, 60, seed=9)
    chosen[np.random.default_rng(1).uniform(size=chosen.shape) < 0.1] = -1
    chosen[3] = -1
    evidence = evidence_of(data_of(chosen), TEST)
    first, second = (rows.astype(np.int64) for rows in np.triu_indices(60, 1))

    exact = METHODS[code].against(evidence)(first, second).p
    screened = METHODS[code].screen(evidence, level)(first, second)

    low = exact <= level
    np.testing.assert_array_equal(np.isnan(exact), np.isnan(screened))
    np.testing.assert_allclose(screened[low], exact[low], rtol=1e-12)
    assert (screened[exact > level] > level).all()
