"""Modified Angoff: worked by hand, checked against slow twins, and what it refuses."""

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile, read_csv
from examengine.psychometrics.cut_scores import CannotRecommend, Ratings, read_ratings
from examengine.psychometrics.cut_scores.modified_angoff import filled_in, recommend


def panel(values, max_scores=None):
    """Ratings of judges A, B, C … on items 1, 2, 3 … in one round."""
    matrix = np.array(values, dtype=float)
    return Ratings(
        judge_ids=tuple("ABCDEFGHIJ"[: matrix.shape[0]]),
        item_ids=tuple(str(n + 1) for n in range(matrix.shape[1])),
        values=matrix[np.newaxis],
        max_scores=np.ones(matrix.shape[1]) if max_scores is None else np.array(max_scores),
    )


def test_the_cut_is_the_mean_of_the_judges_sums():
    """
    Two judges with sums 1.4 and 1.8 recommend 1.6, with half their distance as standard error.
    """
    found = recommend(panel([[0.5, 0.9], [0.8, 1.0]]))

    assert found.cut == pytest.approx(1.6)
    assert found.cut_share == pytest.approx(0.8)
    assert found.passing_score == 2
    assert found.se_judges == pytest.approx(0.2)


def test_points_weigh_the_ratings():
    """
    An item worth three points counts three times its rating.
    """
    found = recommend(panel([[0.5, 0.5], [0.5, 0.7]], [1.0, 3.0]))

    assert found.max_score == 4
    assert found.cut == pytest.approx((2.0 + 2.6) / 2)


def test_a_whole_cut_is_its_own_passing_score():
    """
    Ratings that sum to two but for rounding ask for two points, not three.
    """
    found = recommend(panel([[0.1, 0.2, 0.7, 1.0], [0.7, 0.2, 0.1, 1.0]]))

    assert found.passing_score == 2


def test_the_error_over_judges_and_items_is_the_variance_components_formula():
    """
    The error over judges and items equals a loop that works the two-way analysis by hand.
    """
    rng = np.random.default_rng(4)
    y = np.clip(
        0.6
        + rng.normal(0, 0.05, (5, 1))
        + rng.normal(0, 0.2, (1, 12))
        + rng.normal(0, 0.05, (5, 12)),
        0,
        1,
    )
    n, k = y.shape
    grand = y.mean()
    ss_judges = k * sum((row.mean() - grand) ** 2 for row in y)
    ss_items = n * sum((column.mean() - grand) ** 2 for column in y.T)
    ss_total = sum((value - grand) ** 2 for value in y.ravel())
    residual = (ss_total - ss_judges - ss_items) / ((n - 1) * (k - 1))
    judge = (ss_judges / (n - 1) - residual) / k
    item = (ss_items / (k - 1) - residual) / n

    found = recommend(panel(y))

    expected = k * np.sqrt(judge / n + item / k + residual / (n * k))
    assert found.se_judges_items == pytest.approx(expected)
    assert found.se_judges_items > found.se_judges


def test_agreement_of_shrout_and_fleiss():
    """
    The worked example of Shrout and Fleiss gives their ICC(2,1) = .29 and ICC(2,4) = .62.
    """
    targets = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    )

    found = recommend(panel(targets.T / 10)).rounds[0].agreement

    assert found.icc_single == pytest.approx(0.2898, abs=5e-5)
    assert found.icc_panel == pytest.approx(0.6201, abs=5e-5)


def test_a_missing_rating_takes_the_item_mean_and_the_judges_leaning():
    """
    A severe judge's missing rating is filled in above the item's mean, and counted.
    """
    values = np.array([[0.5, 0.5, np.nan], [0.3, 0.3, 0.6], [0.4, 0.4, 0.7]])

    full = filled_in(values)
    found = recommend(panel(values))

    assert full[0, 2] == pytest.approx(0.65 + 0.1)
    assert found.rounds[0].n_missing == 1
    assert found.rounds[0].judges[0].n_rated == 2


