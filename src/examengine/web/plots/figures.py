"""A plot with its numbers, and what figures share: tables, points, words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from examengine.web.plots.chart import Axis, axis
from examengine.web.plots.drawing import Drawing

ABILITY = "Ability θ, logits"
OTHER_TONES = ("second", "third", "fourth", "fifth", "sixth")

Curve = tuple[str, Sequence[float]]
"""A name, and a value at each ability."""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """The numbers of a plot, as texts; the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot and its numbers."""

    drawing: Drawing
    table: FigureTable


def share_axis(title: str) -> Axis:
    """Return an axis for shares, from 0 to 1."""
    return axis(title, 0.0, 1.0, ticks=5)


def points(xs: Sequence[float], ys: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Return the points of a curve."""
    return tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True))


def peak_words(subject: str, theta: Sequence[float], information: Sequence[float]) -> str:
    """Say where information is highest."""
    best = max(range(len(information)), key=lambda index: information[index])
    most, where = number_words(information[best]), number_words(theta[best], 1)
    return f"{subject} tells most, {most}, near θ = {where}."


def by_ability(theta: Sequence[float], columns: Sequence[Curve]) -> FigureTable:
    """Return the values at every half logit, or at each point when there are few."""
    chosen = [
        place for place, value in enumerate(theta) if abs(2 * value - round(2 * value)) < 1e-6
    ] or range(len(theta))
    rows = tuple(
        (number_words(theta[place], 1), *(number_words(values[place], 3) for _, values in columns))
        for place in chosen
    )
    return FigureTable(("θ", *(title for title, _ in columns)), rows)


def number_words(value: float, decimals: int = 2) -> str:
    """Return a number with a true minus sign, and no minus before zero."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def share_words(value: float) -> str:
    """Return a share in per cent; a dash where there is nobody."""
    return "–" if isnan(value) else f"{100 * value:.0f} %"
