"""Every cut-score method, found in its folder, is held to the same rules on its own example."""

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile, read_csv
from examengine.psychometrics.cut_scores import METHODS, CannotRecommend


@pytest.fixture(params=sorted(METHODS), ids=str)
def method(request):
    """One method after another."""
    return METHODS[request.param]


def table(text):
    """A ratings file from its text."""
    return read_csv("ratings.csv", text.encode())


def test_the_example_gives_a_cut_on_the_scale(method):
    """
    The example of a method gives a cut between zero and the highest score, with its errors.
    """
    found = method.recommend(table(method.example))

    assert found.method == method.code
    assert 0 <= found.cut <= found.max_score
    assert found.cut_share == pytest.approx(found.cut / found.max_score)
    assert found.passing_score - 1 < found.cut <= found.passing_score + 1e-9
    assert found.se_judges >= 0
    assert found.rounds[-1].cut == found.cut


def test_the_order_of_rows_does_not_matter(method):
    """
    A file with its rows in another order gives the same cut and errors.
    """
    header, *rows = method.example.splitlines()
    mixed = "\n".join([header, *reversed(rows)])

    one, other = method.recommend(table(method.example)), method.recommend(table(mixed))

    assert one.cut == pytest.approx(other.cut, abs=1e-12)
    assert one.se_judges == pytest.approx(other.se_judges, abs=1e-12)


def test_one_judge_is_no_panel(method):
    """
    A file with a single judge is refused with the number that is needed.
    """
    header, first, *_ = method.example.splitlines()

    with pytest.raises(CannotRecommend, match="at least two judges"):
        method.recommend(table(f"{header}\n{first}"))


def test_a_broken_cell_is_named(method):
    """
    A cell that is no judgement is refused with its row, its column and what would be right.
    """
    header, first, *rest = method.example.splitlines()
    broken = ",".join([*first.split(",")[:-1], "often"])

    with pytest.raises(UnusableFile) as refusal:
        method.recommend(table("\n".join([header, broken, *rest])))

    assert "row 2" in str(refusal.value)
    assert "'often'" in str(refusal.value)
    assert repr(header.split(",")[-1]) in str(refusal.value)


def test_the_words_for_people_are_there(method):
    """
    Every method has a code for commands, a title for sentences and finite agreement figures.
    """
    found = method.recommend(table(method.example))

    assert method.title
    assert method.code == method.code.lower()
    assert all(np.isfinite(one.agreement.mean_sd) for one in found.rounds)
