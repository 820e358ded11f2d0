"""The files of a response matrix, as the commands for psychometricians read them. Pure."""

import numpy as np

from examengine.marking.matrix import ResponseMatrix
from examengine.marking.scored_file import ROWS_AT_ONCE, csv_lines, scored_rows


def scored_csv(matrix: ResponseMatrix) -> bytes:
    """Return the scored response file: person_id and one column per item, empty = not presented."""
    return scored_rows(matrix.item_ids, matrix.records, matrix.scores)


def raw_csv(matrix: ResponseMatrix) -> bytes:
    """Return the raw response file: what was answered, empty = not presented."""
    names = [np.array(one, dtype=object) for one in matrix.categories]
    parts = [csv_lines([["person_id", *matrix.item_ids]])]
    for start in range(0, len(matrix.records), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        columns = [one[matrix.codes[rows, place]].tolist() for place, one in enumerate(names)]
        labels = (record_id for record_id, _ in matrix.records[rows])
        parts.append(csv_lines(zip(labels, *columns, strict=True)))
    return b"".join(parts)


def key_csv(matrix: ResponseMatrix) -> bytes:
    """Return the key file that goes with the raw file: the answers worth all points of an item.

    An answer that is worth some of the points cannot stand in a key file; the scored file has it.
    """
    most = matrix.responses.max_scores.tolist()
    return csv_lines(
        [
            ["item_id", "key", "max_score"],
            *(
                [item_id, "|".join(matrix.keys(place)), most[place]]
                for place, item_id in enumerate(matrix.item_ids)
            ),
        ]
    )
