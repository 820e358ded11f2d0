"""Whether a pass or a fail is right, and whether it would be the same on another day."""

from examengine.psychometrics.classification.agreement import Classification
from examengine.psychometrics.classification.beta_binomial import BetaClassification, BetaTrueScores
from examengine.psychometrics.classification.hanson_brennan import hanson_brennan, lord_k
from examengine.psychometrics.classification.lee import lee, lee_in_population
from examengine.psychometrics.classification.livingston_lewis import (
    effective_length,
    livingston_lewis,
)
from examengine.psychometrics.classification.rudner import rudner

__all__ = [
    "BetaClassification",
    "BetaTrueScores",
    "Classification",
    "effective_length",
    "hanson_brennan",
    "lee",
    "lee_in_population",
    "livingston_lewis",
    "lord_k",
    "rudner",
]
