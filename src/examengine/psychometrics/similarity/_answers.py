"""Chosen answers as small numbers: option by option, whatever the options are called."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.classical.distractors import option_order
from examengine.psychometrics.response_files import ResponseData

NO_ANSWER = -1


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Who chose what.

    Attributes:
        person_ids: One per row.
        item_ids: One per column.
        options: The options of each item, in the order in which `chosen` numbers them.
        chosen: Number of the chosen option, shape (n_persons, n_items), −1 where there is no
            answer to compare: not presented, or left out.
        points: Score of each option, shape (n_items, n_options), −1 beyond an item's options.
        right: Which options are right, same shape; None when that is not known.
        weights: Frequency of each row, shape (n_persons,).
    """

    person_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    chosen: npt.NDArray[np.int8]
    points: IntArray
    right: BoolArray | None
    weights: FloatArray

    @property
    def answered(self) -> BoolArray:
        """Where there is an answer to compare, shape (n_persons, n_items)."""
        given: BoolArray = self.chosen != NO_ANSWER
        return given

    @property
    def wrong(self) -> BoolArray | None:
        """Where the answer is wrong, shape (n_persons, n_items); None when nobody knows."""
        if self.right is None:
            return None
        columns = np.arange(len(self.item_ids))
        wrong: BoolArray = self.answered & ~self.right[columns, self.chosen]
        return wrong

    def points_of(self) -> npt.NDArray[np.int8]:
        """Score of every answer, shape (n_persons, n_items), −1 where there is none."""
        columns = np.arange(len(self.item_ids))
        points: npt.NDArray[np.int8] = self.points[columns, self.chosen].astype(np.int8)
        return np.where(self.answered, points, np.int8(NO_ANSWER))


def answers_of(data: ResponseData, omitted: Collection[str] = ()) -> Answers:
    """The answers of a response file.

    Items with a key are compared option by option. Items without one hold scores, which are then
    the options: two scores that are equal agree, and the highest is right.

    Args:
        data: Responses, with the chosen options where there are keys.
        omitted: Option ids that mean "left out": no answer, so nothing in common.

    Returns:
        The answers.
    """
    responses = data.responses
    columns, options, points = [], [], []
    for place, item_id in enumerate(responses.item_ids):
        highest = int(responses.max_scores[place])
        if item_id in data.chosen:
            keys = data.keys[item_id].options
            named = _options(data.chosen[item_id], keys, omitted)
            columns.append(_numbered(data.chosen[item_id], named))
            points.append([highest if option in keys else 0 for option in named])
        else:
            named = tuple(str(score) for score in range(highest + 1))
            columns.append(responses.scores[:, place])
            points.append(list(range(highest + 1)))
        options.append(named)
    table = _table(points)
    return Answers(
        person_ids=responses.person_ids,
        item_ids=responses.item_ids,
        options=tuple(options),
        chosen=np.stack(columns, axis=1),
        points=table,
        right=np.asarray(table == responses.max_scores[:, np.newaxis]),
        weights=responses.weights,
    )


def _options(
    chosen: Sequence[str], keys: Collection[str], omitted: Collection[str]
) -> tuple[str, ...]:
    """Every option that was chosen or is right, numbers by value and then words."""
    named = (set(chosen) | set(keys)) - set(omitted) - {""}
    return tuple(sorted(named, key=option_order))


def _numbered(chosen: Sequence[str], options: Sequence[str]) -> npt.NDArray[np.int8]:
    number = {option: place for place, option in enumerate(options)}
    return np.fromiter((number.get(option, NO_ANSWER) for option in chosen), dtype=np.int8)


def _table(rows: Sequence[Sequence[int]]) -> IntArray:
    table = np.full((len(rows), max(len(row) for row in rows)), -1, dtype=np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table
