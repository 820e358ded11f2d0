"""The bandwidth of a kernel: as narrow as the data allow, as wide as it takes to be smooth."""

import numpy as np
from scipy.optimize import minimize_scalar

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.continuous import Gaussian

NARROWEST, WIDEST, N_TRIED = 0.1, 10.0, 60
# How far from a score a valley must lie to count, points.
REACH = 0.25


def penalty(probabilities: FloatArray, bandwidth: float) -> float:
    """What speaks against a bandwidth.

    PEN = Σ_j (r_j − f_h(x_j))² + number of scores at which f_h has a valley,

    a valley being f_h′(x_j − ¼) < 0 and f_h′(x_j + ¼) > 0.

    Args:
        probabilities: Probability of each score, shape (n_scores,).
        bandwidth: h, points, > 0.

    Returns:
        The penalty, ≥ 0.

    References:
        von Davier, Holland & Thayer (2004), The Kernel Method of Test Equating, chapter 4
        (PEN₁ + K PEN₂ with K = 1).
    """
    kernel = Gaussian(probabilities, bandwidth)
    scores = np.arange(probabilities.size, dtype=np.float64)
    misfit = float(((probabilities - kernel.density(scores)) ** 2).sum())
    falls, rises = kernel.slope(scores - REACH) < 0, kernel.slope(scores + REACH) > 0
    return misfit + int(np.count_nonzero(falls & rises))


def best_bandwidth(probabilities: FloatArray) -> float:
    """The bandwidth with the least penalty.

    Args:
        probabilities: Probability of each score, shape (n_scores,), not all at one score.

    Returns:
        h between 0.1 and 10 points. The penalty jumps, so a grid finds the valley and a search
        between its neighbours the bottom.
    """
    grid = np.geomspace(NARROWEST, WIDEST, N_TRIED)
    penalties = [penalty(probabilities, h) for h in grid]
    least = int(np.argmin(penalties))
    low, high = grid[max(least - 1, 0)], grid[min(least + 1, N_TRIED - 1)]
    found = minimize_scalar(
        lambda h: penalty(probabilities, h),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(found.x) if found.fun <= penalties[least] else float(grid[least])
