"""Climbing to the mode: accelerated expectation–maximisation, then quasi-Newton.

Both methods see a surface only through `evaluate`, which gives the value, the gradient and
the maximisation step at a point, or None where there is no likelihood. Neither ever
accepts a point below the last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.posterior_surface import Evaluation

# Anderson's method looks back this many steps; more gains nothing on item parameters.
DEPTH = 5
# Quasi-Newton pairs that are kept.
PAIRS = 12
# A full step may fail far from the mode; it is halved at most this often.
HALVINGS = 25
ARMIJO = 1e-4
# Values are sums over many persons; below this relative size a difference is rounding.
ROUNDING = 1e-13

Evaluate = Callable[[FloatArray], Evaluation | None]


@dataclass(frozen=True, slots=True)
class Ascent:
    """Where a climb stands.

    Attributes:
        best: The highest point so far.
        cycles: Number of evaluations, that is, passes over the data.
        stuck: Whether no step from the best point leads higher.
        history: Log-posterior after each accepted step.
    """

    best: Evaluation
    cycles: int
    stuck: bool
    history: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a climb may stop.

    Attributes:
        step: Largest change of a parameter that the next step would make.
        gradient: Largest absolute derivative.
        cycles: Largest number of passes over the data.
    """

    step: float
    gradient: float
    cycles: int

    def reached(self, point: Evaluation) -> bool:
        """Whether a point is a mode as far as step and gradient can tell."""
        if not point.gradient.size:
            return True
        flat = np.abs(point.gradient).max() <= self.gradient
        return bool(flat and np.abs(point.step).max() <= self.step)


def accelerated_em(evaluate: Evaluate, first: Evaluation, limits: Limits) -> Ascent:
    """Expectation–maximisation with guarded Anderson acceleration.

    Each cycle has the map φ → φ + step(φ). The next point is the combination of the last
    maps whose steps nearly cancel; where that lies below the last value, the plain step is
    taken instead, halved until the value rises.

    Args:
        evaluate: The surface.
        first: The start.
        limits: When to stop.

    Returns:
        The climb; its values never fall.

    References:
        Walker & Ni (2011), SIAM Journal on Numerical Analysis 49, 1715–1735, equation 1.2;
        Henderson & Varadhan (2019), Journal of Computational and Graphical Statistics 28, for EM.
    """
    state = Ascent(first, 1, False, (first.value,))
    points: list[FloatArray] = []
    steps: list[FloatArray] = []
    while not (limits.reached(state.best) or state.stuck or state.cycles >= limits.cycles):
        points = [*points[-DEPTH:], state.best.vector]
        steps = [*steps[-DEPTH:], state.best.step]
        if len(points) > 1:
            found = evaluate(_anderson(points, steps))
            state = replace(state, cycles=state.cycles + 1)
            if found is not None and _rises(found.value, state.best.value):
                state = _accept(state, found)
                continue
            points, steps = points[-1:], steps[-1:]
        state = _climb(evaluate, state, state.best.step, limits)
    return state


def quasi_newton(evaluate: Evaluate, state: Ascent, limits: Limits) -> Ascent:
    """Limited-memory BFGS whose first guess of the curvature is the complete-data information.

    Args:
        evaluate: The surface.
        state: Where an earlier climb stopped.
        limits: When to stop.

    Returns:
        The climb; its values never fall.

    References:
        Nocedal & Wright (2006), Numerical Optimization, algorithm 7.4; Jamshidian & Jennrich
        (1997), Journal of the Royal Statistical Society B 59, 569–587.
    """
    pairs: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    state = replace(state, stuck=False)
    while not (limits.reached(state.best) or state.stuck or state.cycles >= limits.cycles):
        before = state.best
        direction = _two_loops(before, pairs)
        if direction @ before.gradient <= 0.0:
            pairs, direction = [], before.step
        state = _climb(evaluate, state, direction, limits)
        if state.stuck and pairs:
            pairs, state = [], replace(state, stuck=False)
            continue
        moved = state.best.vector - before.vector
        turned = before.gradient - state.best.gradient
        if moved @ turned > 0.0:
            pairs = [*pairs[1 - PAIRS :], (moved, turned, before.step - state.best.step)]
    return state


def _anderson(points: Sequence[FloatArray], steps: Sequence[FloatArray]) -> FloatArray:
    """The combination of the last maps whose steps nearly cancel, by least squares."""
    step_changes = np.diff(np.stack(steps), axis=0).T
    point_changes = np.diff(np.stack(points), axis=0).T
    mix, *_ = np.linalg.lstsq(step_changes, steps[-1], rcond=1e-10)
    ahead: FloatArray = points[-1] + steps[-1] - (point_changes + step_changes) @ mix
    return ahead


def _two_loops(
    point: Evaluation, pairs: Sequence[tuple[FloatArray, FloatArray, FloatArray]]
) -> FloatArray:
    """The quasi-Newton direction.

    The initial curvature is the complete-data information, which is known only through the
    steps it has given: for a change of gradient the change of step is its solution.
    """
    gradient, direction = point.gradient.copy(), point.step.copy()
    weights = []
    for moved, turned, turned_step in reversed(pairs):
        weight = (moved @ gradient) / (moved @ turned)
        gradient -= weight * turned
        direction -= weight * turned_step
        weights.append(weight)
    for (moved, turned, _), weight in zip(pairs, reversed(weights), strict=True):
        direction += (weight - (turned @ direction) / (moved @ turned)) * moved
    return direction


def _climb(evaluate: Evaluate, state: Ascent, direction: FloatArray, limits: Limits) -> Ascent:
    """The first of full step, half step, … that rises enough; stuck when none does."""
    slope = float(direction @ state.best.gradient)
    share = 1.0
    for _ in range(HALVINGS):
        if state.cycles >= limits.cycles:
            return state
        found = evaluate(state.best.vector + share * direction)
        state = replace(state, cycles=state.cycles + 1)
        if found is not None and _rises(found.value, state.best.value + ARMIJO * share * slope):
            return _accept(state, found)
        share *= 0.5
    return replace(state, stuck=True)


def _rises(value: float, needed: float) -> bool:
    """Whether a value is as high as needed, up to rounding."""
    return value >= needed - ROUNDING * abs(needed)


def _accept(state: Ascent, found: Evaluation) -> Ascent:
    """The state after moving to a point."""
    return replace(state, best=found, history=(*state.history, found.value))
