"""Forms one after the other, each leaving enough for those that follow.

Beside each form stands a shadow of all the forms still to come, which has to meet their
requirements from the items that are left (the big shadow test of van der Linden & Adema, 1998,
Journal of Educational Measurement 35, 185–198). A program of one form and its shadow does not
grow with their number, and knows no two ways of naming the same forms.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from examengine.assembly.balance import Balance
from examengine.assembly.blueprint import Blueprint
from examengine.assembly.integer_program import IntegerProgram, Matrix, SolverStatus
from examengine.assembly.requirements import Rows
from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray

WORK = 2_000
"""Turns of the solver for each form; most forms take fewer than a hundred."""

CLOSE = 0.02
"""A form this close to the others is close enough to begin with: swaps are better at the rest."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Items by their place in the pool: those common to all forms, and those of each form alone."""

    common: IntArray
    unique: tuple[IntArray, ...]


def forms_in_turn(blueprint: Blueprint, rows: Rows, balance: Balance) -> Chosen | SolverStatus:
    """Return forms that meet the requirements and are alike, or why there are none.

    `INFEASIBLE` means that no forms at all meet the requirements: the first form and its shadow
    ask less than all forms together. A later form that cannot be made proves nothing of the kind
    and is `UNFINISHED`, as is one that was not found within the work allowed.
    """
    free = np.ones(len(balance.measured), dtype=bool)
    common: BoolArray | None = None
    target: FloatArray | None = None
    unique: list[IntArray] = []
    for form in range(blueprint.forms):
        step = _Step(blueprint.common, rows, balance.shares, blueprint.forms - form - 1)
        made = step.made(free, common, target)
        if isinstance(made, SolverStatus):
            return made if form == 0 else SolverStatus.UNFINISHED
        common, alone = made
        if target is None:
            target = balance.shares[alone].sum(axis=0)
        unique.append(np.flatnonzero(alone))
        free = free & ~common & ~alone
    return Chosen(np.flatnonzero(common) if common is not None else np.empty(0, int), tuple(unique))


def may_be_met(blueprint: Blueprint, rows: Rows, *, apart: bool) -> bool:
    """Tell whether requirements may be met: what is not ruled out within the work allowed may be.

    Args:
        blueprint: How many forms there are, and how many items are common to all.
        rows: What each form is asked.
        apart: Whether forms may share the common items only; else each is looked at alone.
    """
    n = rows.matrix.shape[1]
    nothing = np.empty((n, 0))
    if apart:
        step = _Step(blueprint.common, rows, nothing, blueprint.forms - 1)
    else:
        step = _Step(0, rows, nothing, 0)
    return step.made(np.ones(n, dtype=bool), None, None) is not SolverStatus.INFEASIBLE


@dataclass(frozen=True, slots=True)
class _Step:
    """One form, and the shadow of those to come."""

    n_common: int
    rows: Rows
    shares: FloatArray
    to_come: int

    def made(
        self, free: BoolArray, common: BoolArray | None, target: FloatArray | None
    ) -> tuple[BoolArray, BoolArray] | SolverStatus:
        """Return which items are common to all forms and which are this form's alone.

        Args:
            free: Items that stand in no form yet, shape (n_items,).
            common: The items common to all forms once the first form has chosen them.
            target: What the first form has of each attribute, shape (n_attributes,).
        """
        n = len(free)
        program, one = IntegerProgram(), scipy.sparse.eye_array(n, format="csr")
        alone, shared = program.columns(n), program.columns(n)
        shadow = program.columns(n, whole=False)
        program.rows({alone: one, shadow: one}, most=free.astype(float))
        if common is None:
            program.rows({alone: one, shared: one, shadow: one}, most=1.0)
            program.rows({shared: Matrix(np.ones((1, n)))}, least=self.n_common, most=self.n_common)
        else:
            program.rows({shared: one}, least=common.astype(float), most=common.astype(float))
        self._meet(program, alone, shared, shadow)
        self._be_alike(program, alone, shadow, target)
        solution = program.minimise(work=WORK, gap=CLOSE)
        if not solution.found:
            return solution.outcome
        chosen = (program.block(solution.values, name) > 0.5 for name in (shared, alone))
        return next(chosen), next(chosen)

    def _meet(self, program: IntegerProgram, alone: int, shared: int, shadow: int) -> None:
        """Ask of this form, and of all to come together, what the blueprint asks of each."""
        rows, n_more = self.rows, self.to_come
        program.rows({alone: rows.matrix, shared: rows.matrix}, least=rows.least, most=rows.most)
        program.rows(
            {shadow: rows.matrix, shared: rows.matrix * n_more},
            least=rows.least * n_more,
            most=rows.most * n_more,
        )
        if rows.sets is not None:
            rows.sets.ask(program, {alone: 1, shared: 1})
            if n_more:
                rows.sets.ask(program, {shadow: 1, shared: n_more}, forms=n_more, whole=False)

    def _be_alike(
        self, program: IntegerProgram, alone: int, shadow: int, target: FloatArray | None
    ) -> None:
        """Keep this form, and the average of those to come, close to what forms should be like."""
        k = self.shares.shape[1]
        if not k:
            return
        apart = program.columns(1, upper=np.inf, cost=1.0, whole=False)
        middle = program.columns(k, upper=np.inf, whole=False)
        attributes, each = Matrix(self.shares.T), scipy.sparse.eye_array(k, format="csr")
        if target is not None:
            program.rows({middle: each}, least=target, most=target)
        far = Matrix(np.ones((k, 1)))
        sides = [(alone, attributes)]
        sides += [(shadow, attributes.multiply(1.0 / self.to_come).tocsr())] if self.to_come else []
        for block, matrix in sides:
            program.rows({block: matrix, middle: -each, apart: -far}, most=0.0)
            program.rows({block: -matrix, middle: each, apart: -far}, most=0.0)
