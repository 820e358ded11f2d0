"""A mixed-integer program for HiGHS: blocks of columns, blocks of rows, and a limit of work.

The limit counts how often the solver asks whether it may go on, which on one thread is the same
on every machine; seconds are not, and the forms of an exam must be found again by whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from typing import Any, TypeAlias

import highspy
import numpy as np
import scipy.sparse

from examengine.psychometrics.arrays import FloatArray

SOLVER = f"HiGHS {version('highspy')}"

Matrix: TypeAlias = scipy.sparse.csr_array


class SolverStatus(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    FOUND = "found"
    INFEASIBLE = "infeasible"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found.

    Attributes:
        outcome: How the search ended.
        values: One value for each column; none unless something was found.
        objective: What was minimised, at `values`.
        bound: Nothing can be smaller.
    """

    outcome: SolverStatus
    values: FloatArray
    objective: float
    bound: float

    @property
    def found(self) -> bool:
        """Tell whether there are values."""
        return self.outcome in {SolverStatus.OPTIMAL, SolverStatus.FOUND}


@dataclass(slots=True)
class IntegerProgram:
    """Columns and rows, added block by block; `minimise` hands them to the solver."""

    _upper: list[FloatArray] = field(default_factory=list)
    _cost: list[FloatArray] = field(default_factory=list)
    _whole: list[FloatArray] = field(default_factory=list)
    _rows: list[tuple[Mapping[int, Matrix], FloatArray, FloatArray]] = field(default_factory=list)

    def columns(self, n: int, *, upper: float = 1.0, cost: float = 0.0, whole: bool = True) -> int:
        """Add `n` columns between 0 and `upper`; return the name of the block."""
        self._upper.append(np.full(n, upper))
        self._cost.append(np.full(n, cost))
        self._whole.append(np.full(n, float(whole)))
        return len(self._upper) - 1

    def rows(
        self,
        blocks: Mapping[int, Matrix],
        *,
        least: float | FloatArray = -np.inf,
        most: float | FloatArray = np.inf,
    ) -> None:
        """Add rows: least ≤ Σ over blocks of matrix · columns ≤ most.

        Args:
            blocks: For each block of columns its matrix, shape (n_rows, n of the block).
            least: Lower bounds, one for all rows or shape (n_rows,).
            most: Upper bounds, likewise.
        """
        n = next(iter(blocks.values())).shape[0]
        self._rows.append((blocks, np.broadcast_to(least, n), np.broadcast_to(most, n)))

    def minimise(self, *, work: int, gap: float = 0.0, start: FloatArray | None = None) -> Solution:
        """Search until nothing better than `gap` is possible, or the work is done.

        Args:
            work: How many turns the solver may take, see above.
            gap: What an improvement would have to exceed to be looked for.
            start: Values to begin with, one for each column.
        """
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        options = {"threads": 1, "random_seed": 1, "mip_abs_gap": gap, "mip_rel_gap": 0.0}
        for name, value in options.items():
            highs.setOptionValue(name, value)
        highs.passModel(self._model())
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.tolist()
            highs.setSolution(given)
        turns = _Turns(work)
        highs.cbMipInterrupt.subscribe(turns.take)
        highs.solve()
        return _solution(highs)

    def block(self, values: FloatArray, name: int) -> FloatArray:
        """Return the values of one block of columns."""
        first = sum(len(upper) for upper in self._upper[:name])
        return values[first : first + len(self._upper[name])]

    def _model(self) -> Any:
        widths = [len(upper) for upper in self._upper]
        matrix = scipy.sparse.vstack(
            [
                scipy.sparse.hstack(
                    [
                        blocks.get(name, Matrix((len(least), width)))
                        for name, width in enumerate(widths)
                    ]
                )
                for blocks, least, _ in self._rows
            ],
            format="csr",
        )
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = matrix.shape[1], matrix.shape[0]
        model.col_cost_ = np.concatenate(self._cost)
        model.col_lower_ = np.zeros(model.num_col_)
        model.col_upper_ = np.concatenate(self._upper)
        model.row_lower_ = np.concatenate([least for _, least, _ in self._rows])
        model.row_upper_ = np.concatenate([most for _, _, most in self._rows])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        model.integrality_ = _kinds(np.concatenate(self._whole))
        return model


@dataclass(slots=True)
class _Turns:
    """Counts the solver's turns, and stops it after the last one."""

    left: int

    def take(self, event: Any) -> None:
        """Take one turn."""
        self.left -= 1
        if self.left < 0:
            event.interrupt()


def _kinds(whole: FloatArray) -> list[Any]:
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    return [kinds[int(one)] for one in whole]


def _solution(highs: Any) -> Solution:
    status, info = highs.getModelStatus(), highs.getInfo()
    nothing = np.empty(0)
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solution(SolverStatus.INFEASIBLE, nothing, np.inf, np.inf)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(SolverStatus.UNFINISHED, nothing, np.inf, float(info.mip_dual_bound))
    optimal = status == highspy.HighsModelStatus.kOptimal
    return Solution(
        SolverStatus.OPTIMAL if optimal else SolverStatus.FOUND,
        np.array(highs.getSolution().col_value),
        float(info.objective_function_value),
        float(info.mip_dual_bound),
    )
