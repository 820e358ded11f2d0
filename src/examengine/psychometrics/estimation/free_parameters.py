"""The vector of free parameters: what stands where, where it starts, what people read in it.

A test is a few batches of items. Each coordinate of each item has a slot in one vector; coordinates
that are equal by definition share a slot, fixed ones have none. Mean, log deviation and shape of
every free group come last. It starts from shares of the categories and the mean rest score of the
persons in each, all from sums over persons, so the order of rows does not matter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, Latent, LatentGrid
from examengine.psychometrics.models import MODELS, ItemModel, Value
from examengine.psychometrics.parameters import GroupParameters, ItemParameters
from examengine.psychometrics.responses import NOT_PRESENTED, ROWS, Responses, category_sums

# The slot of what is not free.
FIXED = -1
NOTHING: Mapping[str, FloatArray] = MappingProxyType({})
NOTHING_RIGHT: Mapping[str, Collection[int]] = MappingProxyType({})
# Deviations of a group between which a calibration looks, logits.
NARROWEST, WIDEST = 1e-3, 1e3
SMALLEST_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True)
class ParameterSlots:
    """Where each estimate stands among the free parameters of a calibration; −1 where fixed.

    Attributes:
        items: For each item the slots of its coordinates, shape (n_parameters,).
        groups: For each group the slots of mean, log deviation and shape, shape (n_latent,).
    """

    items: Mapping[str, IntArray]
    groups: Mapping[str, IntArray]

    def by_estimates(
        self,
        n_free: int,
        items: Mapping[str, FloatArray],
        groups: Mapping[str, FloatArray] = NOTHING,
    ) -> FloatArray:
        """Derivatives by the free parameters, from those by items and groups.

        Args:
            n_free: Number of free parameters.
            items: Derivatives by the coordinates of each item, each of shape (n, n_parameters).
            groups: Derivatives by mean, log deviation and shape of each group, each of shape (n,
                n_latent).

        Returns:
            Shape (n, n_free); what is shared adds up, and what is fixed is left out.
        """
        places = [(self.items[name], change) for name, change in items.items()]
        places += [(self.groups[name], change) for name, change in groups.items()]
        found = np.zeros((len(places[0][1]), n_free))
        for slots, change in places:
            for slot, column in zip(slots, change.T, strict=True):
                if slot != FIXED:
                    found[:, slot] += column
        return found


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

    batches: tuple[ItemBatch, ...]
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


def _batches(items: Sequence[ItemStart]) -> tuple[ItemBatch, ...]:
    """The items by model and size, with start values or anchors as parameters.

    Models whose logits are lines in ability come first: the expectation step treats their
    columns together.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for column, item in enumerate(items):
        places.setdefault((item.model.code, item.n_categories), []).append(column)
    found = [_batch([items[c] for c in columns], columns) for columns in places.values()]
    return tuple(sorted(found, key=lambda batch: not has_lines(batch)))


def has_lines(batch: ItemBatch) -> bool:
    """Whether the logits of a batch are lines in ability."""
    return batch.model.category_lines(batch.params) is not None


def _batch(items: Sequence[ItemStart], columns: Sequence[int]) -> ItemBatch:
    """One batch with its start values; pinned coordinates start, and stay, at 0."""
    model = items[0].model
    params = model.start(
        np.stack([item.shares for item in items]), np.stack([item.means for item in items])
    )
    for row, item in enumerate(items):
        if item.anchor is not None:
            params[row] = item.anchor.coordinates
    return ItemBatch(model, items[0].n_categories, np.array(columns), params)


def _slots(batch: ItemBatch, anchored: BoolArray, first: int) -> tuple[IntArray, int]:
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


def _pin(batch: ItemBatch, slots: IntArray, following: int) -> tuple[IntArray, int]:
    """Hold the pinned coordinates of the first item at 0 and close the gap in the numbering."""
    pinned = list(batch.model.pinned)
    gone = slots[0, pinned].copy()
    batch.params[0, pinned] = 0.0
    slots[0, pinned] = FIXED
    for slot in sorted(gone.tolist(), reverse=True):
        slots[slots > slot] -= 1
    return slots, following - len(gone)


