"""Responses bound to the parameters they are scored with.

Whatever needs both starts here: which items of the set were presented to whom, which ability
distribution a person comes from, and the log-likelihood on a grid as one matrix product.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import ItemBatch, batches_of
from examengine.psychometrics.estimation.design import distinct_columns, indicator_columns
from examengine.psychometrics.parameters import (
    GroupParameters,
    ItemParameters,
    ParameterSet,
    Quadrature,
)
from examengine.psychometrics.quadrature_spacing import (
    MOST_TIMES,
    fine_enough,
    too_coarse,
    widest_spacing,
)
from examengine.psychometrics.refusals import CannotScore, refuse
from examengine.psychometrics.responses import Responses

BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Binding:
    """Responses, the parameters of their items and the persons' ability distributions.

    Attributes:
        responses: Persons by items.
        items: Parameters of each item, in the order of the columns.
        batches: The same in batches.
        groups: Ability distributions.
        group: Index of each person's distribution, shape (n_persons,).
        quadrature: Points for integrals, near enough for the posteriors of these persons.
        bounds: Where a search for a maximum ends, logits.
        coarse: That the points are not near enough after all, in a sentence; else None.
    """

    responses: Responses
    items: tuple[ItemParameters, ...]
    batches: tuple[ItemBatch, ...]
    groups: tuple[GroupParameters, ...]
    group: IntArray
    quadrature: Quadrature
    bounds: tuple[float, float]
    coarse: str | None = None

    @property
    def means(self) -> FloatArray:
        """Prior mean of each person, shape (n_persons,)."""
        return np.array([group.mean for group in self.groups])[self.group]

    @property
    def sds(self) -> FloatArray:
        """Prior standard deviation of each person, shape (n_persons,)."""
        return np.array([group.sd for group in self.groups])[self.group]

    def rows(self) -> Iterator[tuple[int, IntArray]]:
        """Group index and row numbers of blocks of persons who answered something."""
        some = self.responses.n_answered > 0
        for index in range(len(self.groups)):
            mine = np.flatnonzero((self.group == index) & some)
            for first in range(0, len(mine), BLOCK):
                yield index, mine[first : first + BLOCK]

    def on_grid(self, theta: FloatArray, per_category: "PerCategory") -> "GridSums":
        """A function of item and category, ready to be summed over what each person answered.

        Args:
            theta: Points, shape (n_points,).
            per_category: From a batch and the points to (n_batch, n_categories, n_points).

        Returns:
            The sums, row by row on demand.
        """
        masks, mask_of = distinct_columns(self.responses.presented)
        rows: list[FloatArray] = []
        base = np.zeros((masks.shape[1], len(theta)))
        for batch in self.batches:
            values = per_category(batch, theta)
            rows.append((values[:, 1:] - values[:, :1]).reshape(-1, len(theta)))
            np.add.at(base, mask_of[batch.columns], values[:, 0])
        return GridSums(self.responses.scores, masks, self.batches, np.vstack([*rows, base]))


PerCategory = Callable[[ItemBatch, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class GridSums:
    """Sums over the answers of persons, at every point of a grid.

    Attributes:
        scores: All responses.
        masks: Distinct presentation columns, shape (n_persons, n_masks).
        batches: The items.
        columns: Value of each design column at each point, (n_columns, n_points).
    """

    scores: npt.NDArray[np.int8]
    masks: BoolArray
    batches: tuple[ItemBatch, ...]
    columns: FloatArray

    def at(self, rows: IntArray) -> FloatArray:
        """The sums of some persons, shape (n_points, n_rows)."""
        columns = indicator_columns(self.scores[rows], self.masks[rows], self.batches)
        sums: FloatArray = self.columns.T @ columns.astype(np.float64)
        return sums


def log_probability(batch: ItemBatch, theta: FloatArray) -> FloatArray:
    """Log category probabilities of a batch, (n_batch, n_categories, n_points)."""
    return batch.model.log_probabilities(theta, batch.params)


def bind(
    responses: Responses,
    parameters: ParameterSet,
    *,
    scale_nodes: bool,
    bounds: tuple[float, float],
) -> Binding:
    """Bind responses to the parameters of their items.

    Args:
        responses: Persons by items.
        parameters: A set that has every item of the responses.
        scale_nodes: Whether quadrature points move with a group.
        bounds: Where a search for a maximum ends, logits.

    Returns:
        The binding. When the set has several groups and the responses name groups, every person
        gets the distribution of their own group; otherwise that of the reference group.

    Raises:
        CannotScore: An item or a group is not in the set, or a score lies outside the
            categories of its item; one sentence per fault.
    """
    items = items_of(responses, parameters)
    groups, group = groups_of(responses, parameters)
    given = replace(parameters.quadrature, fixed=not scale_nodes)
    quadrature, groups = fine_enough(items, groups, given, responses.presented)
    batches = batches_of(items)
    coarse = None
    if quadrature.points > (MOST_TIMES - 1) * given.points:  # no more are filled in than that
        deviations = [(group.mean, group.sd) for group in groups]
        coarse = too_coarse(widest_spacing(batches, deviations, quadrature, responses.presented))
    return Binding(
        responses=responses,
        items=items,
        batches=batches,
        groups=groups,
        group=group,
        quadrature=quadrature,
        bounds=bounds,
        coarse=coarse,
    )


def items_of(responses: Responses, parameters: ParameterSet) -> tuple[ItemParameters, ...]:
    """The parameters of the items of responses, in their order.

    Raises:
        CannotScore: An item has no parameters, or a score lies outside its categories; one
            sentence per fault.
    """
    known = {item.item_id: item for item in parameters.items}
    refuse(
        CannotScore,
        (f"item {name!r} has no parameters" for name in responses.item_ids if name not in known),
    )
    items = tuple(known[name] for name in responses.item_ids)
    refuse(CannotScore, _score_faults(responses, items))
    return items


def aligned(responses: Responses, parameters: ParameterSet) -> tuple[Responses, ParameterSet]:
    """Responses and parameters with the same items in the same order.

    Args:
        responses: Scored responses.
        parameters: A set with every item of the responses.

    Returns:
        The responses, with highest scores as the parameters have them, and the parameters of just
        these items.

    Raises:
        CannotScore: See `items_of`.
    """
    items = items_of(responses, parameters)
    highest = np.array([item.n_categories - 1 for item in items])
    return replace(responses, max_scores=highest), replace(parameters, items=items)


def groups_of(
    responses: Responses, parameters: ParameterSet
) -> tuple[tuple[GroupParameters, ...], IntArray]:
    """Ability distributions and each person's index into them.

    Args:
        responses: Scored responses.
        parameters: A set with one group, or with every group of the responses.

    Returns:
        The groups; the reference group for everybody when either side has no groups.

    Raises:
        CannotScore: A group of the responses is not in a set with several groups.
    """
    if responses.group is None or len(parameters.groups) == 1:
        return parameters.groups[:1], np.zeros(responses.n_persons, dtype=np.int64)
    place = {group.group: index for index, group in enumerate(parameters.groups)}
    refuse(
        CannotScore,
        (
            f"group {label!r} is none of {', '.join(place)}"
            for label in responses.group_labels
            if label not in place
        ),
    )
    return parameters.groups, np.array([place[label] for label in responses.group])


def persons_by_group(
    responses: Responses, parameters: ParameterSet
) -> tuple[tuple[GroupParameters, BoolArray], ...]:
    """Each ability distribution that somebody comes from, and who, shape (n_persons,).

    Raises:
        CannotScore: See `groups_of`.
    """
    groups, group = groups_of(responses, parameters)
    places = dict.fromkeys(group.tolist())  # in the order in which they appear
    return tuple((groups[place], np.asarray(group == place)) for place in places)


def _score_faults(responses: Responses, items: Sequence[ItemParameters]) -> Iterator[str]:
    """One sentence for each item with a score that its parameters do not know."""
    highest = responses.scores.max(axis=0)
    for item, found in zip(items, highest.tolist(), strict=True):
        if found >= item.n_categories:
            yield (
                f"item {item.item_id!r}: score {found} was given, but its parameters are for "
                f"0 … {item.n_categories - 1}"
            )
