"""Seeing a bank as a whole: what its items cover. Pure functions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examengine.bank.item_columns import ITEM_COLUMNS, OF_WORKFLOW, ColumnKind
from examengine.bank.item_types import ITEM_TYPES
from examengine.bank.rules import Bank
from examengine.bank.workflow import State, Workflow


@dataclass(frozen=True, slots=True)
class CountedItems:
    """How many items of an area, level, type, language, state there are, and what they take."""

    area: str
    level: str
    item_type: str
    language: str
    state: str
    """Of the newest version; empty where the bank has no workflow."""
    n_items: int
    n_held: int
    n_usable: int
    """Those that nothing keeps out of forms: no finding, and not the workflow."""
    n_with_stimulus: int
    n_enemies: int
    seconds: int


@dataclass(frozen=True, slots=True)
class BankTotals:
    """What a bank amounts to."""

    n_items: int
    n_held: int
    n_with_stimulus: int
    n_enemy_pairs: int
    seconds: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One content area: how many items of each level and type there are, and what they take."""

    area: str
    title: str
    by_level: Mapping[str, int]
    usable_by_level: Mapping[str, int]
    by_type: Mapping[str, int]
    n_items: int
    n_usable: int
    """Those that nothing keeps out of forms."""
    seconds: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a bank covers: a row for each content area, and their total.

    `levels` and `types` are those that there are items of, in the order of the bank and of the
    program.
    """

    levels: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    total: CoverageRow


def totals(counted: Sequence[CountedItems]) -> BankTotals:
    """Return what a bank amounts to."""
    return BankTotals(
        n_items=sum(one.n_items for one in counted),
        n_held=sum(one.n_held for one in counted),
        n_with_stimulus=sum(one.n_with_stimulus for one in counted),
        n_enemy_pairs=sum(one.n_enemies for one in counted) // 2,
        seconds=sum(one.seconds for one in counted),
    )


def choices(counted: Sequence[CountedItems]) -> dict[str, list[str]]:
    """Return the values that stand in each column which describes items, and of which few are."""
    return {
        column.name: sorted({getattr(one, column.field) for one in counted})
        for column in ITEM_COLUMNS.values()
        if column.kind is ColumnKind.CHOICE and column.name not in OF_WORKFLOW
    }


def by_state(
    workflow: Workflow | None, counted: Iterable[CountedItems]
) -> tuple[tuple[State, int], ...]:
    """Return how many items are in each state, in the order of the workflow."""
    n_items = Counter[str]()
    for one in counted:
        n_items[one.state] += one.n_items
    states = () if workflow is None else workflow.states
    return tuple((state, n_items[state.id]) for state in states)


def coverage(bank: Bank, counted: Sequence[CountedItems]) -> Coverage:
    """Return what a bank covers; an area it has dropped keeps its row while there are items."""
    areas = dict.fromkeys(
        [*(area.id for area in bank.areas), *sorted({one.area for one in counted})]
    )
    levels = [*(level.id for level in bank.levels), *sorted({one.level for one in counted})]
    used = {one.item_type for one in counted}
    return Coverage(
        levels=tuple(dict.fromkeys(levels)),
        types=tuple(name for name in ITEM_TYPES if name in used),
        rows=tuple(
            _row(area, bank.area_title(area), [one for one in counted if one.area == area])
            for area in areas
        ),
        total=_row("", "All areas", counted),
    )


def _row(area: str, title: str, counted: Iterable[CountedItems]) -> CoverageRow:
    by_level, usable_by_level, by_type = Counter[str](), Counter[str](), Counter[str]()
    n_items = n_usable = seconds = 0
    for one in counted:
        by_level[one.level] += one.n_items
        usable_by_level[one.level] += one.n_usable
        by_type[one.item_type] += one.n_items
        n_items += one.n_items
        n_usable += one.n_usable
        seconds += one.seconds
    return CoverageRow(area, title, by_level, usable_by_level, by_type, n_items, n_usable, seconds)
