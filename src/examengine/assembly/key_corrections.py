"""What becomes of an item whose key is found wrong after the exam. Pure.

The item version and its key stay what they were: they are what was shown. How it counts is said
anew, as a part of how the exam is scored, so that scores name it by digest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from examengine.bank import ItemRef
from examengine.kernel.digest import digest


class Remedy(StrEnum):
    """How an item with a wrong key counts."""

    ACCEPT = "accept"
    """Other responses get all points too."""
    CREDIT = "credit"
    """Everybody gets all points; an estimate of ability does without the item."""
    DROP = "drop"
    """The item does not count for anybody."""


@dataclass(frozen=True, slots=True)
class KeyCorrection:
    """How one item version counts since its key was found wrong.

    Attributes:
        item_id: The item.
        version: The version that was shown.
        remedy: What becomes of it.
        accept: The responses that get all points besides the key's, in canonical form; none with
            another remedy.
    """

    item_id: str
    version: int
    remedy: Remedy
    accept: tuple[Any, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the correction as the digest of its policy covers it."""
        return {
            "item_id": self.item_id,
            "version": self.version,
            "remedy": self.remedy.value,
            "accept": list(self.accept),
        }

    @property
    def digest(self) -> str:
        """Return the digest by which a mark names the correction that it was given by."""
        return digest({"schema": "examengine/key-correction/1", **self.body()})

    def concerns(self, ref: ItemRef) -> bool:
        """Tell whether it is about this item version."""
        return (self.item_id, self.version) == (ref.item_id, ref.version)


def correction_of(body: Mapping[str, Any]) -> KeyCorrection:
    """Return the correction that a stored body says."""
    return KeyCorrection(
        body["item_id"], body["version"], Remedy(body["remedy"]), tuple(body["accept"])
    )


def corrected(
    corrections: Iterable[KeyCorrection], ref: ItemRef, new: KeyCorrection | None
) -> tuple[KeyCorrection, ...]:
    """Return corrections in which that of one item version is another one, or none, by item."""
    kept = [one for one in corrections if not one.concerns(ref)]
    made = kept if new is None else [*kept, new]
    return tuple(sorted(made, key=lambda one: (one.item_id, one.version)))
