"""Below which time an answer cannot have been a try: thresholds for rapid guessing."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from examengine.psychometrics.arrays import FloatArray

LONGEST = 10.0
FEWEST_TIMES = 50


def normative_thresholds(
    seconds: FloatArray, *, share: float = 0.10, longest: float = LONGEST
) -> FloatArray:
    """A share of the item's mean time, but never above ten seconds.

    t_j = min(share · T̄_j, longest)

    Args:
        seconds: Response times, shape (n_persons, n_items), nan where there is none.
        share: Share of the mean, such as 0.10 (NT10) or 0.20 (NT20).
        longest: Highest threshold, seconds.

    Returns:
        Shape (n_items,), seconds; nan for an item without times.

    Raises:
        ValueError: The share is not between 0 and 1.

    References:
        Wise & Ma (2012), Setting response time thresholds for a CAT item pool: the normative
        threshold method, National Council on Measurement in Education.
    """
    if not 0 < share < 1:
        raise ValueError(f"share {share:g}; a threshold is a part of the mean, such as 0.10")
    known = np.isfinite(seconds)
    counts = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(known, seconds, 0.0).sum(axis=0) / counts
    thresholds: FloatArray = np.minimum(share * means, longest)
    return thresholds


@dataclass(frozen=True, slots=True)
class TimeMixture:
    """Two kinds of answers to one item by their log times.

    Attributes:
        rapid_share: Share of rapid answers.
        rapid_mean: Mean log seconds of the rapid kind.
        rapid_sd: Its deviation.
        solving_mean: Mean log seconds of the others.
        solving_sd: Their deviation.
        threshold: Where both kinds are equally likely between the means, seconds; nan where the
            times show no second kind.
        bic_gain: BIC of one normal less BIC of two; positive speaks for two.
    """

    rapid_share: float
    rapid_mean: float
    rapid_sd: float
    solving_mean: float
    solving_sd: float
    threshold: float
    bic_gain: float


def mixture_threshold(seconds: FloatArray) -> TimeMixture | None:
    """A threshold from a mixture of two lognormal distributions.

    log T ~ π N(μ₁, σ₁²) + (1 − π) N(μ₂, σ₂²), by expectation–maximisation from a split at a tenth
    of the median; the threshold is where π φ₁ = (1 − π) φ₂ between μ₁ and μ₂. There is none when
    two distributions are not better than one by BIC or do not cross there.

    Args:
        seconds: Times of one item, shape (n,), nan where there is none.

    Returns:
        The mixture; None for fewer than 50 times.

    References:
        Rios & Guo (2020), Applied Measurement in Education 33, 263–279; Schnipke & Scrams (1997),
        Journal of Educational Measurement 34, 213–232.
    """
    times = seconds[np.isfinite(seconds) & (seconds > 0)]
    if times.size < FEWEST_TIMES:
        return None
    x = np.log(times)
    shares, means, sds = _two_normals(x)
    alone = float(_normal_log_density(x, x.mean(), np.maximum(x.std(), 1e-6)).sum())
    both = float(np.log(_density(x, shares, means, sds).sum(axis=1)).sum())
    gain = 2 * (both - alone) - 3 * float(np.log(x.size))
    return TimeMixture(
        rapid_share=float(shares[0]),
        rapid_mean=float(means[0]),
        rapid_sd=float(sds[0]),
        solving_mean=float(means[1]),
        solving_sd=float(sds[1]),
        threshold=_crossing(shares, means, sds) if gain > 0 else float("nan"),
        bic_gain=gain,
    )


def _two_normals(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shares, means and deviations, the faster kind first."""
    order = np.sort(x)
    cut = min(max(float(np.median(x)) - np.log(10), order[2]), order[-3])
    fast = (x <= cut).astype(np.float64)
    member = np.stack([fast, 1 - fast], axis=1)
    shares = means = sds = np.zeros(2)
    previous = -np.inf
    for _ in range(2000):
        mass = np.maximum(member.sum(axis=0), 1e-9)
        shares, means = mass / x.size, x @ member / mass
        gaps = ((x[:, np.newaxis] - means) ** 2 * member).sum(axis=0) / mass
        # A kind that shrinks to one time would have an infinite likelihood.
        sds = np.sqrt(np.maximum(gaps, (0.05 * x.std()) ** 2 + 1e-8))
        density = _density(x, shares, means, sds)
        total = density.sum(axis=1)
        member = density / total[:, np.newaxis]
        found = float(np.log(total).sum())
        if found - previous < 1e-9:
            break
        previous = found
    first = np.argsort(means)
    return shares[first], means[first], sds[first]


def _density(x: FloatArray, shares: FloatArray, means: FloatArray, sds: FloatArray) -> FloatArray:
    density: FloatArray = shares * np.exp(_normal_log_density(x[:, np.newaxis], means, sds))
    return np.maximum(density, 1e-300)


def _normal_log_density(x: FloatArray | float, mean: FloatArray, sd: FloatArray) -> FloatArray:
    found: FloatArray = -(((x - mean) / sd) ** 2) / 2 - np.log(sd * np.sqrt(2 * np.pi))
    return found


def _crossing(shares: FloatArray, means: FloatArray, sds: FloatArray) -> float:
    """Seconds at which both kinds are equally likely; nan where they do not cross in between."""

    def lead(at: float) -> float:
        rapid, solving = np.log(shares) + _normal_log_density(at, means, sds)
        return float(rapid - solving)

    low, high = float(means[0]), float(means[1])
    if not (lead(low) > 0 > lead(high)):
        return float("nan")
    return float(np.exp(brentq(lead, low, high)))
