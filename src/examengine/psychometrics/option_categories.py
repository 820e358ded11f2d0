"""Chosen options as the categories of a model: right and wrong, or each option by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from examengine.psychometrics.classical import option_order
from examengine.psychometrics.csv_tables import UnusableFile, first_faults
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import NOT_PRESENTED

NOMINAL = "nrm"
Options = Mapping[str, tuple[str, ...]]


def options_to_calibrate(
    data: ResponseData, models: str | Mapping[str, str], anchors: Iterable[ItemParameters]
) -> Options:
    """Return the options of each item whose categories they are to be, in their order.

    Args:
        data: The responses; only keyed items have options.
        models: The model of all items, or one for each.
        anchors: Items held fixed; theirs stand as they were calibrated.

    Returns:
        By item: the options anybody chose, numbers by value, then texts.
    """
    fixed = options_of(anchors)
    return {
        item_id: fixed.get(item_id)
        or tuple(sorted({option for option in chosen if option}, key=option_order))
        for item_id, chosen in data.chosen.items()
        if (models if isinstance(models, str) else models[item_id]) == NOMINAL
    }


def right_categories(data: ResponseData, options: Options) -> Mapping[str, tuple[int, ...]]:
    """Return the categories of each item that are right options, so that ability points to them.

    Args:
        data: The responses, with their keys.
        options: For some items the option of each category.

    Returns:
        For each of these items that has a key, the places of its right options.
    """
    return {
        item_id: tuple(
            place for place, name in enumerate(names) if name in data.keys[item_id].options
        )
        for item_id, names in options.items()
        if item_id in data.keys
    }


def options_of(items: Iterable[ItemParameters]) -> Options:
    """Return the options of the items that were calibrated from them."""
    return {item.item_id: item.options for item in items if item.options}


def by_option(data: ResponseData, options: Options) -> ResponseData:
    """Return responses whose scores are the categories that models know.

    An item with a key is wrong or right, 0 or 1, however many points it is worth; for some items
    the category is the place of the chosen option.

    Args:
        data: The responses.
        options: For some items the option of each category; other items stay as they are.

    Returns:
        The same persons and items, other scores.

    Raises:
        UnusableFile: An item has no chosen options because it has no key, or an option was chosen
            that is none of them; one sentence for each.
    """
    present = {name: options[name] for name in data.responses.item_ids if name in options}
    worth_more = data.keyed & (data.responses.max_scores > 1)
    if not present and not worth_more.any():
        return data
    refuse(UnusableFile, first_faults(_faults(data, present)))
    scores, highest = data.responses.scores.copy(), data.responses.max_scores.copy()
    scores[:, worth_more] = np.minimum(scores[:, worth_more], 1)
    highest[worth_more] = 1
    for item_id, names in present.items():
        place = data.responses.item_ids.index(item_id)
        number = {"": NOT_PRESENTED, **{name: category for category, name in enumerate(names)}}
        scores[:, place] = [number[option] for option in data.chosen[item_id]]
        highest[place] = len(names) - 1
    return replace(data, responses=replace(data.responses, scores=scores, max_scores=highest))


def _faults(data: ResponseData, options: Options) -> Iterable[str]:
    for item_id, names in options.items():
        if item_id not in data.chosen:
            yield (
                f"{data.source}: item {item_id!r} was calibrated from chosen options; give a key "
                "with this item, so that its column is read as options"
            )
            continue
        for option in sorted(set(data.chosen[item_id]) - {*names, ""}, key=option_order):
            yield (
                f"{data.source}: item {item_id!r}: option {option!r} is none of those it was "
                f"calibrated with ({', '.join(names)})"
            )


def with_options(found: ParameterSet, options: Options) -> ParameterSet:
    """Return parameters that name the option of each category."""
    named = (replace(item, options=options.get(item.item_id, ())) for item in found.items)
    return replace(found, items=tuple(named))
