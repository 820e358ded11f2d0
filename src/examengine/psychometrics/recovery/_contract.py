"""What a simulation study brings, and how replications become figures with Monte Carlo errors."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray

Cell = TypeVar("Cell")
Outcome = TypeVar("Outcome")


class Study(ABC, Generic[Cell, Outcome]):
    """A simulation study: cells, each drawn and analysed again and again.

    Attributes:
        code: The name used in the command.
        title: The name used in sentences.
        cells: Conditions, in the order of the table. Two cells differ in `str`.
        replications: Data sets for each cell unless another number is asked for.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    cells: Sequence[Cell]
    replications: ClassVar[int]

    @abstractmethod
    def outcome(self, cell: Cell, rng: np.random.Generator) -> Outcome:
        """Draw one data set and analyse it.

        Args:
            cell: The condition.
            rng: All randomness of this replication.

        Returns:
            What the rows are made of.

        Raises:
            Refusal: The data set cannot be analysed, as when nobody solves an item; it counts as
                refused.
        """

    @abstractmethod
    def rows(self, cell: Cell, outcomes: Sequence[Outcome], refused: int) -> Sequence[Any]:
        """Rows of the table for one cell.

        Args:
            cell: The condition.
            outcomes: One for each replication that was not refused.
            refused: How many were.

        Returns:
            Dataclasses of numbers and texts, all of one kind in a study.
        """


@dataclass(frozen=True, slots=True)
class MonteCarloMean:
    """A mean over replications.

    Attributes:
        value: The mean; nan without replications.
        error: Its Monte Carlo standard error; nan with fewer than two replications.
    """

    value: float
    error: float


def moment(values: Sequence[float] | FloatArray) -> MonteCarloMean:
    """Mean of one figure a replication, and its Monte Carlo standard error.

    x̄ = Σ x_r / R, s.e. = √(Σ (x_r − x̄)² / (R (R − 1)))

    Args:
        values: One figure for each replication, shape (R,); nan where a replication has none.

    Returns:
        The mean and its error.

    Notes:
        Items of one data set depend on each other; the error is taken between data sets, so it
        holds whatever that dependence is.

    References:
        Morris, White & Crowther (2019), Statistics in Medicine 38, 2074–2102, table 6.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not known.size:
        return MonteCarloMean(float("nan"), float("nan"))
    if known.size < 2:
        return MonteCarloMean(float(known[0]), float("nan"))
    return MonteCarloMean(float(known.mean()), float(known.std(ddof=1) / np.sqrt(known.size)))
