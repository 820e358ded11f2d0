"""Reliability from two halves of one test."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """What two halves say about the whole.

    Attributes:
        r: Correlation of the halves.
        spearman_brown: Stepped up for halves of equal variance.
        rulon: Rulon's (Flanagan's, Guttman's) coefficient; halves may differ in variance.
        angoff_feldt: For halves that may differ in length.
    """

    r: float
    spearman_brown: float
    rulon: float
    angoff_feldt: float


def odd_even(n_items: int) -> BoolArray:
    """The usual split: first, third, fifth … item against the others.

    Args:
        n_items: J.

    Returns:
        Shape (J,), True for the first half.
    """
    return np.asarray(np.arange(n_items) % 2 == 0)


def split_half(covariance: FloatArray, first_half: BoolArray) -> SplitHalf:
    """Split-half coefficients.

    With halves A and B and the total X:
    Spearman–Brown 2r / (1 + r); Rulon 2 (1 − (s_A² + s_B²) / s_X²);
    Angoff–Feldt 4 s_AB / (s_X² − ((s_A² − s_B²) / s_X)²)

    Args:
        covariance: Covariances of the items, shape (J, J), squared points.
        first_half: Which items are in half A, shape (J,).

    Returns:
        The coefficients.

    Raises:
        ValueError: A half is empty or does not vary.

    References:
        Feldt & Brennan (1989), in Linn, Educational Measurement, 3rd ed., 105–146.
    """
    a = first_half.astype(np.float64)
    b = 1 - a
    var_a, var_b = float(a @ covariance @ a), float(b @ covariance @ b)
    between = float(a @ covariance @ b)
    if not (var_a > 0 and var_b > 0):
        raise ValueError("each half needs items whose sum varies")
    total = var_a + var_b + 2 * between
    r = between / float(np.sqrt(var_a * var_b))
    return SplitHalf(
        r=r,
        spearman_brown=2 * r / (1 + r),
        rulon=2 * (1 - (var_a + var_b) / total),
        angoff_feldt=4 * between / (total - (var_a - var_b) ** 2 / total),
    )
