"""Plots of one item: its curve, its answers by score group, its information.

Nothing is estimated here: curves, intervals and groups come from the measurement library.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from examengine.psychometrics.observed_curves import ObservedCategories, ObservedGroup
from examengine.web.plots.chart import Chart, Dot, LineMark, axis, categories, headroom
from examengine.web.plots.drawing import lay_out
from examengine.web.plots.figures import (
    ABILITY,
    OTHER_TONES,
    Figure,
    FigureTable,
    by_ability,
    number_words,
    peak_words,
    points,
    share_axis,
    share_words,
)

LEAST_RANGE = 0.1
"""An item that tells nothing anywhere is drawn as a line at the bottom, not blown up."""
_PROBABILITY = "probability of a right answer"
MOST_CURVES = 6
"""Curves that can be told apart in one plot."""
MARKERS = ("square", "diamond", "triangle", "cross", "circle")


@dataclass(frozen=True, slots=True)
class OptionShares:
    """How often one answer was given in each score group, the lowest group first."""

    label: str
    is_key: bool
    shares: tuple[float, ...]


def characteristic_curve(
    theta: Sequence[float],
    expected: Sequence[float],
    observed: Sequence[ObservedGroup],
    *,
    most_points: int = 1,
) -> Figure:
    """The curve of the model over what was observed.

    Args:
        theta: Abilities, logits, ascending.
        expected: Expected share of the points at each, from the model.
        observed: Groups of persons by estimated ability.
        most_points: What the item is worth; for the words.
    """
    graded = most_points > 1
    curve = f"expected share of its {most_points} points" if graded else _PROBABILITY
    share = "Share of the points" if graded else "Share right"
    lowest, highest = number_words(theta[0], 1), number_words(theta[-1], 1)
    everybody = sum(group.n for group in observed) or 1.0
    chart = Chart(
        name="characteristic-curve",
        title="Characteristic curve" + (" over the observed shares" if observed else ""),
        description=(
            f"The line is the {curve} under the model, going from "
            f"{share_words(expected[0])} at θ = {lowest} to {share_words(expected[-1])} at "
            f"θ = {highest}."
            f"{_observed_words(observed, 'shares of the points' if graded else 'shares right')}"
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=share_axis(share),
        lines=(LineMark(points(theta, expected)),),
        dots=tuple(
            Dot(group.theta, group.p, group.low, group.high, group.n / everybody)
            for group in observed
        ),
    )
    if not observed:
        return Figure(
            lay_out(chart), by_ability(theta, [(share if graded else "Probability", expected)])
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
    columns = ("Mean ability of the group", "n", share, "95 % interval")
    return Figure(lay_out(chart), FigureTable(columns, rows))


def _observed_words(observed: Sequence[ObservedGroup], shares: str) -> str:
    if not observed:
        return ""
    return (
        f" The dots are the {shares} in {len(observed)} groups of candidates by ability, with "
        "95 % intervals; a larger dot is a larger group."
    )


def category_curves(theta: Sequence[float], categories: Sequence[Sequence[float]]) -> Figure:
    """How likely each score of one item is, by ability.

    Args:
        theta: Abilities, logits, ascending.
        categories: Probability of each score at each ability, from 0 points on; of more scores
            than can be told apart the table has them all.
    """
    names = [_points_words(score) for score in range(len(categories))]
    drawn = _spread(len(categories))
    chart = Chart(
        name="category-curves",
        title="Category curves",
        description=(
            "Each line is the probability of one score under the model. "
            + " ".join(
                f"{names[score]}: likeliest, {share_words(max(categories[score]))}, near "
                f"θ = {number_words(theta[_peak(categories[score])], 1)}."
                for score in drawn
            )
            + ("" if len(drawn) == len(categories) else " The other scores are in the table.")
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=share_axis("Probability"),
        lines=tuple(
            LineMark(points(theta, categories[score]), tone, label=names[score])
            for score, tone in zip(drawn, ("main", *OTHER_TONES), strict=False)
        ),
    )
    table = by_ability(theta, list(zip(names, categories, strict=True)))
    return Figure(lay_out(chart), table)


def observed_category_shares(
    observed: Sequence[ObservedCategories], theta: Sequence[float]
) -> Figure:
    """How often each score of one item was reached, by groups of ability.

    Args:
        observed: The groups, the least able first, at least two.
        theta: The abilities that the category curves are drawn over, logits.
    """
    n_scores = len(observed[0].shares)
    names = [_points_words(score) for score in range(n_scores)]
    looks = zip(("main", *OTHER_TONES), ("circle", *MARKERS), strict=False)
    chart = Chart(
        name="observed-categories",
        title="Observed shares of each score",
        description=(
            f"Each line is the share of candidates with one score, in {len(observed)} groups by "
            "ability; compare it with the category curve of the same score. "
            + " ".join(
                f"{names[score]}: {share_words(observed[0].shares[score])} of the weakest group, "
                f"{share_words(observed[-1].shares[score])} of the strongest."
                for score in _spread(n_scores)
            )
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=share_axis("Share of candidates"),
        lines=tuple(
            LineMark(
                tuple((group.theta, group.shares[score]) for group in observed),
                tone,
                label=names[score],
                marker=marker,
            )
            for score, (tone, marker) in zip(_spread(n_scores), looks, strict=False)
        ),
    )
    rows = tuple(
        (number_words(group.theta), f"{group.n:.0f}", *map(share_words, group.shares))
        for group in observed
    )
    return Figure(lay_out(chart), FigureTable(("Mean ability of the group", "n", *names), rows))


def _points_words(score: int) -> str:
    return "1 point" if score == 1 else f"{score} points"


def _spread(n_scores: int) -> list[int]:
    """Return which scores are drawn: all, or the lowest, the highest and some between them."""
    if n_scores <= MOST_CURVES:
        return list(range(n_scores))
    return [round(place * (n_scores - 1) / (MOST_CURVES - 1)) for place in range(MOST_CURVES)]


def _peak(values: Sequence[float]) -> int:
    return max(range(len(values)), key=lambda place: values[place])


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
        LineMark(
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
    return Figure(lay_out(chart), FigureTable(("Answer", *group_labels), rows))


def item_information(theta: Sequence[float], information: Sequence[float]) -> Figure:
    """What one item tells about ability, by ability."""
    chart = Chart(
        name="item-information",
        title="Item information",
        description=peak_words("The item", theta, information),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Information", 0.0, max(headroom(max(information)), LEAST_RANGE), ticks=5),
        lines=(LineMark(points(theta, information)),),
    )
    return Figure(lay_out(chart), by_ability(theta, [("Information", information)]))
