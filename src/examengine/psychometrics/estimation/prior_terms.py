"""What the priors add to value, gradient and curvature of the log-posterior."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.estimation.priors import Prior, Priors, spoken_of
from examengine.psychometrics.models._contract import ItemModel
from examengine.psychometrics.refusals import CannotCalibrate


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

    What items share is one parameter, so a prior speaks of it once.

    Args:
        priors: The priors by name and by item.
        batches: The items of the test.
        item_ids: Their names.
        fixed: Which items are anchored and need no prior.

    Returns:
        The terms; empty when no prior speaks of a parameter that is estimated.

    Raises:
        CannotCalibrate: Items have different priors on what they share.
    """
    found: dict[tuple[int, int, bool, Prior], list[int]] = {}
    for index, batch in enumerate(batches):
        for row, column in enumerate(batch.columns):
            if fixed[column]:
                continue
            for name, prior in priors.of(item_ids[column]).items():
                for place in _columns(batch.model, batch.n_categories, name):
                    found.setdefault((index, place, name == "logit_c", prior), []).append(row)
    for index, batch in enumerate(batches):
        anchored = any(fixed[column] for column in batch.columns)
        for place in _shared_columns(batch):
            _say_once(found, index, place, anchored=anchored)
    return tuple(
        PriorTerm(index, tuple(rows), place, logit, prior)
        for (index, place, logit, prior), rows in found.items()
    )


def _shared_columns(batch: Batch) -> list[int]:
    """Columns of a batch's report that depend on nothing but what its items share."""
    shared = batch.model.shared(batch.n_categories)
    by = batch.model.report_jacobian(batch.params)
    own = [place for place in range(batch.params.shape[1]) if place not in shared]
    return [
        column
        for column in range(by.shape[1])
        if shared and by[:, column].any() and not by[:, column][:, own].any()
    ]


def _say_once(
    found: dict[tuple[int, int, bool, Prior], list[int]], index: int, place: int, *, anchored: bool
) -> None:
    """Leave one item to speak for what all items of a batch share; none when anchors know it.

    Raises:
        CannotCalibrate: Items have different priors on it.
    """
    mine = [key for key in found if key[:2] == (index, place)]
    if len(mine) > 1:
        raise CannotCalibrate(
            ["items have different priors on a parameter that all of them share; give one"]
        )
    for key in mine:
        found[key] = found[key][:1]
        if anchored:
            del found[key]


def _columns(model: ItemModel, n_categories: int, name: str) -> list[int]:
    """Columns of the model's report that a prior on `name` speaks of."""
    spoken = spoken_of(name)
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
