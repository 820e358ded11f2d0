"""Whether items, persons and the whole model agree with the responses."""

from examengine.psychometrics.fit.calibrated import CalibratedTest, at_nodes, estimated_counts
from examengine.psychometrics.fit.expected_scores import likelihoods, score_moments
from examengine.psychometrics.fit.limited_information import ModelFit
from examengine.psychometrics.fit.local_dependence import Q3, q3
from examengine.psychometrics.fit.model_fit import CannotTestFit, limited_information_fit
from examengine.psychometrics.fit.person_fit import item_zh, lz_star, zh
from examengine.psychometrics.fit.residuals import ResidualFit, residual_fit
from examengine.psychometrics.fit.s_x2 import ItemChiSquare, s_x2

__all__ = [
    "Q3",
    "CalibratedTest",
    "CannotTestFit",
    "ItemChiSquare",
    "ModelFit",
    "ResidualFit",
    "at_nodes",
    "estimated_counts",
    "item_zh",
    "likelihoods",
    "limited_information_fit",
    "lz_star",
    "q3",
    "residual_fit",
    "s_x2",
    "score_moments",
    "zh",
]
