"""Equating methods, by observed scores and by item parameters: one file is one method."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingMethod,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
    ObservedScoreMethod,
)
from examengine.psychometrics.equating.methods._item_parameters import (
    ConversionDerivatives,
    FormsApart,
    IrtDerivatives,
    IrtMethod,
)
from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
)

AnyMethod = ObservedScoreMethod | IrtMethod

METHODS: Mapping[str, AnyMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "METHODS",
    "AnyMethod",
    "ConversionDerivatives",
    "Derivatives",
    "EquatingLine",
    "EquatingMethod",
    "EquatingOptions",
    "Equivalents",
    "FormsApart",
    "GroupMoments",
    "IrtDerivatives",
    "IrtMethod",
    "LinearMethod",
    "ObservedEquivalents",
    "ObservedScoreMethod",
]
