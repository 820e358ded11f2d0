"""Rates of rejection: what is counted as what, and that the studies see what was planted."""

from dataclasses import dataclass

import numpy as np
import pytest

from examengine.psychometrics.recovery._rates import Claim, Rejections, rate_rows, rejections
from examengine.psychometrics.recovery._tables import csv_table, markdown_table, with_table
from examengine.psychometrics.recovery.answer_similarity import (
    COPIERS,
    SimilarityCell,
    SimilarityRates,
    copy,
    strangers,
)
from examengine.psychometrics.recovery.group_differences import DifCell, DifRates
from examengine.psychometrics.recovery.group_differences import drawn as drawn_groups
from examengine.psychometrics.recovery.model_fit import FitCell, ModelFitRates, drawn


@dataclass(frozen=True)
class Row:
    """A row of a made-up study."""

    model: str
    n: int
    rate: float
    rate_error: float


ROWS = [Row("2pl", 1000, 0.0512, 0.004), Row("grm", 1000, float("nan"), float("nan"))]


def test_a_rate_is_a_mean_over_data_sets():
    """
    Rates weigh data sets alike, tests without an answer are none, and power is told from error.
    """
    level, power = Claim("M2", "items", true=True), Claim("M2", "altered items", true=False)
    found = [
        {level: rejections([True, None, False]), power: Rejections(1, 1)},
        {level: rejections([False, False, False, False]), power: Rejections(0, 1)},
    ]

    rows = rate_rows("some", (100, 5), found, refused=1)

    assert [row.rate for row in rows] == [0.25, 0.5]
    assert [row.kind for row in rows] == ["type I", "power"]
    assert (rows[0].tests, rows[0].refused) == (6, 1)
    assert rows[0].rate_error == pytest.approx(0.25)
    assert rate_rows("none", (100, 5), [], refused=3) == []


@pytest.mark.parametrize("condition", ["fits", "slopes", "guessing", "two traits", "guessers"])
def test_a_condition_alters_what_it_says(condition):
    """
    Items or persons are altered, or none, and scores are within their range.
    """
    model = "1pl" if condition == "slopes" else "2pl"

    sample = drawn(FitCell(condition, model, 200, 10), np.random.default_rng(1))

    altered = {"fits": (0, 0), "slopes": (2, 0), "guessing": (10, 0), "two traits": (10, 0)}
    expected = altered.get(condition, (0, 40))
    assert (sample.altered_items.sum(), sample.altered_persons.sum()) == expected
    assert sample.holds == (condition == "fits")
    assert set(np.unique(sample.scores)) == {0.0, 1.0}


def test_two_forms_share_half_their_items():
    """
    Everybody is presented three items of four, two of them on both forms, and the model holds.
    """
    sample = drawn(FitCell("two forms", "2pl", 200, 12), np.random.default_rng(1))

    shown = sample.scores >= 0
    assert (shown.sum(axis=1) == 9).all()
    assert shown.all(axis=0).sum() == 6
    assert sample.holds


def test_fit_statistics_see_items_with_another_slope():
    """
    S-X² rejects the altered items far more often than the others, and M2 rejects the model.
    """
    study, cell = ModelFitRates(), FitCell("slopes", "1pl", 1000, 10)

    found = [study.outcome(cell, np.random.default_rng([1, n])) for n in range(4)]

    rates = {(row.statistic, row.about): row.rate for row in study.rows(cell, found, 0)}
    assert rates["S-X²", "altered items"] > 0.6
    assert rates["S-X²", "unaltered items"] < 0.3
    assert rates["M2", "model"] == 1.0
    assert ("lz*", "persons") not in rates


def test_person_fit_sees_persons_who_guess():
    """
    lz* singles out guessers several times as often as the others.
    """
    study, cell = ModelFitRates(), FitCell("guessers", "2pl", 600, 20)

    found = [study.outcome(cell, np.random.default_rng([2, n])) for n in range(3)]

    rates = {(row.statistic, row.about): row.rate for row in study.rows(cell, found, 0)}
    assert rates["lz*", "altered persons"] > 4 * rates["lz*", "unaltered persons"]


