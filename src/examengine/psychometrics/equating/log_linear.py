"""Log-linear presmoothing: score distributions that keep the first moments and drop the noise.

    log p_xv = β_0 + Σ_i β_i x^i + Σ_l γ_l v^l + Σ_il δ_il x^i v^l

Powers are replaced by polynomials that span the same space and are orthonormal over the cells;
nothing but the condition of the equations depends on that.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.score_tables import CannotEquate, ScoreFrequencies

EXACT = 1e-11
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Degrees:
    """How many moments a smoothed distribution keeps.

    Attributes:
        total: Powers of the total score.
        anchor: Powers of the anchor score; 0 without an anchor.
        cross: Highest power of either score in the products of both; 0 without an anchor.
    """

    total: int
    anchor: int = 0
    cross: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LogLinearFit:
    """A fitted log-linear model.

    Attributes:
        degrees: The moments it keeps.
        distribution: The fitted probabilities with their covariance.
        likelihood_ratio: G² = 2 Σ n log(n / n̂).
        pearson: X² = Σ (n − n̂)² / n̂.
        df: Cells that can be, less parameters, less 1.
        p: Chance of a larger G² if the model holds.
        aic: G² + 2 (T + 1), T being the number of parameters.
        bic: G² + (T + 1) log n.
    """

    degrees: Degrees
    distribution: ScoreDistribution
    likelihood_ratio: float
    pearson: float
    df: int
    p: float
    aic: float
    bic: float


def fit_log_linear(table: ScoreFrequencies, degrees: Degrees) -> LogLinearFit:
    """Fit a polynomial log-linear model by maximum likelihood.

    The multinomial likelihood is maximised by damped Newton steps; the fitted distribution keeps
    the moments E(x^i), i ≤ total, E(v^l), l ≤ anchor, and E(x^i v^l), i, l ≤ cross.

    Args:
        table: Frequencies. Pairs of scores that cannot be keep probability 0.
        degrees: Moments to keep.

    Returns:
        The fit.

    Raises:
        CannotEquate: There are as many moments as different scores observed, a degree is below
            its least value, or the likelihood has no maximum.

    Notes:
        The covariance of the fitted probabilities is C Cᵀ with C = n^(−1/2) diag(√p) Q, Q from
        the QR decomposition of diag(√p) (B − 1 pᵀB).

    References:
        Holland & Thayer (1987), Notes on the use of log-linear models for fitting discrete
        probability distributions; von Davier, Holland & Thayer (2004), The Kernel Method of Test
        Equating, chapter 3; Kolen & Brennan (2014), Test Equating, Scaling, and Linking, chapter
        3.
    """
    _check_degrees(table, degrees)
    possible = table.possible
    counts = table.counts[possible]
    design = _design(possible, degrees)
    p = _maximum(design, counts)
    joint = np.zeros(table.counts.shape)
    joint[possible] = p
    root = np.sqrt(p)[:, np.newaxis]
    directions, _ = qr(root * (design - p @ design), mode="economic")
    factor = np.zeros((joint.size, design.shape[1]))
    factor[possible.ravel()] = root * directions / np.sqrt(table.n)
    fitted = ScoreDistribution(joint, table.n, table.anchor, factor)
    return _judged(degrees, fitted, table, design.shape[1])


def _check_degrees(table: ScoreFrequencies, degrees: Degrees) -> None:
    with_anchor = table.counts.shape[1] > 1
    parts = [("total", degrees.total, table.totals)]
    if with_anchor:
        parts.append(("anchor", degrees.anchor, table.counts.sum(axis=0)))
    for name, degree, counts in parts:
        n_scores = int(np.count_nonzero(counts))
        if not 1 <= degree < n_scores:
            raise CannotEquate(
                [
                    f"{degree} moments of the {name} score with {n_scores} different scores "
                    f"observed; a degree from 1 to {n_scores - 1} is needed"
                ]
            )
    if with_anchor and not 0 <= degrees.cross <= min(degrees.total, degrees.anchor):
        raise CannotEquate(
            [
                f"products up to power {degrees.cross} are to be kept; at most "
                f"{min(degrees.total, degrees.anchor)}, the smaller of the two degrees"
            ]
        )


def _design(possible: BoolArray, degrees: Degrees) -> FloatArray:
    """Columns of the model over the cells that can be, shape (n_possible, n_parameters)."""
    total, anchor = np.nonzero(possible)
    rows = _powers(possible.shape[0], degrees.total)[total]
    if possible.shape[1] == 1:
        return rows
    columns = _powers(possible.shape[1], degrees.anchor)[anchor]
    both = rows[:, : degrees.cross, np.newaxis] * columns[:, np.newaxis, : degrees.cross]
    whole = np.hstack([rows, columns, both.reshape(len(rows), -1)])
    # The constant is no column of the model, yet the columns are easier to tell apart without it.
    orthonormal, triangle = np.linalg.qr(whole - whole.mean(axis=0))
    if (np.abs(np.diag(triangle)) < 1e-9 * np.abs(triangle[0, 0])).any():
        raise CannotEquate(["the degrees ask for more than the pairs of scores can tell apart"])
    scaled: FloatArray = orthonormal * np.sqrt(len(orthonormal))
    return scaled


def _powers(n_scores: int, degree: int) -> FloatArray:
    """Orthogonal polynomials of degrees 1 … degree over the scores, shape (n_scores, degree)."""
    scale = np.linspace(-1.0, 1.0, n_scores)
    basis, _ = np.linalg.qr(np.vander(scale, degree + 1, increasing=True))
    polynomials: FloatArray = basis[:, 1:] * np.sqrt(n_scores)
    return polynomials


def _maximum(design: FloatArray, counts: FloatArray) -> FloatArray:
    """The probabilities that maximise Σ n log p, shape (n_cells,)."""
    share = counts / counts.sum()
    goal = share @ design
    beta = np.zeros(design.shape[1])
    log_p = _log_probabilities(design, beta)
    best = float(share @ log_p)
    for _ in range(MOST_STEPS):
        p = np.exp(log_p)
        centred = design - p @ design
        gradient = goal - p @ design
        if np.abs(gradient).max() < EXACT:
            return p
        step = _newton_step(centred, p, gradient)
        size = 1.0
        # Rounding ends the climb a little before the gradient says so; then the step is taken.
        while size > 1e-6:
            trial = _log_probabilities(design, beta + size * step)
            if share @ trial >= best - 1e-15 * abs(best):
                break
            size /= 2
        beta, log_p = beta + size * step, trial
        best = float(share @ log_p)
    raise CannotEquate(
        ["the log-linear model has no maximum: too many moments for these scores; lower the degree"]
    )


def _newton_step(centred: FloatArray, p: FloatArray, gradient: FloatArray) -> FloatArray:
    information = (centred * p[:, np.newaxis]).T @ centred
    try:
        return np.linalg.solve(information, gradient).astype(np.float64)
    except np.linalg.LinAlgError:
        raise CannotEquate(
            ["the log-linear model cannot be told apart from a simpler one; lower the degree"]
        ) from None


def _log_probabilities(design: FloatArray, beta: FloatArray) -> FloatArray:
    linear = design @ beta
    linear -= linear.max()
    normalised: FloatArray = linear - np.log(np.exp(linear).sum())
    return normalised


def _pearson(counts: FloatArray, expected: FloatArray) -> float:
    """Pearson's χ²; cells that expect nobody and hold nobody add nothing."""
    some = expected > 0
    gaps = (counts - expected)[some] ** 2 / expected[some]
    return float(gaps.sum()) if not counts[~some].any() else float("inf")


def _judged(
    degrees: Degrees, fitted: ScoreDistribution, table: ScoreFrequencies, n_parameters: int
) -> LogLinearFit:
    possible = table.possible
    counts, expected = table.counts[possible], table.n * fitted.joint[possible]
    seen = counts > 0
    likelihood_ratio = 2 * float(counts[seen] @ np.log(counts[seen] / expected[seen]))
    df = int(possible.sum()) - n_parameters - 1
    return LogLinearFit(
        degrees=degrees,
        distribution=fitted,
        likelihood_ratio=likelihood_ratio,
        pearson=_pearson(counts, expected),
        df=df,
        p=chi_square_p(likelihood_ratio, df),
        aic=likelihood_ratio + 2.0 * (n_parameters + 1),
        bic=likelihood_ratio + float(np.log(table.n)) * (n_parameters + 1),
    )
