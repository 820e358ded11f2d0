"""From a bank's items and its adopted parameters to the pool that assembly chooses from."""

from collections.abc import Sequence

import numpy as np

from examengine.assembly.blueprint import PoolItem
from examengine.bank import AdoptedParameters, ItemVersion
from examengine.psychometrics.parameters import ItemParameters, ParameterSet


def pool_of(
    items: Sequence[ItemVersion], parameters: AdoptedParameters | None, thetas: Sequence[float]
) -> list[PoolItem]:
    """Return the items as assembly sees them.

    Information is Fisher information in 1/logit², at `thetas` in logits; items that have not
    been calibrated have none, and then no form is balanced on information.
    """
    information = _information(parameters, thetas)
    return [
        PoolItem(
            item_id=item.item_id,
            area=item.area,
            item_type=item.item_type,
            level=item.level,
            seconds=item.seconds,
            enemies=item.enemies,
            information=information.get(item.item_id, ()),
            set_id=item.set_id,
            set_place=item.set_place,
            model_id=item.model_id,
        )
        for item in items
    ]


def _information(
    parameters: AdoptedParameters | None, thetas: Sequence[float]
) -> dict[str, tuple[float, ...]]:
    if parameters is None:
        return {}
    calibrated = ParameterSet.from_dict(parameters.body)
    return {item.item_id: information_of(item, thetas) for item in calibrated.items}


def information_of(item: ItemParameters, thetas: Sequence[float]) -> tuple[float, ...]:
    """Return the Fisher information of one item, in 1/logit², at `thetas` in logits."""
    points = np.asarray(thetas, dtype=float)
    values = item.item_model.information(points, item.coordinates[np.newaxis])
    return tuple(float(value) for value in values[0])
