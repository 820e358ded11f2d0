"""Classical test theory: items, options and totals, with missing by design as the ordinary case."""

from examengine.psychometrics.classical.discrimination import (
    FEWEST_IN_GROUP,
    biserial,
    point_biserial,
    upper_lower_index,
)
from examengine.psychometrics.classical.distractors import (
    OptionStatistics,
    coded_option_statistics,
    option_order,
    option_statistics,
    score_groups,
)
from examengine.psychometrics.classical.item_statistics import ItemStatistics, item_statistics
from examengine.psychometrics.classical.moments import pairwise_covariance
from examengine.psychometrics.classical.omission import Omission, omissions
from examengine.psychometrics.classical.total_score import TotalScore, total_score
from examengine.psychometrics.classical.totals import Totals, totals

__all__ = [
    "FEWEST_IN_GROUP",
    "ItemStatistics",
    "Omission",
    "OptionStatistics",
    "TotalScore",
    "Totals",
    "biserial",
    "coded_option_statistics",
    "item_statistics",
    "omissions",
    "option_order",
    "option_statistics",
    "pairwise_covariance",
    "point_biserial",
    "score_groups",
    "total_score",
    "totals",
    "upper_lower_index",
]
