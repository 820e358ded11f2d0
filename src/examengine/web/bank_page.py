"""The bank's list: searched, filtered, sorted, in pages; its coverage, saved views, and files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from examengine import assembly, bank, calibration, delivery
from examengine.accounts import Actor
from examengine.bank import (
    ASKED,
    ITEM_COLUMNS,
    ITEM_TYPES,
    LINT_RULES,
    OF_WORKFLOW,
    SIZES,
    AskedReviewer,
    Bank,
    BankInShort,
    ColumnKind,
    IndexedItem,
    ItemColumn,
    ItemView,
    TakenVersion,
    Workflow,
    read_view,
)
from examengine.db import snapshot
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.spreadsheets import csv_stream
from examengine.workbook import MEDIA_TYPE, Cell, workbook

router = APIRouter(prefix="/bank/{bank_id}")

LINES_AT_ONCE = 200
"""Lines of a file that are sent together."""


@router.get("")
def show_bank(
    bank_id: str,
    request: Request,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
) -> Response:
    """Show a bank: the items that the address asks for, and what all of them cover."""
    view, faults = read_view(request.query_params.multi_items())
    explained = not delivery.is_kept_from_keys(session, clock, actor, bank_id)
    found = bank.find_bank(session, actor, bank_id)
    in_short = bank.bank_in_short(session, actor, bank_id)
    columns = _columns(in_short.workflow)
    words = _Words(found, in_short.workflow)
    return page(
        "author/bank.html",
        "items",
        bank=found,
        in_short=in_short,
        found=bank.search_items(session, actor, bank_id, view, explained=explained),
        faults=faults,
        explained=explained,
        columns=columns,
        shown=_shown(view, in_short.workflow),
        choices=_choices(found, in_short, words),
        words_of=words,
        sizes=SIZES,
        types=ITEM_TYPES,
        views=bank.views_of(session, actor, bank_id),
        needs=assembly.needs_of_bank(session, actor, bank_id),
        adoptions=bank.adoptions(session, actor, bank_id),
        usage_job=calibration.usage_job(session, actor, bank_id),
    )


@router.get("/items.csv")
def download_csv(
    bank_id: str, request: Request, actor: DepActor, components: DepComponents
) -> Response:
    """Send every item of a view as a CSV file."""
    head, rows = _table(components, actor, bank_id, request)
    said = ([*map(_said, row)] for row in rows)
    return csv_stream(head, said, f"{bank_id}.csv")


@router.get("/items.xlsx")
def download_xlsx(
    bank_id: str, request: Request, actor: DepActor, components: DepComponents
) -> Response:
    """Send every item of a view as an XLSX file."""
    head, rows = _table(components, actor, bank_id, request)
    return _download(workbook(bank_id, head, rows), f"{bank_id}.xlsx", MEDIA_TYPE)


@router.post("/views")
def save_view(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    title: Annotated[str, Form(max_length=500)],
    query: Annotated[str, Form(max_length=10_000)] = "",
    shared: Annotated[bool, Form()] = False,
) -> Response:
    """Save what the page shows under a title."""
    saved = bank.save_view(session, clock, actor, bank_id, title=title, query=query, shared=shared)
    return RedirectResponse(f"/bank/{bank_id}?{saved.query}", status_code=303)


@router.post("/views/{view_id}/delete")
def delete_view(
    bank_id: str, view_id: UUID, actor: DepActor, session: DepSession, clock: DepClock
) -> Response:
    """Delete a saved view."""
    bank.delete_view(session, clock, actor, bank_id, view_id)
    return RedirectResponse(f"/bank/{bank_id}", status_code=303)


@router.post("/usage")
def ask_usage(
    bank_id: str, actor: DepActor, session: DepSession, components: DepComponents
) -> Response:
    """Ask for statistics and exposure to be gathered."""
    job = calibration.ask_usage(session, components.clock, components.queue, actor, bank_id)
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


_TAKEN = {
    TakenVersion.NEWEST: "The newest version",
    TakenVersion.OLDER: "An older version",
    TakenVersion.NONE: "None",
}
_ASKED = dict(zip(ASKED, ("You", "Somebody", "Nobody"), strict=True))


class _Words:
    """How the values of columns are said, on the page and in files."""

    def __init__(self, found: Bank, workflow: Workflow | None) -> None:
        self._choices: dict[str, Callable[[str], str]] = {
            "area": found.area_title,
            "level": found.level_title,
            "type": lambda name: ITEM_TYPES[name].title if name in ITEM_TYPES else name,
            "language": str,
            "state": lambda state: state if workflow is None else workflow.state(state).title,
            "taken": lambda taken: _TAKEN[TakenVersion(taken)],
            "asked": lambda asked: _ASKED[asked],
        }
        self._flags = {rule.code: rule.title for rule in calibration.FLAG_RULES}

    def choice(self, column: str, value: str) -> str:
        """Return the title of one of the values of a column."""
        return self._choices[column](value)

    def flag(self, code: str) -> str:
        """Return the title of a rule of the analysis."""
        return self._flags.get(code, code)

    def cell(self, column: ItemColumn, item: IndexedItem) -> Cell:
        """Return what stands in a cell of a file."""
        value: Any = getattr(item, column.field)
        if column.kind is ColumnKind.CHOICE:
            return self.choice(column.name, value) if value else ""
        if column.kind is ColumnKind.FLAGS:
            return "; ".join(map(self.flag, value))
        if column.kind is ColumnKind.ASKED:
            return "; ".join(map(_said_of_asked, value))
        if column.kind in {ColumnKind.ITEMS, ColumnKind.FINDINGS}:
            return "; ".join(value)
        if isinstance(value, float):
            return int(value) if value.is_integer() else round(value, 6)
        found: Cell = value
        return found


def _columns(workflow: Workflow | None) -> Mapping[str, ItemColumn]:
    """Return the columns that say something of a bank, by name."""
    return {
        name: column
        for name, column in ITEM_COLUMNS.items()
        if workflow is not None or name not in OF_WORKFLOW
    }


def _shown(view: ItemView, workflow: Workflow | None) -> list[ItemColumn]:
    """Return the columns of a view that say something of a bank."""
    there = _columns(workflow)
    return [column for column in view.shown if column.name in there]


def _choices(
    found: Bank, in_short: BankInShort, words: _Words
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the values that a filter offers and their titles, by column."""
    own = {
        "area": [area.id for area in found.areas],
        "level": [level.id for level in found.levels],
        "type": list(ITEM_TYPES),
        "language": [],
    }
    offered = {
        name: [
            (value, words.choice(name, value))
            for value in dict.fromkeys([*own[name], *there])
            if value and (value in there or name in {"area", "level"})
        ]
        for name, there in in_short.choices.items()
    }
    return {
        **offered,
        "state": [(state.id, state.title) for state, _ in in_short.states],
        "taken": [(one.value, said) for one, said in _TAKEN.items()],
        "asked": list(_ASKED.items()),
        "flag": [(rule.code, rule.title) for rule in calibration.FLAG_RULES],
        "finding": [(name, name) for name in sorted(LINT_RULES)],
    }


