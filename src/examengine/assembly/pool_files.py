"""Reads the items that `examengine assemble` chooses from: CSV or JSON, one entry an item."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from examengine.assembly.blueprint import PoolItem
from examengine.assembly.pool import information_of
from examengine.kernel.errors import ExamError, Kind
from examengine.psychometrics.parameters import ItemParameters

LARGEST_FILE = 50_000_000
NEEDED = ("item_id", "area", "type")


class PoolUnusable(ExamError):
    """The file of items has faults; each is named with its place."""

    code = "pool_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def read_pool(path: Path, thetas: Sequence[float]) -> list[PoolItem]:
    """Return the items of a CSV or JSON file.

    Fields: `item_id`, `area`, `type`; optional `level`, `seconds` (60 when absent), `enemies`
    (ids separated by `|`), `set` and `set_place`, `model`, and `a`, `b`, `c`, `d` in the logistic
    metric, D = 1. JSON is a list of such objects, or an object whose `items` is one.

    Args:
        path: The file.
        thetas: Abilities, in logits, at which information is wanted.

    Raises:
        PoolUnusable: The file has faults; all of them are listed.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PoolUnusable([f"{path.name}: larger than {LARGEST_FILE} bytes"])
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PoolUnusable([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise PoolUnusable([f"{path}: is not UTF-8; save it in that encoding"]) from error
    entries = _json_entries(path, text) if path.suffix == ".json" else _csv_entries(text)
    return _pool(path.name, entries, thetas)


def _csv_entries(text: str) -> list[Mapping[str, Any]]:
    return [
        {name: value for name, value in row.items() if name and value not in {None, "", "NA"}}
        for row in csv.DictReader(io.StringIO(text))
    ]


def _json_entries(path: Path, text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PoolUnusable([f"{path.name}: not JSON ({error})"]) from error
    entries = found.get("items") if isinstance(found, dict) else found
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PoolUnusable([f"{path.name}: give a list of items, or an object with `items`"])
    return entries


def _pool(
    name: str, entries: Iterable[Mapping[str, Any]], thetas: Sequence[float]
) -> list[PoolItem]:
    faults: list[str] = []
    pool: dict[str, PoolItem] = {}
    for place, entry in enumerate(entries, start=1):
        missing = [field for field in NEEDED if not entry.get(field)]
        if missing:
            faults.append(f"{name}: item {place}: {', '.join(missing)} is missing")
            continue
        try:
            item = _pool_item(entry, thetas)
        except ValueError as error:
            faults.append(f"{name}: item {place} ({entry['item_id']}): {error}")
            continue
        if item.item_id in pool:
            faults.append(f"{name}: item {place}: {item.item_id} stands in the file twice")
        pool[item.item_id] = item
    if not pool and not faults:
        faults.append(f"{name}: no items; the first line names {', '.join(NEEDED)} …")
    if faults:
        raise PoolUnusable(faults)
    return list(pool.values())


def _pool_item(entry: Mapping[str, Any], thetas: Sequence[float]) -> PoolItem:
    enemies = entry.get("enemies", "")
    named = enemies if isinstance(enemies, list) else str(enemies).split("|")
    return PoolItem(
        item_id=str(entry["item_id"]),
        area=str(entry["area"]),
        item_type=str(entry["type"]),
        level=str(entry.get("level", "")),
        seconds=_seconds(entry.get("seconds", 60)),
        enemies=frozenset(str(enemy).strip() for enemy in named) - {""},
        information=_information(entry, thetas),
        set_id=str(entry.get("set", "")),
        set_place=_place(entry.get("set_place", 0)),
        model_id=str(entry.get("model", "")),
    )


def _place(value: Any) -> int:
    place = _number("set_place", value)
    if not 0 <= place <= 10_000 or place != int(place):
        raise ValueError(f"set_place is {str(value)[:40]!r}; give a whole number such as 2")
    return int(place)


def _seconds(value: Any) -> int:
    seconds = _number("seconds", value)
    if not 0 < seconds < 86_400:
        raise ValueError(f"seconds is {str(value)[:40]!r}; give a number above 0, below 86400")
    return round(seconds)


def _number(name: str, value: Any) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise ValueError(f"{name} is {str(value)[:40]!r}; give a number") from error


def _information(entry: Mapping[str, Any], thetas: Sequence[float]) -> tuple[float, ...]:
    if "a" not in entry or "b" not in entry:
        return ()
    values = {name: _number(name, entry[name]) for name in "abcd" if name in entry}
    values = {"c": 0.0, "d": 1.0, **values}
    model = "4pl" if values["d"] != 1 else "3pl" if values["c"] else "2pl"
    return information_of(ItemParameters(str(entry["item_id"]), model, values), thetas)
