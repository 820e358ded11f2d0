"""Plots of one item: its curve, its answers by score group, its information.

Nothing is estimated here: curves, intervals and groups come from the measurement library.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from examengine.web.plots.chart import Chart, Dot, Line, axis, categories, headroom
from examengine.web.plots.drawing import lay_out
from examengine.web.plots.figures import (
    ABILITY,
    OTHER_TONES,
    Figure,
    Table,
    by_ability,
    number_words,
    peak_words,
    points,
    share_axis,
    share_words,
)

LEAST_RANGE = 0.1
"""An item that tells nothing anywhere is drawn as a line at the bottom, not blown up."""
MARKERS = ("square", "diamond", "triangle", "cross", "circle")


@dataclass(frozen=True, slots=True)
class ObservedGroup:
    """Persons of about one ability: how many, and which share was right, with its interval."""

    theta: float
    n: float
    p: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OptionShares:
    """How often one answer was given in each score group, the lowest group first."""

    label: str
    is_key: bool
    shares: tuple[float, ...]


def characteristic_curve(
    theta: Sequence[float], expected: Sequence[float], observed: Sequence[ObservedGroup]
) -> Figure:
    """The curve of the model over what was observed.

    Args:
        theta: Abilities, logits, ascending.
        expected: Probability of a right answer at each, from the model.
        observed: Groups of persons by estimated ability.
    """
    lowest, highest = number_words(theta[0], 1), number_words(theta[-1], 1)
    everybody = sum(group.n for group in observed) or 1.0
    chart = Chart(
        name="characteristic-curve",
        title="Characteristic curve over the observed shares",
        description=(
            "The line is the probability of a right answer under the model, going from "
            f"{share_words(expected[0])} at θ = {lowest} to {share_words(expected[-1])} at "
            f"θ = {highest}. The dots are the shares right in {len(observed)} "
            "groups of candidates by ability, with 95 % intervals; a larger dot is a larger group."
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=share_axis("Share right"),
        lines=(Line(points(theta, expected)),),
        dots=tuple(
            Dot(group.theta, group.p, group.low, group.high, group.n / everybody)
            for group in observed
        ),
    )
    rows = tuple(
        (
            number_words(group.theta),
            f"{group.n:.0f}",
            share_words(group.p),
            f"{share_words(group.low)} to {share_words(group.high)}",
        )
        for group in observed
    )
    columns = ("Mean ability of the group", "n", "Share right", "95 % interval")
    return Figure(lay_out(chart), Table(columns, rows))


def option_curves(group_labels: Sequence[str], options: Sequence[OptionShares]) -> Figure:
    """How often each answer was given by the weakest to the strongest candidates.

    Args:
        group_labels: Names of the score groups, the lowest first.
        options: The answers; the key's line is drawn strongest.
    """
    others = [option for option in options if not option.is_key]
    looks = {
        option.label: (OTHER_TONES[place % len(OTHER_TONES)], MARKERS[place % len(MARKERS)])
        for place, option in enumerate(others)
    }
    lines = tuple(
        Line(
            points(range(1, len(group_labels) + 1), option.shares),
            *(("main",) if option.is_key else (looks[option.label][0],)),
            label=f"{option.label} key" if option.is_key else option.label,
            marker="circle" if option.is_key else looks[option.label][1],
        )
        for option in sorted(options, key=lambda option: option.is_key)
    )
    keys = [option for option in options if option.is_key]
    chart = Chart(
        name="option-curves",
        title="Answers by score group",
        description=(
            "Each line is one answer, from the lowest score group to the highest. "
            + " ".join(
                f"The key {option.label} goes from {share_words(option.shares[0])} to "
                f"{share_words(option.shares[-1])}."
                for option in keys
            )
        ),
        x=categories("Score group, lowest to highest", group_labels),
        y=share_axis("Share choosing"),
        lines=lines,
    )
    rows = tuple(
        (
            f"{option.label} (key)" if option.is_key else option.label,
            *map(share_words, option.shares),
        )
        for option in options
    )
    return Figure(lay_out(chart), Table(("Answer", *group_labels), rows))


def item_information(theta: Sequence[float], information: Sequence[float]) -> Figure:
    """What one item tells about ability, by ability."""
    chart = Chart(
        name="item-information",
        title="Item information",
        description=peak_words("The item", theta, information),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Information", 0.0, max(headroom(max(information)), LEAST_RANGE), ticks=5),
        lines=(Line(points(theta, information)),),
    )
    return Figure(lay_out(chart), by_ability(theta, [("Information", information)]))
