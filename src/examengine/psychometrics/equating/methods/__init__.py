"""Equating methods that work on observed scores: one file is one method."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingMethod,
    Equivalents,
    Options,
)
from examengine.psychometrics.equating.methods._lines import Line, LinearMethod, Moments

METHODS: Mapping[str, EquatingMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "METHODS",
    "Derivatives",
    "EquatingMethod",
    "Equivalents",
    "Line",
    "LinearMethod",
    "Moments",
    "Options",
]
