"""How often two persons agree, and how often two who worked alone would.

Pairs come as row numbers of their first and second persons. Few persons make many pairs, so what
belongs to a person is worked out once for each, and pairs are met as the rows and columns of a
matrix product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.similarity._answers import Answers
from examengine.psychometrics.similarity._evidence import Model


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The distinct persons on one side of some pairs.

    Attributes:
        rows: Their row numbers, ascending, shape (n,).
        place: Where each pair's person stands in `rows`, shape (n_pairs,).
    """

    rows: IntArray
    place: IntArray

    @classmethod
    def of(cls, persons: IntArray) -> "Side":
        """The distinct persons among those of the pairs, shape (n_pairs,)."""
        rows, place = np.unique(persons, return_inverse=True)
        return cls(rows, place.reshape(-1))


@dataclass(frozen=True, slots=True, eq=False)
class AnswerAgreement:
    """What pairs have in common; every array has shape (n_pairs,).

    Attributes:
        n_items: Items that both answered.
        matches: Items on which both chose the same.
        matches_wrong: Identical wrong answers; nan when nobody said which answers are right.
    """

    n_items: IntArray
    matches: IntArray
    matches_wrong: FloatArray


def agreement(answers: Answers, first: Side, second: Side) -> AnswerAgreement:
    """Count what pairs have in common.

    Args:
        answers: Who chose what.
        first: The first of each pair.
        second: The second of each pair.

    Returns:
        The counts.
    """
    # Counts below 2²⁴ are exact in single precision.
    seen = answers.answered.astype(np.float32)
    both = (seen[first.rows] @ seen[second.rows].T)[first.place, second.place]
    one, other = indicators(answers, first.rows), indicators(answers, second.rows)
    same = (one @ other.T)[first.place, second.place]
    wrong = np.full(same.size, np.nan)
    if answers.right is not None:
        mistakes = one * ~answers.right.ravel()
        wrong = (mistakes @ other.T)[first.place, second.place].astype(np.float64)
    return AnswerAgreement(both.astype(np.int64), same.astype(np.int64), wrong)


def indicators(answers: Answers, rows: IntArray) -> npt.NDArray[np.float32]:
    """1 where a person chose an option, shape (n_rows, n_items · n_options)."""
    options = np.arange(answers.points.shape[1])
    took = answers.chosen[rows][:, :, np.newaxis] == options
    flat: npt.NDArray[np.float32] = took.reshape(rows.size, -1).astype(np.float32)
    return flat


def chances(
    model: Model, answers: Answers, first: Side, second: Side, options: Sequence[BoolArray]
) -> "Chances":
    """Be ready to say how likely pairs are to choose the same of some options.

    Args:
        model: Abilities and parameters.
        answers: Who answered what.
        first: The first of each pair.
        second: The second of each pair.
        options: Kinds of options that count, each of shape (n_items, n_options).

    Returns:
        The chances of some pairs, on demand.
    """
    share, other = (
        model.option_probabilities(side.rows)
        * answers.answered[side.rows].T[:, np.newaxis].astype(np.float64)
        for side in (first, second)
    )
    return Chances([share * kind[:, :, np.newaxis] for kind in options], other, first, second)


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Chance of agreeing by kind of option.

    Attributes:
        kinds: Probabilities of the firsts, 0 for options of another kind and items not answered,
            each (n_items, n_options, n_firsts).
        other: Probabilities of the seconds, (n_items, n_options, n_seconds).
        first: The first of each pair.
        second: The second of each pair.
    """

    kinds: Sequence[FloatArray]
    other: FloatArray
    first: Side
    second: Side

    def of(self, pairs: slice | IntArray) -> list[FloatArray]:
        """Chance that both choose the same option of a kind, for each kind.

        Σ_k P_jk(θ_first) P_jk(θ_second) over the options k of the kind

        Args:
            pairs: Which pairs.

        Returns:
            An array (n_items, n_pairs) for each kind; 0 where the two cannot be compared.
        """
        found = []
        at_first, at_second = self.first.place[pairs], self.second.place[pairs]
        for share in self.kinds:
            total = np.zeros((share.shape[0], at_first.size))
            for option in range(share.shape[1]):
                total += np.take(share[:, option], at_first, axis=1) * np.take(
                    self.other[:, option], at_second, axis=1
                )
            found.append(total)
        return found
