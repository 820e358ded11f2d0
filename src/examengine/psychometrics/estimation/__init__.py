"""Estimation of item parameters by marginal maximum likelihood."""

from examengine.psychometrics.estimation.calibrate import ESTIMATORS, STANDARD_ERRORS, calibrate
from examengine.psychometrics.estimation.plan import Calibration, StandardErrors
from examengine.psychometrics.estimation.priors import Priors

__all__ = [
    "ESTIMATORS",
    "STANDARD_ERRORS",
    "Calibration",
    "Priors",
    "StandardErrors",
    "calibrate",
]
