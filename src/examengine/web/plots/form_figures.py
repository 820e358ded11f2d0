"""Plots of whole forms: scores, information, and the error at each ability."""

from collections.abc import Sequence
from math import ceil

from examengine.web.plots.chart import Bar, Chart, LineMark, RuleMark, axis, headroom
from examengine.web.plots.drawing import lay_out
from examengine.web.plots.figures import (
    ABILITY,
    OTHER_TONES,
    Curve,
    Figure,
    FigureTable,
    by_ability,
    number_words,
    peak_words,
    points,
)


def test_information(theta: Sequence[float], forms: Sequence[Curve], cut: float | None) -> Figure:
    """What each form tells about ability, and where the cut lies.

    Args:
        theta: Abilities, logits, ascending.
        forms: Name and information of each form; one curve needs no name.
        cut: The cut, logits, or None before one was adopted.
    """
    chart = Chart(
        name="test-information",
        title="Test information",
        description=peak_words("The test", theta, forms[0][1]) + _cut_words(cut),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Information", 0.0, headroom(max(max(values) for _, values in forms)), ticks=5),
        rules=_cut_rule(cut),
        lines=_curves(theta, forms),
    )
    return Figure(lay_out(chart), by_ability(theta, _named("Information", forms)))


def conditional_error(theta: Sequence[float], forms: Sequence[Curve], cut: float | None) -> Figure:
    """How exactly a person's ability is known, by ability, and where the cut lies.

    Args:
        theta: Abilities, logits, ascending.
        forms: Name and conditional standard error of each form; one curve needs no name.
        cut: The cut, logits, or None before one was adopted.
    """
    sem = forms[0][1]
    best = min(range(len(sem)), key=lambda index: sem[index])
    highest = max(max(values) for _, values in forms)
    chart = Chart(
        name="conditional-error",
        title="Conditional standard error of measurement",
        description=(
            f"The error is smallest, {number_words(sem[best])} logits, near θ = "
            f"{number_words(theta[best], 1)}." + _cut_words(cut)
        ),
        x=axis(ABILITY, theta[0], theta[-1]),
        y=axis("Standard error, logits", 0.0, min(headroom(highest), 2.0), ticks=5),
        rules=_cut_rule(cut),
        lines=_curves(theta, forms),
    )
    return Figure(lay_out(chart), by_ability(theta, _named("Standard error", forms)))


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
        rules=() if cut is None else (RuleMark(cut - 0.5, f"cut {cut:g}"),),
    )
    rows = tuple(
        (str(score) if width == 1 else f"{score} to {score + width - 1}", f"{count:.0f}")
        for score, count in binned
    )
    return Figure(lay_out(chart), FigureTable(("Raw score", "Candidates"), rows))


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


def _cut_rule(cut: float | None) -> tuple[RuleMark, ...]:
    return () if cut is None else (RuleMark(cut, f"cut {number_words(cut)}"),)


def _cut_words(cut: float | None) -> str:
    return "" if cut is None else f" The cut lies at θ = {number_words(cut)}."


def _curves(theta: Sequence[float], forms: Sequence[Curve]) -> tuple[LineMark, ...]:
    looks = ("main", *OTHER_TONES)
    return tuple(
        LineMark(points(theta, values), looks[place % len(looks)], name if len(forms) > 1 else "")
        for place, (name, values) in enumerate(forms)
    )


def _named(title: str, forms: Sequence[Curve]) -> list[Curve]:
    return [(f"{title}, {name}" if len(forms) > 1 else title, values) for name, values in forms]