@pytest.mark.parametrize(
    ("condition", "altered"), [("none", 0), ("impact", 0), ("uniform", 2), ("non-uniform", 2)]
)
def test_groups_differ_where_the_condition_says(condition, altered):
    """
    Impact moves abilities, not items; DIF is in two items of middling difficulty.
    """
    cell = DifCell(condition, 3000, 10)

    responses, items = drawn_groups(cell, np.random.default_rng(3))

    means = responses.scores.reshape(2, 3000, 10).mean(axis=(1, 2))
    assert len(items) == altered
    assert (means[0] - means[1] > 0.05) == (condition == "impact")


def test_planted_dif_has_more_power_than_the_size_of_the_test():
    """
    Mantel–Haenszel finds half a logit in two groups of 1,000 nearly always.
    """
    study, cell = DifRates(), DifCell("uniform", 1000, 10, methods=("mh",))

    found = [study.outcome(cell, np.random.default_rng([4, n])) for n in range(5)]

    rates = {row.about: row.rate for row in study.rows(cell, found, 0)}
    assert rates["altered items"] >= 0.8
    assert rates["unaltered items"] <= 0.2


def test_copiers_share_what_they_copied():
    """
    Each copier agrees with the source on at least the copied items, and nobody is in two pairs.
    """
    rng = np.random.default_rng(5)
    chosen = rng.integers(0, 4, (60, 30)).astype(float)

    pairs = copy(rng, chosen, 20)

    rows = [(int(copier) - 1, int(source) - 1) for copier, source in pairs]
    assert len({row for pair in rows for row in pair}) == 2 * COPIERS
    assert all((chosen[copier] == chosen[source]).sum() >= 20 for copier, source in rows)


def test_strangers_are_two_persons():
    """
    Nobody is compared with themselves, and every name is one of the persons.
    """
    pairs = strangers(np.random.default_rng(6), 5)

    assert all(one != other for one, other in pairs)
    assert {name for pair in pairs for name in pair} == {"1", "2", "3", "4", "5"}


def test_similarity_sees_who_copied_half():
    """
    Every statistic singles out copiers of half the test far more often than any two persons.
    """
    study = SimilarityRates()
    half, nobody = SimilarityCell(0.5, 150, 30), SimilarityCell(0.0, 150, 30)

    power = study.rows(half, [study.outcome(half, np.random.default_rng(7))], 0)
    level = study.rows(nobody, [study.outcome(nobody, np.random.default_rng(8))], 0)

    assert [row.statistic for row in power] == [row.statistic for row in level]
    for one, other in zip(power, level, strict=True):
        assert one.size == other.size
        assert one.rate > other.rate + 0.15


def test_tables_say_figures_with_their_errors():
    """
    Markdown joins a figure and its error, says once what all rows share, and leaves none a dash.
    """
    table = markdown_table(ROWS)

    assert "| 2pl | 0.051 ± 0.004 |" in table
    assert "| grm | – |" in table
    assert table.endswith("In every row: n 1,000.\n")
    assert csv_table(ROWS).splitlines()[:2] == ["model,n,rate,rate_error", "2pl,1000,0.0512,0.004"]
    assert csv_table(ROWS).splitlines()[2] == "grm,1000,,"


def test_a_page_keeps_everything_but_the_table():
    """
    A table goes under its command, again and again, and the words around it stay.
    """
    page = "# Page\n\nWords.\n"
    first = with_table(page, "fit", "fit of models", "examengine recovery fit --seed 1", "| a |\n")
    more = f"{first}\nLast words.\n"

    again = with_table(
        more, "fit", "other", "examengine recovery fit --seed 2", markdown_table(ROWS)
    )
    twice = with_table(again, "fit", "other", "examengine recovery fit --seed 2", "| b |\n")

    assert first.startswith(
        "# Page\n\nWords.\n\n## Fit of models\n\n```sh\nexamengine recovery fit"
    )
    assert "| a |" not in again
    assert again.count("In every row") == 1
    assert twice == more.replace("--seed 1", "--seed 2").replace("| a |", "| b |")
