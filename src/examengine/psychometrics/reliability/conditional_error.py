"""The standard error of measurement at each score: error is not the same everywhere."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray


def lord_binomial(n_items: int) -> FloatArray:
    """Lord's conditional standard error of the number right, binomial errors.

    SEM(x) = √(x (J − x) / (J − 1))

    Args:
        n_items: J, at least 2; items are right or wrong.

    Returns:
        Shape (J + 1,), points, for x = 0 … J.

    Raises:
        ValueError: Fewer than two items.

    References:
        Lord (1955), Educational and Psychological Measurement 15, 325–336.
    """
    if n_items < 2:
        raise ValueError("a conditional error needs at least two items")
    x = np.arange(n_items + 1.0)
    error: FloatArray = np.sqrt(x * (n_items - x) / (n_items - 1))
    return error


def lord_keats(n_items: int, kr20: float, kr21: float) -> FloatArray:
    """Lord's conditional error with Keats's correction for items of unequal difficulty.

    SEM(x) = √(x (J − x) / (J − 1) · (1 − KR20) / (1 − KR21))

    Args:
        n_items: J, at least 2.
        kr20: Kuder–Richardson 20, below 1.
        kr21: Kuder–Richardson 21, below 1.

    Returns:
        Shape (J + 1,), points, for x = 0 … J.

    Raises:
        ValueError: Fewer than two items, or a coefficient is not below 1.

    References:
        Keats (1957), Psychometrika 22, 29–41.
    """
    if not (kr20 < 1 and kr21 < 1):
        raise ValueError("the correction needs coefficients below 1")
    return lord_binomial(n_items) * float(np.sqrt((1 - kr20) / (1 - kr21)))
