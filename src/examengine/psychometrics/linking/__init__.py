"""Bring calibrations that share items into one metric.

One file is one method; `METHODS` finds them by the name used in commands.
"""

import sys
from collections.abc import Collection, Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.linking._displacement import Displacement, robust_z
from examengine.psychometrics.linking._errors import CalibratedResponses, constant_errors
from examengine.psychometrics.linking._linking import (
    Link,
    common_items,
    link,
    transform,
    without,
)
from examengine.psychometrics.linking._sensitivity import Sensitivity, sensitivity
from examengine.psychometrics.parameters import ParameterSet

METHODS: Mapping[str, LinkingMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)


def alternatives(
    source: ParameterSet,
    target: ParameterSet,
    weights: CurveWeights,
    left_out: Collection[str] = (),
) -> Mapping[str, Constants | None]:
    """The constants by every method: where they disagree, the link deserves a second look.

    Args:
        source: The calibration to be transformed.
        target: The calibration whose metric is wanted.
        weights: Where characteristic curves are compared.
        left_out: Common items to do without.

    Returns:
        Constants by code of the method; None where a method cannot work on these items.

    Raises:
        CannotLink: The sets have too little in common for any method.
    """
    common = without(common_items(source, target), left_out)
    found: dict[str, Constants | None] = {}
    for code, method in METHODS.items():
        try:
            found[code] = method.constants(common, weights)
        except CannotLink:
            found[code] = None
    return found


__all__ = [
    "METHODS",
    "CalibratedResponses",
    "CannotLink",
    "CommonItems",
    "Constants",
    "CurveWeights",
    "Displacement",
    "Link",
    "LinkingMethod",
    "Sensitivity",
    "alternatives",
    "common_items",
    "constant_errors",
    "link",
    "robust_z",
    "sensitivity",
    "transform",
]
