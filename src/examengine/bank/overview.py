"""Seeing a bank as a whole: which items there are, and what they cover. Pure functions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examengine.bank.inline_text import plain
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.rules import Bank, ItemVersion

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items somebody wants to see; an empty field asks for nothing."""

    area: str = ""
    item_type: str = ""
    level: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return any((self.area, self.item_type, self.level, self.words.strip()))


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One content area: how many items of each type, and what they take."""

    title: str
    by_type: Mapping[str, int]
    n_items: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a bank covers: a row for each content area, and their total."""

    types: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    total: CoverageRow
    with_stimulus: int
    enemy_pairs: int


def selected(items: Sequence[ItemVersion], selection: Selection) -> list[ItemVersion]:
    """Return the items that a selection asks for; every word must occur in the id or the text."""
    wanted = selection.words[:LONGEST_SEARCH].casefold().split()
    return [
        item
        for item in items
        if selection.area in {"", item.area}
        and selection.item_type in {"", item.item_type}
        and selection.level in {"", item.level}
        and all(word in _searched(item) for word in wanted)
    ]


def coverage(bank: Bank, items: Sequence[ItemVersion]) -> Coverage:
    """Count items by content area and type."""
    used = {item.item_type for item in items}
    rows = tuple(
        _row(area.title, [item for item in items if item.area == area.id]) for area in bank.areas
    )
    return Coverage(
        types=tuple(name for name in ITEM_TYPES if name in used),
        rows=rows,
        total=_row("All areas", items),
        with_stimulus=sum("stimulus" in item.content for item in items),
        enemy_pairs=sum(len(item.enemies) for item in items) // 2,
    )


def heading(item: ItemVersion, longest: int = 110) -> str:
    """Return the question of an item, short enough for a list: its last paragraph."""
    question = plain(item.content["stem"].strip().rsplit("\n\n", 1)[-1])
    return question if len(question) <= longest else question[: longest - 1].rstrip() + "…"


def _row(title: str, items: Sequence[ItemVersion]) -> CoverageRow:
    counted = Counter(item.item_type for item in items)
    return CoverageRow(title, counted, len(items), sum(item.seconds for item in items))


def _searched(item: ItemVersion) -> str:
    options = (option["text"] for option in item.content.get("options", ()))
    return " ".join((item.item_id, plain(item.content["stem"]), *map(plain, options))).casefold()
