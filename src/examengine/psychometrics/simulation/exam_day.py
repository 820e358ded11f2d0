"""Simulated persons: abilities, right and wrong answers, which wrong answer, and how long it took.

Everything is drawn from the generator that is handed in, in a fixed order, so that a seed is a
data set. Nothing here is ever a person's result: whoever stores what is drawn here marks it as
simulated.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray

PERSON_SPEED_SD = 0.18
"""Standard deviation of log speed between persons: .18 in the licensure exam of Cizek and Wollack
(2016; 1,636 candidates, 170 items)."""
RESIDUAL_SD = 0.50
"""Standard deviation of log seconds left within a person and an item: .50 in the same exam."""
ABILITY_SPEED_CORRELATION = 0.30
"""Correlation of ability and speed: .29 between total score and mean log speed in the same exam."""
OMISSION_LOGIT = -5.0


@dataclass(frozen=True, slots=True)
class Persons:
    """Simulated persons.

    Attributes:
        theta: Abilities, shape (n_persons,), logits.
        speed: Log speed against the expected time, shape (n_persons,), log seconds.
    """

    theta: FloatArray
    speed: FloatArray


@dataclass(frozen=True, slots=True)
class TrueItems:
    """Parameters from which responses are drawn.

    Attributes:
        a: Slopes, shape (n_items,), 1/logit, > 0.
        b: Difficulties, shape (n_items,), logits.
    """

    a: FloatArray
    b: FloatArray


def draw_persons(
    rng: np.random.Generator, n_persons: int, *, mean: float = 0.0, sd: float = 1.0
) -> Persons:
    """Draw abilities and speeds from a bivariate normal distribution.

    θ ~ N(mean, sd²), τ ~ N(0, .18²), with a correlation of .30 between the two.

    Args:
        rng: The generator.
        n_persons: Number of persons, at least 1.
        mean: Mean ability, logits.
        sd: Standard deviation of ability, logits, > 0.

    Returns:
        The persons.

    Raises:
        ValueError: No persons, or a deviation that is not positive.

    References:
        van der Linden (2007), Psychometrika 72, eq. 5 (second-level model of ability and speed).
    """
    if n_persons < 1 or sd <= 0:
        raise ValueError(f"{n_persons} persons with a deviation of {sd}: both must be positive")
    ability, residual = rng.standard_normal((2, n_persons))
    shared = ABILITY_SPEED_CORRELATION
    speed = PERSON_SPEED_SD * (shared * ability + np.sqrt(1.0 - shared**2) * residual)
    return Persons(theta=mean + sd * ability, speed=speed)


def draw_items(rng: np.random.Generator, n_items: int) -> TrueItems:
    """Draw plausible 2PL parameters: log a ~ N(0, .3²), b ~ N(−.3, 1).

    Args:
        rng: The generator.
        n_items: Number of items.

    Returns:
        Slopes between about .5 and 2 and difficulties a little below the mean ability, as exams
        that most candidates are prepared for have them.
    """
    return TrueItems(
        a=np.exp(rng.normal(0.0, 0.3, n_items)), b=rng.normal(-0.3, 1.0, n_items).clip(-3.0, 2.5)
    )


def draw_right(rng: np.random.Generator, theta: FloatArray, items: TrueItems) -> BoolArray:
    """Draw who answers what right under the 2PL.

    P(X_ij = 1 | θ_i) = 1 / (1 + exp(−a_j (θ_i − b_j)))

    Args:
        rng: The generator.
        theta: Abilities, shape (n_persons,), logits.
        items: True parameters.

    Returns:
        Shape (n_persons, n_items).

    Notes:
        Logistic metric, D = 1.
    """
    chance = expit(items.a * (theta[:, np.newaxis] - items.b))
    return rng.random(chance.shape) < chance


def draw_omitted(rng: np.random.Generator, theta: FloatArray, right: BoolArray) -> BoolArray:
    """Draw which answers are left empty: few, never a right one, more among the weak.

    P(omitted | wrong) = 1 / (1 + exp(5 + θ_i))

    Args:
        rng: The generator.
        theta: Abilities, shape (n_persons,), logits.
        right: What is answered right, shape (n_persons, n_items).

    Returns:
        Shape (n_persons, n_items).
    """
    chance = expit(OMISSION_LOGIT - theta)[:, np.newaxis]
    return (rng.random(right.shape) < chance) & ~right


def draw_distractors(rng: np.random.Generator, theta: FloatArray, n_wrong: int) -> IntArray:
    """Draw which of an item's wrong answers each person would give.

    A multinomial logit over the wrong answers, P(k | wrong, θ) ∝ exp(z_k + s_k θ) with
    z_k ~ N(0, .7²) and s_k ~ N(0, .25²): some distractors draw more people than others, and some
    draw better people, as Bock's nominal model has it.

    Args:
        rng: The generator.
        theta: Abilities, shape (n_persons,), logits.
        n_wrong: Number of wrong answers the item offers, at least 1.

    Returns:
        Index of the wrong answer, shape (n_persons,), from 0 to n_wrong − 1.

    Raises:
        ValueError: The item offers no wrong answer.

    References:
        Bock (1972), Psychometrika 37, eq. 1.
    """
    if n_wrong < 1:
        raise ValueError("an item without a wrong answer has no distractor to draw")
    appeal, slope = rng.normal(0.0, 0.7, n_wrong), rng.normal(0.0, 0.25, n_wrong)
    utility = appeal + slope * theta[:, np.newaxis]
    # The largest of utility plus Gumbel noise is a draw from the multinomial logit.
    return np.asarray((utility + rng.gumbel(size=utility.shape)).argmax(axis=1))


def draw_levels(
    rng: np.random.Generator, theta: FloatArray, a: float, b: float, n_between: int
) -> IntArray:
    """Draw how far each person gets in an item with partial credit who does not get it all.

    The graded model, P(level ≥ k | θ) = 1 / (1 + exp(−a(θ − b_k))), given that the highest level,
    whose threshold is b, is not reached; the thresholds below lie .8 logits apart.

    Args:
        rng: The generator.
        theta: Abilities, shape (n_persons,), logits.
        a: Discrimination of the item, 1/logit.
        b: Where half of the persons get all points, logits.
        n_between: How many levels lie between nothing and everything.

    Returns:
        Levels, shape (n_persons,), from 0 (nothing) to `n_between`.

    References:
        Samejima (1969), Psychometrika Monograph 17.
    """
    thresholds = b - 0.8 * np.arange(n_between, 0, -1)
    reached = expit(a * (theta[:, np.newaxis] - thresholds))
    everything = expit(a * (theta - b))[:, np.newaxis]
    given_not_all = (reached - everything) / expit(-a * (theta - b))[:, np.newaxis]
    return np.asarray((rng.random((len(theta), 1)) < given_not_all).sum(axis=1))


def draw_seconds(
    rng: np.random.Generator, speed: FloatArray, expected_seconds: FloatArray
) -> FloatArray:
    """Draw how long each person takes over each item, lognormal.

    log T_ij ~ N(log t_j − τ_i − .50² / 2, .50²), so that a person of mean speed takes t_j seconds
    on average.

    Args:
        rng: The generator.
        speed: Log speed of each person, shape (n_persons,).
        expected_seconds: Expected time of each item, shape (n_items,), seconds, > 0.

    Returns:
        Shape (n_persons, n_items), seconds to a tenth, at least 1.

    References:
        van der Linden (2006), J. Educ. Behav. Stat. 31, eq. 2.
    """
    centre = np.log(expected_seconds) - speed[:, np.newaxis] - RESIDUAL_SD**2 / 2
    drawn: FloatArray = np.exp(rng.normal(centre, RESIDUAL_SD)).round(1).clip(1.0)
    return drawn
