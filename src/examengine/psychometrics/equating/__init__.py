"""Equating: bring the scores of a new form to the scale of an old one.

Methods are in `methods`, one file each, by observed scores or by item parameters; `equate_forms`
takes either, and forms as they were given.
"""

from examengine.psychometrics.equating.conversions import (
    Conversion,
    Equating,
    FormMoments,
    SmoothingReport,
    SyntheticWeights,
)
from examengine.psychometrics.equating.degrees import Criterion, smooth
from examengine.psychometrics.equating.distributions import ScoreDistribution, ScoreMoments
from examengine.psychometrics.equating.form_inputs import EquatingPlan, FormInput, equate_forms
from examengine.psychometrics.equating.irt_equating import equate_by_parameters
from examengine.psychometrics.equating.irt_forms import (
    BothForms,
    FormResponses,
    IrtForm,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.log_linear import Degrees, LogLinearFit, fit_log_linear
from examengine.psychometrics.equating.methods import (
    METHODS,
    AnyMethod,
    EquatingMethod,
    EquatingOptions,
    IrtMethod,
    ObservedScoreMethod,
)
from examengine.psychometrics.equating.observed_scores import (
    Smoothing,
    equate,
    equate_single_group,
)
from examengine.psychometrics.equating.resampling import Bootstrap
from examengine.psychometrics.equating.score_tables import (
    AnchorKind,
    CannotEquate,
    ScoreFrequencies,
    answered_all,
    common_item_ids,
    joint_table,
    score_table,
    with_common_maxima,
)

__all__ = [
    "METHODS",
    "AnchorKind",
    "AnyMethod",
    "Bootstrap",
    "BothForms",
    "CannotEquate",
    "Conversion",
    "Criterion",
    "Degrees",
    "Equating",
    "EquatingMethod",
    "EquatingOptions",
    "EquatingPlan",
    "FormInput",
    "FormMoments",
    "FormResponses",
    "IrtForm",
    "IrtMethod",
    "LogLinearFit",
    "ObservedScoreMethod",
    "ScoreDistribution",
    "ScoreFrequencies",
    "ScoreMoments",
    "Smoothing",
    "SmoothingReport",
    "SyntheticWeights",
    "answered_all",
    "common_item_ids",
    "equate",
    "equate_by_parameters",
    "equate_forms",
    "equate_single_group",
    "fit_log_linear",
    "in_metric_of",
    "irt_form",
    "joint_table",
    "score_table",
    "smooth",
    "with_common_maxima",
]
