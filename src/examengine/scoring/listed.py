"""Scores and decisions as lists show them: what tells where a candidate stands, and no more.

A list of ten thousand candidates reads these; a page about one candidate reads the records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ListedScore:
    """The newest score of a response record."""

    response_record_id: UUID
    id: UUID
    digest: str
    form_id: UUID
    raw_score: int
    max_raw_score: int
    theta: float | None
    se: float | None
    scale_score: int | None
    points: str | None
    item_scores: Mapping[str, int]
    """{} where the exam is scored on a scale: no figure of the list needs them."""

    @property
    def in_points(self) -> bool:
        """Tell whether points are reported."""
        return self.points is not None

    @property
    def reported(self) -> Decimal:
        """Return the reported score: on the scale, or in points."""
        return Decimal(str(self.scale_score if self.points is None else self.points))


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """The newest decision about a response record, in force or not."""

    response_record_id: UUID
    id: UUID
    passed: bool
    clearance: str
    cut_score_id: UUID
    score_record_digest: str
    clearance_digest: str
    scale_cut: int | None
    points_cut: str | None

    @property
    def cut(self) -> Decimal:
        """Return the least reported score that passes."""
        return Decimal(str(self.scale_cut if self.points_cut is None else self.points_cut))