def item_starts(
    responses: Responses,
    counts: FloatArray,
    models: Sequence[str],
    anchors: Mapping[str, ItemParameters],
    positive: Collection[str] = (),
    right: Mapping[str, Collection[int]] = NOTHING_RIGHT,
) -> tuple[ItemStart, ...]:
    """Start statistics of every item.

    A score counts as it is towards the rest scores. Where the categories of an item have no order
    and some are right, a point counts for each of these.

    Args:
        responses: Persons by items.
        counts: Number of persons with each score of each item, shape (n_items, n_categories).
        models: Code of the model of each item.
        anchors: Items whose parameters are given.
        positive: Items whose slope has to start above 0, whatever the responses say.
        right: For items whose categories have no order, those that are right.

    Returns:
        One entry per item, in order. An anchored item keeps its own model and number of
        categories.
    """
    worth = _worth(responses, counts.shape[1], right)
    weight, centred = responses.weights, _centred_totals(responses, counts, worth)
    totals = category_sums(responses.scores, counts.shape[1], weight * centred)
    spread = float(np.sqrt(max(weight @ centred**2 / weight.sum(), SMALLEST_VARIANCE)))
    return tuple(
        _item_start(
            MODELS[model],
            anchors.get(item_id),
            counts[column, : int(best) + 1],
            totals[column, : int(best) + 1],
            worth[column, : int(best) + 1],
            spread,
            rising=item_id in positive,
        )
        for column, (item_id, model, best) in enumerate(
            zip(responses.item_ids, models, responses.max_scores, strict=True)
        )
    )


def _item_start(
    model: ItemModel,
    anchor: ItemParameters | None,
    counts: FloatArray,
    totals: FloatArray,
    worth: FloatArray,
    spread: float,
    *,
    rising: bool,
) -> ItemStart:
    """The start statistics of one item from its sums."""
    smooth = counts + 0.5
    shares = smooth / smooth.sum()
    mean_total = totals / smooth
    rest = mean_total - (worth - shares @ worth)
    variance = max(spread**2 - float(shares @ (mean_total**2 - rest**2)), 0.25 * spread**2)
    means = (rest - shares @ rest) / np.sqrt(variance)
    if rising and (shares * means) @ worth < 0:
        means = -means
    if anchor is not None:
        return ItemStart(anchor.item_model, anchor.n_categories, shares, means, anchor)
    return ItemStart(model, len(counts), shares, means)


def _worth(
    responses: Responses, n_categories: int, right: Mapping[str, Collection[int]]
) -> FloatArray:
    """What each category counts towards a total, shape (n_items, n_categories)."""
    worth = np.tile(np.arange(n_categories, dtype=np.float64), (responses.n_items, 1))
    for column, item_id in enumerate(responses.item_ids):
        if right.get(item_id):
            worth[column] = np.isin(np.arange(n_categories), list(right[item_id]))
    return worth


def _centred_totals(responses: Responses, counts: FloatArray, worth: FloatArray) -> FloatArray:
    """Sum of worth minus item mean over what was presented, shape (n_persons,)."""
    means = (counts * worth).sum(axis=1) / np.maximum(counts.sum(axis=1), 1.0)
    unlike = np.flatnonzero((worth != np.arange(worth.shape[1])).any(axis=1))
    totals = np.empty(responses.n_persons)
    for first in range(0, responses.n_persons, ROWS):
        part = responses.scores[first : first + ROWS]
        presented = part != NOT_PRESENTED
        points = np.where(presented, part, 0).sum(axis=1).astype(np.float64)
        for column in unlike.tolist():
            given = np.where(presented[:, column], part[:, column], 0)
            points += np.where(presented[:, column], worth[column, given] - given, 0.0)
        totals[first : first + ROWS] = points - presented @ means
    return totals


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
