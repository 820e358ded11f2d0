"""The lognormal model of response times: items take time, persons differ in speed."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.refusals import Refusal, refuse

MOST_CYCLES = 20_000


class UnusableTimes(Refusal):
    """The response times do not allow what was asked for; one sentence per fault."""


@dataclass(frozen=True, slots=True)
class LognormalTimes:
    """A fitted lognormal model.

    Attributes:
        intensity: β_j, mean log seconds of each item for a person of average speed, (n_items,).
        discrimination: α_j, reciprocal of the item's residual deviation, shape (n_items,).
        speed: τ_i, posterior mean of each person's speed, shape (n_persons,), log seconds; positive
            is fast. 0 for a person without times.
        speed_se: Its posterior deviation, shape (n_persons,).
        speed_variance: Variance of speed in the population.
        log_likelihood: Of the log times.
        cycles: Passes over the data.
        converged: Whether no parameter moved by more than the tolerance in the last cycle.
    """

    intensity: FloatArray
    discrimination: FloatArray
    speed: FloatArray
    speed_se: FloatArray
    speed_variance: float
    log_likelihood: float
    cycles: int
    converged: bool

    def residuals(self, seconds: FloatArray) -> FloatArray:
        """Standardised residuals of the log times.

        z_ij = α_j (log T_ij − β_j + τ_i); large negative ones are surprisingly fast.

        Args:
            seconds: Shape (n_persons, n_items), nan where there is no time.

        Returns:
            Same shape, nan where there is no time.
        """
        gap = np.log(seconds) - self.intensity + self.speed[:, np.newaxis]
        standardised: FloatArray = self.discrimination * gap
        return standardised


def lognormal_times(seconds: FloatArray, *, tolerance: float = 1e-9) -> LognormalTimes:
    """Fit van der Linden's lognormal model by marginal maximum likelihood.

    log T_ij = β_j − τ_i + ε_ij, ε_ij ~ N(0, 1/α_j²), τ_i ~ N(0, σ²); expectation–maximisation,
    whose steps have closed forms.

    Args:
        seconds: Response times, shape (n_persons, n_items), > 0, nan where there is none.
        tolerance: Largest change of a parameter in the last cycle.

    Returns:
        The estimates; one that did not converge in 20,000 cycles says so.

    Raises:
        UnusableTimes: A time is not positive, an item has fewer than two times, or there are fewer
            than two items.

    Notes:
        Equals the exact maximum likelihood of the equivalent one-factor model (lavaan 0.6) to 1e-5.

    References:
        van der Linden (2006), Journal of Educational and Behavioral Statistics 31, 181–204.
    """
    refuse(UnusableTimes, _faults(seconds))
    known: BoolArray = np.isfinite(seconds)
    log_times = np.where(known, np.log(np.where(known, seconds, 1.0)), 0.0)
    counts = known.sum(axis=0)
    beta = log_times.sum(axis=0) / counts
    noise = np.maximum(np.where(known, (log_times - beta) ** 2, 0.0).sum(axis=0) / counts, 1e-6)
    spread, change, cycle = 0.5 * float(noise.mean()), np.inf, 0
    while change > tolerance and cycle < MOST_CYCLES:
        cycle += 1
        speed, variance = _posterior(log_times, known, beta, noise, spread)
        shifted = np.where(known, log_times + speed[:, np.newaxis], 0.0)
        new_beta = shifted.sum(axis=0) / counts
        left = np.where(known, (shifted - new_beta) ** 2 + variance[:, np.newaxis], 0.0)
        new_noise = left.sum(axis=0) / counts
        new_spread = float((speed**2 + variance).mean())
        moves = (new_beta - beta, new_noise - noise, np.array([new_spread - spread]))
        change = max(float(np.abs(move).max()) for move in moves)
        beta, noise, spread = new_beta, new_noise, new_spread
    speed, variance = _posterior(log_times, known, beta, noise, spread)
    return LognormalTimes(
        intensity=beta,
        discrimination=1 / np.sqrt(noise),
        speed=speed,
        speed_se=np.sqrt(variance),
        speed_variance=spread,
        log_likelihood=_log_likelihood(log_times, known, beta, noise, spread),
        cycles=cycle,
        converged=change <= tolerance,
    )


def _posterior(
    log_times: FloatArray, known: BoolArray, beta: FloatArray, noise: FloatArray, spread: float
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of each person's speed given the times."""
    variance = 1 / (1 / spread + known @ (1 / noise))
    ahead = np.where(known, beta - log_times, 0.0) @ (1 / noise)
    return ahead * variance, variance


def _log_likelihood(
    log_times: FloatArray, known: BoolArray, beta: FloatArray, noise: FloatArray, spread: float
) -> float:
    gap = np.where(known, log_times - beta, 0.0)
    precision = known @ (1 / noise)
    own = gap**2 @ (1 / noise) - (gap @ (1 / noise)) ** 2 / (1 / spread + precision)
    sizes = known @ (np.log(2 * np.pi) + np.log(noise)) + np.log1p(spread * precision)
    return float(-0.5 * (own + sizes).sum())


def _faults(seconds: FloatArray) -> list[str]:
    faults = [
        f"row {row + 1}, item {item + 1}: {seconds[row, item]:g} seconds; a time is above 0"
        for row, item in np.argwhere(np.isfinite(seconds) & (seconds <= 0))[:100]
    ]
    if seconds.shape[1] < 2:
        faults.append("speed needs the times of at least two items")
    faults += (
        f"item {item + 1}: {count} times; at least two are needed"
        for item, count in enumerate(np.isfinite(seconds).sum(axis=0))
        if count < 2
    )
    return faults
