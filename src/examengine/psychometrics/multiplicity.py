"""Many tests at once: tail probabilities adjusted so that the whole family keeps its promise.

Holm and Bonferroni bound the chance of a single false alarm in the family; Benjamini and Hochberg
bound the expected share of false alarms among the alarms.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray


def bonferroni(ps: npt.ArrayLike) -> FloatArray:
    """Tail probabilities times the number of tests.

    p̃_i = min(m p_i, 1)

    Args:
        ps: Tail probabilities, shape (n,); nan stays nan and does not count among the m tests.

    Returns:
        Adjusted values in the same order.

    References:
        Dunn (1961), Journal of the American Statistical Association 56, 52–64.
    """
    values = np.array(ps, dtype=np.float64)
    adjusted: FloatArray = np.minimum(values * np.isfinite(values).sum(), 1.0)
    return adjusted


def holm(ps: npt.ArrayLike) -> FloatArray:
    """Tail probabilities adjusted step by step from the smallest; never above Bonferroni's.

    p̃_(i) = max_{j ≤ i} min((m − j + 1) p_(j), 1)

    Args:
        ps: Tail probabilities, shape (n,); nan stays nan and does not count among the m tests.

    Returns:
        Adjusted values in the same order.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6, 65–70.
    """
    values = np.array(ps, dtype=np.float64)
    order = _ascending(values)
    steps = values[order] * np.arange(order.size, 0, -1)
    values[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return values


def benjamini_hochberg(ps: npt.ArrayLike) -> FloatArray:
    """Tail probabilities adjusted for the false discovery rate.

    p̃_(i) = min_{j ≥ i} min(m p_(j) / j, 1)

    Args:
        ps: Tail probabilities, shape (n,); nan stays nan and does not count among the m tests.

    Returns:
        Adjusted values in the same order.

    References:
        Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.
    """
    values = np.array(ps, dtype=np.float64)
    order = _ascending(values)
    steps = values[order] * (order.size / np.arange(1, order.size + 1))
    values[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return values


def _ascending(values: FloatArray) -> npt.NDArray[np.intp]:
    """Places of the defined values, smallest first, ties in order."""
    known = np.flatnonzero(np.isfinite(values))
    return known[np.argsort(values[known], kind="stable")]


ADJUSTMENTS: Mapping[str, Callable[[npt.ArrayLike], FloatArray]] = MappingProxyType(
    {"bh": benjamini_hochberg, "holm": holm, "bonferroni": bonferroni}
)
