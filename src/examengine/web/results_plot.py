"""How many candidates reached each reported score, as a plot with its table."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor

from examengine.assembly import shown
from examengine.web.plots import Figure
from examengine.web.plots.chart import Bar, Chart, RuleMark, axis, headroom
from examengine.web.plots.drawing import lay_out
from examengine.web.plots.figures import FigureTable

BANDS = 24
WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)


def reported_scores(scores: Sequence[Decimal], cut: Decimal | None, name: str) -> Figure | None:
    """Return the plot, or None when nobody has a score; bars below the pass mark are paler.

    Args:
        scores: Reported scores. Fractions of points stand in the bar of the whole below.
        cut: The least score that passes, or None.
        name: What is reported: `Points`, `Scale score`.
    """
    if not scores:
        return None
    whole = [floor(score) for score in scores]
    edge = None if cut is None else ceil(cut)
    banded = bands(whole, edge)
    width = banded[0][1] - banded[0][0] + 1
    low, high = banded[0][0], banded[-1][1]
    plural = f"{name.rstrip('s')}s"
    passing = "" if cut is None else f" The pass mark is {shown(cut)}."
    chart = Chart(
        name="scale-scores",
        title=plural,
        description=(
            f"{plural} of {len(scores)} candidate{'' if len(scores) == 1 else 's'}, from "
            f"{shown(min(scores))} to {shown(max(scores))}, in bands of {width}.{passing}"
        ),
        x=axis(name, low - 0.5, high + 0.5, ticks=8),
        y=axis("Candidates", 0.0, headroom(max(count for _, _, count in banded)), ticks=5),
        bars=tuple(
            Bar(first - 0.5, last + 0.5, count, "bar" if edge is None or first >= edge else "pale")
            for first, last, count in banded
        ),
        rules=()
        if edge is None or cut is None or not low <= edge <= high
        else (RuleMark(edge - 0.5, f"pass {shown(cut)}"),),
    )
    rows = tuple((_band(first, last), str(count)) for first, last, count in banded)
    return Figure(lay_out(chart), FigureTable((name, "Candidates"), rows))


def bands(scores: Sequence[int], cut: int | None) -> list[tuple[int, int, int]]:
    """Return how many scores lie in each band: first score, last score, count.

    Bands are equally wide, a round number of points; one begins at the pass mark, so that no
    bar is half passed and half not.

    Args:
        scores: Scale scores, at least one.
        cut: The least score that passes, or None.
    """
    low, high = min(scores), max(scores)
    width = next((w for w in WIDTHS if (high - low + 1) / w <= BANDS), WIDTHS[-1])
    first = low - (low - (cut or 0)) % width
    counts = Counter((score - first) // width for score in scores)
    return [
        (first + place * width, first + (place + 1) * width - 1, counts[place])
        for place in range((high - first) // width + 1)
    ]


def _band(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
