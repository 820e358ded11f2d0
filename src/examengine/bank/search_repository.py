"""Reads of the index of items: cut, sorted and counted by the database; nothing is decided here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, true
from sqlalchemy import Select as AnySelect
from sqlmodel import Session, col, select

from examengine.accounts import people_among
from examengine.bank.indexed_item import AskedReviewer, IndexedItem, TakenVersion
from examengine.bank.item_columns import (
    ASKED,
    ASKED_OF_ME,
    ASKED_OF_NOBODY,
    ITEM_COLUMNS,
    ColumnKind,
    ItemColumn,
)
from examengine.bank.item_view import YES, Bound, ItemView
from examengine.bank.item_words import sought_words
from examengine.bank.overview import CountedItems
from examengine.bank.review_tables import ItemAssignmentRow
from examengine.bank.rules import Bank
from examengine.bank.tables import IndexedItemRow, ItemFindingRow
from examengine.bank.word_search_repository import having_words, worked_out_once
from examengine.bank.workflow import Workflow

AT_ONCE = 500
"""Lines that are read together where all are wanted."""
_FIELDS = tuple(
    name for name in IndexedItem.__dataclass_fields__ if name not in {"findings", "held", "asked"}
)


@dataclass(frozen=True, slots=True)
class Sought:
    """A search as it is put to the database.

    Attributes:
        bank: Which bank.
        view: Which of its items, in which order.
        errors: Names of the rules whose findings keep an item out of forms.
        told: Names of the rules whose findings are told at all.
        explained: Whether keys and rationales are searched, too.
        workflow: The workflow of the bank; None where versions are used as they arrive.
        person_id: Who asks.
    """

    bank: Bank
    view: ItemView
    errors: frozenset[str]
    told: frozenset[str]
    explained: bool
    workflow: Workflow | None
    person_id: UUID


def found(session: Session, sought: Sought) -> int:
    """Return how many items a search finds."""
    query = select(func.count()).select_from(IndexedItemRow).where(*_asked(session, sought))
    return session.exec(query).one()


def page(session: Session, sought: Sought) -> list[IndexedItem]:
    """Return the page of a search that its view names."""
    view = sought.view
    query = _ordered(session, sought).offset((view.page - 1) * view.size).limit(view.size)
    return _with_findings(session, sought, session.execute(query).all())


def found_ids(session: Session, sought: Sought, most: int) -> list[str]:
    """Return the ids of what a search finds on all pages, in its order, at most so many."""
    query: AnySelect[Any] = select(IndexedItemRow.item_id).where(*_asked(session, sought))
    ordered = query.order_by(*_order(sought)).limit(most)
    return list(session.execute(ordered).scalars().all())


def every(session: Session, sought: Sought) -> Iterator[list[IndexedItem]]:
    """Yield everything that a search finds, some lines at a time."""
    rows = session.execute(_ordered(session, sought).execution_options(yield_per=AT_ONCE))
    for some in rows.partitions(AT_ONCE):
        yield _with_findings(session, sought, some)


def counted(
    session: Session, bank_id: str, errors: Collection[str], workflow: Workflow | None
) -> list[CountedItems]:
    """Return what the items of each area, level, type, language and state of a bank amount to."""
    row = IndexedItemRow
    by = (row.area, row.level, row.item_type, row.language, row.state)
    held = _held(bank_id, errors)
    lets_in = true() if workflow is None else col(row.usable).is_not(None)
    query = (
        select(  # type: ignore[call-overload]
            *by,
            func.count(),
            func.sum(case((held, 1), else_=0)),
            func.sum(case((held, 0), (lets_in, 1), else_=0)),
            func.sum(case((col(row.stimulus), 1), else_=0)),
            func.sum(row.n_enemies),
            func.sum(row.seconds),
        )
        .where(col(row.bank_id) == bank_id)
        .group_by(*by)
    )
    return [
        CountedItems(area, level, item_type, language, _state_id(workflow, state), *amounts)
        for area, level, item_type, language, state, *amounts in session.exec(query).all()
    ]


def set_sizes(session: Session, bank_id: str, most: int) -> dict[str, int]:
    """Return how many items each set of a bank has, by id, of the first `most` sets."""
    row = IndexedItemRow
    query = (
        select(row.set_id, func.count())
        .where(col(row.bank_id) == bank_id, col(row.set_id) != "")
        .group_by(row.set_id)
        .order_by(col(row.set_id))
        .limit(most)
    )
    return dict(session.exec(query).all())


def set_of_each(session: Session, bank_id: str) -> dict[str, str]:
    """Return the set of each item of a bank that is of one."""
    row = IndexedItemRow
    query = select(row.item_id, row.set_id).where(
        col(row.bank_id) == bank_id, col(row.set_id) != ""
    )
    return dict(session.exec(query).all())


def ids_of_set(session: Session, bank_id: str, set_id: str) -> list[str]:
    """Return the items of a set in their order."""
    row = IndexedItemRow
    query = (
        select(row.item_id)
        .where(col(row.bank_id) == bank_id, col(row.set_id) == set_id)
        .order_by(col(row.set_place), col(row.item_id))
    )
    return list(session.exec(query).all())


def _ordered(session: Session, sought: Sought) -> AnySelect[Any]:
    fields = [getattr(IndexedItemRow, name) for name in _FIELDS]
    query: AnySelect[Any] = select(*fields).where(*_asked(session, sought))
    return query.order_by(*_order(sought))


def _order(sought: Sought) -> Iterator[ColumnElement[Any]]:
    """Yield what lines are sorted by; what has no value comes last, and the id parts the rest."""
    bank, view = sought.bank, sought.view
    column = ITEM_COLUMNS[view.sort]
    field: Any = col(getattr(IndexedItemRow, column.field))
    states = () if sought.workflow is None else sought.workflow.states
    order = {
        "area": [area.id for area in bank.areas],
        "level": [level.id for level in bank.levels],
        "state": [state.id for state in states],
    }.get(column.name)
    if order:
        places = ((field == name, place) for place, name in enumerate(order))
        field = case(*places, else_=0 if column.name == "state" else len(order))
    elif column.kind in {ColumnKind.NUMBER, ColumnKind.MOMENT}:
        yield field.is_(None)
    yield field.desc() if view.descending else field.asc()
    if column.name == "set":
        yield col(IndexedItemRow.set_place).asc()
    if column.name != "item":
        yield col(IndexedItemRow.item_id).asc()


def _asked(session: Session, sought: Sought) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a search."""
    view = sought.view
    yield col(IndexedItemRow.bank_id) == sought.bank.id
    if view.words.strip():
        words = sought_words(view.words)
        yield (having_words(session, words, explained=sought.explained) if words else false())
    for name, value in view.equal.items():
        yield _equal(sought, ITEM_COLUMNS[name], value)
    for name, bound in view.least.items():
        yield col(_field(name)) >= _moment(bound, time.min)
    for name, bound in view.most.items():
        yield col(_field(name)) <= _moment(bound, time.max)


