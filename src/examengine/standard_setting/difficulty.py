"""How hard an item proved to be, as judges are told before they rate it again."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from examengine.psychometrics.information import expected_item_scores
from examengine.psychometrics.parameters import ParameterSet

POINTS, LIMIT = 61, 6.0


def share_right(item_id: str, body: Mapping[str, Any]) -> float | None:
    """Return the share of an item's points that the calibrated population gets.

    p_j = ∫ E(X_j | θ) φ(θ; μ, σ) dθ / m_j, over the first group's ability distribution.

    Args:
        item_id: The item.
        body: Item parameters as their file says them.

    Returns:
        Between 0 and 1; None when the item was not calibrated.

    Notes:
        Logistic metric, D = 1; 61 equally spaced points within six standard deviations. Taken
        from the model, it is comparable between items that went to different candidates, which
        a plain proportion is not.

    References:
        Lord (1980), Applications of Item Response Theory, section 3.5.
    """
    entry = next((item for item in body["items"] if item["item_id"] == item_id), None)
    if entry is None:
        return None
    calibrated = ParameterSet.from_dict({**body, "items": [entry]})
    group = calibrated.groups[0]
    z = np.linspace(-LIMIT, LIMIT, POINTS)
    weights = np.exp(-(z**2) / 2)
    expected = expected_item_scores(calibrated.items, group.mean + group.sd * z)[:, 0]
    most = float(expected_item_scores(calibrated.items, [np.inf])[0, 0])
    return float(expected @ weights / weights.sum()) / round(most)
