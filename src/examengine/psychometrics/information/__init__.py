"""Information, conditional errors and characteristic curves of items and tests."""

from examengine.psychometrics.information.curves import (
    characteristic_curve,
    expected_item_scores,
    theta_at_expected_score,
)
from examengine.psychometrics.information.derivatives import (
    ExpectedScore,
    ItemCurves,
    by_item,
    expected_score_derivatives,
    item_curves,
)
from examengine.psychometrics.information.precision import (
    conditional_sem,
    conditional_sem_of_score,
    information_of_items,
    information_of_test,
)

__all__ = [
    "ExpectedScore",
    "ItemCurves",
    "by_item",
    "characteristic_curve",
    "conditional_sem",
    "conditional_sem_of_score",
    "expected_item_scores",
    "expected_score_derivatives",
    "information_of_items",
    "information_of_test",
    "item_curves",
    "theta_at_expected_score",
]
