"""How many dimensions a test measures: polychoric correlations and parallel analysis."""

from examengine.psychometrics.dimensionality.parallel_analysis import (
    CORRELATIONS,
    REFERENCES,
    Dimensionality,
    parallel_analysis,
)
from examengine.psychometrics.dimensionality.polychoric import CannotCorrelate, polychoric

__all__ = [
    "CORRELATIONS",
    "REFERENCES",
    "CannotCorrelate",
    "Dimensionality",
    "parallel_analysis",
    "polychoric",
]
