"""What the priors add to value, gradient and curvature of the log-posterior."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.estimation.priors import SPEAKS_OF, Prior, Priors
from examengine.psychometrics.models._contract import ItemModel


@dataclass(frozen=True, slots=True)
class PriorTerm:
    """One prior on one reported parameter of some items of a batch.

    Attributes:
        batch: Index of the batch.
        rows: The items within it.
        column: Column of the parameter in the report of the model.
        logit: Whether the prior speaks about the logit of the parameter.
        prior: The density.
    """

    batch: int
    rows: tuple[int, ...]
    column: int
    logit: bool
    prior: Prior


@dataclass(frozen=True, slots=True)
class PriorSum:
    """Log prior of all items with derivatives by the coordinates of each batch.

    Attributes:
        value: Sum of the log densities.
        gradients: For each batch, shape (n_batch, n_parameters).
        curvatures: For each batch, the part of −∂² that is never negative, shape
            (n_batch, n_parameters, n_parameters).
    """

    value: float
    gradients: tuple[FloatArray, ...]
    curvatures: tuple[FloatArray, ...]


def prior_terms(
    priors: Priors, batches: Sequence[Batch], item_ids: Sequence[str], fixed: Sequence[bool]
) -> tuple[PriorTerm, ...]:
    """The priors of a test, one term for each batch, parameter and density.

    Args:
        priors: The priors by name and by item.
        batches: The items of the test.
        item_ids: Their names.
        fixed: Which items are anchored and need no prior.

    Returns:
        The terms; empty when no prior speaks of a parameter that is estimated.
    """
    found: dict[tuple[int, int, bool, Prior], list[int]] = {}
    for index, batch in enumerate(batches):
        for row, column in enumerate(batch.columns):
            if fixed[column]:
                continue
            for name, prior in priors.of(item_ids[column]).items():
                for place in _columns(batch.model, batch.n_categories, name):
                    found.setdefault((index, place, name == "logit_c", prior), []).append(row)
    return tuple(
        PriorTerm(index, tuple(rows), place, logit, prior)
        for (index, place, logit, prior), rows in found.items()
    )


def _columns(model: ItemModel, n_categories: int, name: str) -> list[int]:
    """Columns of the model's report that a prior on `name` speaks of."""
    spoken = ("c",) if name == "logit_c" else SPEAKS_OF[name]
    reported = model.reported_names(n_categories)
    return [column for column, found in enumerate(reported) if found in spoken]


def add_priors(
    terms: Sequence[PriorTerm], batches: Sequence[Batch], params: Sequence[FloatArray]
) -> PriorSum:
    """Log prior, gradient and curvature at some coordinates.

    Args:
        terms: The priors.
        batches: The items.
        params: Coordinates of each batch, shape (n_batch, n_parameters).

    Returns:
        The sums, zero for coordinates without a prior.
    """
    value = 0.0
    gradients = [np.zeros_like(part) for part in params]
    curvatures = [np.zeros((*part.shape, part.shape[1])) for part in params]
    for term in terms:
        rows = np.array(term.rows)
        model, mine = batches[term.batch].model, params[term.batch][rows]
        x = model.report(mine)[:, term.column]
        by = model.report_jacobian(mine)[:, term.column]
        if term.logit:
            by = by / (x * (1.0 - x))[:, np.newaxis]
            x = np.log(x) - np.log1p(-x)
        density, first, second = term.prior.log_density(x)
        value += float(density.sum())
        np.add.at(gradients[term.batch], rows, first[:, np.newaxis] * by)
        bend = np.maximum(-second, 0.0)[:, np.newaxis, np.newaxis]
        np.add.at(curvatures[term.batch], rows, bend * by[:, :, np.newaxis] * by[:, np.newaxis])
    return PriorSum(value, tuple(gradients), tuple(curvatures))
