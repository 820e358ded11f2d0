"""The log-posterior of the free parameters: value, gradient and complete-data information.

By Fisher's identity the gradient of the marginal log-likelihood is the gradient of the
complete-data log-likelihood at the expected counts of the same parameters, so one
expectation step gives value, exact gradient and a curvature to step with.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.design import Design
from examengine.psychometrics.estimation.expectation import CurveTable, Expectation, expect
from examengine.psychometrics.estimation.latent import LatentGrid
from examengine.psychometrics.estimation.layout import FIXED, Layout
from examengine.psychometrics.estimation.prior_terms import PriorTerm, add_priors

# Above this many free parameters the information is kept and factored as a sparse matrix.
DENSE = 1000
# Relative ridge that keeps the information of nearly unidentified parameters invertible.
RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The log-posterior at one vector of free parameters.

    Attributes:
        vector: The free parameters, shape (n_free,).
        log_likelihood: Marginal log-likelihood.
        log_prior: Sum of the log priors; 0 without.
        gradient: Gradient of their sum, shape (n_free,).
        step: The scoring step of the maximisation step, shape (n_free,).
    """

    vector: FloatArray
    log_likelihood: float
    log_prior: float
    gradient: FloatArray
    step: FloatArray

    @property
    def value(self) -> float:
        """The log-posterior."""
        return self.log_likelihood + self.log_prior


@dataclass(frozen=True, slots=True)
class PosteriorSurface:
    """Everything the log-posterior depends on but the free parameters.

    Attributes:
        design: The persons.
        layout: The parameters.
        grid: The quadrature.
        terms: The priors.
        executor: Where the expectation step works; None works here.
    """

    design: Design
    layout: Layout
    grid: LatentGrid
    terms: tuple[PriorTerm, ...] = ()
    executor: Executor | None = None

    def tables(self, vector: FloatArray) -> tuple[CurveTable, ...]:
        """The item curves of each group at the free parameters."""
        params = self.layout.params(vector)
        means, sds = self.layout.groups(vector)
        tables: dict[tuple[float, float], CurveTable] = {}
        for mean, sd in zip(means.tolist(), sds.tolist(), strict=True):
            if (mean, sd) not in tables:
                columns = self._curve_columns(self.grid.theta(mean, sd), params)
                weights = self.grid.log_masses(mean, sd)
                tables[mean, sd] = CurveTable(columns, weights)
        return tuple(tables[key] for key in zip(means.tolist(), sds.tolist(), strict=True))

    def renormalised(self, point: Evaluation) -> float:
        """Log-likelihood of an evaluation with the weights of each group summing to 1."""
        means, sds = self.layout.groups(point.vector)
        persons = np.zeros(self.design.n_groups)
        for block in (block for shard in self.design.shards for block in shard):
            persons[block.group] += block.weight.sum()
        totals = [
            self.grid.log_total(mean, sd)
            for mean, sd in zip(means.tolist(), sds.tolist(), strict=True)
        ]
        return point.log_likelihood - float(persons @ totals)

    def _curve_columns(self, theta: FloatArray, params: Sequence[FloatArray]) -> FloatArray:
        """Log-likelihood of each column of the design, shape (n_columns, n_points)."""
        rows = []
        base = np.zeros((self.design.n_masks, len(theta)))
        for batch, part in zip(self.layout.batches, params, strict=True):
            logs = batch.model.log_probabilities(theta, part)
            rows.append((logs[:, 1:] - logs[:, :1]).reshape(-1, len(theta)))
            np.add.at(base, self.design.mask_of[batch.columns], logs[:, 0])
        return np.vstack([*rows, base])

    def evaluate(self, vector: FloatArray) -> Evaluation | None:
        """The log-posterior at a vector of free parameters; None where there is none.

        Args:
            vector: Free parameters, shape (n_free,).

        Returns:
            Value, gradient and step; None for parameters without proper probabilities.
        """
        if not self.layout.feasible(vector):
            return None
        expectation = expect(self.design, self.tables(vector), self.executor)
        params = self.layout.params(vector)
        prior = add_priors(self.terms, self.layout.batches, params)
        if not (np.isfinite(expectation.log_likelihood) and np.isfinite(prior.value)):
            return None
        gradient, information = self.complete_data(vector, expectation)
        for slots, first, bend in zip(
            self.layout.slots, prior.gradients, prior.curvatures, strict=True
        ):
            gradient += _scatter(slots, first, self.layout.n_free)
            information.append((bend, slots))
        step = _solve(information, gradient)
        return Evaluation(vector, expectation.log_likelihood, prior.value, gradient, step)

    def complete_data(
        self, vector: FloatArray, expectation: Expectation
    ) -> tuple[FloatArray, list[tuple[FloatArray, IntArray]]]:
        """Gradient of the marginal log-likelihood, and the complete-data information.

        g = Σ_jkq r_jkq ∂ log P_jk(θ_q),  I = Σ_jkq n_jq P_jk ∂ log P_jk ∂ log P_jkᵀ

        Args:
            vector: Free parameters, shape (n_free,).
            expectation: Expected counts at the same parameters.

        Returns:
            The gradient, shape (n_free,), and the information as blocks with their slots.
        """
        params = self.layout.params(vector)
        means, sds = self.layout.groups(vector)
        gradient = np.zeros(self.layout.n_free)
        blocks: list[tuple[FloatArray, IntArray]] = []
        for group, (mean, sd) in enumerate(zip(means.tolist(), sds.tolist(), strict=True)):
            theta = self.grid.theta(mean, sd)
            moves = self.grid.theta_moves(sd)
            counts = self.category_counts(expectation, group)
            for index, part in enumerate(params):
                slots, score = self.scores(index, group, theta, moves, part)
                first = np.einsum("jkq,jkpq->jp", counts[index], score, optimize=True)
                gradient += _scatter(slots, first, self.layout.n_free)
                share = self.layout.batches[index].model.probabilities(theta, part)
                expected = counts[index].sum(axis=1, keepdims=True) * share
                weighted = score * np.maximum(expected, 0.0)[:, :, np.newaxis]
                bend = np.einsum("jkpq,jkrq->jpr", weighted, score, optimize=True)
                blocks.append((bend, slots))
            drift = self.grid.weight_moves(mean, sd)
            at_points = expectation.at_points[group]
            own = self.layout.group_slots[group : group + 1]
            gradient += _scatter(own, (drift @ at_points)[np.newaxis], self.layout.n_free)
            blocks.append((((drift * at_points) @ drift.T)[np.newaxis], own))
        return gradient, blocks

    def scores(
        self,
        index: int,
        group: int,
        theta: FloatArray,
        moves: FloatArray,
        params: FloatArray,
    ) -> tuple[IntArray, FloatArray]:
        """Slots and ∂ log P of one batch, by its coordinates and by the group's mean and sd.

        Returns:
            Slots of shape (n_batch, n) and derivatives (n_batch, n_categories, n, n_points);
            n counts the group's parameters only where they are free and move the points.
        """
        model, slots = self.layout.batches[index].model, self.layout.slots[index]
        score = model.score(theta, params)
        own = self.layout.group_slots[group]
        if (own == FIXED).all() or not self.grid.scaled:
            return slots, score
        by_theta, _ = model.theta_derivatives(theta, params)
        by_group = by_theta[:, :, np.newaxis] * moves
        wider = np.broadcast_to(own, (len(slots), 2))
        return np.hstack([slots, wider]), np.concatenate([score, by_group], axis=2)

    def category_counts(self, expectation: Expectation, group: int) -> tuple[FloatArray, ...]:
        """Expected counts of each batch in one group, (n_batch, n_categories, n_points)."""
        counts = expectation.counts[group]
        presented = counts[self.design.n_scores :]
        first = 0
        result = []
        for batch in self.layout.batches:
            n_rows = len(batch.columns) * (batch.n_categories - 1)
            above = counts[first : first + n_rows].reshape(
                len(batch.columns), batch.n_categories - 1, -1
            )
            everyone = presented[self.design.mask_of[batch.columns]]
            zero = everyone - above.sum(axis=1)
            result.append(np.concatenate([zero[:, np.newaxis], above], axis=1))
            first += n_rows
        return tuple(result)


