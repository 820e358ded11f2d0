"""Results as documents: only texts, numbers, booleans, None, lists and mappings."""

from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """A result as it stands in a JSON document.

    Args:
        value: A dataclass, array, tuple, mapping, number, text or None, nested at will.

    Returns:
        The same with dataclasses as mappings, arrays and tuples as lists, and every number that is
        not finite as None: JSON has no NaN, and a figure that does not exist is not zero.
    """
    if is_dataclass(value):
        value = {one.name: getattr(value, one.name) for one in fields(value)}
    elif isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
