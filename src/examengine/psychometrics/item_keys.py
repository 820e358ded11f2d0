"""Key files: which options of an item are right, what it is worth, and where it belongs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from examengine.psychometrics.csv_tables import CsvTable, UnusableFile, first_faults, read_csv
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.responses import HIGHEST_SCORE

ITEM, KEY, MAX_SCORE, DOMAIN, MODEL = "item_id", "key", "max_score", "domain", "model"
COLUMNS = (ITEM, KEY, MAX_SCORE, DOMAIN, MODEL)
NOT_PRESENTED = "NA"
WHOLE = re.compile("[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class ItemKey:
    """How one item is scored.

    Attributes:
        item_id: The item.
        options: Accepted options; empty when the response file holds scores for this item.
        max_score: Highest score, or None for 1 (with options) or the highest observed (without).
        domain: Content domain, or None.
        model: Code of a response model, or None.
    """

    item_id: str
    options: tuple[str, ...]
    max_score: int | None = None
    domain: str | None = None
    model: str | None = None


def read_keys(source: str, content: bytes) -> Mapping[str, ItemKey]:
    """Read a key file: `item_id,key`, optional `max_score`, `domain` and `model`.

    Several accepted options are separated by `|`. An empty key means that the responses hold scores
    for that item already. Other columns are left alone.

    Args:
        source: What to call the file in sentences.
        content: Its bytes.

    Returns:
        The key of each item, in the order of the file.

    Raises:
        UnusableFile: A column is missing, an item stands twice, an option is empty or NA (which
            means "not presented" in a response file), a highest score is no whole number above 0,
            or a model is unknown; one sentence per fault.
    """
    table = read_csv(source, content)
    missing = [name for name in (ITEM, KEY) if name not in table.header]
    needed = ", ".join(COLUMNS)
    refuse(
        UnusableFile,
        (f"{source}: no column {name!r}; a key file has {needed}" for name in missing),
    )
    faults: list[str] = []
    found: dict[str, ItemKey] = {}
    for row, item_id in enumerate(table.column(ITEM)):
        if not item_id or item_id in found:
            wrong = "appears twice" if item_id else "is missing"
            faults.append(table.fault(row, ITEM, item_id, f"the item {wrong}; one row for each"))
        found[item_id] = _key(table, row, item_id, faults)
    refuse(UnusableFile, first_faults(faults))
    return found


def _key(table: CsvTable, row: int, item_id: str, faults: list[str]) -> ItemKey:
    cells = {name: table.column(name)[row] for name in COLUMNS if name in table.header}
    options = tuple(part.strip() for part in cells[KEY].split("|")) if cells[KEY] else ()
    if not all(options):
        faults.append(table.fault(row, KEY, cells[KEY], "accepted options are separated by one |"))
    if NOT_PRESENTED in options:
        needed = "NA means not presented, so it cannot be an option; leave the key empty for scores"
        faults.append(table.fault(row, KEY, cells[KEY], needed))
    highest, model = cells.get(MAX_SCORE, ""), cells.get(MODEL) or None
    whole = bool(WHOLE.fullmatch(highest)) and 0 < int(highest) <= HIGHEST_SCORE
    if highest and not whole:
        needed = f"the highest score is a whole number from 1 to {HIGHEST_SCORE}"
        faults.append(table.fault(row, MAX_SCORE, highest, needed))
    if model and model not in MODELS:
        known = f"a model is one of {', '.join(sorted(MODELS))}"
        faults.append(table.fault(row, MODEL, model, known))
    return ItemKey(
        item_id=item_id,
        options=options,
        max_score=int(highest) if whole else None,
        domain=cells.get(DOMAIN) or None,
        model=model,
    )
