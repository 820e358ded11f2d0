"""A mark: the points of one answer, who gave them, and by what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from examengine.kernel.digest import digest

MarkedBy = Literal["key", "correction", "program", "person"]
"""Who turned the answer into points."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer is worth.

    Attributes:
        points: Whole points, from 0 to `most_points`.
        most_points: What the item is worth at most.
        by: Who gave them: the key of the item version, a correction of that key, a program, or a
            person.
        basis: Digest of what they were given by: for a key that of the item version.

    Raises:
        ValueError: The points lie outside 0 … most_points.
    """

    points: int
    most_points: int
    by: MarkedBy
    basis: str

    def __post_init__(self) -> None:
        if not 0 <= self.points <= self.most_points or self.most_points < 1:
            raise ValueError(f"{self.points} of {self.most_points} points")

    def body(self) -> dict[str, Any]:
        """Return the mark as it stands in the body of a set of marks."""
        return {
            "points": self.points,
            "most_points": self.most_points,
            "by": self.by,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one response record: every item of its form, pretest items included.

    A pretest item whose answer waits for a person has none.
    """

    response_record_digest: str
    by_item: Mapping[str, Mark]

    @property
    def points(self) -> dict[str, int]:
        """Return the points of each item."""
        return {item_id: mark.points for item_id, mark in self.by_item.items()}

    @property
    def digest(self) -> str:
        """Return the digest by which a score record names its marks."""
        return digest(marks_body(self))


def marks_body(marks: Marks) -> dict[str, Any]:
    """Return what the digest of marks covers; a stranger can compute it again from this."""
    return {
        "schema": "examengine/marks/1",
        "response_record": marks.response_record_digest,
        "items": {item_id: mark.body() for item_id, mark in marks.by_item.items()},
    }
