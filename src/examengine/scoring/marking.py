"""Marking: responses become item scores through the key of the item version that was shown."""

from collections.abc import Mapping
from typing import Any

from examengine.assembly import Form
from examengine.bank import ITEM_TYPES, ItemRef, ItemVersion


def mark(
    form: Form, versions: Mapping[ItemRef, ItemVersion], responses: Mapping[str, Any]
) -> dict[str, int]:
    """Return the score of every item of a form, pretest items included.

    An item that was not answered, or not reached, scores 0: the form is the test, and leaving
    something out is never worth more than trying.

    Args:
        form: The published form.
        versions: Its item versions.
        responses: The responses by item, as the response record has them.
    """
    return {
        item.ref.item_id: mark_item(versions[item.ref], responses.get(item.ref.item_id))
        for item in form.items
    }


def mark_item(version: ItemVersion, response: Any) -> int:
    """Return the score of one response: 1 for the key, 0 for everything else."""
    if response is None:
        return 0
    return ITEM_TYPES[version.item_type].score(version.content, response)


def raw_score(form: Form, item_scores: Mapping[str, int]) -> tuple[int, int]:
    """Return the sum of the scored items, and the highest it could be; pretest items are out."""
    counted = [item_scores[item.ref.item_id] for item in form.items if item.scored]
    return sum(counted), len(counted)
