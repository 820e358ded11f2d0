"""Statistics of a bank that came from elsewhere, read from a table and kept as what they are."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank import (
    ITEM_TYPES,
    ItemStatisticsElsewhere,
    StatisticsElsewhere,
    StatisticsRefused,
    StatisticsSource,
    bank_of,
    keep_statistics_elsewhere,
    latest_versions,
)
from examengine.kernel.clock import Clock
from examengine.psychometrics.csv_tables import CsvTable, first_faults, number_in
from examengine.psychometrics.parameter_tables import read_table
from examengine.psychometrics.refusals import Refusal

IDS = ("item_id", "id", "item", "item id", "itemid")
HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "n": ("n", "count", "candidates"),
        "p": ("p", "p-value", "p_value", "pvalue", "facility"),
        "mean": ("mean", "m"),
        "item_rest_r": ("item_rest_r", "item-rest", "rest", "r.drop", "r_drop"),
        "item_total_r": (
            *("item_total_r", "item-total", "raw.r", "rpbis", "rpb", "pbis", "ptbis", "r"),
            *("s-rpbis", "t-rpbis", "point-biserial"),
        ),
        "a": ("a",),
        "b": ("b",),
        "c": ("c",),
        "last_used": ("last_used", "last used"),
    }
)
"""What the columns may be called, in small letters, as psych, TAM, Xcalibre and we call them."""
NOTHING = frozenset({"", "NA", "NaN", "."})


def bring_in_statistics(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    file: str,
    content: bytes,
    *,
    program: str,
    population: str,
    simulated: bool = False,
) -> StatisticsElsewhere:
    """Keep what a table says of the items of a bank. It is shown as theirs, and counts for nothing.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        StatisticsRefused: The table cannot be read, names an item that the bank lacks, or says
            what cannot be true; nothing is kept then.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    bank = bank_of(session, bank_id)
    points = {
        item.item_id: ITEM_TYPES[item.item_type].most_points(item.content)
        for item in latest_versions(session, bank.id)
    }
    try:
        told = told_in(read_table(file, content), points)
    except Refusal as refusal:
        raise StatisticsRefused(refusal.faults) from refusal
    source = StatisticsSource(program.strip(), population.strip(), file[-200:], simulated)
    return keep_statistics_elsewhere(session, clock, actor, bank.id, told, source)


def told_in(table: CsvTable, points: Mapping[str, int]) -> list[ItemStatisticsElsewhere]:
    """Return what a table says of each item.

    Args:
        table: The table.
        points: The most points of each item, by which a mean becomes a share.

    Raises:
        Refusal: No column names the items or says anything of them, or a cell is no number; one
            sentence per fault.
    """
    header = [name.casefold() for name in table.header]
    places = {
        field: next(header.index(name) for name in names if name in header)
        for field, names in HEADINGS.items()
        if any(name in header for name in names)
    }
    ids = next((header.index(name) for name in IDS if name in header), None)
    if ids is None:
        raise Refusal([f"{table.source}: no column names the items; call it item_id"])
    if not places:
        known = ", ".join(names[0] for names in HEADINGS.values())
        raise Refusal([f"{table.source}: no column says anything of them; known are {known}"])
    faults: list[str] = []
    told = []
    for row, cells in enumerate(table.rows):
        values: dict[str, float | date | None] = {}
        for field, place in places.items():
            name = table.header[place]
            values[field] = _value(table, row, name, field, cells[place], faults)
        mean = values.pop("mean", None)
        if isinstance(mean, float) and values.get("p") is None:
            values["p"] = mean / max(points.get(cells[ids], 1), 1)
        one = ItemStatisticsElsewhere(cells[ids], **values)  # type: ignore[arg-type]
        if not one.is_empty:
            told.append(one)
    if faults:
        raise Refusal(first_faults(faults))
    return told


def _value(
    table: CsvTable, row: int, name: str, field: str, cell: str, faults: list[str]
) -> float | date | None:
    if cell in NOTHING:
        return None
    if field != "last_used":
        number = number_in(cell)
        if number is None:
            faults.append(table.fault(row, name, cell, "a number with a decimal point is needed"))
        return number
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        faults.append(table.fault(row, name, cell, "a day as 2026-11-30 is needed"))
        return None
