"""`examengine classify` as it is typed: which items and persons are judged, and why not."""

import csv
import json
from functools import partial

import numpy as np
import pytest
from scipy.special import expit
from typed import typed

from examengine.psychometrics.classification import (
    hanson_brennan,
    lee_in_population,
    livingston_lewis,
)
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.reliability import alpha

SLOPES, PLACES = np.linspace(0.8, 1.6, 12), np.linspace(-1.5, 1.5, 12)
NAMES = [f"Q{n}" for n in range(1, 13)]
GROUPS = (GroupParameters("first"), GroupParameters("again", mean=-1.0, sd=1.2, fixed=False))
ITEMS = tuple(
    ItemParameters(name, "2pl", {"a": a, "b": b})
    for name, a, b in zip(NAMES, SLOPES.tolist(), PLACES.tolist(), strict=True)
)
METHODS = ("lee", "livingston_lewis", "hanson_brennan")

run = partial(typed, "classify")


def document(*arguments):
    """What the command prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def write(path, header, rows):
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def drawn(seed, n):
    """Right and wrong answers of n persons, with a group for each: a third sits again."""
    rng = np.random.default_rng(seed)
    again = np.arange(n) % 3 == 0
    theta = rng.normal(size=n) * np.where(again, 1.2, 1.0) - again
    right = expit(SLOPES * (theta[:, np.newaxis] - PLACES))
    return (rng.uniform(size=right.shape) < right).astype(int), np.where(again, "again", "first")


@pytest.fixture
def whole(tmp_path):
    """Everybody was presented the twelve items."""
    scores, group = drawn(1, 600)
    rows = [[label, *row] for label, row in zip(group, scores.tolist(), strict=True)]
    return write(tmp_path / "whole.csv", ["group", *NAMES], rows)


@pytest.fixture
def forms(tmp_path):
    """Form of Q1 to Q9 for 360 persons, of Q5 to Q12 for 240, and ten who left one item out."""
    scores = drawn(2, 610)[0].astype(object)
    scores[:360, 9:] = scores[360:, :4] = ""
    for person in range(600, 610):
        scores[person, 4 + person % 8] = ""
    return write(tmp_path / "forms.csv", NAMES, scores.tolist())


@pytest.fixture
def params(tmp_path):
    """Parameters of the twelve items, one group."""
    path = tmp_path / "params.json"
    path.write_text(json.dumps(ParameterSet(ITEMS).to_dict()), encoding="utf-8")
    return path


@pytest.fixture
def two_groups(tmp_path):
    """Parameters of the twelve items, two groups."""
    path = tmp_path / "two.json"
    path.write_text(json.dumps(ParameterSet(ITEMS, GROUPS).to_dict()), encoding="utf-8")
    return path


def test_every_method_judges_the_same_form(whole, params):
    """
    The document says persons, items and points; each method is the library's own on these.
    """
    found = document(whole, "--params", params, "--cut", 7)

    scores = drawn(1, 600)[0]
    totals, rho = scores.sum(axis=1).astype(float), alpha(np.cov(scores.T))
    assert (found["n"], found["n_items"], found["max_score"]) == (600, 12, 12)
    assert found["reliability"] == pytest.approx(rho)
    assert found["forms"] == []
    by_lee = lee_in_population(ITEMS, [(GroupParameters(), 1.0)], 7)
    assert found["lee"]["accuracy"] == pytest.approx(by_lee.accuracy)
    for method, expected in (
        ("livingston_lewis", livingston_lewis(totals, 12, 7, rho)),
        ("hanson_brennan", hanson_brennan(totals, 12, 7, rho)),
    ):
        assert found[method]["accuracy"] == pytest.approx(expected.result.accuracy)
        assert found[method]["n_trials"] == pytest.approx(expected.n_trials)
        assert found[method]["n_trials_rounded"] == round(expected.n_trials)


def test_parameters_of_more_items_are_those_of_the_form(tmp_path, params):
    """
    A bank of twelve calibrated items judges the form of the eight that were presented.
    """
    scores = drawn(1, 600)[0][:, 2:10]
    path = write(tmp_path / "short.csv", NAMES[2:10], scores.tolist())

    found = document(path, "--params", params, "--cut", 4)

    expected = lee_in_population(ITEMS[2:10], [(GroupParameters(), 1.0)], 4)
    assert (found["n_items"], found["max_score"]) == (8, 8)
    assert found["lee"]["accuracy"] == pytest.approx(expected.accuracy)


def test_forms_are_judged_one_by_one(forms, params):
    """
    Nothing is said of a test nobody sat: each form has its items, persons, points and answers.
    """
    found = document(forms, "--params", params, "--cut", 5)

    scores = drawn(2, 610)[0]
    assert [found[method] for method in METHODS] == [None, None, None]
    assert (found["n"], found["n_items"], found["max_score"]) == (None, None, None)
    assert any("a raw cut belongs to one form" in note for note in found["notes"])
    assert any("persons in no form: 10" in note for note in found["notes"])
    for form, rows, columns in zip(
        found["forms"], (slice(360), slice(360, 600)), (slice(9), slice(4, 12)), strict=True
    ):
        sat = scores[rows, columns]
        rho = alpha(np.cov(sat.T))
        assert form["item_ids"] == NAMES[columns]
        assert (form["n"], form["n_items"], form["max_score"]) == (*sat.shape, sat.shape[1])
        expected = lee_in_population(ITEMS[columns], [(GroupParameters(), 1.0)], 5)
        assert form["lee"]["accuracy"] == pytest.approx(expected.accuracy)
        by_totals = livingston_lewis(sat.sum(axis=1).astype(float), sat.shape[1], 5, rho)
        assert form["livingston_lewis"]["kappa"] == pytest.approx(by_totals.result.kappa)
        assert form["hanson_brennan"]["n_trials"] == sat.shape[1]


def test_a_cut_on_one_form_only_is_said_of_the_other(forms, params):
    """
    Nine points are on the scale of the first form and not of the second; ten are on none.
    """
    found = document(forms, "--params", params, "--cut", 9)
    refused = run(forms, "--params", params, "--cut", 10)

    first, second = found["forms"]
    assert first["lee"]["accuracy"] > 0.9
    assert [second[method] for method in METHODS] == [None, None, None]
    assert second["notes"] == ["cut 9; on this form it lies above 0 and up to 8"]
    assert refused.exit_code == 2
    assert "up to 9" in refused.stderr
    assert "up to 8" in refused.stderr


def test_one_reliability_is_not_that_of_two_forms(forms, whole):
    """
    A reliability beside several forms is refused, and so is one that is none.
    """
    refused = run(forms, "--cut", 5, "--reliability", 0.8)
    impossible = run(whole, "--cut", 5, "--reliability", 1.2)

    assert (refused.exit_code, impossible.exit_code) == (2, 2)
    assert "a reliability belongs to one form, and there are 2" in refused.stderr
    assert "a number between 0 and 1" in impossible.stderr


def test_sets_that_too_few_were_presented_are_no_forms(tmp_path):
    """
    When everybody left out something else the refusal says what a raw cut needs.
    """
    scores = drawn(3, 60)[0].astype(object)
    for person in range(60):
        scores[person, person % 12] = ""
    path = write(tmp_path / "blanks.csv", NAMES, scores.tolist())

    refused = run(path, "--cut", 5)

    assert refused.exit_code == 2
    assert "12 different sets of items, none of them at least 30 persons" in refused.stderr


def test_a_cut_in_logits_is_a_raw_cut_of_its_own_on_each_form(forms, params):
    """
    Rudner judges everybody; Lee each form at the raw score its items expect at the cut.
    """
    found = document(forms, "--params", params, "--cut", 0.2, "--theta")

    assert found["n_rudner"] == 610
    assert found["rudner"]["accuracy"] > 0.7
    assert found["lee"] is None
    for form, columns in zip(found["forms"], (slice(9), slice(4, 12)), strict=True):
        raw = expit(SLOPES[columns] * (0.2 - PLACES[columns])).sum()
        expected = lee_in_population(ITEMS[columns], [(GroupParameters(), 1.0)], raw)
        assert form["at_cut"]["raw"] == pytest.approx(raw)
        assert form["lee"]["accuracy"] == pytest.approx(expected.accuracy)


def test_groups_are_mixed_and_never_silently_one(whole, two_groups):
    """
    With --group the population is a third sitting again; without, a note names the group taken.
    """
    mixed = document(whole, "--params", two_groups, "--cut", 7, "--group", "group")
    alone = document(whole, "--params", two_groups, "--cut", 7)
    nobody = document("--params", two_groups, "--cut", 7)
    logits = document(whole, "--params", two_groups, "--cut", 0, "--theta")

    expected = lee_in_population(ITEMS, [(GROUPS[0], 2.0), (GROUPS[1], 1.0)], 7)
    shares = {row["group"]: row["share"] for row in mixed["groups"]}
    assert shares == pytest.approx({"again": 1 / 3, "first": 2 / 3})
    assert mixed["lee"]["true_pass_rate"] == pytest.approx(expected.true_pass_rate)
    assert not any("group" in note for note in mixed["notes"])
    for found in (alone, nobody):
        assert [row["group"] for row in found["groups"]] == ["first"]
        assert any(
            note.startswith("Lee: abilities are those of group 'first'") for note in found["notes"]
        )
    assert any(note.startswith("Rudner: abilities are those") for note in logits["notes"])


def test_a_group_needs_responses(params):
    """
    A column of nothing is refused.
    """
    refused = run("--params", params, "--cut", 7, "--group", "sex")

    assert refused.exit_code == 2
    assert "--group sex: it names a column of the responses" in refused.stderr


def test_every_figure_that_is_not_there_has_a_sentence(tmp_path, whole, params):
    """
    Points beyond right and wrong, no parameters, the highest score: each null is explained.
    """
    scores = drawn(4, 200)[0]
    scores[:, 0] *= 2
    points = document(write(tmp_path / "points.csv", NAMES, scores.tolist()), "--cut", 6)
    highest = document(whole, "--params", params, "--cut", 12)

    notes = "\n".join(points["notes"])
    assert points["hanson_brennan"] is points["lee"] is points["rudner"] is None
    assert points["at_cut"]["raw_se"] is None
    for words in (
        "Rudner: it takes a cut in logits",
        "Lee: item parameters",
        "Hanson-Brennan: it is for items that are right or wrong, and item 'Q1'",
        "error of the raw score at the cut",
    ):
        assert words in notes
    assert highest["at_cut"]["theta"] is None
    assert any("no ability has an expected score of 12 points" in n for n in highest["notes"])


def test_options_are_no_points(tmp_path):
    """
    Parameters of chosen options leave the raw score to the totals, and say so.
    """
    scores = drawn(5, 300)[0]
    rng = np.random.default_rng(6)
    options = np.where(scores == 1, "B", rng.choice(["A", "C"], size=scores.shape))
    path = write(tmp_path / "raw.csv", NAMES, options.tolist())
    key = write(tmp_path / "key.csv", ["item_id", "key"], [[name, "B"] for name in NAMES])
    nominal = tuple(
        ItemParameters(
            name,
            "nrm",
            {"slopes": (0.0, 1.0, 0.2), "intercepts": (0.0, 0.5, 0.1)},
            options=("A", "B", "C"),
        )
        for name in NAMES
    )
    params = tmp_path / "nominal.json"
    params.write_text(json.dumps(ParameterSet(nominal).to_dict()), encoding="utf-8")

    points = document(path, "--key", key, "--params", params, "--cut", 6)
    logits = document(path, "--key", key, "--params", params, "--cut", 0, "--theta")
    refused = run("--params", params, "--cut", 6)

    assert (points["lee"], points["max_score"]) == (None, 12)
    assert points["hanson_brennan"]["accuracy"] > 0.6
    assert logits["rudner"]["accuracy"] > 0.6
    assert any("item 'Q1' was calibrated from its chosen options" in n for n in points["notes"])
    assert (refused.exit_code, "chosen options" in refused.stderr) == (2, True)
