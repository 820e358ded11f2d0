"""What a blueprint asks of item sets, as rows of a mixed-integer program.

A set s that stands in a form is a binary z_s, and of the items i of the set

    x_i ≤ z_s,    least · z_s ≤ Σ_i x_i ≤ most · z_s,    fewest ≤ Σ_s z_s ≤ most sets

(van der Linden, 2005, Linear Models for Optimal Test Design, chapter 7, with the stimulus as the
set). What all forms to come have together is bounded by the sum of these over the forms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse

from examengine.assembly.blueprint import Between
from examengine.assembly.integer_program import IntegerProgram, Matrix
from examengine.psychometrics.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class SetRows:
    """The item sets of a pool, and what each form may hold of them.

    Attributes:
        matrix: Which items are of which set, shape (n_sets, n_items).
        items: Items of each set that stands in a form.
        number: Sets in each form.
    """

    matrix: Matrix
    items: Between
    number: Between

    @classmethod
    def of(
        cls, sets: Sequence[Sequence[int]], items: Between, number: Between, n_items: int
    ) -> "SetRows":
        """Return the rows of sets, each the places of its items in the pool."""
        rows = [place for place, members in enumerate(sets) for _ in members]
        columns = [member for members in sets for member in members]
        matrix = Matrix((np.ones(len(rows)), (rows, columns)), shape=(len(sets), n_items))
        return cls(matrix, items, number)

    def over(self, items: IntArray) -> "SetRows":
        """Return the same for some of the items only."""
        return replace(self, matrix=self.matrix[:, items])

    @property
    def set_of(self) -> IntArray:
        """Return the set of each item, shape (n_items,); −1 where it stands alone."""
        found = np.full(self.matrix.shape[1], -1)
        rows, columns = self.matrix.nonzero()
        found[columns] = rows
        return found

    def ask(
        self,
        program: IntegerProgram,
        holding: Mapping[int, int],
        *,
        forms: int = 1,
        whole: bool = True,
    ) -> None:
        """Ask of a form, or of several together, what the blueprint asks of sets.

        Args:
            program: The program.
            holding: The blocks of columns that say what is held, and how often each counts.
            forms: How many forms hold it together.
            whole: Whether a set stands in a form or does not; else a part of it may.
        """
        n_sets = self.matrix.shape[0]
        used = program.columns(n_sets, upper=float(forms), whole=whole)
        most = np.minimum(self.items.most, np.maximum(self.matrix.sum(axis=1), self.items.least))
        held = {block: self.matrix * float(times) for block, times in holding.items()}
        one = scipy.sparse.eye_array(n_sets, format="csr")
        program.rows({**held, used: -Matrix(scipy.sparse.diags_array(most))}, most=0.0)
        program.rows({**held, used: one * -float(self.items.least)}, least=0.0)
        rows, columns = self.matrix.nonzero()
        count, n_items = len(rows), self.matrix.shape[1]
        each = Matrix((np.ones(count), (np.arange(count), columns)), shape=(count, n_items))
        of_set = Matrix((np.ones(count), (np.arange(count), rows)), shape=(count, n_sets))
        if count:
            alone = {block: each * float(times) for block, times in holding.items()}
            program.rows({**alone, used: -of_set}, most=0.0)
        program.rows(
            {used: Matrix(np.ones((1, n_sets)))},
            least=float(self.number.least * forms),
            most=float(self.number.most * forms),
        )

    def used_by(self, items: IntArray) -> FloatArray:
        """Return which sets stand in a form of these items, shape (n_sets,)."""
        stands = np.zeros(self.matrix.shape[1])
        stands[items] = 1.0
        used: FloatArray = (self.matrix @ stands > 0).astype(float)
        return used
