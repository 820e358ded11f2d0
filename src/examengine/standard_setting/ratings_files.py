"""Ratings as CSV files: written for a spreadsheet, read back with every fault named.

Columns: `judge_id`, `item_id`, `rating` (0 to 1; empty = not rated) and optionally `round`; or one
row per judge with a column for each item. `examengine cut modified-angoff` takes the same files.
A file may hold some of the judges only, so whether a round is whole is decided when it is closed.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from examengine.psychometrics.csv_tables import CsvTable, UnusableFile, first_faults, read_csv
from examengine.standard_setting.errors import RatingsUnusable, RoundMoved
from examengine.standard_setting.panel import Panel, Rating

JUDGE, ITEM, RATING, ROUND = COLUMNS = ("judge_id", "item_id", "rating", "round")
LARGEST_FILE = 1_000_000
NOT_RATED = frozenset({"", "NA"})


@dataclass(frozen=True, slots=True)
class _Cell:
    """One place of the file that holds a rating, or could."""

    row: int
    column: str
    round: str
    judge: str
    item: str
    text: str


def ratings_csv(panel: Panel, ratings: Iterable[Rating]) -> str:
    """Return the ratings that count, one row each, as they were given."""
    counted = {judge.judge_id for judge in panel.active}
    return _csv(
        (rating.judge_id, rating.item_id, f"{rating.share:.10g}", rating.round)
        for rating in ratings
        if rating.round <= len(panel.closed) and rating.judge_id in counted
    )


def template_csv(panel: Panel) -> str:
    """Return a file to fill in: a row for each judge and item of the open round."""
    return _csv(
        (judge.judge_id, item_id, "", panel.open_round or len(panel.closed))
        for judge in panel.active
        for item_id in panel.item_ids
    )


def read_panel_ratings(
    panel: Panel, source: str, content: bytes, now: datetime
) -> tuple[Rating, ...]:
    """Return the ratings of a file, for the open round and those after it.

    Args:
        panel: The panel the ratings are for.
        source: What to call the file in sentences.
        content: Its bytes.
        now: The present moment.

    Raises:
        RatingsUnusable: The file has faults; each names row, column and what would be right.
        RoundMoved: The panel is over.
    """
    if panel.open_round is None:
        raise RoundMoved(len(panel.closed))
    if len(content) > LARGEST_FILE:
        raise RatingsUnusable([f"{source}: {len(content)} bytes; at most {LARGEST_FILE} are read"])
    try:
        table = read_csv(source, content)
    except UnusableFile as refusal:
        raise RatingsUnusable(refusal.faults) from refusal
    faults = list(_header_faults(panel, table))
    cells = [] if faults else list(_cells(table, str(panel.open_round)))
    faults = faults or list(_faults(panel, table, cells))
    if faults:
        raise RatingsUnusable(first_faults(faults))
    return tuple(
        Rating(int(cell.round), cell.judge, cell.item, float(cell.text), now)
        for cell in cells
        if cell.text not in NOT_RATED
    )


def _is_long(table: CsvTable) -> bool:
    return {ITEM, RATING} <= set(table.header)


def _header_faults(panel: Panel, table: CsvTable) -> Iterator[str]:
    """A column that nobody reads is never passed over."""
    known = COLUMNS if _is_long(table) else (JUDGE, ROUND, *panel.item_ids)
    wanted = f"use {', '.join(COLUMNS)}, or {JUDGE} and a column for each item"
    if JUDGE not in table.header:
        yield f"{table.source}: row 1: there is no column {JUDGE!r}; {wanted}"
    if not _is_long(table) and not set(panel.item_ids) & set(table.header):
        yield f"{table.source}: row 1: no column holds ratings; {wanted}"
    for name in table.header:
        if name not in known:
            yield f"{table.source}: row 1, column {name!r}: is not known here; {wanted}"


def _cells(table: CsvTable, open_round: str) -> Iterator[_Cell]:
    judges = table.column(JUDGE)
    rounds = table.column(ROUND) if ROUND in table.header else (open_round,) * len(judges)
    if _is_long(table):
        pairs = zip(table.column(ITEM), table.column(RATING), strict=True)
        for row, (item, text) in enumerate(pairs):
            yield _Cell(row, RATING, rounds[row], judges[row], item, text)
        return
    for item in table.header:
        if item not in {JUDGE, ROUND}:
            for row, text in enumerate(table.column(item)):
                yield _Cell(row, item, rounds[row], judges[row], item, text)


def _faults(panel: Panel, table: CsvTable, cells: Sequence[_Cell]) -> Iterator[str]:
    """One sentence for each cell that cannot be used; a row's judge and round are named once."""
    judges = [judge.judge_id for judge in panel.active]
    rounds = [str(number) for number in range(panel.open_round or 1, panel.rounds + 1)]
    seen_rows: set[int] = set()
    seen: set[tuple[str, str, str]] = set()
    for cell in cells:
        if cell.row not in seen_rows:
            yield from _row_faults(table, cell, judges, rounds)
        seen_rows.add(cell.row)
        if cell.item not in panel.item_ids:
            needed = f"a scored item of the form is needed, such as {panel.item_ids[0]!r}"
            yield table.fault(cell.row, ITEM, cell.item, needed)
        key = (cell.round, cell.judge, cell.item)
        if key in seen:
            needed = f"{cell.judge!r} rated {cell.item!r} before in round {cell.round}"
            yield table.fault(cell.row, cell.column, cell.text, needed)
        seen.add(key)
        if not _is_share(cell.text):
            needed = "a rating is a number from 0 to 1 (65 per cent is 0.65), empty for none"
            yield table.fault(cell.row, cell.column, cell.text, needed)
    yield from _gaps(table, cells, rounds)


def _row_faults(
    table: CsvTable, cell: _Cell, judges: Sequence[str], rounds: Sequence[str]
) -> Iterator[str]:
    if cell.judge not in judges:
        needed = f"the judges of this panel are {', '.join(judges)}"
        yield table.fault(cell.row, JUDGE, cell.judge, needed)
    if cell.round not in rounds:
        needed = f"the rounds that can be given are {', '.join(rounds)}"
        yield table.fault(cell.row, ROUND, cell.round, needed)


def _gaps(table: CsvTable, cells: Sequence[_Cell], rounds: Sequence[str]) -> Iterator[str]:
    """Rounds begin with the open one and follow each other; there is some rating at all."""
    rated = {cell.round for cell in cells if cell.text not in NOT_RATED}
    if not rated:
        yield f"{table.source}: column {RATING!r}: every rating is empty; fill in some"
    last = max((place for place, number in enumerate(rounds) if number in rated), default=-1)
    for number in rounds[: last + 1]:
        if number not in rated:
            yield f"{table.source}: column {ROUND!r}: round {number} is missing before a later one"


def _is_share(text: str) -> bool:
    if text in NOT_RATED:
        return True
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def refuse_overwriting(
    panel: Panel, given: Sequence[Rating], known: Sequence[Rating], source: str
) -> None:
    """Refuse a file that would replace what a judge has said in the browser.

    Raises:
        RatingsUnusable: It would; every such row is named.
    """
    by_hand = {judge.judge_id for judge in panel.active if judge.person_id is not None}
    rated = {(one.round, one.judge_id) for one in known if one.judge_id in by_hand}
    clashes = sorted(rated & {(one.round, one.judge_id) for one in given})
    if clashes:
        raise RatingsUnusable(
            [
                f"{source}: column 'judge_id': {judge!r} has rated in the browser in round "
                f"{number}; leave out these rows"
                for number, judge in clashes
            ]
        )
