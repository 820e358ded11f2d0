"""Statistics of items that others computed: whose they are, and what they say. Pure.

They came with a bank from where it was before. They are shown as what they are, beside the figures
that are computed here and never among them: nothing is scored, flagged or weighted by them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest

SCHEMA = "examengine/statistics-elsewhere/1"
LONGEST_SOURCE = 200
LARGEST_NUMBER = 1e9
SHARES = ("p",)
CORRELATIONS = ("item_rest_r", "item_total_r")
FIGURES = ("n", *SHARES, *CORRELATIONS, "a", "b", "c")


@dataclass(frozen=True, slots=True)
class ItemStatisticsElsewhere:
    """What others say of one item. None for what they do not say.

    Attributes:
        item_id: The item.
        n: How many people answered it.
        p: Mean share of its points, from 0 to 1.
        item_rest_r: Correlation of its score with the sum of the others.
        item_total_r: Correlation of its score with the sum of all, itself included.
        a: Slope, in whatever metric they had.
        b: Difficulty, on whatever scale they had.
        c: Lower asymptote.
        last_used: The day on which it was last sat, as they say.
    """

    item_id: str
    n: float | None = None
    p: float | None = None
    item_rest_r: float | None = None
    item_total_r: float | None = None
    a: float | None = None
    b: float | None = None
    c: float | None = None
    last_used: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of the item."""
        return all(getattr(self, name) is None for name in (*FIGURES, "last_used"))


@dataclass(frozen=True, slots=True)
class StatisticsSource:
    """Where statistics come from, in words of whoever brought them.

    Attributes:
        program: The program or the system that computed them.
        population: Whose answers they rest on, and when these were given.
        file: The name of the file.
        simulated: Whether a program gave the answers.
    """

    program: str
    population: str
    file: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsElsewhere:
    """Statistics as one file brought them."""

    id: UUID
    bank_id: str
    source: StatisticsSource
    n_items: int
    lines_digest: str
    brought_by: UUID
    brought_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class ToldElsewhere:
    """What one of the files says of one item, and of which version of it.

    Attributes:
        told: What it says.
        version: The newest version of the item when it came.
        source: Where it comes from.
        brought_at: When it came.
    """

    told: ItemStatisticsElsewhere
    version: int
    source: StatisticsSource
    brought_at: datetime


def figure_faults(told: ItemStatisticsElsewhere) -> Iterable[str]:
    """Yield what cannot be true of an item, each with what would be right."""
    for name in FIGURES:
        value = getattr(told, name)
        if value is not None and not (isfinite(value) and abs(value) <= LARGEST_NUMBER):
            yield f"{name} is {value}; a finite number is needed"
        elif value is not None and name in SHARES and not 0 <= value <= 1:
            yield f"{name} is {value:g}; a share from 0 to 1 is needed (0.62, not 62)"
        elif value is not None and name in CORRELATIONS and not -1 <= value <= 1:
            yield f"{name} is {value:g}; a correlation from -1 to 1 is needed"
    if told.n is not None and told.n < 0:
        yield f"n is {told.n:g}; a number of people is needed"
    if told.c is not None and not 0 <= told.c < 1:
        yield f"c is {told.c:g}; a share from 0 to below 1 is needed"


def digest_of_lines(lines: Sequence[tuple[ItemStatisticsElsewhere, int]]) -> str:
    """Return the digest of all that a file says of items, and of which version of each."""
    return digest([{**_plain(told), "version": version} for told, version in lines])


def statistics_body(
    statistics_id: UUID,
    bank_id: str,
    source: StatisticsSource,
    lines_digest: str,
    brought_by: UUID,
    brought_at: datetime,
) -> dict[str, Any]:
    """Return what the digest of statistics from elsewhere covers, so that anybody can redo it."""
    return {
        "schema": SCHEMA,
        "id": str(statistics_id),
        "bank_id": bank_id,
        "source": asdict(source),
        "lines": lines_digest,
        "brought_by": str(brought_by),
        "brought_at": iso(brought_at),
    }


def _plain(told: ItemStatisticsElsewhere) -> Mapping[str, Any]:
    last_used = None if told.last_used is None else told.last_used.isoformat()
    return {**asdict(told), "last_used": last_used}
