"""An item as lists show it: its newest version in short, and how it has been used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from examengine.bank.inline_text import plain
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.item_words import kept_words
from examengine.bank.likeness import packed, runs_of
from examengine.bank.rules import SECONDS_UNSAID

LONGEST_HEADING = 110


@dataclass(frozen=True, slots=True)
class ItemUsage:
    """How an item has been used, as the contexts above know it. None for what is not known.

    Attributes:
        item_id: The item.
        n: Answers to its newest version.
        p: Mean share of its points, weighted by answers.
        item_rest_r: Correlation with the sum of the other items, weighted by answers.
        flags: Codes of the rules that ask a person to look again.
        forms: Published forms it stands in, in any version.
        administrations: Administrations of these forms that somebody has sat.
        candidates: Candidates who had it before them.
        simulated: Whether the answers, or some of them, are.
        last_used_at: When somebody last handed in a form with it.
    """

    item_id: str
    n: float | None = None
    p: float | None = None
    item_rest_r: float | None = None
    flags: tuple[str, ...] = ()
    forms: int = 0
    administrations: int = 0
    candidates: int = 0
    simulated: bool = False
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParametersInShort:
    """Item parameters as lists show them; b is the mean of its steps where an item has several."""

    item_id: str
    a: float | None
    b: float | None
    c: float | None


class TakenVersion(StrEnum):
    """Which version of an item forms take."""

    NEWEST = "newest"
    OLDER = "older"
    """The newest is in work; the one before it goes on being used."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AskedReviewer:
    """Somebody who was asked to look at an item."""

    name: str
    due: date | None


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """One line of the bank's list; its fields are the columns of `item_columns`."""

    item_id: str
    version: int
    heading: str
    item_type: str
    area: str
    level: str
    language: str
    seconds: int
    points: int
    stimulus: bool
    set_id: str
    model_id: str
    enemies: tuple[str, ...]
    added_at: datetime
    changed_at: datetime
    state: str
    """Of its newest version; empty where the bank has no workflow."""
    usable: int | None
    """The version that may be put into forms; None where none may."""
    n: float | None
    p: float | None
    item_rest_r: float | None
    a: float | None
    b: float | None
    c: float | None
    flags: tuple[str, ...]
    forms: int
    administrations: int
    candidates: int
    simulated: bool
    last_used_at: datetime | None
    n_elsewhere: float | None = None
    """As others say who had the item before; never mixed with what is computed here."""
    p_elsewhere: float | None = None
    item_rest_r_elsewhere: float | None = None
    findings: tuple[str, ...] = ()
    """Names of the rules of the lint that found something in it."""
    held: bool = False
    """Whether one of them keeps it out of forms."""
    asked: tuple[AskedReviewer, ...] = ()
    """Who was asked to look at it and has not yet."""

    @property
    def taken(self) -> TakenVersion:
        """Return which of its versions forms take."""
        if self.usable is None:
            return TakenVersion.NONE
        return TakenVersion.NEWEST if self.usable == self.version else TakenVersion.OLDER


def heading(content: Mapping[str, Any], longest: int = LONGEST_HEADING) -> str:
    """Return the question of an item, short enough for a list: its last paragraph."""
    question = plain(content["stem"].strip().rsplit("\n\n", 1)[-1])
    return question if len(question) <= longest else question[: longest - 1].rstrip() + "…"


def indexed_fields(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what is indexed of a version, as columns; whatever an item type is or brings."""
    enemies = sorted(content.get("enemies", ()))
    return {
        "item_id": content["id"],
        "version": content["version"],
        "heading": heading(content),
        "item_type": content["type"],
        "area": content.get("area", ""),
        "level": content.get("level", ""),
        "language": language,
        "seconds": content.get("seconds", SECONDS_UNSAID),
        "points": ITEM_TYPES[content["type"]].most_points(content),
        "stimulus": bool(content.get("stimulus")),
        "model_id": content.get("model", {}).get("id", ""),
        "set_id": content.get("set", {}).get("id", ""),
        "set_place": content.get("set", {}).get("place", 0),
        "enemies": " ".join(enemies),
        "n_enemies": len(enemies),
    }


def indexed_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words and the runs of a version, as columns."""
    return {"words": kept_words(content), "runs": packed(runs_of(content))}


def parameters_in_short(body: Mapping[str, Any]) -> Iterable[ParametersInShort]:
    """Yield the parameters of each item of a set, as its file says them."""
    for entry in body["items"]:
        steps = entry.get("steps") or entry.get("thresholds") or ()
        b = sum(steps) / len(steps) if steps else entry.get("b")
        yield ParametersInShort(entry["item_id"], entry.get("a"), b, entry.get("c"))