def _scatter(slots: IntArray, values: FloatArray, n_free: int) -> FloatArray:
    """Values added up by slot, shape (n_free,); fixed ones are dropped."""
    free = slots != FIXED
    total = np.bincount(slots[free], values[free], minlength=n_free)
    return total.astype(np.float64)


def _solve(blocks: Sequence[tuple[FloatArray, IntArray]], gradient: FloatArray) -> FloatArray:
    """The scoring step: information⁻¹ gradient."""
    n_free = len(gradient)
    if n_free == 0:
        return gradient
    matrix = assemble(blocks, n_free)
    diagonal = matrix.diagonal()
    ridge = scipy.sparse.diags_array(RIDGE * np.maximum(diagonal, diagonal.max() * 1e-6))
    steady = (matrix + ridge).tocsc()
    if n_free > DENSE:
        solution: FloatArray = scipy.sparse.linalg.splu(steady).solve(gradient)
        return solution
    return scipy.linalg.solve(steady.toarray(), gradient, assume_a="pos")


def assemble(blocks: Sequence[tuple[FloatArray, IntArray]], n_free: int) -> scipy.sparse.csc_array:
    """The symmetric matrix that blocks with slots stand for, (n_free, n_free)."""
    rows, columns, values = [], [], []
    for block, slots in blocks:
        shape = block.shape
        row = np.broadcast_to(slots[:, :, np.newaxis], shape).ravel()
        column = np.broadcast_to(slots[:, np.newaxis], shape).ravel()
        free = (row != FIXED) & (column != FIXED)
        rows.append(row[free])
        columns.append(column[free])
        values.append(block.ravel()[free])
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return scipy.sparse.coo_array(entries, shape=(n_free, n_free)).tocsc()
