"""Plots as server-side SVG: figures in data units, laid out as drawings, drawn by one macro."""

from examengine.web.plots.figures import Figure
from examengine.web.plots.form_figures import (
    conditional_error,
    score_distribution,
    test_information,
)
from examengine.web.plots.item_figures import (
    OptionShares,
    category_curves,
    characteristic_curve,
    item_information,
    observed_category_shares,
    option_curves,
)

__all__ = [
    "Figure",
    "OptionShares",
    "category_curves",
    "characteristic_curve",
    "conditional_error",
    "item_information",
    "observed_category_shares",
    "option_curves",
    "score_distribution",
    "test_information",
]
