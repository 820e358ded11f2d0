"""The plots of the psychometrician's pages: values in, a drawing and its table out.

Nothing is estimated here: curves, intervals and groups come from the measurement library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from examengine.web.plots.chart import (
    Axis,
    Bar,
    Chart,
    Dot,
    Line,
    Rule,
    axis,
    categories,
    headroom,
)
from examengine.web.plots.drawing import Drawing, lay_out

ABILITY = "Ability θ, logits"
MARKERS = ("square", "diamond", "triangle", "cross", "circle")
OTHER_TONES = ("second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a plot, as texts; the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot and its numbers."""

    drawing: Drawing
    table: Table


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
    everybody = sum(group.n for group in observed) or 1.0
    chart = Chart(
        name="characteristic-curve",
        title="Characteristic curve over the observed shares",
        description=(
            "The line is the probability of a right answer under the model, rising from "
            f"{_share(expected[0])} at θ = {_number(theta[0], 1)} to {_share(expected[-1])} at "
            f"θ = {_number(theta[-1], 1)}. The dots are the shares right in {len(observed)} "
            "groups of candidates by ability, with 95 % intervals; a larger dot is a larger group."
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=_share_axis("Share right"),
        lines=(Line(_points(theta, expected)),),
        dots=tuple(
            Dot(group.theta, group.p, group.low, group.high, group.n / everybody)
            for group in observed
        ),
    )
    rows = tuple(
        (
            _number(group.theta),
            f"{group.n:.0f}",
            _share(group.p),
            f"{_share(group.low)} to {_share(group.high)}",
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
            _points(range(1, len(group_labels) + 1), option.shares),
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
                f"The key {option.label} goes from {_share(option.shares[0])} to "
                f"{_share(option.shares[-1])}."
                for option in keys
            )
        ),
        x=categories("Score group, lowest to highest", group_labels),
        y=_share_axis("Share choosing"),
        lines=lines,
    )
    rows = tuple(
        (f"{option.label} (key)" if option.is_key else option.label, *map(_share, option.shares))
        for option in options
    )
    return Figure(lay_out(chart), Table(("Answer", *group_labels), rows))


def item_information(theta: Sequence[float], information: Sequence[float]) -> Figure:
    """What one item tells about ability, by ability."""
    chart = Chart(
        name="item-information",
        title="Item information",
        description=_peak("The item", theta, information),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Information", 0.0, headroom(max(information)), ticks=5),
        lines=(Line(_points(theta, information)),),
    )
    return Figure(lay_out(chart), _by_ability("Information", theta, information))


def test_information(
    theta: Sequence[float], information: Sequence[float], cut: float | None
) -> Figure:
    """What the whole test tells about ability, and where the cut lies."""
    chart = Chart(
        name="test-information",
        title="Test information",
        description=_peak("The test", theta, information) + _cut_words(cut),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Information", 0.0, headroom(max(information)), ticks=5),
        rules=_cut_rule(cut),
        lines=(Line(_points(theta, information)),),
    )
    return Figure(lay_out(chart), _by_ability("Information", theta, information))


def conditional_error(theta: Sequence[float], sem: Sequence[float], cut: float | None) -> Figure:
    """How exact a person's ability is known, by ability, and where the cut lies."""
    best = min(range(len(sem)), key=lambda index: sem[index])
    chart = Chart(
        name="conditional-error",
        title="Conditional standard error of measurement",
        description=(
            f"The error is smallest, {_number(sem[best])} logits, near θ = "
            f"{_number(theta[best], 1)}." + _cut_words(cut)
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Standard error, logits", 0.0, min(headroom(max(sem)), 2.0), ticks=5),
        rules=_cut_rule(cut),
        lines=(Line(_points(theta, sem), tone="third"),),
    )
    return Figure(lay_out(chart), _by_ability("Standard error", theta, sem))


def score_distribution(counts: Sequence[tuple[int, float]], cut: float | None) -> Figure:
    """How many candidates reached each raw score; bars below the cut are drawn paler.

    Args:
        counts: Raw score and number of candidates, ascending, without gaps.
        cut: The raw score from which candidates pass, or None.
    """
    lowest, highest = counts[0][0], counts[-1][0]
    width = max(1, -(-(highest - lowest + 1) // 60))
    # A bin begins at the cut, so that no bar is half passed and half failed.
    first = lowest if cut is None else lowest - (lowest - ceil(cut)) % width
    binned = _binned(counts, first, width)
    n = sum(count for _, count in counts)
    chart = Chart(
        name="score-distribution",
        title="Raw scores",
        description=(
            f"Raw scores of {n:.0f} candidates, from {lowest} to {highest}"
            + (f", in steps of {width}." if width > 1 else ".")
            + (f" The cut is at {cut:g}." if cut is not None else "")
        ),
        x=axis("Raw score", first - 0.5, highest + 0.5, ticks=8),
        y=axis("Candidates", 0.0, headroom(max(count for _, count in binned)), ticks=5),
        bars=tuple(
            Bar(score - 0.5, score + width - 0.5, count, "bar" if _passes(score, cut) else "pale")
            for score, count in binned
        ),
        rules=() if cut is None else (Rule(cut - 0.5, f"cut {cut:g}"),),
    )
    rows = tuple(
        (str(score) if width == 1 else f"{score} to {score + width - 1}", f"{count:.0f}")
        for score, count in binned
    )
    return Figure(lay_out(chart), Table(("Raw score", "Candidates"), rows))


def _binned(
    counts: Sequence[tuple[int, float]], lowest: int, width: int
) -> list[tuple[int, float]]:
    sums: dict[int, float] = {}
    for score, count in counts:
        first = lowest + (score - lowest) // width * width
        sums[first] = sums.get(first, 0.0) + count
    return sorted(sums.items())


def _passes(score: int, cut: float | None) -> bool:
    return cut is None or score >= cut


def _share_axis(title: str) -> Axis:
    return axis(title, 0.0, 1.0, ticks=5)


def _points(xs: Sequence[float], ys: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True))


def _cut_rule(cut: float | None) -> tuple[Rule, ...]:
    return () if cut is None else (Rule(cut, f"cut {_number(cut)}"),)


def _cut_words(cut: float | None) -> str:
    return "" if cut is None else f" The cut lies at θ = {_number(cut)}."


def _peak(subject: str, theta: Sequence[float], information: Sequence[float]) -> str:
    best = max(range(len(information)), key=lambda index: information[index])
    return (
        f"{subject} tells most, {_number(information[best])}, near θ = {_number(theta[best], 1)}."
    )


def _by_ability(title: str, theta: Sequence[float], values: Sequence[float]) -> Table:
    """The values at every half logit, or at each point when there are few."""
    chosen = [
        place for place, value in enumerate(theta) if abs(2 * value - round(2 * value)) < 1e-6
    ] or range(len(theta))
    rows = tuple((_number(theta[place], 1), _number(values[place], 3)) for place in chosen)
    return Table(("θ", title), rows)


def _number(value: float, decimals: int = 2) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _share(value: float) -> str:
    return f"{100 * value:.0f} %" if value == value else "–"  # noqa: PLR0124  (nan: nobody there)
