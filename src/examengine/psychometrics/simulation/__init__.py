"""Simulated tests, persons and answers.

`scores` draws item scores from any model, `known_tests` lays out tests whose parameters are known,
`exam_day` draws what else an exam leaves behind: omissions, distractors, seconds. Whoever stores
what is drawn here marks it as simulated.
"""

from examengine.psychometrics.simulation.exam_day import (
    Persons,
    TrueItems,
    draw_distractors,
    draw_items,
    draw_levels,
    draw_omitted,
    draw_persons,
    draw_right,
    draw_seconds,
)
from examengine.psychometrics.simulation.known_tests import (
    LAID_OUT,
    STUDIED,
    items_from_priors,
    priors_for,
    true_items,
)
from examengine.psychometrics.simulation.scores import as_responses, draw_scores

__all__ = [
    "LAID_OUT",
    "STUDIED",
    "Persons",
    "TrueItems",
    "as_responses",
    "draw_distractors",
    "draw_items",
    "draw_levels",
    "draw_omitted",
    "draw_persons",
    "draw_right",
    "draw_scores",
    "draw_seconds",
    "items_from_priors",
    "priors_for",
    "true_items",
]
