"""Writes of the index of items, and the reads that it is made of; nothing is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, update
from sqlmodel import Session, col, select

from examengine.bank.indexed_item import (
    ItemUsage,
    ParametersInShort,
    indexed_fields,
    indexed_words,
)
from examengine.bank.repository import in_parts
from examengine.bank.rules import ItemVersion
from examengine.bank.statistics_elsewhere import ItemStatisticsElsewhere
from examengine.bank.tables import BankRow, IndexedItemRow, ItemVersionRow, ItemWordsRow
from examengine.db import BulkWrite, organisation_of

_ITEM: Table = IndexedItemRow.__table__  # type: ignore[attr-defined]
_USAGE = (
    *("n", "p", "item_rest_r", "flags", "forms", "administrations", "candidates"),
    *("simulated", "last_used_at"),
)
_UNMOVED = {"state": None}
_UNUSED = {"n": None, "p": None, "item_rest_r": None, "flags": "", "simulated": False}
_UNEXPOSED = {"forms": 0, "administrations": 0, "candidates": 0, "last_used_at": None}
_UNTOLD = {"n_elsewhere": None, "p_elsewhere": None, "item_rest_r_elsewhere": None}
_PARAMETERS = ("a", "b", "c")


def _setting(names: Sequence[str]) -> BulkWrite:
    """Return what sets columns of many items at once."""
    return BulkWrite(
        columns=[_ITEM.c.organisation_id, _ITEM.c.item_id, *(_ITEM.c[name] for name in names)],
        statement=lambda sent: (
            _ITEM.update()
            .where(
                _ITEM.c.organisation_id == sent.c.organisation_id,
                _ITEM.c.item_id == sent.c.item_id,
            )
            .values({name: sent.c[name] for name in names})
        ),
    )


_SET_USAGE, _SET_PARAMETERS = _setting(_USAGE), _setting(_PARAMETERS)
_SET_STATES = _setting(("state", "usable"))
_SET_ELSEWHERE = _setting(tuple(_UNTOLD))


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What is written of one item: its fields, and its words and runs, as columns."""

    fields: dict[str, Any]
    words: dict[str, Any]
    added_at: datetime
    changed_at: datetime


def index_entry(
    version: ItemVersion, language: str, added_at: datetime, changed_at: datetime
) -> IndexEntry:
    """Return what is written of an item in its newest version.

    Args:
        version: The version.
        language: Of its bank.
        added_at: When its first version came in.
        changed_at: When this one did.
    """
    content = version.content
    return IndexEntry(
        indexed_fields(content, language), indexed_words(content), added_at, changed_at
    )


def put(session: Session, bank_id: str, entries: Sequence[IndexEntry]) -> None:
    """Write items into the index, or in the place of what it said of them.

    Of another version nobody has answered yet, and nobody has moved it; which forms the item stands
    in, what was adopted for it, and which version the workflow lets into forms, stays.
    """
    known = _known(session, entries)
    new = [entry for entry in entries if entry.fields["item_id"] not in known]
    if new:
        session.execute(insert(IndexedItemRow), [_new_row(bank_id, entry) for entry in new])
    for entry in entries:
        if entry.fields["item_id"] in known:
            _change(session, entry, *known[entry.fields["item_id"]])
    ids = {item_id: number for item_id, (number, _) in _known(session, entries).items()}
    for some in in_parts(list(ids.values())):
        session.execute(
            delete(ItemWordsRow)
            .where(col(ItemWordsRow.id).in_(some))
            .execution_options(synchronize_session=False)
        )
    words = [{"id": ids[entry.fields["item_id"]], **entry.words} for entry in entries]
    if words:
        session.execute(insert(ItemWordsRow), words)


def _new_row(bank_id: str, entry: IndexEntry) -> dict[str, Any]:
    return {
        **entry.fields,
        **_UNUSED,
        **_UNEXPOSED,
        **_UNTOLD,
        "bank_id": bank_id,
        "added_at": entry.added_at,
        "changed_at": entry.changed_at,
    }


def _change(session: Session, entry: IndexEntry, number: int, version: int) -> None:
    unused = {} if version == entry.fields["version"] else {**_UNUSED, **_UNMOVED, **_UNTOLD}
    item = update(IndexedItemRow).where(col(IndexedItemRow.id) == number)
    session.execute(item.values(**entry.fields, changed_at=entry.changed_at, **unused))


def _known(session: Session, entries: Iterable[IndexEntry]) -> dict[str, tuple[int, int]]:
    """Return the number and the version of each of these items that is in the index."""
    found: dict[str, tuple[int, int]] = {}
    for some in in_parts(sorted(entry.fields["item_id"] for entry in entries)):
        query = select(IndexedItemRow.item_id, IndexedItemRow.id, IndexedItemRow.version).where(
            col(IndexedItemRow.item_id).in_(some)
        )
        for item_id, number, version in session.exec(query):
            found[item_id] = (number or 0, version)
    return found


