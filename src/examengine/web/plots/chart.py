"""What a plot shows, in the units of the data: axes and marks, and nothing about pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it measures, from where to where, and where it is labelled."""

    title: str
    low: float
    high: float
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class LineMark:
    """A curve. `tone` names its look in the style sheet; `label` stands at its right end."""

    points: tuple[Point, ...]
    tone: str = "main"
    label: str = ""
    marker: str = ""
    """`circle`, `square`, `diamond`, `triangle`, `cross`, or none: told apart without colour."""


@dataclass(frozen=True, slots=True)
class Dot:
    """An observed value with its interval; a larger area stands for more persons."""

    x: float
    y: float
    low: float
    high: float
    share: float
    """Its part of all persons, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram, from the axis up."""

    left: float
    right: float
    height: float
    tone: str = "bar"


@dataclass(frozen=True, slots=True)
class RuleMark:
    """A line across the plot that marks one value of x, with its words at the top."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole plot. Marks are drawn in this order: bars, rules, lines, dots."""

    name: str
    title: str
    description: str
    x: Axis
    y: Axis
    bars: tuple[Bar, ...] = ()
    rules: tuple[RuleMark, ...] = ()
    lines: tuple[LineMark, ...] = ()
    dots: tuple[Dot, ...] = ()


def axis(title: str, low: float, high: float, *, ticks: int = 6) -> Axis:
    """Return an axis from `low` to `high`, labelled at about `ticks` round values.

    Raises:
        ValueError: The ends are not finite, or not in order.
    """
    if not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(f"an axis from {low} to {high}: two finite ends, the lower one first")
    return Axis(title, low, high, round_ticks(low, high, ticks))


def categories(title: str, labels: Sequence[str]) -> Axis:
    """Return an axis with one place per label, at 1, 2, 3 and so on."""
    ticks = tuple(Tick(place, label) for place, label in enumerate(labels, start=1))
    return Axis(title, 0.6, len(labels) + 0.4, ticks)


def round_ticks(low: float, high: float, about: int) -> tuple[Tick, ...]:
    """Return ticks at multiples of 1, 2 or 5 times a power of ten, both ends included if round.

    Args:
        low: Lower end.
        high: Upper end, above `low`.
        about: How many are wanted; the answer differs by a factor of two at most.
    """
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.999)
    decimals = max(0, -floor(log10(step) + 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple(Tick(n * step, _label(n * step, decimals)) for n in range(first, last + 1))


def headroom(highest: float) -> float:
    """Return the end of an axis that begins at 0 and must hold `highest`: a round value above."""
    if not (isfinite(highest) and highest > 0):
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(
        power * part for part in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15) if power * part > highest
    )


def _label(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
