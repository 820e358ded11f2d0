"""Which parameters are free, which are shared and which are fixed.

A test is a few batches of items. Each coordinate of each item has a slot in one vector of
free parameters; coordinates that are equal by definition share a slot, fixed ones have none.
Mean, log deviation and shape of every free group come last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, Latent
from examengine.psychometrics.estimation.slots import FIXED
from examengine.psychometrics.models import ItemModel
from examengine.psychometrics.parameters import ItemParameters

# Deviations of a group between which a calibration looks, logits.
NARROWEST, WIDEST = 1e-3, 1e3


@dataclass(frozen=True, slots=True)
class Layout:
    """The map between the vector of free parameters and the items and groups.

    Attributes:
        batches: The items with start values, anchors in place.
        slots: For each batch, the slot of each coordinate, (n_batch, n_parameters); −1 fixed.
        group_slots: Slots of mean, log deviation and shape, shape (n_groups, n_latent); −1
            fixed.
        n_free: Number of free parameters.
    """

    batches: tuple[Batch, ...]
    slots: tuple[IntArray, ...]
    group_slots: IntArray
    n_free: int

    def start(self) -> FloatArray:
        """The free parameters at the start values, shape (n_free,); groups are N(0, 1)."""
        vector = np.zeros(self.n_free)
        for batch, slots in zip(self.batches, self.slots, strict=True):
            free = slots != FIXED
            total = np.bincount(slots[free], batch.params[free], minlength=self.n_free)
            count = np.bincount(slots[free], minlength=self.n_free)
            vector += np.where(count > 0, total / np.maximum(count, 1), 0.0)
        return vector

    def params(self, vector: FloatArray) -> tuple[FloatArray, ...]:
        """The coordinates of each batch at a vector of free parameters."""
        filled = []
        for batch, slots in zip(self.batches, self.slots, strict=True):
            params = batch.params.copy()
            free = slots != FIXED
            params[free] = vector[slots[free]]
            filled.append(params)
        return tuple(filled)

    def latents(self, vector: FloatArray) -> tuple[Latent, ...]:
        """The ability distribution of each group."""
        free = self.group_slots != FIXED
        values = np.zeros(self.group_slots.shape)
        values[free] = vector[self.group_slots[free]]
        return tuple(
            Latent(float(row[0]), float(np.exp(row[1])), tuple(row[LOCATION_AND_SCALE:].tolist()))
            for row in values
        )

    def feasible(self, vector: FloatArray) -> bool:
        """Whether every item has proper probabilities and every group a usable deviation."""
        if not np.isfinite(vector).all():
            return False
        if not all(NARROWEST < latent.sd < WIDEST for latent in self.latents(vector)):
            return False
        return all(
            batch.model.feasible(params)
            for batch, params in zip(self.batches, self.params(vector), strict=True)
        )


@dataclass(frozen=True, slots=True)
class ItemStart:
    """What the layout needs to know of one item before anything is estimated.

    Attributes:
        model: Its model.
        n_categories: Its number of categories.
        shares: Share of persons in each category, > 0, shape (n_categories,).
        means: Mean standardised rest score in each category, shape (n_categories,).
        anchor: Its given parameters, or None.
    """

    model: ItemModel
    n_categories: int
    shares: FloatArray
    means: FloatArray
    anchor: ItemParameters | None = None


def lay_out(
    items: Sequence[ItemStart], n_groups: int, n_latent: int = LOCATION_AND_SCALE
) -> Layout:
    """Lay the parameters of a test out in one vector.

    Without anchors the first group has mean 0 and, unless every slope is fixed, deviation 1.
    With anchors the metric is theirs, and mean and deviation of every group are free. The shape
    of a distribution, when there are more parameters than two, is free in every group.
    """
    batches = _batches(items)
    next_slot = 0
    all_slots = []
    for batch in batches:
        anchored = np.array([items[column].anchor is not None for column in batch.columns])
        slots, next_slot = _slots(batch, anchored, next_slot)
        all_slots.append(slots)
    anchored_test = any(item.anchor is not None for item in items)
    free_scale = all(item.model.fixed_slope for item in items)
    free = np.ones((n_groups, n_latent), dtype=bool)
    if not anchored_test:
        free[0, :LOCATION_AND_SCALE] = [False, free_scale]
    group_slots = np.full(free.shape, FIXED)
    group_slots[free] = next_slot + np.arange(free.sum())
    return Layout(batches, tuple(all_slots), group_slots, next_slot + int(free.sum()))


def _batches(items: Sequence[ItemStart]) -> tuple[Batch, ...]:
    """The items by model and size, with start values or anchors as parameters.

    Models whose logits are lines in ability come first: the expectation step treats their
    columns together.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for column, item in enumerate(items):
        places.setdefault((item.model.code, item.n_categories), []).append(column)
    found = [_batch([items[c] for c in columns], columns) for columns in places.values()]
    return tuple(sorted(found, key=lambda batch: not has_lines(batch)))


def has_lines(batch: Batch) -> bool:
    """Whether the logits of a batch are lines in ability."""
    return batch.model.category_lines(batch.params) is not None


def _batch(items: Sequence[ItemStart], columns: Sequence[int]) -> Batch:
    """One batch with its start values; pinned coordinates start, and stay, at 0."""
    model = items[0].model
    params = model.start(
        np.stack([item.shares for item in items]), np.stack([item.means for item in items])
    )
    for row, item in enumerate(items):
        if item.anchor is not None:
            params[row] = item.anchor.coordinates
    return Batch(model, items[0].n_categories, np.array(columns), params)


def _slots(batch: Batch, anchored: BoolArray, first: int) -> tuple[IntArray, int]:
    """Slots of one batch from `first` on, and the next free slot.

    A shared coordinate has one slot for the batch. When some item of the batch is anchored its
    shared coordinates are known, so they are fixed for the others as well, at that item's value.
    """
    common = batch.model.shared(batch.n_categories)
    shared = np.array(common, dtype=np.int64)
    own = np.array([p for p in range(batch.params.shape[1]) if p not in common], dtype=np.int64)
    slots = np.full(batch.params.shape, FIXED)
    free_rows = np.flatnonzero(~anchored)
    if anchored.any():
        known = batch.params[np.flatnonzero(anchored)[0], shared]
        batch.params[np.ix_(free_rows, shared)] = known
    else:
        slots[:, shared] = first + np.arange(len(shared))
        first += len(shared)
    slots[np.ix_(free_rows, own)] = first + np.arange(len(free_rows) * len(own)).reshape(
        len(free_rows), len(own)
    )
    first += len(free_rows) * len(own)
    if batch.model.pinned and not anchored.any():
        return _pin(batch, slots, first)
    return slots, first


def _pin(batch: Batch, slots: IntArray, following: int) -> tuple[IntArray, int]:
    """Hold the pinned coordinates of the first item at 0 and close the gap in the numbering."""
    pinned = list(batch.model.pinned)
    gone = slots[0, pinned].copy()
    batch.params[0, pinned] = 0.0
    slots[0, pinned] = FIXED
    for slot in sorted(gone.tolist(), reverse=True):
        slots[slots > slot] -= 1
    return slots, following - len(gone)
