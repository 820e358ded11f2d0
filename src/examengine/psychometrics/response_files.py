"""Response files: one row for each person, one column for each item; scores or chosen options.

Columns `person_id`, `group` and `weight` are optional; every other column is an item. A cell is a
score 0, 1, 2 … or, for items with a key, the id of the chosen option; empty or NA = not presented.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.csv_tables import (
    CsvTable,
    UnusableFile,
    first_faults,
    number_in,
    read_csv,
)
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.response_cells import ABSENT, score_in, way_out
from examengine.psychometrics.response_doubts import doubts, id_faults, key_faults
from examengine.psychometrics.responses import HIGHEST_SCORE, NOT_PRESENTED, Responses
from examengine.psychometrics.shown import Result, Table

PERSON, GROUP, WEIGHT = "person_id", "group", "weight"
NO_KEY: Mapping[str, ItemKey] = {}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ResponseData(Result):
    """What a response file says.

    Attributes:
        source: What the file is called in sentences.
        responses: The scores.
        keys: Key of each item that has one.
        chosen: For each keyed item the chosen option of every person, empty where not presented.
        named_persons: Whether persons have ids of their own rather than the numbers of their rows.
        doubts: What a reader has to know before any figure, a sentence each.
        idle_group: Whether there is a column `group` that nobody asked for.
    """

    source: str
    responses: Responses
    keys: Mapping[str, ItemKey]
    chosen: Mapping[str, tuple[str, ...]]
    named_persons: bool = True
    doubts: tuple[str, ...] = ()
    idle_group: bool = False

    @property
    def keyed(self) -> BoolArray:
        """Whether an item's cells are chosen options, shape (n_items,)."""
        return np.array([name in self.chosen for name in self.responses.item_ids])

    def headline(self) -> str:
        """Size of the responses, and how many items have a key."""
        keyed = int(self.keyed.sum())
        return self.responses.headline() + (f", {keyed} items with a key" if keyed else "")

    def table(self) -> Table:
        """One row for each person, scored; see `Responses.table`."""
        return self.responses.table()


@dataclass(frozen=True, slots=True)
class _Column:
    """One item's column, scored."""

    scores: NDArray[np.int8]
    max_score: int


def read_responses(
    source: str,
    content: bytes,
    *,
    keys: Mapping[str, ItemKey] | None = None,
    group: str | None = None,
) -> ResponseData:
    """Read a response file.

    Args:
        source: What to call the file in sentences.
        content: Its bytes, UTF-8 CSV with a header.
        keys: Keys by item; items without accepted options, or without a key at all when none was
            given, hold scores.
        group: Column that names groups. Without it the groups play no part.

    Returns:
        The responses, with the chosen options where there are keys.

    Raises:
        UnusableFile: One sentence for each fault, naming file, row and column and what would be
            right: a cell that is neither a score nor absent, a repeated person, a weight that is
            no positive number, a missing group, a column that is no item of the key, a column of
            ids, answers that are scored already beside a key, keys written otherwise than answers.
    """
    return responses_in(read_csv(source, content), keys=keys, group=group)


def responses_in(
    table: CsvTable, *, keys: Mapping[str, ItemKey] | None = None, group: str | None = None
) -> ResponseData:
    """Read the responses in a table of text cells.

    Args:
        table: The table; its columns are those of a response file.
        keys: See `read_responses`.
        group: See `read_responses`.

    Returns:
        The responses, with the chosen options where there are keys.

    Raises:
        UnusableFile: See `read_responses`.
    """
    source = table.source
    meta = {PERSON, GROUP, WEIGHT} | ({group} if group else set())
    item_ids = tuple(name for name in table.header if name not in meta)
    refuse(UnusableFile, first_faults(_header_faults(table, item_ids, keys, group)))
    faults: list[str] = []
    persons = _persons(table, faults)
    weight = _weights(table, faults)
    groups = _groups(table, group, faults)
    known = NO_KEY if keys is None else keys
    columns = [_column(table, name, known.get(name), faults) for name in item_ids]
    refuse(UnusableFile, first_faults(faults))
    responses = Responses(
        person_ids=persons,
        item_ids=item_ids,
        scores=np.stack([column.scores for column in columns], axis=1),
        max_scores=_highest(columns),
        group=groups,
        weight=weight,
    )
    chosen = {
        name: tuple("" if cell in ABSENT else cell for cell in table.column(name))
        for name in item_ids
        if name in known and known[name].options
    }
    refuse(UnusableFile, (*id_faults(source, responses), *key_faults(source, known, chosen)))
    return ResponseData(
        source=source,
        responses=responses,
        keys={name: known[name] for name in item_ids if name in known},
        chosen=chosen,
        named_persons=PERSON in table.header,
        doubts=tuple(doubts(source, responses, known, chosen)),
        idle_group=group is None and GROUP in table.header,
    )


