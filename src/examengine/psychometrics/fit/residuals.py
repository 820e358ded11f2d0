"""Fit from residuals at estimated abilities: infit and outfit, of items and of persons.

The figures depend on which ability estimate is used (on LSAT7 the outfit of item 3 is .48 with
expected a posteriori and .36 with weighted likelihood): whoever reports them states it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import ScoreArray, presented
from examengine.psychometrics.fit.expected_scores import ItemScoreMoments

# One lucky guess on an item that is all but certain must not swamp a mean square; mirt's bound.
SMALLEST_VARIANCE = float(np.sqrt(1e-5))


@dataclass(frozen=True, slots=True)
class ResidualFit:
    """Mean squares and their normal transforms, one entry for each item or person.

    Attributes:
        outfit: Mean squared standardised residual, expected 1.
        outfit_z: Wilson–Hilferty transform of it.
        infit: Residuals weighted by information, expected 1.
        infit_z: Wilson–Hilferty transform of it.
    """

    outfit: FloatArray
    outfit_z: FloatArray
    infit: FloatArray
    infit_z: FloatArray


def residual_fit(
    scores: ScoreArray,
    moments: ItemScoreMoments,
    weight: FloatArray,
    *,
    of: Literal["items", "persons"],
) -> ResidualFit:
    """Infit and outfit.

    outfit = Σ z² / n, infit = Σ (x − E)² / Σ W, z = (x − E)/√W, over what was presented;
    z-values ((ms)^(1/3) − 1) 3/q + q/3 with q² = Σ C/W² / n² − 1/n for outfit and
    q² = Σ (C − W²) / (Σ W)² for infit, C the fourth central moment. Variances W below 0.0032 count
    as 0.0032.

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        moments: The model's expectations at the abilities used.
        weight: Frequencies, shape (n_persons,); they count for items, not for persons.
        of: "items" sums over persons, "persons" over items.

    Returns:
        Arrays with one entry for each item or person; nan where nothing was presented.

    Notes:
        Equals mirt 1.47 to 1e-10 given equal parameters and abilities. With missing cells mirt puts
        the number of rows for n in the z of the outfit of items; here n counts who was presented
        the item.

    References:
        Wright & Masters (1982), Rating Scale Analysis, chapter 5, tables 5.5 and 5.6.
    """
    axis = 0 if of == "items" else 1
    counts = weight[:, np.newaxis] if of == "items" else 1.0
    seen = presented(scores) * counts
    w = np.maximum(moments.variance, SMALLEST_VARIANCE)
    squares = np.where(presented(scores), (scores - moments.expected) ** 2, 0.0)
    n = seen.sum(axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        outfit = (seen * squares / w).sum(axis=axis) / n
        information = (seen * w).sum(axis=axis)
        infit = (seen * squares).sum(axis=axis) / information
        outfit_q = np.sqrt((seen * moments.fourth / w**2).sum(axis=axis) / n**2 - 1 / n)
        spread = (seen * (moments.fourth - w**2)).sum(axis=axis)
        infit_q = np.sqrt(spread) / information
        return ResidualFit(
            outfit=outfit,
            outfit_z=_wilson_hilferty(outfit, outfit_q),
            infit=infit,
            infit_z=_wilson_hilferty(infit, infit_q),
        )


def _wilson_hilferty(mean_square: FloatArray, q: FloatArray) -> FloatArray:
    transformed: FloatArray = (np.cbrt(mean_square) - 1) * 3 / q + q / 3
    return transformed
