"""A calibration that took place elsewhere: where it comes from, on which scale it is, what it says.

Like a run it is named, immutable and known by its digest, and it changes nothing before somebody
adopts it. Unlike a run it cannot be computed again here, so everything that is known of it is what
whoever brought it has said. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from examengine.kernel.clock import iso
from examengine.kernel.digest import digest

SCHEMA = "examengine/calibration-elsewhere/1"
LONGEST_TITLE = 120
LONGEST_WORDS = 200
LONGEST_NOTE = 2000
MOST_PERSONS = 10**9
WIDEST_MEAN = 20.0
WIDEST_DEVIATION = 20.0


class ScaleRelation(StrEnum):
    """How the scale of parameters from elsewhere relates to that of the parameters in use."""

    OWN = "own"
    """It is another scale; nothing of the parameters in use stays."""
    SAME = "same"
    """It is the same scale: the calibration was anchored in it, or linked to it before."""
    LINKED = "linked"
    """It is another scale, and is brought to the one in use by the items that both have."""


RELATIONS: Mapping[ScaleRelation, str] = {
    ScaleRelation.OWN: "A scale of its own. It takes the place of all parameters in use.",
    ScaleRelation.SAME: "The scale of the parameters in use: anchored in it, or linked to it "
    "already. Items in the table get these parameters, the others keep theirs.",
    ScaleRelation.LINKED: "Another scale, to be linked to the one in use by the items that both "
    "have (Stocking–Lord). Those items keep the parameters in use, the others come in.",
}
"""Each as a form says it."""


class BroughtOutcome(StrEnum):
    """What adopting would do with one item."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "stays as in use"
    LOST = "loses its parameters"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class CalibrationSource:
    """Where a calibration comes from, in words of whoever brings it.

    Attributes:
        program: The program that estimated it.
        version: Of the program; "" where it is not known.
        n_persons: How many people's answers it rests on.
        population: Who they were, and when.
        note: Why these parameters can be trusted, and what is to be known of them.
        simulated: Whether a program gave the answers.
        table: Code of the format of the table.
        scaling: The constant D that the slopes of the table are for.
        step_model: The model of b1, b2 … where the table does not tell it; "" otherwise.
        file: Name of the file.
        file_digest: Of its bytes.
    """

    program: str
    version: str
    n_persons: int
    population: str
    note: str
    simulated: bool
    table: str
    scaling: str
    step_model: str
    file: str
    file_digest: str


@dataclass(frozen=True, slots=True)
class ElsewhereScale:
    """The scale of parameters once they are adopted.

    Attributes:
        name: What people call it.
        relation: How it was told to relate to the scale in use.
        mean: Of the ability of the group that it is named after, logits.
        sd: Its deviation, logits.
        base_id: The adopted set that it was compared or joined with; None where there was none.
        base_digest: Of that set.
        link: A and B of θ = A θ_table + B, where it was linked.
        n_common: Items that both have.
    """

    name: str
    relation: ScaleRelation
    mean: float
    sd: float
    base_id: UUID | None = None
    base_digest: str | None = None
    link: tuple[float, float] | None = None
    n_common: int = 0


@dataclass(frozen=True, slots=True)
class BroughtItem:
    """What becomes of one item.

    Attributes:
        item_id: The item.
        line: Its line in the table; None of an item that is not in it.
        outcome: What adopting would do.
        now: Its parameters once adopted, as a parameter file says them; None where it has none.
        before: Those in use; None where it has none.
        faults: Why it is left out, and what would be right.
        notes: What a psychometrician should look at.
    """

    item_id: str
    line: int | None
    outcome: BroughtOutcome
    now: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationElsewhere:
    """A calibration from elsewhere as it was brought in.

    Attributes:
        id: The calibration.
        bank_id: Whose items.
        title: What people call it.
        source: Where it comes from.
        scale: On which scale its parameters are.
        body: All item parameters that the bank would have, as their file says them.
        items: What becomes of each item.
        warnings: What a reader of the numbers has to know.
        file: The table itself, as it was sent.
        brought_by: Who brought it.
        brought_at: When.
        digest: Over all of it.
    """

    id: UUID
    bank_id: str
    title: str
    source: CalibrationSource
    scale: ElsewhereScale
    body: Mapping[str, Any]
    items: tuple[BroughtItem, ...]
    warnings: tuple[str, ...]
    file: bytes
    brought_by: UUID
    brought_at: datetime
    digest: str

    def of(self, outcome: BroughtOutcome) -> tuple[BroughtItem, ...]:
        """Return the items with one outcome."""
        return tuple(item for item in self.items if item.outcome is outcome)

    @property
    def counts(self) -> Mapping[BroughtOutcome, int]:
        """Return how many items have each outcome; outcomes that no item has are left out."""
        numbers = {outcome: len(self.of(outcome)) for outcome in BroughtOutcome}
        return {outcome: n for outcome, n in numbers.items() if n}


def elsewhere_body(
    elsewhere_id: UUID,
    bank_id: str,
    title: str,
    source: CalibrationSource,
    scale: ElsewhereScale,
    body: Mapping[str, Any],
    report: Mapping[str, Any],
    brought_by: UUID,
    brought_at: datetime,
) -> dict[str, Any]:
    """Return what the digest of a calibration elsewhere covers, so that a stranger can redo it."""
    return {
        "schema": SCHEMA,
        "id": str(elsewhere_id),
        "bank_id": bank_id,
        "title": title,
        "source": asdict(source),
        "scale": scale_body(scale),
        "parameters": digest(body),
        "report": digest(report),
        "brought_by": str(brought_by),
        "brought_at": iso(brought_at),
    }


def elsewhere_digest(found: CalibrationElsewhere) -> str:
    """Return the digest of a calibration elsewhere, computed again of what is there."""
    covered = elsewhere_body(
        found.id,
        found.bank_id,
        found.title,
        found.source,
        found.scale,
        found.body,
        report_body(found.items, found.warnings),
        found.brought_by,
        found.brought_at,
    )
    return digest(covered)


def scale_body(scale: ElsewhereScale) -> dict[str, Any]:
    """Return a scale as it is stored."""
    return {
        **asdict(scale),
        "relation": scale.relation.value,
        "base_id": None if scale.base_id is None else str(scale.base_id),
        "link": None if scale.link is None else list(scale.link),
    }


def scale_of(stored: Mapping[str, Any]) -> ElsewhereScale:
    """Return a scale that was stored."""
    return ElsewhereScale(
        **{
            **stored,
            "relation": ScaleRelation(stored["relation"]),
            "base_id": None if stored["base_id"] is None else UUID(stored["base_id"]),
            "link": None if stored["link"] is None else tuple(stored["link"]),
        }
    )


def report_body(items: Sequence[BroughtItem], warnings: Sequence[str]) -> dict[str, Any]:
    """Return what becomes of the items as it is stored."""
    told = [
        {
            **asdict(item),
            "outcome": item.outcome.value,
            "faults": list(item.faults),
            "notes": list(item.notes),
        }
        for item in items
    ]
    return {"items": told, "warnings": list(warnings)}


def report_of(stored: Mapping[str, Any]) -> tuple[tuple[BroughtItem, ...], tuple[str, ...]]:
    """Return what becomes of the items, and the warnings, as they were stored."""
    items = tuple(
        BroughtItem(
            **{
                **item,
                "outcome": BroughtOutcome(item["outcome"]),
                "faults": tuple(item["faults"]),
                "notes": tuple(item["notes"]),
            }
        )
        for item in stored["items"]
    )
    return items, tuple(stored["warnings"])
