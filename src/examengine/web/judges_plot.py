"""The plot of judges' cuts: one row for each judge, a mark for each round, the panel's cut across.

Values in, coordinates out; the macro in `templates/cut_scores/_judges_plot.html` draws them.
"""

from dataclasses import dataclass

from examengine.psychometrics.cut_scores import Recommendation
from examengine.web.plots.chart import Tick, round_ticks

LEFT, RIGHT, TOP, BOTTOM = 165, 600, 44, 52
ROW = 30
LONGEST_NAME = 18


@dataclass(frozen=True, slots=True)
class JudgeMark:
    """A judge's cut in one round; the last round is drawn full."""

    x: float
    cut: float
    round: int
    full: bool


@dataclass(frozen=True, slots=True)
class JudgesPlotRow:
    """One judge."""

    name: str
    y: float
    marks: tuple[JudgeMark, ...]


@dataclass(frozen=True, slots=True)
class JudgesPlot:
    """All that the macro draws; the band is one standard error around the cut."""

    height: int
    description: str
    ticks: tuple[Tick, ...]
    rows: tuple[JudgesPlotRow, ...]
    cut_x: float
    cut_words: str
    band: tuple[float, float]
    bottom: float


def judges_plot(result: Recommendation) -> JudgesPlot:
    """Return the plot of what a panel recommends.

    Args:
        result: Its rounds, each with the same judges in the same order.
    """
    cuts = [judge.cut for one in result.rounds for judge in one.judges]
    low, high = _ends(cuts, result)

    def across(points: float) -> float:
        return round(LEFT + (points - low) / (high - low) * (RIGHT - LEFT), 2)

    last = len(result.rounds)
    rows = tuple(
        JudgesPlotRow(
            name=_shortened(judge.judge_id),
            y=TOP + ROW * place + ROW / 2,
            marks=tuple(
                JudgeMark(
                    across(one.judges[place].cut),
                    one.judges[place].cut,
                    one.round,
                    one.round == last,
                )
                for one in result.rounds
            ),
        )
        for place, judge in enumerate(result.rounds[-1].judges)
    )
    final = [judge.cut for judge in result.rounds[-1].judges]
    return JudgesPlot(
        height=TOP + ROW * len(rows) + BOTTOM,
        description=(
            f"The cuts of {len(rows)} judges in round {last} lie between {min(final):.1f} and "
            f"{max(final):.1f} points. The panel's cut is {result.cut:.2f} points, with a standard "
            f"error of {result.se_judges:.2f}."
        ),
        ticks=tuple(Tick(across(tick.at), tick.label) for tick in round_ticks(low, high, 7)),
        rows=rows,
        cut_x=across(result.cut),
        cut_words=f"cut {result.cut:.2f}",
        band=(across(result.cut - result.se_judges), across(result.cut + result.se_judges)),
        bottom=TOP + ROW * len(rows),
    )


def _ends(cuts: list[float], result: Recommendation) -> tuple[float, float]:
    """Return the ends of the axis: all marks and the band with a little air around them."""
    low = min([*cuts, result.cut - result.se_judges])
    high = max([*cuts, result.cut + result.se_judges])
    air = max((high - low) * 0.08, 0.25)
    return low - air, high + air


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
