"""From the vector of free parameters to the numbers people read, with standard errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, LatentGrid
from examengine.psychometrics.estimation.layout import Layout
from examengine.psychometrics.estimation.slots import FIXED, ParameterSlots
from examengine.psychometrics.models import ItemModel, Value
from examengine.psychometrics.parameters import GroupParameters, ItemParameters


@dataclass(frozen=True, slots=True)
class Estimates:
    """Items and groups as reported.

    Attributes:
        items: Parameters with standard errors, in the order of the responses.
        groups: Ability distributions, the reference first.
        slots: Where they stand among the free parameters.
        covariances: Covariance of each free item's coordinates, by item.
    """

    items: tuple[ItemParameters, ...]
    groups: tuple[GroupParameters, ...]
    slots: ParameterSlots
    covariances: dict[str, FloatArray]


def report_estimates(
    item_ids: Sequence[str],
    tally: FloatArray,
    layout: Layout,
    grid: LatentGrid,
    vector: FloatArray,
    covariance: FloatArray | None,
    labels: Sequence[str],
) -> Estimates:
    """Items and groups at a vector of free parameters.

    Standard errors of reported parameters are by the delta method: the square roots of the
    diagonal of J C Jᵀ, with J the derivatives of the reported parameters and C the covariance
    of the item's coordinates.

    Args:
        item_ids: The items, in the order of the responses.
        tally: Number of persons with each score of each item, shape (n_items, n_categories).
        layout: The parameters.
        grid: The quadrature.
        vector: Free parameters, shape (n_free,).
        covariance: Their covariance, shape (n_free, n_free), or None.
        labels: Labels of the groups.

    Returns:
        The estimates.
    """
    presented = tally.sum(axis=1)
    items: dict[int, ItemParameters] = {}
    covariances: dict[str, FloatArray] = {}
    for batch, slots, params in zip(
        layout.batches, layout.slots, layout.params(vector), strict=True
    ):
        for row, column in enumerate(batch.columns.tolist()):
            item_id = item_ids[column]
            own = _covariance_of(covariance, slots[row])
            if own is not None:
                covariances[item_id] = own
            items[column] = ItemParameters(
                item_id=item_id,
                model=batch.model.code,
                values=batch.model.unpack(params[row]),
                se=_standard_errors(batch.model, params[row], own),
                anchored=bool((slots[row] == FIXED).all()),
                n=round(float(presented[column])),
            )
    return Estimates(
        items=tuple(items[column] for column in sorted(items)),
        groups=_groups(layout, grid, vector, covariance, labels),
        slots=slots_by_name(layout, item_ids, labels),
        covariances=covariances,
    )


def slots_by_name(layout: Layout, item_ids: Sequence[str], labels: Sequence[str]) -> ParameterSlots:
    """Where items and groups stand among the free parameters, by their names.

    Args:
        layout: The parameters.
        item_ids: The items, in the order of the responses.
        labels: Labels of the groups.

    Returns:
        The slots.
    """
    items = {
        item_ids[column]: slots[row]
        for batch, slots in zip(layout.batches, layout.slots, strict=True)
        for row, column in enumerate(batch.columns.tolist())
    }
    return ParameterSlots(items, dict(zip(labels, layout.group_slots, strict=True)))


def _covariance_of(covariance: FloatArray | None, slots: IntArray) -> FloatArray | None:
    """Covariance of one item's coordinates, zero where fixed; None for an anchored item."""
    free = slots != FIXED
    if covariance is None or not free.any():
        return None
    own = np.zeros((len(slots), len(slots)))
    own[np.ix_(free, free)] = covariance[np.ix_(slots[free], slots[free])]
    return own


def _standard_errors(
    model: ItemModel, params: FloatArray, covariance: FloatArray | None
) -> dict[str, Value]:
    """Standard errors of the reported parameters of one item, by name."""
    if covariance is None:
        return {}
    jacobian = model.report_jacobian(params[np.newaxis])[0]
    variances = np.einsum("rp,ps,rs->r", jacobian, covariance, jacobian)
    return model.group(np.sqrt(np.maximum(variances, 0.0)))


def _groups(
    layout: Layout,
    grid: LatentGrid,
    vector: FloatArray,
    covariance: FloatArray | None,
    labels: Sequence[str],
) -> tuple[GroupParameters, ...]:
    """Mean, deviation and histogram of every group; se(σ) = σ se(log σ)."""
    found = []
    for label, latent, slots in zip(
        labels, layout.latents(vector), layout.group_slots, strict=True
    ):
        se = {}
        for name, slot, scale in (("mean", slots[0], 1.0), ("sd", slots[1], latent.sd)):
            if slot != FIXED and covariance is not None:
                se[name] = float(scale * np.sqrt(max(covariance[slot, slot], 0.0)))
        fixed = bool((slots[:LOCATION_AND_SCALE] == FIXED).all())
        weights = np.exp(grid.log_masses(latent)).tolist() if latent.shape else ()
        found.append(GroupParameters(label, latent.mean, latent.sd, fixed, se, tuple(weights)))
    return tuple(found)
