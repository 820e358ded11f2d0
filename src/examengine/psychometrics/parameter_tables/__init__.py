"""Tables of item parameters as programs write them, one file each; `FORMATS` finds them by name.

To add a table, add a file that brings `FORMAT`, a `ParameterTableFormat` with its own `example`.
The conformance suite picks it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.parameter_tables._contract import (
    SCALINGS,
    STEP_MODELS,
    ParameterTableFormat,
    TableConventions,
    TabledItem,
    TableReading,
)
from examengine.psychometrics.parameter_tables._reading import MOST_ITEMS, read_table

FORMATS: Mapping[str, ParameterTableFormat] = MappingProxyType(
    {
        found.code: found
        for found in plugins.load(sys.modules[__name__], attribute="FORMAT").values()
    }
)


def recognised(header: tuple[str, ...]) -> tuple[ParameterTableFormat, ...]:
    """The formats whose headings these are.

    Args:
        header: The headings of a table, as `read_table` gives them.

    Returns:
        As a rule one; none where nobody writes such headings.
    """
    return tuple(found for found in FORMATS.values() if found.recognises(header))


__all__ = [
    "FORMATS",
    "MOST_ITEMS",
    "SCALINGS",
    "STEP_MODELS",
    "ParameterTableFormat",
    "TableConventions",
    "TableReading",
    "TabledItem",
    "read_table",
    "recognised",
]
