"""Ratings of judges on items, in one round or several."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.csv_tables import (
    CsvTable,
    UnusableFile,
    first_faults,
    number_in,
)
from examengine.psychometrics.cut_scores._contract import CannotRecommend
from examengine.psychometrics.refusals import refuse

JUDGE, ITEM, RATING, ROUND, MAX_SCORE = "judge_id", "item_id", "rating", "round", "max_score"
NOT_RATED = frozenset({"", "NA"})
COUNT = re.compile("0{0,3}[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """What each judge said of each item: the share of its points a just-qualified person gets.

    Attributes:
        judge_ids: Unique.
        item_ids: Unique.
        values: Shape (n_rounds, n_judges, n_items), in [0, 1], nan = not rated.
        max_scores: Points of each item, shape (n_items,).

    Raises:
        CannotRecommend: Fewer than two judges, or a rating outside 0 … 1; names judge and item.
    """

    judge_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    values: FloatArray
    max_scores: FloatArray

    def __post_init__(self) -> None:
        refuse(CannotRecommend, self._faults())

    def _faults(self) -> Iterator[str]:
        shape = (self.values.shape[0], len(self.judge_ids), len(self.item_ids))
        if self.values.shape != shape or self.max_scores.shape != shape[2:]:
            yield f"ratings of shape {self.values.shape}; rounds × judges × items are {shape}"
            return
        if len(self.judge_ids) < 2:
            yield f"{len(self.judge_ids)} judge; a panel needs at least two judges"
        for place in np.argwhere((self.values < 0) | (self.values > 1)):
            found = self.values[tuple(place)]
            yield (
                f"judge {self.judge_ids[place[1]]!r}, item {self.item_ids[place[2]]!r}: rating "
                f"{found:g}; a rating is a probability from 0 to 1 (65 per cent is 0.65)"
            )
        yield from self._empty()

    def _empty(self) -> Iterator[str]:
        """A sentence for each judge and item of a round with no rating at all."""
        given = np.isfinite(self.values)
        for number, judge in np.argwhere(~given.any(axis=2)):
            yield f"round {number + 1}: judge {self.judge_ids[judge]!r} rated nothing"
        for number, item in np.argwhere(~given.any(axis=1)):
            yield f"round {number + 1}: nobody rated item {self.item_ids[item]!r}"


def read_ratings(table: CsvTable) -> Ratings:
    """Ratings from a file, one row for each judge or one for each rating.

    Wide: `judge_id`, optional `round`, then one column for each item. Long: `judge_id`, `item_id`,
    `rating`, optional `round` and `max_score`. Empty or NA = not rated.

    Args:
        table: The file.

    Returns:
        The ratings, rounds in numerical order, judges and items in order of appearance.

    Raises:
        UnusableFile: Columns are missing, or a cell is no number; one sentence per fault.
        CannotRecommend: See `Ratings`.
    """
    if JUDGE not in table.header:
        raise UnusableFile(
            [
                f"{table.source}: no column {JUDGE!r}; ratings need {JUDGE!r} and one column for "
                f"each item, or {JUDGE!r}, {ITEM!r} and {RATING!r}"
            ]
        )
    cells = list(_long(table) if {ITEM, RATING} <= set(table.header) else _wide(table))
    rounds = _rounds(table)
    faults: list[str] = []
    found: dict[tuple[int, str, str], float] = {}
    for row, judge in enumerate(table.column(JUDGE)):
        if not judge:
            faults.append(table.fault(row, JUDGE, judge, "every judge has an id"))
    for row, judge, item, column, text in cells:
        rating = _rating(table, row, column, text, faults)
        if (rounds[row], judge, item) in found:
            faults.append(table.fault(row, column, text, f"{judge!r} rated {item!r} before"))
        found[rounds[row], judge, item] = rating
    refuse(UnusableFile, first_faults(faults))
    return _ratings(found, _max_scores(table))


def _long(table: CsvTable) -> Iterator[tuple[int, str, str, str, str]]:
    """Row, judge, item, column and text of every rating, one to a row."""
    judges, items, ratings = (table.column(name) for name in (JUDGE, ITEM, RATING))
    for row, (judge, item, text) in enumerate(zip(judges, items, ratings, strict=True)):
        yield row, judge, item, RATING, text


def _wide(table: CsvTable) -> Iterator[tuple[int, str, str, str, str]]:
    """The same where a row holds all ratings of a judge."""
    judges = table.column(JUDGE)
    for place, item in enumerate(table.header):
        if item not in {JUDGE, ROUND}:
            for row, cells in enumerate(table.rows):
                yield row, judges[row], item, item, cells[place]


def _rounds(table: CsvTable) -> tuple[int, ...]:
    """The round of every row; 1 without such a column."""
    if ROUND not in table.header:
        return (1,) * len(table.rows)
    cells = table.column(ROUND)
    refuse(
        UnusableFile,
        first_faults(
            table.fault(row, ROUND, cell, "a round is 1, 2, 3 …")
            for row, cell in enumerate(cells)
            if not COUNT.fullmatch(cell)
        ),
    )
    return tuple(int(cell) for cell in cells)


def _rating(table: CsvTable, row: int, column: str, text: str, faults: list[str]) -> float:
    if text in NOT_RATED:
        return float("nan")
    rating = number_in(text)
    if rating is None or not 0 <= rating <= 1:
        needed = "a rating is a number from 0 to 1 (65 per cent is 0.65), empty for none"
        judge = table.column(JUDGE)[row]
        faults.append(table.fault(row, column, text, f"judge {judge!r}: {needed}"))
        return float("nan")
    return rating


def _max_scores(table: CsvTable) -> dict[str, float]:
    """Points of each item named in a long file; 1 where the file says nothing."""
    if not {ITEM, MAX_SCORE} <= set(table.header):
        return {}
    faults, found = [], {}
    for row, (item, cell) in enumerate(
        zip(table.column(ITEM), table.column(MAX_SCORE), strict=True)
    ):
        if COUNT.fullmatch(cell):
            found[item] = float(cell)
        elif cell:
            faults.append(table.fault(row, MAX_SCORE, cell, "points are 1, 2, 3 …"))
    refuse(UnusableFile, first_faults(faults))
    return found


def _ratings(found: dict[tuple[int, str, str], float], max_scores: dict[str, float]) -> Ratings:
    rounds = sorted({number for number, _, _ in found})
    judges = tuple(dict.fromkeys(judge for _, judge, _ in found))
    items = tuple(dict.fromkeys(item for _, _, item in found))
    values = np.full((len(rounds), len(judges), len(items)), np.nan)
    places = [{name: place for place, name in enumerate(names)} for names in (judges, items)]
    for (number, judge, item), rating in found.items():
        values[rounds.index(number), places[0][judge], places[1][item]] = rating
    return Ratings(judges, items, values, np.array([max_scores.get(item, 1.0) for item in items]))
