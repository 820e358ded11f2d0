"""The ability distribution of each group, as points and weights.

A group has a mean, a deviation and, when its histogram is estimated, a shape. The points either
move with the group (θ = μ + σ z, the default: a wide group is covered as well as a narrow one)
or stand still on one grid for all groups, as mirt has it; then the weights change instead. In
that case, again as in mirt, what is maximised integrates the normal density over the range of
the points as it is, and what is reported as log-likelihood has its weights renormalised to sum
to 1.

The weights of a histogram are free, but smooth: their logarithm is the normal's plus a natural
cubic spline. Bock and Aitkin's histogram with every weight on its own has its maximum at a
handful of spikes, which no gradient or curvature can confirm.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, logsumexp

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import Quadrature

# Every distribution has a mean and a log deviation; a shape comes after them.
LOCATION_AND_SCALE = 2
# The outermost knots of a histogram; beyond them it falls off as the normal does.
OUTER = 2.5
# Mean and variance of a histogram are kept to this accuracy at least; six steps are usual.
STANDARDISED = 1e-10
STEPS = 60
BALANCED = 1e-6
# Levers that move mean and variance less than this have nothing to hold on to.
SMALLEST_TURN = 1e-12
FEWEST_KNOTS = 4


@dataclass(frozen=True, slots=True)
class Latent:
    """The ability distribution of one group.

    Attributes:
        mean: Mean, logits.
        sd: Standard deviation, logits, > 0.
        shape: Coefficients of the bends in the log weights; empty for a normal distribution.
    """

    mean: float = 0.0
    sd: float = 1.0
    shape: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LatentGrid:
    """Quadrature points, and whether they move with mean and deviation of a group.

    Attributes:
        z: Points, shape (n_points,).
        scaled: Whether θ = μ + σ z; otherwise θ = z and the weights hold the distribution.
        bends: What a shape may add to the log weights, shape (n_shape, n_points).
        levers: What keeps mean and deviation at 0 and 1 while it does, shape (2, n_points).
    """

    z: FloatArray
    scaled: bool
    bends: FloatArray
    levers: FloatArray

    @classmethod
    def of(cls, quadrature: Quadrature, *, scaled: bool, knots: int = 0) -> "LatentGrid":
        """The equally spaced grid of a quadrature; normal without knots."""
        z = np.linspace(quadrature.low, quadrature.high, quadrature.points)
        if not knots:
            return cls(z, scaled, np.zeros((0, len(z))), np.zeros((0, len(z))))
        splines = natural_splines(z, knots)
        return cls(z, scaled, splines[1:], np.stack([z, splines[0]]))

    @property
    def n_latent(self) -> int:
        """Number of parameters of a group: mean, log deviation and the shape."""
        return LOCATION_AND_SCALE + len(self.bends)

    def theta(self, mean: float, sd: float) -> FloatArray:
        """Abilities at the points, shape (n_points,), logits."""
        return mean + sd * self.z if self.scaled else self.z

    def log_masses(self, latent: Latent) -> FloatArray:
        """Log weight of each point in what is maximised, shape (n_points,).

        Moving points have weights that sum to 1; those of a histogram have mean 0 and deviation
        1 over z, or are NaN where no weights of that shape have. Points that stand have spacing
        times normal density, which sums to less than 1 when the group reaches beyond the range.
        """
        if self.scaled:
            normal: FloatArray = log_softmax(-0.5 * self.z**2)
            return self._bent(normal, latent.shape) if latent.shape else normal
        distance = (self.z - latent.mean) / latent.sd
        spacing = float(self.z[1] - self.z[0])
        constant = np.log(spacing / (latent.sd * np.sqrt(2.0 * np.pi)))
        masses: FloatArray = -0.5 * distance**2 + constant
        return masses

    def log_total(self, latent: Latent) -> float:
        """Log of the summed weights in what is maximised; 0 when points move."""
        return 0.0 if self.scaled else float(logsumexp(self.log_masses(latent)))

    def theta_moves(self, latent: Latent) -> FloatArray:
        """∂θ/∂μ = 1 and ∂θ/∂log σ = θ − μ, shape (2, n_points).

        Of points that stand these are the moves of abilities that the weights would follow.
        """
        return np.stack([np.ones_like(self.z), self.theta(latent.mean, latent.sd) - latent.mean])

    def weight_moves(self, latent: Latent) -> FloatArray:
        """∂ log mass by mean, log deviation and shape, shape (n_latent, n_points).

        Points that stand: u/σ and u² − 1 with u = (z − μ)/σ. Points that move: zeros, then each
        bend and as much of the levers as keeps mean and deviation at 0 and 1.
        """
        if not self.scaled:
            u = (self.z - latent.mean) / latent.sd
            return np.stack([u / latent.sd, u**2 - 1.0])
        moves = np.zeros((self.n_latent, len(self.z)))
        if latent.shape:
            share = np.exp(self.log_masses(latent))
            kept = _kept(self.z) * share
            pull = np.linalg.solve(kept @ _centred(self.levers, share).T, kept @ self.bends.T)
            moves[LOCATION_AND_SCALE:] = _centred(self.bends - pull.T @ self.levers, share)
        return moves

    def seen_information(self, latent: Latent) -> FloatArray:
        """What one ability, were it seen, would say of mean, log deviation and shape.

        E ψ ψᵀ with ψ the derivatives of the log density: 1/σ² and 2 on the diagonal for a normal
        distribution.

        Returns:
            Shape (n_latent, n_latent).
        """
        if not latent.shape:
            return np.diag([1.0 / latent.sd**2, 2.0])
        logs = self.log_masses(latent)
        share = np.exp(logs)
        falls = -np.gradient(logs, self.z)
        direct = np.stack([falls / latent.sd, falls * self.z - 1.0])
        seen = np.vstack([direct, self.weight_moves(latent)[LOCATION_AND_SCALE:]])
        information: FloatArray = (seen * share) @ seen.T
        return information

    def _bent(self, normal: FloatArray, shape: tuple[float, ...]) -> FloatArray:
        """Log weights of a shape, with mean 0 and variance 1 over z; NaN where there are none."""
        bent = normal + np.array(shape) @ self.bends
        pulled = _balanced(bent, self.levers)
        missing, logs = _missing(bent + pulled @ self.levers, self.z)
        for _ in range(STEPS):
            turn = (_kept(self.z) * np.exp(logs)) @ _centred(self.levers, np.exp(logs)).T
            if not abs(np.linalg.det(turn)) > SMALLEST_TURN:
                break
            pulled = pulled + np.linalg.solve(turn, missing)
            nearer, found = _missing(bent + pulled @ self.levers, self.z)
            if not np.abs(nearer).max() < np.abs(missing).max():
                break
            missing, logs = nearer, found
        done = np.abs(missing).max() < STANDARDISED
        return logs if done else np.full_like(logs, np.nan)


def _balanced(logs: FloatArray, levers: FloatArray) -> FloatArray:
    """How far each lever has to be pulled for its mean to be 0, close enough to start from.

    Where log Σ_q exp(logs_q + Σ_k t_k l_k(q)), a convex function of t, is least. With the second
    lever's mean at 0 the variance is within a few hundredths of 1.
    """
    pulled = np.zeros(len(levers))
    height = float(logsumexp(logs))
    for _ in range(STEPS):
        share = np.exp(logs + pulled @ levers - height)
        missing, centred = -levers @ share, _centred(levers, share)
        spread = (centred * share) @ centred.T
        if not np.abs(missing).max() > BALANCED:
            break
        step = np.linalg.solve(spread + SMALLEST_TURN * np.eye(len(levers)), missing)
        # Weights that are all at one end say little about how far to go.
        step /= max(1.0, float(np.abs(step).max()))
        found = float(logsumexp(logs + (pulled + step) @ levers))
        while not found <= height and np.abs(step).max() > BALANCED:
            step = 0.5 * step
            found = float(logsumexp(logs + (pulled + step) @ levers))
        pulled, height = pulled + step, found
    return pulled


def _missing(logs: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What mean and variance of weights lack of 0 and 1, and the log weights summing to 1."""
    standard: FloatArray = log_softmax(logs)
    return _kept(z) @ -np.exp(standard), standard


