"""True scores with a beta distribution, errors that are binomial or nearly so.

The four-parameter beta is fitted by its first four moments; where those ask for bounds outside
0 … 1 or for no beta at all, the two-parameter beta on 0 … 1 is fitted by the first two, and the
result says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.special import bdtr, betainc, betaln, xlog1py, xlogy

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification.agreement import Classification, from_shares


@dataclass(frozen=True, slots=True)
class BetaTrueScores:
    """A beta distribution of true scores as shares of the points.

    Attributes:
        alpha: First shape.
        beta: Second shape.
        lower: Lowest true score, in [0, 1).
        upper: Highest true score, in (0, 1].
        n_moments: 4, or 2 where four moments gave no beta within 0 … 1.
    """

    alpha: float
    beta: float
    lower: float
    upper: float
    n_moments: int

    def density(self, t: float, without: tuple[float, float] = (0.0, 0.0)) -> float:
        """Density of a true score between the bounds.

        g(t) = u^(α − 1) (1 − u)^(β − 1) / (B(α, β) (upper − lower)), u = (t − lower) /
        (upper − lower)

        Args:
            t: A true score between the bounds.
            without: Powers of u and of 1 − u to leave out; those that are infinite at a bound.

        Returns:
            g(t), divided by these powers.
        """
        width = self.upper - self.lower
        u = (t - self.lower) / width
        left, right = self.alpha - 1 - without[0], self.beta - 1 - without[1]
        log = xlogy(left, u) + xlog1py(right, -u) - betaln(self.alpha, self.beta)
        return float(np.exp(log)) / width

    def below(self, t: float) -> float:
        """Share of true scores below one between the bounds."""
        return float(betainc(self.alpha, self.beta, (t - self.lower) / (self.upper - self.lower)))


@dataclass(frozen=True, slots=True)
class BetaClassification:
    """A classification and the model it rests on.

    Attributes:
        result: Accuracy, consistency and κ.
        true_scores: Distribution of true scores.
        n_trials: Length of the (effective) test, not rounded.
        n_trials_rounded: The whole number of trials that the figures are those of.
        lord_k: Lord's k of the two-term compound binomial; 0 for the binomial.
    """

    result: Classification
    true_scores: BetaTrueScores
    n_trials: float
    n_trials_rounded: int
    lord_k: float


def true_score_moments(
    scores: FloatArray, weight: FloatArray, n_trials: float, lord_k: float = 0.0
) -> FloatArray:
    """First four moments of the true score from the factorial moments of the observed.

    E x_(r) = (n_(r) + d_r) m_r − d_r m_(r−1), d_r = k r (r − 1) (n − 2)_(r−2),
    n_(r) = n (n − 1) … (n − r + 1); k = 0 is the binomial.

    Args:
        scores: Observed scores on the scale 0 … n_trials, shape (n,).
        weight: Frequencies, shape (n,).
        n_trials: n, need not be whole.
        lord_k: Lord's k.

    Returns:
        m_1 … m_4, shape (4,); nan from the first that so short a test does not determine.

    References:
        Lord (1965), Psychometrika 30, 239–270; Hanson (1991), ACT Research Report 91-5, eq. 14–16.
    """
    share = weight / weight.sum()
    moments, observed = [1.0], np.ones_like(scores)
    for order in range(1, 5):
        observed = observed * (scores - order + 1)
        drag = lord_k * order * (order - 1) * _falling(n_trials - 2, order - 2)
        whole = _falling(n_trials, order) + drag
        above = float(share @ observed) + drag * moments[-1]
        # A test too short for this order says nothing of the moment.
        moments.append(above / whole if whole else float("nan"))
    return np.array(moments[1:])


def fit_beta(moments: FloatArray) -> BetaTrueScores:
    """A beta distribution with given moments.

    Args:
        moments: m_1 … m_4 of the true score, shape (4,).

    Returns:
        The four-parameter beta when it is proper and lies within 0 … 1, else the two-parameter.

    Raises:
        ValueError: True scores would not vary, or vary more than any beta can.

    References:
        Johnson & Kotz (1970), Continuous Univariate Distributions 2, chapter 24, eq. 39–44.
    """
    mean, second, third, fourth = moments
    variance = second - mean**2
    if not 0 < variance < mean * (1 - mean):
        raise ValueError(
            f"true scores of mean {mean:.3f} would have variance {variance:.4f}; the reliability "
            "and the spread of the scores do not belong together"
        )
    skewness = (third - 3 * mean * second + 2 * mean**3) / variance**1.5
    kurtosis = (fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4) / variance**2
    fitted = _four_parameter(mean, variance, skewness, kurtosis)
    if fitted is not None:
        return fitted
    total = mean * (1 - mean) / variance - 1
    return BetaTrueScores(mean * total, (1 - mean) * total, 0.0, 1.0, 2)


def classify_true_scores(
    true_scores: BetaTrueScores, true_cut: float, failing: Callable[[float], float], cut: float
) -> Classification:
    """Accuracy and consistency when true scores follow a beta distribution.

    With F(t) the chance to fail and g the density of true scores: false negative ∫_{t ≥ τ} F g dt,
    false positive ∫_{t < τ} (1 − F) g dt, disagreement ∫ 2 F (1 − F) g dt.

    Args:
        true_scores: Their distribution.
        true_cut: The cut as a share of the points.
        failing: Chance to fail at a true score.
        cut: The cut score, to be repeated.

    Returns:
        The figures, integrated to 1e-10.
    """
    middle = float(np.clip(true_cut, true_scores.lower, true_scores.upper))

    def share(of: Callable[[float], float], begin: float, end: float) -> float:
        return _weighted(true_scores, of, begin, end)

    fail_low = share(failing, true_scores.lower, middle)
    fail_high = share(failing, middle, true_scores.upper)
    differ = sum(
        share(lambda t: 2 * failing(t) * (1 - failing(t)), *ends)
        for ends in ((true_scores.lower, middle), (middle, true_scores.upper))
    )
    return from_shares(
        cut,
        false_positive=true_scores.below(middle) - fail_low,
        false_negative=fail_high,
        disagreement=differ,
        pass_rate=1 - fail_low - fail_high,
    )


def _weighted(
    true_scores: BetaTrueScores, of: Callable[[float], float], begin: float, end: float
) -> float:
    """The integral of a function times the density of true scores."""
    if begin >= end:
        return 0.0
    left = min(true_scores.alpha - 1, 0.0) if begin == true_scores.lower else 0.0
    right = min(true_scores.beta - 1, 0.0) if end == true_scores.upper else 0.0
    if left == right == 0.0:
        value, _ = quad(
            lambda t: of(t) * true_scores.density(t), begin, end, epsabs=1e-12, limit=400
        )
        return float(value)
    # A density without bound: its infinite factor is integrated by its own rule.
    scale = (true_scores.upper - true_scores.lower) ** -(left + right)
    value, _ = quad(
        lambda t: of(t) * true_scores.density(t, (left, right)) * scale,
        begin,
        end,
        weight="alg",
        wvar=(left, right),
        epsabs=1e-12,
        limit=400,
    )
    return float(value)


def binomial_failing(
    n_trials: int, first_pass: int, lord_k: float = 0.0
) -> Callable[[float], float]:
    """The chance to stay below a score, given the true score.

    Pr(x < c | t) under the binomial, less k t (1 − t) times the second difference of the binomial
    of n − 2 trials.

    Args:
        n_trials: n.
        first_pass: c, the lowest passing score.
        lord_k: Lord's k; 0 for the binomial.

    Returns:
        A function of the true score t.

    References:
        Lord (1965), Psychometrika 30, 239–270, for the two-term approximation.
    """

    def failing(t: float) -> float:
        below = _binomial_below(first_pass, n_trials, t)
        if lord_k == 0.0:
            return below
        shorter = [_binomial_below(first_pass - drop, n_trials - 2, t) for drop in range(3)]
        return below - lord_k * t * (1 - t) * (shorter[0] - 2 * shorter[1] + shorter[2])

    return failing


def _binomial_below(score: int, n_trials: int, t: float) -> float:
    """Chance of fewer successes than `score` in `n_trials` of chance t."""
    return 0.0 if score < 1 else float(bdtr(min(score - 1, n_trials), n_trials, t))


def _four_parameter(
    mean: float, variance: float, skewness: float, kurtosis: float
) -> BetaTrueScores | None:
    """The four-parameter beta of these moments; None when there is none within 0 … 1."""
    square = skewness**2
    total = 6 * (kurtosis - square - 1) / (6 + 3 * square - 2 * kurtosis)
    if not total > 0:
        return None
    lean = (total + 2) * np.sqrt(square / ((total + 2) ** 2 * square + 16 * (total + 1)))
    smaller, larger = total / 2 * (1 - lean), total / 2 * (1 + lean)
    alpha, beta = (smaller, larger) if skewness > 0 else (larger, smaller)
    if not min(alpha, beta) > 0:
        return None
    width = float(np.sqrt(variance * total**2 * (total + 1) / (alpha * beta)))
    lower = mean - width * alpha / total
    upper = lower + width
    if lower < 0 or upper > 1:
        return None
    return BetaTrueScores(float(alpha), float(beta), float(lower), float(upper), 4)


def _falling(n: float, order: int) -> float:
    """The product n (n − 1) … with `order` factors; 1 without any."""
    return float(np.prod([n - step for step in range(max(order, 0))]))