def first_times(
    session: Session, bank_id: str, item_ids: Sequence[str] | None = None
) -> dict[str, tuple[datetime, datetime]]:
    """Return when the first and the newest version of items came in; None for all of a bank."""
    moments = col(ItemVersionRow.imported_at)
    query = (
        select(ItemVersionRow.item_id, func.min(moments), func.max(moments))
        .where(col(ItemVersionRow.bank_id) == bank_id)
        .group_by(col(ItemVersionRow.item_id))
    )
    if item_ids is not None:
        query = query.where(col(ItemVersionRow.item_id).in_(item_ids))
    return {item_id: (first, last) for item_id, first, last in session.exec(query).all()}


def indexed_versions(session: Session, bank_id: str) -> dict[str, int]:
    """Return the version of each item of a bank that is in the index."""
    query = select(IndexedItemRow.item_id, IndexedItemRow.version).where(
        col(IndexedItemRow.bank_id) == bank_id
    )
    return dict(session.exec(query).all())


def set_language(session: Session, bank_id: str, language: str) -> None:
    """Say of every item of a bank that it is in the language of the bank."""
    items = update(IndexedItemRow).where(col(IndexedItemRow.bank_id) == bank_id)
    session.execute(items.values(language=language))


def set_usage(session: Session, bank_id: str, usage: Iterable[ItemUsage], now: datetime) -> None:
    """Write how the items of a bank have been used, in the place of what was known before."""
    items = update(IndexedItemRow).where(col(IndexedItemRow.bank_id) == bank_id)
    session.execute(items.values(**_UNUSED, **_UNEXPOSED))
    owner = organisation_of(session)
    rows = []
    for one in usage:
        said = {**asdict(one), "flags": f" {' '.join(one.flags)} " if one.flags else ""}
        rows.append([owner, one.item_id, *(said[name] for name in _USAGE)])
    _SET_USAGE.run(session.connection(), rows)
    session.execute(update(BankRow).where(col(BankRow.id) == bank_id).values(usage_at=now))


def set_parameters(session: Session, bank_id: str, parameters: Iterable[ParametersInShort]) -> None:
    """Write the parameters in use of the items of a bank, in the place of those before."""
    items = update(IndexedItemRow).where(col(IndexedItemRow.bank_id) == bank_id)
    session.execute(items.values(dict.fromkeys(_PARAMETERS)))
    owner = organisation_of(session)
    rows = [[owner, one.item_id, one.a, one.b, one.c] for one in parameters]
    _SET_PARAMETERS.run(session.connection(), rows)


def set_states(
    session: Session,
    bank_id: str,
    states: Mapping[str, Mapping[int, str]],
    usable: Mapping[str, int | None],
) -> None:
    """Write in which state the newest version of items is, and which version forms may take.

    Args:
        session: The transaction.
        bank_id: The bank.
        states: The state of each version that ever moved, by item; other items stay as they are.
        usable: By item, the version that the workflow lets into forms.
    """
    owner = organisation_of(session)
    rows: list[list[Any]] = []
    for some in in_parts(sorted(states)):
        query = select(IndexedItemRow.item_id, IndexedItemRow.version).where(
            col(IndexedItemRow.bank_id) == bank_id, col(IndexedItemRow.item_id).in_(some)
        )
        rows.extend(
            [owner, item_id, states[item_id].get(version), usable.get(item_id)]
            for item_id, version in session.exec(query).all()
        )
    _SET_STATES.run(session.connection(), rows)


def usage_in(session: Session, bank_id: str) -> dict[str, ItemUsage]:
    """Return how the items of a bank did, as far as it was gathered, by id."""
    row = IndexedItemRow
    query = select(row.item_id, row.n, row.p, row.item_rest_r, row.simulated).where(  # type: ignore[call-overload]
        col(row.bank_id) == bank_id
    )
    return {
        item_id: ItemUsage(item_id, n=n, p=p, item_rest_r=item_rest_r, simulated=simulated)
        for item_id, n, p, item_rest_r, simulated in session.exec(query).all()
    }


def set_elsewhere(session: Session, told: Iterable[ItemStatisticsElsewhere]) -> None:
    """Write what others say of items, in the place of what was said before of the same ones."""
    owner = organisation_of(session)
    rows = [[owner, one.item_id, one.n, one.p, one.item_rest_r] for one in told]
    if rows:
        _SET_ELSEWHERE.run(session.connection(), rows)


def runs_in_bank(session: Session, bank_id: str) -> dict[str, bytes]:
    """Return the packed runs of the newest version of each item of a bank, by id."""
    query = (
        select(IndexedItemRow.item_id, ItemWordsRow.runs)
        .join(ItemWordsRow, col(ItemWordsRow.id) == col(IndexedItemRow.id))
        .where(col(IndexedItemRow.bank_id) == bank_id)
    )
    return dict(session.exec(query).all())