def _table(
    components: Components, actor: Actor, bank_id: str, request: Request
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Return the titles of a view's columns, and its rows as they are read.

    Whoever may not read them is refused here, before anything is sent.
    """
    view, _ = read_view(request.query_params.multi_items())
    with snapshot(components.engine_of(actor)) as session:
        found = bank.find_bank(session, actor, bank_id)
        explained = not delivery.is_kept_from_keys(session, components.clock, actor, bank_id)
        bank.every_item(session, actor, bank_id, view, explained=explained)
        workflow = bank.workflow_of(session, actor, bank_id)
    shown, words = _shown(view, workflow), _Words(found, workflow)
    rows = _rows(components, actor, bank_id, view, explained=explained)
    return (
        [column.title for column in shown],
        ([words.cell(column, item) for column in shown] for item in rows),
    )


def _rows(
    components: Components, actor: Actor, bank_id: str, view: ItemView, *, explained: bool
) -> Iterator[IndexedItem]:
    """Yield the items of a view as they are read."""
    with snapshot(components.engine_of(actor)) as session:
        yield from bank.every_item(session, actor, bank_id, view, explained=explained)


def _said_of_asked(asked: AskedReviewer) -> str:
    return asked.name if asked.due is None else f"{asked.name} (until {asked.due.isoformat()})"


def _said(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return "" if cell is None else str(cell)


def _download(pieces: Iterator[bytes], name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