def _highest(columns: Sequence[_Column]) -> IntArray:
    return np.array([column.max_score for column in columns], dtype=np.int64)


def _header_faults(
    table: CsvTable,
    item_ids: Sequence[str],
    keys: Mapping[str, ItemKey] | None,
    group: str | None,
) -> Iterator[str]:
    if group is not None and group not in table.header:
        yield f"{table.source}: no column {group!r} to group by"
    if not item_ids:
        yield f"{table.source}: there is no item column besides {PERSON}, {GROUP} and {WEIGHT}"
    for name in item_ids:
        if keys is not None and name not in keys:
            yield (
                f"{table.source}: row 1, column {name!r} is no item of the key; add it to the key "
                "(with an empty key when its cells are scores) or take the column out"
            )


def _persons(table: CsvTable, faults: list[str]) -> tuple[str, ...]:
    """Person ids; row numbers without such a column."""
    if PERSON not in table.header:
        return tuple(str(number) for number in range(1, len(table.rows) + 1))
    names = table.column(PERSON)
    seen: dict[str, int] = {}
    for row, name in enumerate(names):
        if not name:
            faults.append(table.fault(row, PERSON, name, "every person has an id"))
        elif name in seen:
            before = table.lines[seen[name]]
            faults.append(table.fault(row, PERSON, name, f"the same person is in row {before}"))
        seen.setdefault(name, row)
    return names


def _weights(table: CsvTable, faults: list[str]) -> FloatArray | None:
    if WEIGHT not in table.header:
        return None
    weights = np.ones(len(table.rows))
    for row, cell in enumerate(table.column(WEIGHT)):
        weights[row] = number_in(cell) or 0.0
        if weights[row] <= 0:
            faults.append(table.fault(row, WEIGHT, cell, "a weight is a number above 0"))
    return weights


def _groups(table: CsvTable, group: str | None, faults: list[str]) -> tuple[str, ...] | None:
    if group is None:
        return None
    names = table.column(group)
    faults += (
        table.fault(row, group, name, "every person needs a group")
        for row, name in enumerate(names)
        if name in ABSENT
    )
    return names


def _column(table: CsvTable, name: str, key: ItemKey | None, faults: list[str]) -> _Column:
    cells = table.column(name)
    if key is not None and key.options:
        return _keyed(cells, key)
    return _scored(table, name, cells, key, faults)


def _keyed(cells: Sequence[str], key: ItemKey) -> _Column:
    """Full score for an accepted option, 0 for any other."""
    highest = key.max_score or 1
    score_of = dict.fromkeys(cells, 0)
    score_of.update(dict.fromkeys(key.options, highest))
    score_of.update(dict.fromkeys(ABSENT, NOT_PRESENTED))
    return _Column(_looked_up(cells, score_of), highest)


def _scored(
    table: CsvTable, name: str, cells: Sequence[str], key: ItemKey | None, faults: list[str]
) -> _Column:
    most = HIGHEST_SCORE if key is None or key.max_score is None else key.max_score
    score_of = {cell: score_in(cell, most) for cell in set(cells)}
    wrong = {cell for cell, score in score_of.items() if score is None}
    if wrong:
        needed = f"a score is a whole number from 0 to {most}, empty or NA when not presented"
        faults += (
            table.fault(row, name, cell, needed + way_out(cell, keyed=key is not None))
            for row, cell in enumerate(cells)
            if cell in wrong
        )
    scores = _looked_up(cells, {cell: score or 0 for cell, score in score_of.items()})
    known_most = None if key is None else key.max_score
    return _Column(scores, known_most or max(int(scores.max(initial=1)), 1))


def _looked_up(cells: Iterable[str], score_of: Mapping[str, int]) -> NDArray[np.int8]:
    return np.fromiter((score_of[cell] for cell in cells), dtype=np.int8)
