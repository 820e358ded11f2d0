"""Line charts as SVG text: axes with round numbers, lines told apart by colour and by dashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10
from pathlib import Path

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 40, 52
# Wong (2011), Nature Methods 8, 441: told apart by people who see few colours.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
TICKS = 6
# More names than this beside the lines cannot be read.
MOST_NAMED = 14

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve.

    Attributes:
        name: Stands in the legend; empty for none.
        points: What it goes through; what is not finite is left out.
        dots: Whether points are shown as dots rather than joined.
    """

    name: str
    points: Points
    dots: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Plot:
    """A plot, which a notebook shows and `save` writes.

    Attributes:
        title: What it shows.
        svg: The drawing, complete and without outside parts.
    """

    title: str
    svg: str

    def save(self, path: str | Path) -> None:
        """Write the drawing to an SVG file."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"Plot: {self.title} (shown in a notebook; .save('plot.svg') writes it)"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places along one axis."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def line_chart(
    title: str, x: str, y: str, lines: Iterable[Line], *, floor_at: float | None = None
) -> Plot:
    """Draw lines.

    Args:
        title: What the chart shows.
        x: What the horizontal axis measures, with its unit.
        y: What the vertical axis measures.
        lines: The curves.
        floor_at: A value the vertical axis reaches down to, such as 0.

    Returns:
        The chart.
    """
    known = [_finite(line) for line in lines]
    xs = [place for line in known for place, _ in line.points] or [0.0]
    ys = [height for line in known for _, height in line.points] or [0.0]
    across = _scale(xs, LEFT, WIDTH - RIGHT)
    up = _scale(ys if floor_at is None else [*ys, floor_at], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
        *_axes(across, up, x, y),
        *(part for place, line in enumerate(known) for part in _drawn(line, place, across, up)),
        "</svg>",
    ]
    return Plot(title, "\n".join(parts))


def _finite(line: Line) -> Line:
    kept = tuple((x, y) for x, y in line.points if isfinite(x) and isfinite(y))
    return Line(line.name, kept, line.dots)


def _scale(values: Sequence[float], start: float, end: float) -> _Scale:
    """A scale over the values that begins and ends at round numbers."""
    low, high = min(values), max(values)
    if high == low:
        low, high = low - 0.5, high + 0.5
    size = 10.0 ** floor(log10((high - low) / TICKS))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= (high - low) / TICKS)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(step * number for number in range(first, last + 1))
    return _Scale(ticks[0], ticks[-1], start, end, ticks)


def _axes(across: _Scale, up: _Scale, x: str, y: str) -> Iterable[str]:
    for tick in across.ticks:
        place = across.at(tick)
        yield f'<path d="M{place:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield _words(place, HEIGHT - BOTTOM + 18, f"{tick:.6g}", "middle")
    for tick in up.ticks:
        place = up.at(tick)
        yield f'<path d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield _words(LEFT - 8, place + 4, f"{tick:.6g}", "end")
    yield _words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x, "middle")
    middle = (TOP + HEIGHT - BOTTOM) / 2
    yield (
        f'<text x="16" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 16 {middle})">{escape(y)}</text>'
    )


def _drawn(line: Line, place: int, across: _Scale, up: _Scale) -> Iterable[str]:
    colour = COLOURS[place % len(COLOURS)]
    dash = DASHES[place // len(COLOURS) % len(DASHES)]
    points = [(across.at(x), up.at(y)) for x, y in line.points]
    if line.dots:
        yield from (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points
        )
    elif points:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield (
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
    if line.name and place < MOST_NAMED:
        height, left = TOP + 10 + 20 * place, WIDTH - RIGHT + 12
        yield (
            f'<path d="M{left} {height}h22" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        yield _words(left + 28, height + 4, line.name, "start")


def _words(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
