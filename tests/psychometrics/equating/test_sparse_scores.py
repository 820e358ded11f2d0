"""Notes on standard errors that few persons, or none, stand behind."""

import numpy as np
import pytest
from equating_samples import two_groups, without_anchor

from examengine.psychometrics.equating import (
    METHODS,
    Bootstrap,
    Degrees,
    ScoreFrequencies,
    equate,
    equate_single_group,
)
from examengine.psychometrics.equating.sparse_scores import rests_on_few, spans


def counted(*persons):
    """A table of totals."""
    return ScoreFrequencies(np.array(persons, dtype=float)[:, np.newaxis])


def test_scores_without_an_error_are_named():
    """
    A score nobody reached has no error by the delta method, and a note says so.
    """
    form = counted(9, 9, 9, 9, 9, 0, 0)

    found = equate(form, form, METHODS["equipercentile"])

    assert np.flatnonzero([np.isnan(row.se) for row in found.conversions]).tolist() == [5, 6]
    assert found.notes[0].startswith("no standard error at scores 5–6: nobody stands at such")


def test_few_persons_are_looked_for_where_an_equivalent_may_move():
    """
    A loop over the scores within two errors of each equivalent finds the same scores.
    """
    new, old = (without_anchor(table) for table in two_groups("internal", 300))
    found = equate(new, old, METHODS["equipercentile"])

    expected = []
    for row in found.conversions:
        near = [
            y for y in range(31)
            if row.equated - 2 * row.se < y + 0.5 and row.equated + 2 * row.se >= y - 0.5
        ]  # fmt: skip
        few = new.totals[row.score] < 5 or any(old.totals[y] < 5 for y in near)
        expected.append(few and not np.isnan(row.se))
    columns = [[row.equated for row in found.conversions], [row.se for row in found.conversions]]

    said = rests_on_few(*(np.array(column) for column in columns), new.totals, old.totals)

    assert said.tolist() == expected
    assert 0 < said.sum() < 31
    assert f"rough standard errors at {spans(said)}: fewer than 5 persons" in found.notes[-1]


def test_the_scores_named_are_those_with_the_roughest_errors():
    """
    Over 60 samples errors at the scores named are off by half far more often than at the others.
    """
    method, tables, named = METHODS["equipercentile"], [], []
    rng = np.random.default_rng(5)
    shares = [without_anchor(table).totals / table.n for table in two_groups("internal", 4000)]
    for _ in range(60):
        pair = [counted(*rng.multinomial(500, share)) for share in shares]
        rows = equate(pair[0], pair[1], method).conversions
        values = np.array([[row.equated, row.se] for row in rows])
        tables.append(values)
        named.append(rests_on_few(values[:, 0], values[:, 1], pair[0].totals, pair[1].totals))
    values, few = np.array(tables), np.array(named)
    known = ~np.isnan(values[:, :, 1])
    off = np.abs(np.log(values[:, :, 1] / values[:, :, 0].std(axis=0, ddof=1))) > np.log(1.5)

    assert off[few & known].mean() > 0.3
    assert off[~few & known].mean() < 0.15


@pytest.mark.parametrize(
    ("code", "smoothing", "bootstrap"),
    [
        ("linear", None, None),
        ("equipercentile", Degrees(4), None),
        ("equipercentile", None, Bootstrap(5, np.random.default_rng(1))),
    ],
)
def test_errors_that_rest_on_everybody_have_no_note(code, smoothing, bootstrap):
    """
    Lines, smoothed distributions and the bootstrap are not remarked upon.
    """
    new, old = (without_anchor(table) for table in two_groups("internal", 300))

    found = equate(new, old, METHODS[code], smoothing=smoothing, bootstrap=bootstrap)

    assert found.notes == ()


def test_one_group_is_remarked_upon_alike():
    """
    With both forms taken by one group the persons are those of either margin.
    """
    joint = np.diag([2.0, 30, 40, 30, 8])

    found = equate_single_group(joint, METHODS["equipercentile"])

    assert [note.split(":")[0] for note in found.notes] == ["rough standard errors at score 0"]


def test_scores_are_said_as_ranges():
    """
    Neighbours become a range, and one score is a score.
    """
    assert spans(np.array([True, False, True, True, True])) == "scores 0, 2–4"
    assert spans(np.array([False, True])) == "score 1"
