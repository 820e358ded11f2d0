"""Items of QTI 2.0 to 3.0: read, drawn and scored, XML in and values out."""

from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.vectors import (
    VectorOutcome,
    VectorResult,
    files_below,
    score_vectors,
    vector_faults,
)

__all__ = [
    "QtiRefused",
    "RefusedBecause",
    "VectorOutcome",
    "VectorResult",
    "files_below",
    "score_vectors",
    "vector_faults",
]
