"""The scored response file: points by person and item, as text. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.responses import NOT_PRESENTED

ROWS_AT_ONCE = 1_000
"""Rows of a file that are written together."""


def scored_rows(
    item_ids: Sequence[str],
    records: Sequence[tuple[str, str]],
    scores: npt.NDArray[np.int8],
) -> bytes:
    """Return points as a scored response file.

    Args:
        item_ids: The columns.
        records: Id and digest of the record of each row.
        scores: Points, shape (n_records, n_items), −1 = not presented.
    """
    parts = [csv_lines([["person_id", *item_ids]])]
    write = _digits if scores.size and scores.max() < 10 else _numbers
    for start in range(0, len(records), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        names = [record_id for record_id, _ in records[rows]]
        parts.append(write(names, scores[rows]))
    return b"".join(parts)


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as the lines of a CSV file in UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _digits(names: Sequence[str], scores: npt.NDArray[np.int8]) -> bytes:
    """Return rows of one-digit points as lines, made column by column and not cell by cell."""
    labels = np.frombuffer("".join(names).encode(), dtype=np.uint8).reshape(len(names), -1)
    wide = labels.shape[1]
    lines = np.zeros((len(names), wide + 2 * scores.shape[1] + 1), dtype=np.uint8)
    lines[:, :wide] = labels
    lines[:, wide:-1:2] = ord(",")
    lines[:, wide + 1 : -1 : 2] = np.where(scores == NOT_PRESENTED, 0, scores + ord("0"))
    lines[:, -1] = ord("\n")
    return lines[lines > 0].tobytes()


def _numbers(names: Sequence[str], scores: npt.NDArray[np.int8]) -> bytes:
    """Return rows of points of any number of digits as lines."""
    return csv_lines(
        [name, *("" if one == NOT_PRESENTED else one for one in row)]
        for name, row in zip(names, scores.tolist(), strict=True)
    )
