"""One parameter of all items in one calibration, and how far it is from the truth."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """One parameter of all items in one calibration.

    Attributes:
        truth: True values, shape (n,).
        estimate: Estimates, shape (n,).
        se: Standard errors, shape (n,); nan where there are none.
    """

    truth: FloatArray
    estimate: FloatArray
    se: FloatArray


def holds(parameter: str, found: Estimated) -> BoolArray:
    """Tell which 95 % intervals hold the truth.

    x̂ ± 1.96 s.e.; of a slope exp(log â ± 1.96 s.e./â), since a slope is positive and the logarithm
    of its estimate is closer to normal than the estimate.

    Args:
        parameter: Name of the parameter.
        found: What was estimated.

    Returns:
        Shape (n,); False where there is no standard error, or where a slope is not positive.

    References:
        Meeker & Escobar (1998), Statistical Methods for Reliability Data, ch. 8: normal
        approximations on the log scale for parameters that are positive.
    """
    off, se = found.estimate - found.truth, found.se
    if parameter == "a":
        with np.errstate(invalid="ignore", divide="ignore"):
            off, se = np.log(found.estimate / found.truth), found.se / found.estimate
    held: BoolArray = np.abs(off) <= NORMAL_95 * se
    return held


def se_ratio(errors: FloatArray, se: FloatArray) -> float:
    """Root mean squared standard error over the spread of the estimates about their mean."""
    if errors.shape[0] < 2 or not np.isfinite(se).any():
        return float("nan")
    spread = float(np.sqrt(errors.var(axis=0, ddof=1).mean()))
    return float(np.sqrt(np.nanmean(se**2))) / spread if spread > 0 else float("nan")


def correlation(one: Estimated) -> float:
    """Correlation of truth and estimate over items; nan where one of them does not vary."""
    if one.truth.size < 2 or np.ptp(one.truth) == 0 or np.ptp(one.estimate) == 0:
        return float("nan")
    return float(np.corrcoef(one.truth, one.estimate)[0, 1])
