"""How far the same candidates would get the same scores again."""

from examengine.psychometrics.reliability.ability_reliability import (
    empirical_reliability,
    marginal_reliability,
)
from examengine.psychometrics.reliability.composite import composite_reliability
from examengine.psychometrics.reliability.conditional_error import lord_binomial, lord_keats
from examengine.psychometrics.reliability.hierarchical_omega import (
    SchmidLeiman,
    omega_hierarchical,
)
from examengine.psychometrics.reliability.internal_consistency import (
    alpha,
    alpha_if_dropped,
    feldt_interval,
    kr_20,
    kr_21,
    standard_error_of_measurement,
    stratified_alpha,
)
from examengine.psychometrics.reliability.lower_bounds import GuttmanBounds, guttman_bounds
from examengine.psychometrics.reliability.omega import OneFactor, omega_total
from examengine.psychometrics.reliability.split_half import SplitHalf, odd_even, split_half
from examengine.psychometrics.reliability.summary import (
    ReliabilitySummary,
    reliability_by_form,
    reliability_summary,
)

__all__ = [
    "GuttmanBounds",
    "OneFactor",
    "ReliabilitySummary",
    "SchmidLeiman",
    "SplitHalf",
    "alpha",
    "alpha_if_dropped",
    "composite_reliability",
    "empirical_reliability",
    "feldt_interval",
    "guttman_bounds",
    "kr_20",
    "kr_21",
    "lord_binomial",
    "lord_keats",
    "marginal_reliability",
    "odd_even",
    "omega_hierarchical",
    "omega_total",
    "reliability_by_form",
    "reliability_summary",
    "split_half",
    "standard_error_of_measurement",
    "stratified_alpha",
]
