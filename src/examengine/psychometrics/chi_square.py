"""How surprising a chi-square statistic is."""

import numpy as np
from scipy.special import chdtrc


def chi_square_p(statistic: float, df: float) -> float:
    """Chance of a statistic at least this large if the hypothesis holds.

    p = Pr(χ² ≥ x), χ² with the given degrees of freedom

    Args:
        statistic: x. Rounding can leave it a little below 0, which counts as 0.
        df: Degrees of freedom.

    Returns:
        The upper tail; nan for a statistic that is nan, or without degrees of freedom.
    """
    return float(chdtrc(df, np.maximum(statistic, 0.0))) if df > 0 else float("nan")