def _kept(z: FloatArray) -> FloatArray:
    """The functions of the points whose means are kept at 0, shape (2, n_points)."""
    return np.stack([z, z**2 - 1.0])


def _centred(functions: FloatArray, share: FloatArray) -> FloatArray:
    """Functions of the points less their means."""
    return functions - (functions @ share)[:, np.newaxis]


def natural_splines(z: FloatArray, knots: int) -> FloatArray:
    """Natural cubic splines over the points, without their straight parts.

    Between knots that are equally spaced over ±2.5 they are cubics, beyond them straight lines,
    so that a density made of them falls off as the normal does.

    Args:
        z: Points, shape (n_points,).
        knots: Number of knots.

    Returns:
        Shape (knots − 2, n_points). Under normal weights all have mean 0 and no covariance with
        z or each other, and variance 1; only the first has covariance with z².

    References:
        Kooperberg & Stone (1992), Journal of Computational and Graphical Statistics 1, 301–328,
        for log densities as natural splines; Woods & Thissen (2006), Psychometrika 71, 281–301,
        for splines as latent densities.
    """
    places = np.linspace(-OUTER, OUTER, knots)
    cubes = np.maximum(z - places[:, np.newaxis], 0.0) ** 3
    slopes = (cubes[:-1] - cubes[-1]) / (places[-1] - places[:-1, np.newaxis])
    weight = np.exp(-0.5 * z**2)
    root = np.sqrt(weight / weight.sum())
    line = np.stack([np.ones_like(z), z])
    # In the columns of q: 1, z, then the splines less what the columns before have of them.
    q, _ = np.linalg.qr((np.vstack([line, slopes[:-1] - slopes[-1]]) * root).T)
    splines = q[:, 2:].T / root
    # Turned so that the first has all there is of z².
    turn, _ = np.linalg.qr(np.column_stack([(splines * root**2) @ z**2, np.eye(knots - 2)]))
    turned: FloatArray = turn.T @ splines
    return turned
