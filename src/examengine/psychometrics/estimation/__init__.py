"""Estimation of item parameters by marginal maximum likelihood."""

from examengine.psychometrics.estimation.calibrate import (
    ESTIMATORS,
    MOST_KNOTS,
    STANDARD_ERRORS,
    calibrate,
)
from examengine.psychometrics.estimation.design import Executor
from examengine.psychometrics.estimation.files import read_models, read_priors
from examengine.psychometrics.estimation.free_parameters import ParameterSlots
from examengine.psychometrics.estimation.known_estimates import (
    SamplingVariation,
    variation_of,
)
from examengine.psychometrics.estimation.latent import FEWEST_KNOTS
from examengine.psychometrics.estimation.plan import (
    Calibration,
    LatentForm,
    StandardErrors,
)
from examengine.psychometrics.estimation.priors import (
    GUESSING_PRIORS,
    Priors,
    reported_names,
)

__all__ = [
    "ESTIMATORS",
    "FEWEST_KNOTS",
    "GUESSING_PRIORS",
    "MOST_KNOTS",
    "STANDARD_ERRORS",
    "Calibration",
    "Executor",
    "LatentForm",
    "ParameterSlots",
    "Priors",
    "SamplingVariation",
    "StandardErrors",
    "calibrate",
    "read_models",
    "read_priors",
    "reported_names",
    "variation_of",
]