def _equal(sought: Sought, column: ItemColumn, value: str) -> ColumnElement[bool]:
    if column.kind is ColumnKind.FINDINGS:
        rules = sought.told & {value}
        return _held(sought.bank.id, rules)
    if column.name in _CONDITIONS:
        return _CONDITIONS[column.name](sought, value)
    field = col(_field(column.name))
    if column.kind is ColumnKind.FLAGS:
        return field.contains(f" {value} ", autoescape=True)
    if column.kind is ColumnKind.YES_NO:
        return field.is_(value == YES)
    return field == value


def _is_held(sought: Sought, value: str) -> ColumnElement[bool]:
    held = _held(sought.bank.id, sought.errors)
    return held if value == YES else ~held


def _is_in_state(sought: Sought, value: str) -> ColumnElement[bool]:
    """Return the condition that the newest version is in a state: in the first if in none."""
    workflow, state = sought.workflow, col(IndexedItemRow.state)
    known = [] if workflow is None else [one.id for one in workflow.states]
    if value not in known:
        return false()
    return or_(state.is_(None), state.not_in(known[1:])) if value == known[0] else state == value


def _is_taken(sought: Sought, value: str) -> ColumnElement[bool]:
    """Return the condition that forms take the newest version, an older one, or none."""
    if sought.workflow is None:
        return true() if value == TakenVersion.NEWEST else false()
    usable, newest = col(IndexedItemRow.usable), col(IndexedItemRow.version)
    return {
        TakenVersion.NEWEST.value: usable == newest,
        TakenVersion.OLDER.value: usable < newest,
        TakenVersion.NONE.value: usable.is_(None),
    }.get(value, false())