def test_the_last_round_counts_and_all_are_kept():
    """
    With two rounds the second is the recommendation and the first can still be read.
    """
    values = np.array([[[0.4, 0.4], [0.8, 0.8]], [[0.5, 0.5], [0.7, 0.7]]])
    ratings = Ratings(("A", "B"), ("1", "2"), values, np.ones(2))

    found = recommend(ratings)

    assert [one.round for one in found.rounds] == [1, 2]
    assert found.se_judges == found.rounds[1].se_judges < found.rounds[0].se_judges


def test_a_rating_outside_the_range_names_judge_and_item():
    """
    A rating of 65 is refused with the judge, the item and the hint that 65 per cent is 0.65.
    """
    with pytest.raises(CannotRecommend, match=r"judge 'B', item '2'.*0\.65"):
        panel([[0.5, 0.5], [0.5, 65]])


def test_one_judge_is_refused():
    """
    A panel of one has no standard error and is refused.
    """
    with pytest.raises(CannotRecommend, match="at least two judges"):
        panel([[0.5, 0.5]])


def test_an_item_nobody_rated_is_refused():
    """
    An item without any rating is named rather than guessed.
    """
    with pytest.raises(CannotRecommend, match="nobody rated item '2'"):
        panel([[0.5, np.nan], [0.6, np.nan]])


def test_long_and_wide_files_say_the_same():
    """
    One row for each rating and one row for each judge are read as the same ratings.
    """
    wide = read_csv("w.csv", b"judge_id,Q1,Q2\nAda,0.5,NA\nBo,0.7,0.2\n")
    long = read_csv(
        "l.csv",
        b"judge_id,item_id,rating,max_score\nAda,Q1,0.5,1\nBo,Q1,0.7,1\nBo,Q2,0.2,2\nAda,Q2,,\n",
    )

    one, other = read_ratings(wide), read_ratings(long)

    assert one.judge_ids == other.judge_ids == ("Ada", "Bo")
    np.testing.assert_array_equal(one.values, other.values)
    assert other.max_scores.tolist() == [1.0, 2.0]


def test_every_fault_of_a_file_is_listed():
    """
    Two bad cells and a rating given twice are three sentences, each with row and column.
    """
    file = read_csv("r.csv", b"judge_id,Q1\nAda,1.5\nBo,maybe\nBo,0.4\n")

    with pytest.raises(UnusableFile) as refusal:
        read_ratings(file)

    assert len(refusal.value.faults) == 3
    assert refusal.value.faults[0].startswith("r.csv: row 2, column 'Q1': '1.5'")
    assert "before" in refusal.value.faults[2]


def test_a_file_without_judges_is_refused():
    """
    A file without the judge column is refused with the columns a ratings file has.
    """
    with pytest.raises(UnusableFile, match="no column 'judge_id'"):
        read_ratings(read_csv("r.csv", b"Q1,Q2\n0.5,0.5\n"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"judge_id,Q1\n,0.5\nBo,0.4\n", "row 2, column 'judge_id': ''; every judge has an id"),
        (b"judge_id,Q1\nAda,0_1\nBo,0.4\n", "row 2, column 'Q1': '0_1'"),
        (b"judge_id,round,Q1\nAda," + b"9" * 5000 + b",1\nBo,1,1\n", "a round is 1, 2, 3"),
        (
            b"judge_id,item_id,rating,max_score\nAda,Q1,1," + b"9" * 5000 + b"\nBo,Q1,1,1\n",
            "points are 1, 2, 3",
        ),
    ],
)
def test_cells_that_only_python_understands_are_refused(content, words):
    """
    Empty judges, numbers with underscores and numbers of thousands of digits are refused in words.
    """
    with pytest.raises(UnusableFile) as refusal:
        read_ratings(read_csv("r.csv", content))

    assert words in refusal.value.faults[0]
