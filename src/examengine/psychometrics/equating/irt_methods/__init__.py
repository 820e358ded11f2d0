"""Equating methods that work on item parameters: one file is one method."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.equating.irt_methods._contract import (
    ConversionDerivatives,
    FormsApart,
    IrtEquivalents,
    IrtMethod,
)

IRT_METHODS: Mapping[str, IrtMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "IRT_METHODS",
    "ConversionDerivatives",
    "FormsApart",
    "IrtEquivalents",
    "IrtMethod",
]
