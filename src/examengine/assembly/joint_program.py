"""All forms at once, as one mixed-integer program: for small pools, and to prove what cannot be.

For each item i and form f there is a binary u_if (the item stands in form f alone) and for each
item a binary c_i (it is common to all forms); i stands in f when c_i + u_if = 1. The objective is
the largest relative difference between any two forms (the minimax form of van der Linden, 2005,
Linear Models for Optimal Test Design, § 6.2). Forms that differ in their names alone are one
solution: they stand in the order of the sum of their items' places in the pool.
"""

from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np
import scipy.sparse

from examengine.assembly.balance import Balance
from examengine.assembly.blueprint import Blueprint
from examengine.assembly.forms_in_turn import Chosen
from examengine.assembly.integer_program import IntegerProgram, Matrix, Solution
from examengine.assembly.requirements import Rows
from examengine.psychometrics.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class JointProgram:
    """The program of all forms together.

    Attributes:
        blueprint: How many forms there are, and how many items are common to all.
        rows: What each form is asked.
        balance: In what forms should be alike.
    """

    blueprint: Blueprint
    rows: Rows
    balance: Balance
    _program: IntegerProgram = field(default_factory=IntegerProgram)

    def solved(self, *, work: int, gap: float, start: Chosen | None = None) -> Solution:
        """Search for forms that are as alike as can be."""
        program, n = self._program, self.n_items
        shared = program.columns(n)
        alone = [program.columns(n) for _ in range(self.blueprint.forms)]
        one = scipy.sparse.eye_array(n, format="csr")
        program.rows({shared: one, **dict.fromkeys(alone, one)}, most=1.0)
        common = float(self.blueprint.common)
        program.rows({shared: Matrix(np.ones((1, n)))}, least=common, most=common)
        for form in alone:
            program.rows(
                {form: self.rows.matrix, shared: self.rows.matrix},
                least=self.rows.least,
                most=self.rows.most,
            )
        places = Matrix(np.arange(1.0, n + 1)[np.newaxis] / n)
        for earlier, later in pairwise(alone):
            program.rows({earlier: places, later: -places}, most=0.0)
        if self.rows.sets is not None:
            for form in alone:
                self.rows.sets.ask(program, {form: 1, shared: 1})
        self._be_alike(alone)
        values = None if start is None else self._values(start)
        return program.minimise(work=work, gap=gap, start=values)

    @property
    def n_items(self) -> int:
        """Return how many items the pool has."""
        return len(self.balance.measured)

    def chosen(self, solution: Solution) -> Chosen:
        """Return the forms of a solution."""
        shared, *alone = (
            np.flatnonzero(self._program.block(solution.values, name) > 0.5)
            for name in range(1 + self.blueprint.forms)
        )
        return Chosen(shared, tuple(alone))

    def _be_alike(self, alone: list[int]) -> None:
        largest = self._program.columns(1, upper=np.inf, cost=1.0, whole=False)
        attributes = Matrix(self.balance.shares.T)
        far = Matrix(np.ones((attributes.shape[0], 1)))
        for one, other in combinations(alone, 2):
            for sign in (1.0, -1.0):
                self._program.rows(
                    {one: sign * attributes, other: -sign * attributes, largest: -far}, most=0.0
                )

    def _values(self, start: Chosen) -> FloatArray:
        """Return what the columns are for forms that are known, put in the order of the program."""
        stands = np.zeros((1 + self.blueprint.forms, self.n_items))
        stands[0, start.common] = 1.0
        used: list[FloatArray] = []
        for form, items in enumerate(sorted(start.unique, key=sum), start=1):
            stands[form, items] = 1.0
            if self.rows.sets is not None:
                used.append(self.rows.sets.used_by(np.append(start.common, items)))
        difference = np.array([self.balance.difference(start.unique)])
        return np.concatenate([stands.ravel(), *used, difference])
