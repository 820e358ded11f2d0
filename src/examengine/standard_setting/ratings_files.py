"""Ratings as CSV files: written for a spreadsheet, read back with every fault named.

Columns: `judge_id`, `item_id`, `rating` (0 to 1; empty = not rated) and optionally `round`; or one
row per judge with a column for each item. `examengine cut modified-angoff` reads the same files.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np

from examengine.psychometrics.csv_tables import CsvTable, UnusableFile, first_faults, read_csv
from examengine.psychometrics.cut_scores import CannotRecommend, Ratings, read_ratings
from examengine.standard_setting.errors import RatingsUnusable, RoundMoved
from examengine.standard_setting.panel import Panel, Rating

COLUMNS = ("judge_id", "item_id", "rating", "round")
LARGEST_FILE = 1_000_000


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
    first = panel.open_round
    if first is None:
        raise RoundMoved(len(panel.closed))
    if len(content) > LARGEST_FILE:
        raise RatingsUnusable([f"{source}: {len(content)} bytes; at most {LARGEST_FILE} are read"])
    try:
        table = read_csv(source, content)
        faults = first_faults(_faults(panel, table))
        found = read_ratings(table)
    except UnusableFile as refusal:
        raise RatingsUnusable(refusal.faults) from refusal
    except CannotRecommend as refusal:
        counted = [f"{source}, rounds counted from its first: {one}" for one in refusal.faults]
        raise RatingsUnusable(counted) from refusal
    if faults:
        raise RatingsUnusable(faults)
    return tuple(_ratings(found, first, now))


def _ratings(found: Ratings, first: int, now: datetime) -> Iterator[Rating]:
    for number, row, column in np.argwhere(np.isfinite(found.values)):
        share = float(found.values[number, row, column])
        yield Rating(first + int(number), found.judge_ids[row], found.item_ids[column], share, now)


def _faults(panel: Panel, table: CsvTable) -> Iterator[str]:
    """Faults that only the panel can tell: strangers among judges, items, columns and rounds."""
    if "judge_id" not in table.header:
        return
    judges = [judge.judge_id for judge in panel.active]
    for row, judge in enumerate(table.column("judge_id")):
        if judge not in judges:
            needed = f"the judges of this panel are {', '.join(judges)}"
            yield table.fault(row, "judge_id", judge, needed)
    yield from _item_faults(panel, table)
    yield from _round_faults(panel, table)


def _item_faults(panel: Panel, table: CsvTable) -> Iterator[str]:
    """An item the form does not score, or a column nobody reads, is never passed over."""
    wide = not {"item_id", "rating"} <= set(table.header)
    if wide:
        for name in table.header:
            if name not in {*panel.item_ids, "judge_id", "round"}:
                yield (
                    f"{table.source}: row 1, column {name!r}: is no scored item of the form; use "
                    f"{', '.join(COLUMNS)}, or a column for each item such as "
                    f"{panel.item_ids[0]!r}"
                )
        return
    for name in table.header:
        if name not in COLUMNS:
            yield (
                f"{table.source}: row 1, column {name!r}: is not used here; the columns are "
                f"{', '.join(COLUMNS)}"
            )
    for row, item in enumerate(table.column("item_id")):
        if item not in panel.item_ids:
            needed = f"a scored item of the form is needed, such as {panel.item_ids[0]!r}"
            yield table.fault(row, "item_id", item, needed)


def _round_faults(panel: Panel, table: CsvTable) -> Iterator[str]:
    """Rounds begin with the open one and follow each other without a gap."""
    if "round" not in table.header:
        return
    first, cells = panel.open_round or 1, table.column("round")
    found = {int(cell) for cell in cells if cell.isascii() and cell.isdigit()}
    allowed = range(first, panel.rounds + 1)
    for row, cell in enumerate(cells):
        number = int(cell) if cell.isascii() and cell.isdigit() else None
        if number is not None and number not in allowed:
            needed = f"this panel takes rounds {first} to {panel.rounds}"
            yield table.fault(row, "round", cell, needed)
    missing = sorted(set(range(first, max(found, default=first) + 1)) - found)
    if missing and max(found, default=first) in allowed:
        yield f"{table.source}: column 'round': round {missing[0]} is missing before a later one"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()
