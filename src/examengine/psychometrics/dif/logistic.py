"""Logistic regression: does group say anything about an item beyond the sum score?

Right/wrong items get a logistic, items of several points a proportional-odds regression.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import (
    Comparison,
    DifFinding,
    DifMethod,
    by_size,
    unknown,
)
from examengine.psychometrics.dif._matching import Matched, matched_items

# Jodoin & Gierl's bounds for the gain in Nagelkerke's R².
MODERATE, LARGE = 0.035, 0.070
EFFECT = "delta_r2"


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression.

    Attributes:
        log_likelihood: Maximum of the log-likelihood.
        coefficients: Slopes of the predictors in their own units, shape (n_predictors,).
    """

    log_likelihood: float
    coefficients: FloatArray


class LogisticRegression(DifMethod):
    """Likelihood ratio of sum score + group + their product against the sum score alone.

    logit P(X ≥ k) = τ_k + α_f + β₁_f t + β₂ g + β₃ t g; χ² with 2 df for β₂ = β₃ = 0, uniform β₂
    and non-uniform β₃ in the details. Sums on different items are no common scale: every form f has
    an intercept and a slope of its own. Class by the gain in Nagelkerke's R²: B from .035, C from
    .070.

    References:
        Swaminathan & Rogers (1990), Journal of Educational Measurement 27, 361–370; Zumbo (1999), A
        Handbook on the Theory and Methods of DIF; Jodoin & Gierl (2001), Applied Measurement in
        Education 14, 329–349.
    """

    code = "logistic"
    title = "logistic regression"

    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item; see `DifMethod.findings`."""
        return [_finding(data.where_both_were()) for data in matched_items(comparison)]


METHOD = LogisticRegression()


def _finding(data: Matched) -> DifFinding:
    compared = data.compared_by_form
    levels, level = np.unique(data.score, return_inverse=True)
    if levels.size < 2:
        return unknown(EFFECT, 2, compared, data.note)
    by_form = _by_form(data)
    group = np.stack([data.focal, data.total * data.focal], axis=1)
    predictors = [np.concatenate([by_form, group[:, :count]], axis=1) for count in (0, 1, 2)]
    fits = [regression(level, part, data.weight) for part in predictors]
    null = regression(level, np.zeros((level.size, 0)), data.weight)
    n = float(data.weight.sum())
    gains = [_nagelkerke(fit.log_likelihood, null.log_likelihood, n) for fit in fits]
    base, uniform, full = (fit.log_likelihood for fit in fits)
    statistic = 2 * (full - base)
    p = chi_square_p(statistic, 2)
    gain = gains[2] - gains[0]
    return DifFinding(
        statistic=statistic,
        df=2,
        p=p,
        effect=EFFECT,
        effect_size=gain,
        ets_class=by_size(p, gain, MODERATE, LARGE),
        details={
            "lr_uniform": 2 * (uniform - base),
            "lr_nonuniform": 2 * (full - uniform),
            "p_uniform": chi_square_p(2 * (uniform - base), 1),
            "p_nonuniform": chi_square_p(2 * (full - uniform), 1),
            "group": float(fits[2].coefficients[-2]),
            "group_by_total": float(fits[2].coefficients[-1]),
            "r2_total": gains[0],
        },
        compared=compared,
        note=data.note,
    )


def _by_form(data: Matched) -> FloatArray:
    """The total and, for every form but the first, its own intercept and slope."""
    forms = np.arange(1, int(data.form.max()) + 1)
    own = (data.form[:, np.newaxis] == forms).astype(np.float64)
    total = data.total[:, np.newaxis]
    return np.concatenate([total, own, own * total], axis=1)


def regression(level: IntArray, predictors: FloatArray, weight: FloatArray) -> Fit:
    """A proportional-odds regression (logistic for two levels) by maximum likelihood.

    logit P(Y ≥ k) = τ_k + x β, k = 1 … K − 1

    Args:
        level: Response level of each person, 0 … K − 1, all present, shape (n,).
        predictors: Shape (n, n_predictors).
        weight: Frequencies, shape (n,).

    Returns:
        The maximum; separated groups have a finite log-likelihood but large coefficients.

    References:
        McCullagh (1980), Journal of the Royal Statistical Society B 42, 109–142.
    """
    n_steps = int(level.max())
    centre = predictors.mean(axis=0)
    scale = predictors.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    x = (predictors - centre) / scale
    n = float(weight.sum())

    def loss(params: FloatArray) -> tuple[float, FloatArray]:
        # Steps are kept falling by exponentials: τ_1, then τ_1 − e^{d_2} …
        drops = np.concatenate([[0.0], np.cumsum(np.exp(params[1:n_steps]))])
        at_least = expit((params[0] - drops) + (x @ params[n_steps:])[:, np.newaxis])
        above = np.pad(at_least, ((0, 0), (1, 1)))
        above[:, 0] = 1.0
        rows = np.arange(level.size)
        share = np.maximum(above[rows, level] - above[rows, level + 1], 1e-300)
        slope = above * (1 - above)
        upper, lower = slope[rows, level], slope[rows, level + 1]
        by_step = np.zeros((level.size, n_steps + 2))
        by_step[rows, level] += upper / share
        by_step[rows, level + 1] -= lower / share
        steps = weight @ by_step[:, 1:-1]
        gradient = np.concatenate(
            [
                [steps.sum()],
                -np.exp(params[1:n_steps]) * np.cumsum(steps[::-1])[::-1][1:],
                (weight * (upper - lower) / share) @ x,
            ]
        )
        return -float(weight @ np.log(share)) / n, -gradient / n

    shares = np.array([weight[level >= k].sum() for k in range(1, n_steps + 1)]) / n
    logits = np.log(shares / (1 - shares))
    start = np.concatenate([logits[:1], np.log(-np.diff(logits)), np.zeros(x.shape[1])])
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    return Fit(-n * float(found.fun), np.asarray(found.x[n_steps:]) / scale)


def _nagelkerke(log_likelihood: float, null: float, n: float) -> float:
    return float(-np.expm1(2 * (null - log_likelihood) / n) / -np.expm1(2 * null / n))
