"""Whether two persons' answers agree more than independent work would.

One file is one method; `METHODS` finds them by the name used in commands. A small figure is a
signal for people to look into, never a verdict.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.similarity._answers import Answers, answers_of
from examengine.psychometrics.similarity._comparing import (
    Similarity,
    SimilarPair,
    Tail,
    compare_answers,
)
from examengine.psychometrics.similarity._contract import (
    CannotCompareAnswers,
    PairStatistics,
    PairTest,
    SimilarityMethod,
)
from examengine.psychometrics.similarity._evidence import Model, SimilarityEvidence, evidence_of

METHODS: Mapping[str, SimilarityMethod] = MappingProxyType(
    {
        method.code: method
        for method in plugins.load(sys.modules[__name__], attribute="METHOD").values()
    }
)

__all__ = [
    "METHODS",
    "Answers",
    "CannotCompareAnswers",
    "Model",
    "PairStatistics",
    "PairTest",
    "SimilarPair",
    "Similarity",
    "SimilarityEvidence",
    "SimilarityMethod",
    "Tail",
    "answers_of",
    "compare_answers",
    "evidence_of",
]