def _is_asked(sought: Sought, value: str) -> ColumnElement[bool]:
    """Return the condition that whoever asks, somebody or nobody was asked to look at an item."""
    if value not in ASKED:
        return false()
    waiting = select(ItemAssignmentRow.item_id).where(
        col(ItemAssignmentRow.bank_id) == sought.bank.id, col(ItemAssignmentRow.done_at).is_(None)
    )
    if value == ASKED_OF_ME:
        waiting = waiting.where(col(ItemAssignmentRow.person_id) == sought.person_id)
    among = worked_out_once(col(IndexedItemRow.item_id).in_(waiting))
    return ~among if value == ASKED_OF_NOBODY else among


_CONDITIONS: Mapping[str, Callable[[Sought, str], ColumnElement[bool]]] = MappingProxyType(
    {"held": _is_held, "state": _is_in_state, "taken": _is_taken, "asked": _is_asked}
)
"""The condition of a column whose value stands in no column of the table, by its name."""


def _field(name: str) -> Any:
    return getattr(IndexedItemRow, ITEM_COLUMNS[name].field)


def _moment(bound: Bound, hour: time) -> float | datetime:
    """Return a number as it is, and of a day the moment at that hour, UTC."""
    return bound if isinstance(bound, float) else datetime.combine(bound, hour, UTC)


def _held(bank_id: str, rules: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that one of some rules found something in an item."""
    having = select(ItemFindingRow.item_id).where(
        col(ItemFindingRow.bank_id) == bank_id,
        col(ItemFindingRow.rule).in_(sorted(rules)),
        col(ItemFindingRow.item_id).is_not(None),
    )
    return worked_out_once(col(IndexedItemRow.item_id).in_(having))


def _with_findings(
    session: Session, sought: Sought, rows: Sequence[Sequence[Any]]
) -> list[IndexedItem]:
    """Return rows as values, each with what the lint found in it, and who was asked to look."""
    place = _FIELDS.index("item_id")
    asked = _who_was_asked(session, sought, [row[place] for row in rows])
    rules: defaultdict[str, dict[str, None]] = defaultdict(dict)
    query = (
        select(ItemFindingRow.item_id, ItemFindingRow.rule)
        .where(
            col(ItemFindingRow.bank_id) == sought.bank.id,
            col(ItemFindingRow.item_id).in_([row[place] for row in rows]),
        )
        .order_by(col(ItemFindingRow.place))
    )
    for item_id, rule in session.exec(query).all():
        if item_id is not None and rule in sought.told:
            rules[item_id][rule] = None
    return [
        _item(sought, row, tuple(rules[row[place]]), tuple(asked.get(row[place], ())))
        for row in rows
    ]


def _who_was_asked(
    session: Session, sought: Sought, item_ids: Sequence[str]
) -> dict[str, list[AskedReviewer]]:
    """Return who was asked to look at items and has not yet, by item, what is due first first."""
    if sought.workflow is None or not {"asked"}.intersection(sought.view.columns):
        return {}
    query = (
        select(ItemAssignmentRow)
        .where(
            col(ItemAssignmentRow.item_id).in_(item_ids),
            col(ItemAssignmentRow.done_at).is_(None),
        )
        .order_by(
            col(ItemAssignmentRow.due).is_(None),
            col(ItemAssignmentRow.due),
            col(ItemAssignmentRow.id),
        )
    )
    rows = session.exec(query).all()
    people = people_among(session, {row.person_id for row in rows})
    found: defaultdict[str, list[AskedReviewer]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(AskedReviewer(people[row.person_id].name, row.due))
    return found


def _item(
    sought: Sought,
    row: Sequence[Any],
    rules: tuple[str, ...],
    asked: tuple[AskedReviewer, ...],
) -> IndexedItem:
    values = dict(zip(_FIELDS, row, strict=True))
    values["enemies"] = tuple(values["enemies"].split())
    values["flags"] = tuple(values["flags"].split())
    values["state"] = _state_id(sought.workflow, values["state"])
    if sought.workflow is None:
        values["usable"] = values["version"]
    held = not sought.errors.isdisjoint(rules)
    return IndexedItem(**values, findings=rules, held=held, asked=asked)


def _state_id(workflow: Workflow | None, state: str | None) -> str:
    """Return the state that a version counts as being in; empty where there are no states."""
    return "" if workflow is None else workflow.state(state).id
