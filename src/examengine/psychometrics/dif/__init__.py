"""Whether an item works alike for matched candidates of different groups.

One file is one method; `METHODS` finds them by the name used in commands.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.dif._comparing import compare_groups
from examengine.psychometrics.dif._contract import (
    CannotCompareGroups,
    Comparison,
    DifFinding,
    DifMethod,
    DifRow,
)
from examengine.psychometrics.dif._test_functioning import (
    DifferentialTestFunctioning,
    ItemShare,
    differential_test_functioning,
)

METHODS: Mapping[str, DifMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "METHODS",
    "CannotCompareGroups",
    "Comparison",
    "DifFinding",
    "DifMethod",
    "DifRow",
    "DifferentialTestFunctioning",
    "ItemShare",
    "compare_groups",
    "differential_test_functioning",
]
