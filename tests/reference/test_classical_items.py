"""Classical item statistics against base R and psych (ctt_*.json)."""

import numpy as np
import pytest
from reference_files import column, complete, reference, responses, table

from examengine.psychometrics.classical import item_statistics, option_statistics, totals

COMPLETE = ["lsat6", "lsat7", "sat12", "science", "spisa", "verbagg_dich", "verbagg_poly"]


def data_of(name):
    """The persons of a data set who were presented every item."""
    return complete(responses(reference(f"ctt_{name}")["data"]))


@pytest.mark.parametrize("name", [*COMPLETE, "ability", "numeracy"])
def test_item_statistics_agree_with_r(name):
    """
    Means, deviations, item-total, item-rest, biserial and upper-lower indices equal R's to 1e-6.
    """
    expected = reference(f"ctt_{name}")["items"]
    data = data_of(name)

    rows = item_statistics(data.scores, data.max_scores, ties="row order")

    shift = column(expected, "mean") - np.array([row.mean for row in rows])
    assert np.ptp(shift) < 1e-6  # R keeps a lowest category of 1, we count from 0
    for ours, theirs in (
        ("sd", "sd"),
        ("item_total_r", "item_total_r"),
        ("item_rest_r", "item_rest_r"),
    ):
        mine = np.array([getattr(row, ours) for row in rows])
        np.testing.assert_allclose(mine, column(expected, theirs), atol=1e-6)


@pytest.mark.parametrize("name", ["lsat6", "lsat7", "sat12", "spisa", "verbagg_dich"])
def test_dichotomous_indices_agree_with_r(name):
    """
    Biserial correlations and 27 per cent indices equal R's to 1e-6 when ties go by row order.
    """
    expected = reference(f"ctt_{name}")["items"]
    data = data_of(name)

    rows = item_statistics(data.scores, data.max_scores, ties="row order")

    np.testing.assert_allclose(
        [row.biserial for row in rows], column(expected, "biserial"), atol=1e-6
    )
    np.testing.assert_allclose(
        [row.discrimination_27 for row in rows],
        column(expected, "discrim_upper_lower27"),
        atol=1e-6,
    )


def test_the_licensure_exam_agrees_with_r():
    """
    p, item-total and item-rest of the 170 operational items of a real exam equal R's to 1e-6.
    """
    expected = reference("ctt_credential")["items"]
    data = responses("data/credential_scored.csv", n_items=170)

    rows = item_statistics(data.scores, data.max_scores)

    np.testing.assert_allclose([row.p for row in rows], column(expected, "p"), atol=1e-6)
    np.testing.assert_allclose(
        [row.item_total_r for row in rows], column(expected, "r_total"), atol=1e-6
    )
    np.testing.assert_allclose(
        [row.item_rest_r for row in rows], column(expected, "r_rest"), atol=1e-6
    )


def options_of(raw_path, keys, data, item):
    """The option table of one item of a raw file; blank but scored means left out."""
    _, rows = table(raw_path)
    seen = data.presented[:, item]
    chosen = [(row[item] or "omitted") if s else "" for row, s in zip(rows, seen, strict=True)]
    everything = totals(data.scores, data.max_scores)
    rest = everything.rest_shares(data.scores[:, item], data.max_scores[item])
    return option_statistics(chosen, keys, everything.shares(), rest, data.weights)


def test_option_tables_agree_with_r():
    """
    Option counts, correlations and shares by fifth of the score equal R's to 1e-6 on SAT12.
    """
    expected = reference("ctt_sat12")["distractors"]
    data = responses("data/sat12_scored.csv")

    for item, row in enumerate(expected):
        found = options_of("data/sat12_raw.csv", [str(row["key"])], data, item)
        ours = {option.option: option for option in found}
        for option in row["options"]:
            mine = ours[str(option["option"])]
            assert mine.n == option["n"]
            assert mine.is_key == option["is_key"]
            np.testing.assert_allclose(
                [mine.p, mine.total_r, mine.rest_r, mine.mean_total * 32],
                [option[k] for k in ("prop", "pbis_total", "pbis_rest", "mean_total")],
                atol=1e-6,
            )
            np.testing.assert_allclose(mine.group_p, option["quintile_prop"], atol=1e-6)


def test_option_tables_of_the_licensure_exam_agree_with_r():
    """
    Shares and rest correlations of every option of the real exam equal R's to 1e-6.
    """
    expected = reference("ctt_credential")["distractors"]
    data = responses("data/credential_scored.csv", n_items=170)

    for item, row in enumerate(expected[:40]):
        found = options_of("data/credential_raw.csv", [str(row["key"])], data, item)
        ours = {option.option: option for option in found}
        for option in row["options"]:
            mine = ours[str(option["option"])]
            np.testing.assert_allclose(
                [mine.p, mine.rest_r], [option["prop"], option["pbis_rest"]], atol=1e-6
            )
