"""Charts laid out on a sheet: every coordinate in the units of the SVG's view box."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from examengine.web.plots.chart import Axis, Bar, Chart, Dot, LineMark, Point, RuleMark

WIDTH, HEIGHT = 620, 380
LEFT, TOP, BOTTOM = 54, 44, 56
RIGHT = 18
LABEL_WIDTHS = 44, 160
"""Least and greatest room right of the frame for the labels of lines."""
LABEL_GAP = 19
"""Least distance between two labels at the ends of lines."""
SMALLEST_DOT, LARGEST_DOT = 3.0, 9.0


@dataclass(frozen=True, slots=True)
class PlacedTick:
    """A tick with its place along the axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A vertical line and where its words begin; `anchor` keeps them on the sheet."""

    x: float
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A path with its markers and the place of its label."""

    path: str
    tone: str
    marker: str
    points: tuple[Point, ...]
    label: str
    label_at: Point


@dataclass(frozen=True, slots=True)
class PlacedDot:
    """A dot with its whisker."""

    x: float
    y: float
    low: float
    high: float
    radius: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the macro draws. The inner rectangle is (left, top) to (right, bottom)."""

    name: str
    title: str
    description: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    x_title: str
    y_title: str
    x_ticks: tuple[PlacedTick, ...]
    y_ticks: tuple[PlacedTick, ...]
    bars: tuple[PlacedBar, ...]
    rules: tuple[PlacedRule, ...]
    lines: tuple[PlacedLine, ...]
    dots: tuple[PlacedDot, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The inner rectangle and the two axes that are stretched over it."""

    x: Axis
    y: Axis
    right: float

    def at(self, x: float, y: float) -> Point:
        """Return where a point of the data lies on the sheet, kept inside the frame."""
        return self.across(x), self.up(y)

    def across(self, x: float) -> float:
        """Return the place of `x`, to a hundredth."""
        share = (x - self.x.low) / (self.x.high - self.x.low)
        return round(LEFT + _kept(share) * (self.right - LEFT), 2)

    def up(self, y: float) -> float:
        """Return the place of `y`, to a hundredth."""
        share = (y - self.y.low) / (self.y.high - self.y.low)
        return round(HEIGHT - BOTTOM - _kept(share) * (HEIGHT - BOTTOM - TOP), 2)


def lay_out(chart: Chart) -> Drawing:
    """Return the chart as a drawing. Values beyond an axis are drawn at its end."""
    frame = _Frame(chart.x, chart.y, WIDTH - _room_for_labels(chart.lines))
    return Drawing(
        name=chart.name,
        title=chart.title,
        description=chart.description,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=frame.right,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        x_title=chart.x.title,
        y_title=chart.y.title,
        x_ticks=tuple(PlacedTick(frame.across(tick.at), tick.label) for tick in chart.x.ticks),
        y_ticks=tuple(PlacedTick(frame.up(tick.at), tick.label) for tick in chart.y.ticks),
        bars=tuple(_bar(frame, bar) for bar in chart.bars),
        rules=tuple(_rule(frame, place, rule) for place, rule in enumerate(chart.rules)),
        lines=_lines(frame, chart.lines),
        dots=tuple(_dot(frame, dot) for dot in chart.dots),
    )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> tuple[float, ...]:
    """Move labels apart so that none covers another, as little as their order allows.

    Args:
        wanted: Where each label would best stand.
        gap: Least distance between two.
        low: Least place.
        high: Greatest place; with too many labels the last ones pass it.

    Returns:
        One place for each, in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        place = max(wanted[index], low)
        placed.append(max(place, placed[-1] + gap) if placed else place)
    ceiling = high
    for rank in range(len(placed) - 1, -1, -1):
        lowest = low + rank * gap
        placed[rank] = max(min(placed[rank], ceiling), lowest)
        ceiling = placed[rank] - gap
    return tuple(placed[order.index(index)] for index in range(len(wanted)))


def _room_for_labels(lines: Sequence[LineMark]) -> float:
    longest = max((len(line.label) for line in lines), default=0)
    return RIGHT if not longest else min(max(9.5 * longest + 20, LABEL_WIDTHS[0]), LABEL_WIDTHS[1])


def _kept(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _bar(frame: _Frame, bar: Bar) -> PlacedBar:
    left, top = frame.at(bar.left, bar.height)
    right, bottom = frame.at(bar.right, 0.0)
    gap = min(1.0, (right - left) / 4)
    return PlacedBar(
        round(left + gap / 2, 2),
        top,
        round(right - left - gap, 2),
        round(bottom - top, 2),
        bar.tone,
    )


def _rule(frame: _Frame, place: int, rule: RuleMark) -> PlacedRule:
    x = frame.across(rule.x)
    leftwards = x > (LEFT + frame.right) / 2
    return PlacedRule(
        x=x,
        label=rule.label,
        label_x=x - 6 if leftwards else x + 6,
        label_y=TOP + 14 + 18 * place,
        anchor="end" if leftwards else "start",
    )


def _lines(frame: _Frame, lines: tuple[LineMark, ...]) -> tuple[PlacedLine, ...]:
    points = [tuple(frame.at(x, y) for x, y in line.points) for line in lines]
    heights = spread([line[-1][1] for line in points], LABEL_GAP, TOP + 4, HEIGHT - BOTTOM)
    return tuple(
        PlacedLine(
            path=path(placed),
            tone=line.tone,
            marker=line.marker,
            points=placed if line.marker else (),
            label=line.label,
            label_at=(placed[-1][0] + 14, round(height + 5, 2)),
        )
        for line, placed, height in zip(lines, points, heights, strict=True)
    )


def path(points: Iterable[Point]) -> str:
    """Return the `d` of a path through `points`."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _dot(frame: _Frame, dot: Dot) -> PlacedDot:
    x, y = frame.at(dot.x, dot.y)
    # Area, not radius, grows with the number of persons; one group of ten is a middling dot.
    radius = min(max(LARGEST_DOT * sqrt(dot.share / 0.25), SMALLEST_DOT), LARGEST_DOT)
    return PlacedDot(x, y, frame.up(dot.low), frame.up(dot.high), round(radius, 2))
