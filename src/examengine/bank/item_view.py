"""A view of a bank: which items, in which order, which columns; written in an address. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from urllib.parse import parse_qsl, urlencode

from examengine.bank.item_columns import (
    FIRST_COLUMNS,
    ITEM_COLUMNS,
    ColumnKind,
    ItemColumn,
)

SIZES = (50, 100, 200)
"""Items on a page."""
HIGHEST_PAGE = 100_000
LONGEST_SEARCH, LONGEST_VALUE, LONGEST_QUERY = 200, 100, 4_000
YES, NO = "yes", "no"

Bound = float | date


@dataclass(frozen=True, slots=True)
class ItemView:
    """What somebody wants to see of a bank. What is empty asks for nothing.

    Attributes:
        words: Every one has to begin a word of the item.
        equal: A value by column: of a choice, `yes` or `no`, or the name of a rule.
        least: The least value by column, itself included.
        most: The greatest value by column, itself included.
        sort: The column by whose values lines are in order.
        descending: The greatest first; what has no value comes last either way.
        columns: Which columns, in their order.
        size: Lines on a page.
        page: 1, 2, 3 …
    """

    words: str = ""
    equal: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, Bound] = field(default_factory=dict)
    most: Mapping[str, Bound] = field(default_factory=dict)
    sort: str = "item"
    descending: bool = False
    columns: tuple[str, ...] = FIRST_COLUMNS
    size: int = SIZES[0]
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether it leaves items out."""
        return bool(self.words.strip() or self.equal or self.least or self.most)

    @property
    def shown(self) -> tuple[ItemColumn, ...]:
        """Return its columns."""
        return tuple(ITEM_COLUMNS[name] for name in self.columns)

    def asked_of(self, column: str) -> bool:
        """Tell whether it filters by a column."""
        return column in self.equal or column in self.least or column in self.most

    def in_order(self, sort: str) -> "ItemView":
        """Return the same items by another column; by the same one the other way round."""
        turned = sort == self.sort and not self.descending
        return replace(self, sort=sort, descending=turned, page=1)

    def at(self, page: int) -> "ItemView":
        """Return another page of it."""
        return replace(self, page=page)

    def query(self) -> str:
        """Return it as the query of an address; what is as at first is left out."""
        first = ItemView()
        pairs: list[tuple[str, object]] = [("q", self.words)] if self.words.strip() else []
        for name in ITEM_COLUMNS:
            for suffix, asked in _PARTS.items():
                if name in getattr(self, asked):
                    pairs.append((name + suffix, _written(getattr(self, asked)[name])))
        if self.columns != first.columns:
            pairs += [("column", name) for name in self.columns]
        if self.sort != first.sort:
            pairs.append(("sort", self.sort))
        if self.descending:
            pairs.append(("order", "down"))
        pairs += [
            (name, getattr(self, name))
            for name in ("size", "page")
            if getattr(self, name) != getattr(first, name)
        ]
        return urlencode(pairs)


_PARTS = {"": "equal", "_from": "least", "_to": "most"}
"""What stands after the name of a column in an address, and the field it fills."""


def read_view(pairs: Iterable[tuple[str, str]]) -> tuple[ItemView, tuple[str, ...]]:
    """Return the view that an address asks for, and what of it cannot be read, in words.

    What cannot be read asks for nothing. Names that are no part of a view are passed over, so that
    an address may say more.
    """
    asked = [(name, value.strip()) for name, value in pairs if value.strip()]
    faults: list[str] = []
    found: dict[str, dict[str, Bound | str]] = {part: {} for part in _PARTS.values()}
    for name, value in asked:
        column, part = _part_of(name)
        if column is None:
            continue
        try:
            found[part][column.name] = _bound(column, value) if column.ranged else _value(value)
        except ValueError as fault:
            faults.append(f"{column.title}: “{value[:40]}” {fault}; it was passed over")
    last = dict(asked)
    columns = [value for name, value in asked if name == "column" and value in ITEM_COLUMNS]
    sort = last.get("sort", "item")
    view = ItemView(
        words=last.get("q", "")[:LONGEST_SEARCH],
        equal=_texts(found["equal"]),
        least=_bounds(found["least"]),
        most=_bounds(found["most"]),
        sort=sort if sort in ITEM_COLUMNS and ITEM_COLUMNS[sort].sorted else "item",
        descending=last.get("order") == "down",
        columns=_in_their_order(columns),
        size=_whole(last.get("size"), SIZES),
        page=min(max(_whole(last.get("page"), None), 1), HIGHEST_PAGE),
    )
    return view, tuple(faults)


def view_of(query: str) -> ItemView:
    """Return the view of the query of an address."""
    return read_view(parse_qsl(query[:LONGEST_QUERY], max_num_fields=200))[0]


def _part_of(name: str) -> tuple[ItemColumn | None, str]:
    """Return the column that a name of an address filters by, and how; None where by none."""
    for suffix, part in _PARTS.items():
        column = ITEM_COLUMNS.get(name.removesuffix(suffix) if suffix else name)
        if column is None or not column.filtered or not name.endswith(suffix):
            continue
        if column.ranged == bool(suffix):
            return column, part
    return None, ""


def _value(value: str) -> str:
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise ValueError("is too long, or no text")
    return value


def _bound(column: ItemColumn, value: str) -> Bound:
    """Return a bound as a value.

    Raises:
        ValueError: It is none; the text goes on from the value.
    """
    if column.kind is ColumnKind.MOMENT:
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError("is no date such as 2026-11-30") from error
    try:
        number = float(value[:40].replace(",", ".").replace("−", "-"))
    except ValueError as error:
        raise ValueError("is no number") from error
    if not isfinite(number) or abs(number) > 1e12:
        raise ValueError("is no number that can be compared")
    return number


def _written(value: Bound | str) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _texts(found: Mapping[str, Bound | str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _bounds(found: Mapping[str, Bound | str]) -> dict[str, Bound]:
    return {name: value for name, value in found.items() if not isinstance(value, str)}


def _in_their_order(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the chosen columns in the order of all, the item first; those at first where none."""
    asked = set(chosen)
    if not asked:
        return FIRST_COLUMNS
    return tuple(name for name in ITEM_COLUMNS if name in asked or name == "item")


def _whole(value: str | None, among: tuple[int, ...] | None) -> int:
    number = int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else 0
    return number if among is None or number in among else among[0]
