"""Joining sparse cells of an item's table of sum score by category, so that χ² can be trusted.

The rules are those of mirt 1.47, so that figures can be compared: sum scores at which some category
is impossible join the nearest at which all are possible; rows without persons go; a row of a single
person joins the next; within a row, the rarest category joins its rarer neighbour until
every expected count reaches the minimum or two categories are left; rare last columns join their
left neighbour; last, rows with a cell that is still too small join the neighbour with fewer
persons. Joined cells always add observed and expected alike.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from examengine.psychometrics.arrays import FloatArray

SMALLEST_EXPECTED = 1.0


@dataclass(frozen=True, slots=True)
class FitTable:
    """Observed and expected counts of one item.

    Attributes:
        observed: Shape (n_rows, n_columns), rows are sum scores, columns categories.
        expected: Same shape; 0 where a cell was joined to another and is gone.
    """

    observed: FloatArray
    expected: FloatArray


def collapse(table: FitTable, *, smallest: float = SMALLEST_EXPECTED) -> FitTable:
    """Join cells until no expected count is below a minimum.

    Args:
        table: Counts by sum score (extreme scores left out) and category.
        smallest: Least expected count of a cell.

    Returns:
        The joined table; empty when nobody has an inner score.

    References:
        Orlando & Thissen (2000), Applied Psychological Measurement 24, 50–64; Kang & Chen (2008),
        Journal of Educational Measurement 45, 391–406, for several categories.
    """
    rows = _join_ends(list(zip(table.observed, table.expected, strict=True)))
    rows = _join_single_persons([row for row in rows if row[0].sum() > 0])
    if not rows:
        return FitTable(np.zeros((0, 2)), np.zeros((0, 2)))
    if rows[0][0].size > 2:
        rows = [_join_categories(*row, smallest) for row in rows]
        rows = _join_rare_columns(rows, smallest)
    rows = _join_rows(rows, smallest)
    return FitTable(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))


Row = tuple[FloatArray, FloatArray]


def _sum(one: Row, other: Row) -> Row:
    return one[0] + other[0], one[1] + other[1]


def _join_ends(rows: list[Row]) -> list[Row]:
    """Join the scores at either end that cannot go with every category of the item.

    An item of highest score m has all its categories possible from the sum m up to the highest
    sum less m; with the extreme sums left out, m − 1 rows at each end are short.
    """
    short = rows[0][0].size - 2
    if short < 1 or len(rows) <= 2 * short:
        return rows
    inner = rows[short:-short]
    inner[0] = reduce(_sum, rows[:short], inner[0])
    inner[-1] = reduce(_sum, rows[-short:], inner[-1])
    return inner


def _join_single_persons(rows: list[Row]) -> list[Row]:
    joined: list[Row] = []
    waiting: Row | None = None
    for row in rows:
        current = row if waiting is None else _sum(waiting, row)
        waiting = current if current[0].sum() == 1 else None
        if waiting is None:
            joined.append(current)
    if waiting is not None:
        joined[-1:] = [_sum(joined[-1], waiting)] if joined else [waiting]
    return joined


def _join_categories(observed: FloatArray, expected: FloatArray, smallest: float) -> Row:
    """Join the rarest category of a row to its rarer neighbour; what is joined moves left."""
    counts, model = observed.tolist(), expected.tolist()
    while len(model) > 2 and min(model) < smallest:
        rarest = max(place for place, value in enumerate(model) if value == min(model))
        into = _rarer_neighbour(model, rarest)
        counts[into] += counts[rarest]
        model[into] += model[rarest]
        del counts[rarest], model[rarest]
    gone = [0.0] * (observed.size - len(model))
    return np.array(counts + gone), np.array(model + gone)


def _rarer_neighbour(values: list[float], place: int) -> int:
    if place == 0:
        return 1
    if place == len(values) - 1:
        return place - 1
    return place - 1 if values[place - 1] <= values[place + 1] else place + 1


def _join_rare_columns(rows: list[Row], smallest: float) -> list[Row]:
    observed, expected = (np.array([row[side] for row in rows]) for side in (0, 1))
    least = smallest * np.ceil(0.1 * len(rows))
    while expected.shape[1] > 2 and expected[:, -1].sum() < least:
        observed, expected = _into_left(observed, -1), _into_left(expected, -1)
    for column in range(expected.shape[1] - 1, 0, -1):
        if (expected[:, column] > 0).mean() < 0.05:
            observed, expected = _into_left(observed, column), _into_left(expected, column)
    return list(zip(observed, expected, strict=True))


def _into_left(counts: FloatArray, column: int) -> FloatArray:
    joined = counts.copy()
    joined[:, column - 1] += joined[:, column]
    return np.delete(joined, column, axis=1)


def _join_rows(rows: list[Row], smallest: float) -> list[Row]:
    place = 0
    while len(rows) > 1 and place < len(rows):
        expected = rows[place][1]
        if not ((expected < smallest) & (expected != 0)).any():
            place += 1
            continue
        into = _rarer_neighbour([float(row[0].sum()) for row in rows], place)
        rows[into] = _sum(rows[into], rows[place])
        del rows[place]
        # The neighbour above may have been joined: look at it again.
        place = max(min(into, place), 0)
    return rows
