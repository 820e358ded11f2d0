"""Methods that set cut scores, one file each; `METHODS` finds them by the name used in commands.

To add a method, add a file that brings `METHOD`, a `CutScoreMethod` with its own `example`. The
conformance suite picks it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.cut_scores._contract import (
    CannotRecommend,
    CutScoreMethod,
    ItemRound,
    JudgeAgreement,
    JudgeRound,
    Recommendation,
    RoundResult,
)
from examengine.psychometrics.cut_scores._ratings import Ratings, read_ratings

METHODS: Mapping[str, CutScoreMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "METHODS",
    "CannotRecommend",
    "CutScoreMethod",
    "ItemRound",
    "JudgeAgreement",
    "JudgeRound",
    "Ratings",
    "Recommendation",
    "RoundResult",
    "read_ratings",
]
