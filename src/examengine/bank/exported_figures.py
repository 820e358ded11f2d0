"""What a package tells of how an item did here. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from examengine.bank.formats._format import ExportedFigures
from examengine.bank.indexed_item import ItemUsage
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.rules import ItemVersion


def exported_figures(
    item: ItemVersion, usage: ItemUsage | None, entry: Mapping[str, Any], as_of: date | None
) -> ExportedFigures:
    """Return what is told of an item.

    Args:
        item: The version that is written.
        usage: How it was used, as it was gathered last; None where nothing is known.
        entry: Its parameters in use, as a parameter file says them; empty without any.
        as_of: When its use was gathered.
    """
    points = ITEM_TYPES[item.item_type].most_points(item.content)
    errors = entry.get("se") or {}
    names = ("a", "b", "c") if points == 1 else ("a",)
    told = [name for name in names if entry.get(name) is not None]
    return ExportedFigures(
        item_id=item.item_id,
        points=points,
        n=None if usage is None else usage.n,
        p=None if usage is None else usage.p,
        item_rest_r=None if usage is None else usage.item_rest_r,
        parameters={name: entry[name] for name in told},
        errors={name: errors[name] for name in told if errors.get(name) is not None},
        simulated=usage is not None and usage.simulated,
        as_of=as_of,
    )
