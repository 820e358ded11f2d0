"""The log-posterior of the free parameters: value, gradient and the step of a maximisation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.design import Design
from examengine.psychometrics.estimation.expectation import CurveTable, expect
from examengine.psychometrics.estimation.latent import Latent, LatentGrid
from examengine.psychometrics.estimation.layout import Layout
from examengine.psychometrics.estimation.maximisation import (
    CompleteData,
    expanded_step,
    scattered,
)
from examengine.psychometrics.estimation.prior_terms import PriorTerm, add_priors


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The log-posterior at one vector of free parameters.

    Attributes:
        vector: The free parameters, shape (n_free,).
        log_likelihood: Marginal log-likelihood.
        log_prior: Sum of the log priors; 0 without.
        gradient: Gradient of their sum, shape (n_free,).
        step: The step of the maximisation, shape (n_free,).
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
    """

    design: Design
    layout: Layout
    grid: LatentGrid
    terms: tuple[PriorTerm, ...] = ()

    def tables(self, vector: FloatArray) -> tuple[CurveTable, ...]:
        """The item curves of each group at the free parameters."""
        params = self.layout.params(vector)
        latents = self.layout.latents(vector)
        tables = {latent: self._table(latent, params) for latent in latents}
        return tuple(tables[latent] for latent in latents)

    def renormalised(self, point: Evaluation) -> float:
        """Log-likelihood of an evaluation with the weights of each group summing to 1."""
        persons = np.zeros(self.design.n_groups)
        for block in self.design.shards.blocks():
            persons[block.group] += block.weight.sum()
        totals = [self.grid.log_total(latent) for latent in self.layout.latents(point.vector)]
        return point.log_likelihood - float(persons @ totals)

    def _table(self, latent: Latent, params: Sequence[FloatArray]) -> CurveTable:
        """Log-likelihood of each column of the design in one group."""
        theta = self.grid.theta(latent.mean, latent.sd)
        lines, curves = [np.zeros((2, 0))], []
        base = np.zeros((self.design.n_masks, len(theta)))
        for batch, part in zip(self.layout.batches, params, strict=True):
            logs = batch.model.log_probabilities(theta, part)
            np.add.at(base, self.design.mask_of[batch.columns], logs[:, 0])
            straight = batch.model.category_lines(part)
            if straight is None:
                curves.append((logs[:, 1:] - logs[:, :1]).reshape(-1, len(theta)))
            else:
                slope, intercept = (each[:, 1:].ravel() for each in straight)
                lines.append(_over_z(slope, intercept, theta, self.grid.z))
        return CurveTable(
            z=self.grid.z,
            lines=np.hstack(lines),
            curves=np.vstack([*curves, base]),
            log_weights=self.grid.log_masses(latent),
        )

    def evaluate(self, vector: FloatArray) -> Evaluation | None:
        """The log-posterior at a vector of free parameters; None where there is none.

        Args:
            vector: Free parameters, shape (n_free,).

        Returns:
            Value, gradient and step; None for parameters without proper probabilities.
        """
        if not self.layout.feasible(vector):
            return None
        expectation = expect(self.design, self.tables(vector))
        params = self.layout.params(vector)
        prior = add_priors(self.terms, self.layout.batches, params)
        if not (np.isfinite(expectation.log_likelihood) and np.isfinite(prior.value)):
            return None
        data = CompleteData(self.layout, self.grid, expectation, self.design.mask_of)
        gradient, pieces = data.derivatives(vector)
        prior_pieces = []
        if self.terms:
            for slots, first in zip(self.layout.slots, prior.gradients, strict=True):
                gradient += scattered(slots, first, self.layout.n_free)
            prior_pieces = list(zip(prior.curvatures, self.layout.slots, strict=True))
        latents = self.layout.latents(vector)
        step = expanded_step(data, latents, gradient, pieces, prior_pieces)
        return Evaluation(vector, expectation.log_likelihood, prior.value, gradient, step)


def _over_z(
    slope: FloatArray, intercept: FloatArray, theta: FloatArray, z: FloatArray
) -> FloatArray:
    """Intercept and slope over z of lines over θ, itself a line over z, shape (2, n_lines)."""
    stretch = (theta[-1] - theta[0]) / (z[-1] - z[0])
    return np.stack([intercept + slope * (theta[0] - stretch * z[0]), slope * stretch])
