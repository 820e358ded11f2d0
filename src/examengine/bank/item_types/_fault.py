"""A fault of an item's content, and the name of that content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]
"""An item as its file says it: texts, whole numbers, lists and mappings, nothing else."""


@dataclass(frozen=True, slots=True)
class ItemFault:
    """Something in an item that cannot be used, with what would be right."""

    where: str
    """The field, as a path: `options[1].rationale`."""
    what: str
