"""Equating: bring the scores of a new form to the scale of an old one.

Methods that work on observed scores are in `methods`, one file each; those that work on item
parameters stand beside them here.
"""

from examengine.psychometrics.equating.conversions import (
    Conversion,
    Equating,
    FormMoments,
    SmoothingReport,
    Weights,
)
from examengine.psychometrics.equating.degrees import Criterion, smooth
from examengine.psychometrics.equating.distributions import ScoreDistribution, ScoreMoments
from examengine.psychometrics.equating.irt_forms import (
    BothForms,
    FormResponses,
    IrtForm,
    Population,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.irt_scores import (
    OBSERVED_SCORES,
    TRUE_SCORES,
    equate_predicted_scores,
    equate_true_scores,
)
from examengine.psychometrics.equating.log_linear import Degrees, LogLinearFit, fit_log_linear
from examengine.psychometrics.equating.methods import METHODS, EquatingMethod, Options
from examengine.psychometrics.equating.observed_scores import (
    Smoothing,
    equate,
    equate_single_group,
)
from examengine.psychometrics.equating.resampling import Bootstrap
from examengine.psychometrics.equating.score_tables import (
    AnchorKind,
    CannotEquate,
    ScoreTable,
    answered_all,
    common_item_ids,
    joint_table,
    score_table,
    with_common_maxima,
)

__all__ = [
    "METHODS",
    "OBSERVED_SCORES",
    "TRUE_SCORES",
    "AnchorKind",
    "Bootstrap",
    "BothForms",
    "CannotEquate",
    "Conversion",
    "Criterion",
    "Degrees",
    "Equating",
    "EquatingMethod",
    "FormMoments",
    "FormResponses",
    "IrtForm",
    "LogLinearFit",
    "Options",
    "Population",
    "ScoreDistribution",
    "ScoreMoments",
    "ScoreTable",
    "Smoothing",
    "SmoothingReport",
    "Weights",
    "answered_all",
    "common_item_ids",
    "equate",
    "equate_predicted_scores",
    "equate_single_group",
    "equate_true_scores",
    "fit_log_linear",
    "in_metric_of",
    "irt_form",
    "joint_table",
    "score_table",
    "smooth",
    "with_common_maxima",
]
