"""Responses and parameters brought together: the same items, and whose abilities are whose."""

from dataclasses import replace

import numpy as np

from examengine.psychometrics.arrays import BoolArray
from examengine.psychometrics.parameters import GroupParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore, refuse
from examengine.psychometrics.responses import Responses


def matched(responses: Responses, parameters: ParameterSet) -> tuple[Responses, ParameterSet]:
    """Responses and parameters with the same items in the same order.

    Args:
        responses: Scored responses.
        parameters: A set with every item of the responses.

    Returns:
        The responses, with highest scores as the parameters have them, and the parameters of just
        these items.

    Raises:
        CannotScore: An item has no parameters, or a score lies outside its categories.
    """
    known = {item.item_id: item for item in parameters.items}
    missing = [name for name in responses.item_ids if name not in known]
    refuse(CannotScore, (f"item {name!r} has no parameters" for name in missing))
    items = tuple(known[name] for name in responses.item_ids)
    highest = np.array([item.n_categories - 1 for item in items])
    above = responses.scores.max(axis=0) > highest
    refuse(
        CannotScore,
        (
            f"item {item.item_id!r}: a score above {item.n_categories - 1}, the highest its "
            "parameters know"
            for item, wrong in zip(items, above, strict=True)
            if wrong
        ),
    )
    data = Responses(
        person_ids=responses.person_ids,
        item_ids=responses.item_ids,
        scores=responses.scores,
        max_scores=highest,
        group=responses.group,
        weight=responses.weight,
    )
    return data, replace(parameters, items=items)


def populations(
    data: Responses, test: ParameterSet
) -> tuple[tuple[GroupParameters, BoolArray], ...]:
    """The groups of abilities and who belongs to each.

    Args:
        data: Scored responses.
        test: A parameter set with one group, or with every group of the responses.

    Returns:
        Group and mask of persons; everybody in the reference group when either side has no groups.

    Raises:
        CannotScore: A group of the responses is not in a set with several.
    """
    if data.group is None or len(test.groups) == 1:
        return ((test.groups[0], np.ones(data.n_persons, dtype=bool)),)
    known = {group.group: group for group in test.groups}
    refuse(
        CannotScore,
        (f"group {name!r} has no parameters" for name in data.group_labels if name not in known),
    )
    labels = np.array(data.group)
    return tuple((known[name], np.asarray(labels == name)) for name in data.group_labels)
