"""Tables of results: what a command prints and a page shows comes from the same functions."""

from examengine.psychometrics.results.analysis import Analysis, ItemAnalysis, analyse
from examengine.psychometrics.results.decisions import (
    CannotClassify,
    DecisionEvidence,
    Decisions,
    decisions_at,
)
from examengine.psychometrics.results.model_agreement import (
    ItemFit,
    LocalDependence,
    ModelAgreement,
    model_agreement,
)

__all__ = [
    "Analysis",
    "CannotClassify",
    "DecisionEvidence",
    "Decisions",
    "ItemAnalysis",
    "ItemFit",
    "LocalDependence",
    "ModelAgreement",
    "analyse",
    "decisions_at",
    "model_agreement",
]
