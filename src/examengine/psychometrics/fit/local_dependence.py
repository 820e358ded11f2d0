"""Do two items have something in common beyond the ability? Yen's Q3."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import ScoreArray, pairwise_moments, presented
from examengine.psychometrics.fit.expected_scores import ItemScoreMoments


@dataclass(frozen=True, slots=True)
class Q3:
    """Correlations of residuals.

    Attributes:
        matrix: Shape (n_items, n_items), 1 on the diagonal; nan for pairs never seen together.
        mean: Mean over pairs; about −1/(J − 1) when nothing is wrong.
    """

    matrix: FloatArray
    mean: float

    def adjusted(self) -> FloatArray:
        """Q3 less its mean over pairs, so that 0 is the expectation.

        Returns:
            Shape (n_items, n_items), nan on the diagonal.

        References:
            Christensen, Makransky & Horton (2017), Applied Psychological Measurement 41, 178–194.
        """
        shifted = self.matrix - self.mean
        np.fill_diagonal(shifted, np.nan)
        return shifted


def q3(scores: ScoreArray, moments: ItemScoreMoments, weight: FloatArray) -> Q3:
    """Correlations between the residuals of every two items over those presented both.

    Q3_jk = r(x_j − E_j, x_k − E_k)

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        moments: The model's expectations at the abilities used.
        weight: Frequencies, shape (n_persons,).

    Returns:
        The matrix and its mean.

    Notes:
        Equals mirt 1.47 to 1e-10 given equal parameters and abilities.

    References:
        Yen (1984), Applied Psychological Measurement 8, 125–145.
    """
    matrix = pairwise_moments(scores - moments.expected, presented(scores), weight).correlation()
    pairs = matrix[np.tril_indices(matrix.shape[0], -1)]
    known = pairs[np.isfinite(pairs)]
    return Q3(matrix=matrix, mean=float(known.mean()) if known.size else float("nan"))
