"""Plots as server-side SVG: figures in data units, laid out as drawings, drawn by one macro."""

from examengine.web.plots.figures import (
    Figure,
    ObservedGroup,
    OptionShares,
    characteristic_curve,
    conditional_error,
    item_information,
    option_curves,
    score_distribution,
    test_information,
)

__all__ = [
    "Figure",
    "ObservedGroup",
    "OptionShares",
    "characteristic_curve",
    "conditional_error",
    "item_information",
    "option_curves",
    "score_distribution",
    "test_information",
]
