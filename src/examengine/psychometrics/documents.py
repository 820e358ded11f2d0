"""Results as documents: only texts, numbers, booleans, None, lists and mappings, then as JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any

import numpy as np

# Which program a document comes from.
CODE_VERSION = version("examengine")
NUMBER = r"(?:[-+.\deE]+|null)"
# A list of nothing but numbers goes on one line: matrices stay readable. No text can match, since
# the line breaks of a text are written as \\n.
LIST_OF_NUMBERS = re.compile(rf"\[\n\s+{NUMBER}(?:,\n\s+{NUMBER})*\n\s+\]")


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


def as_json(document: Mapping[str, Any]) -> str:
    """Any document the commands print, as strict JSON (no NaN).

    Args:
        document: Only texts, numbers, booleans, None, lists and mappings.

    Returns:
        Indented JSON with a trailing newline.

    Raises:
        ValueError: A number is not finite.
    """
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return LIST_OF_NUMBERS.sub(lambda found: " ".join(found.group().split()), text) + "\n"
