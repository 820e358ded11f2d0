"""The items file of an imported administration: which option is right, and what counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from examengine.importing.administration_spec import AdministrationFileUnusable, AdministrationSpec
from examengine.psychometrics.csv_tables import CsvTable, UnusableFile, first_faults

NOT_GIVEN = frozenset({"", "NA"})
OPTION_IDS = "abcde"
USUAL_SECONDS, MOST_SECONDS = 60, 3600


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item of which only the key and the options' names are known."""

    item_id: str
    key: str
    """Id of the right option: `a` for the first option of the data, `b` for the second …"""
    area: str
    scored: bool
    seconds: int
    """Median time in the data, or 60 when there are no times."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The items file, checked: for each item the id of the right option, and its area."""

    keys: Mapping[str, str]
    areas: Mapping[str, str]
    scored: frozenset[str]


def option_letters(spec: AdministrationSpec) -> dict[str, str]:
    """Return the option id that stands for each option of the data, `a` for the first."""
    return dict(zip(spec.options, OPTION_IDS, strict=False))


def read_key(spec: AdministrationSpec, table: CsvTable, responses: CsvTable) -> AnswerKey:
    """Return the key, checked against the columns of the responses.

    Raises:
        AdministrationFileUnusable: Something does not fit; one sentence per fault.
    """
    columns = spec.columns
    ids = column(table, columns["items.item"])
    keyed = column(table, columns["items.key"])
    roles = column(table, columns["items.role"]) if "items.role" in columns else None
    refuse(
        [
            *_item_faults(table, columns["items.item"], ids, responses),
            *_key_faults(spec, table, keyed),
            *_role_faults(spec, table, roles or ()),
            *_column_faults(spec, table, ids, responses),
        ]
    )
    letters = option_letters(spec)
    areas = column(table, columns["items.area"]) if "items.area" in columns else None
    return AnswerKey(
        keys={item: letters[key] for item, key in zip(ids, keyed, strict=True)},
        areas=dict(zip(ids, areas or [spec.area] * len(ids), strict=True)),
        scored=frozenset(
            item for item, role in zip(ids, roles or ids, strict=True) if role != spec.pretest
        ),
    )


def imported_items(
    key: AnswerKey, seconds: Sequence[Mapping[str, float]]
) -> tuple[ImportedItem, ...]:
    """Return the items with their median times.

    Args:
        key: The answer key.
        seconds: The times of each person, by item.
    """
    times: dict[str, list[float]] = {item: [] for item in key.keys}
    for person in seconds:
        for item, spent in person.items():
            times[item].append(spent)
    return tuple(
        ImportedItem(item, keyed, key.areas[item], item in key.scored, _median(times[item]))
        for item, keyed in key.keys.items()
    )


def column(table: CsvTable, name: str) -> tuple[str, ...]:
    """Return a column of a file.

    Raises:
        AdministrationFileUnusable: The file has no such column; it says which it has.
    """
    try:
        return table.column(name)
    except UnusableFile as unusable:
        raise AdministrationFileUnusable(unusable.faults) from unusable


def refuse(faults: Iterable[str]) -> None:
    """Refuse the files when there is any fault; the first hundred are told.

    Raises:
        AdministrationFileUnusable: There is one.
    """
    found = first_faults(faults)
    if found:
        raise AdministrationFileUnusable(found)


def _item_faults(
    table: CsvTable, name: str, ids: Sequence[str], responses: CsvTable
) -> Iterator[str]:
    seen: set[str] = set()
    for row, item_id in enumerate(ids):
        if item_id in seen:
            yield table.fault(row, name, item_id, "stands above already; list each item once")
        elif item_id not in responses.header:
            yield table.fault(row, name, item_id, f"is no column of {responses.source}")
        seen.add(item_id)


def _key_faults(spec: AdministrationSpec, table: CsvTable, keyed: Sequence[str]) -> Iterator[str]:
    needed = f"write one of the options {', '.join(spec.options)}"
    for row, key in enumerate(keyed):
        if key not in spec.options:
            yield table.fault(row, spec.columns["items.key"], key, needed)


def _role_faults(spec: AdministrationSpec, table: CsvTable, roles: Sequence[str]) -> Iterator[str]:
    needed = f"write {spec.operational!r} or {spec.pretest!r}"
    for row, role in enumerate(roles):
        if role not in {spec.operational, spec.pretest}:
            yield table.fault(row, spec.columns["items.role"], role, needed)


def _column_faults(
    spec: AdministrationSpec, table: CsvTable, ids: Sequence[str], responses: CsvTable
) -> Iterator[str]:
    known = {*ids, spec.columns.get("responses.person", "")}
    for name in responses.header:
        if name not in known:
            yield f"{responses.source}: column {name!r} is no item of {table.source}; add it there"


def _median(times: list[float]) -> int:
    if not times:
        return USUAL_SECONDS
    return min(max(round(sorted(times)[len(times) // 2]), 1), MOST_SECONDS)
