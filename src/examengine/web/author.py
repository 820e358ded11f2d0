"""The author's pages: banks, items with their keys and rationales, importing files."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response

from examengine import bank
from examengine.accounts import Role, require
from examengine.bank import ITEM_TYPES, ImportReport, ItemUnknown, ItemVersion, Selection
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession

router = APIRouter()

Chosen = Annotated[str, Query(max_length=100)]

FIGURE_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=31536000, immutable",
}
"""A figure is named by its bytes, so it never changes; opened by itself it may do nothing."""


@router.get("/bank")
def list_banks(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show all banks."""
    return page("author/banks.html", banks=bank.list_banks(session, actor))


@router.get("/bank/{bank_id}")
def show_bank(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    area: Chosen = "",
    item_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    level: Chosen = "",
    q: Chosen = "",
) -> Response:
    """Show a bank: what it covers, and the items that were asked for."""
    found = bank.find_bank(session, actor, bank_id)
    items = bank.list_items(session, actor, bank_id)
    selection = Selection(area, item_type, level, q)
    return page(
        "author/bank.html",
        "items",
        bank=found,
        coverage=bank.coverage(found, items),
        n_items=len(items),
        items=[(item, bank.heading(item)) for item in bank.selected(items, selection)],
        selection=selection,
        types=ITEM_TYPES,
        adoptions=bank.adoptions(session, actor, bank_id),
    )


@router.get("/bank/{bank_id}/items/{item_id}")
def show_item(
    bank_id: str,
    item_id: str,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    version: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> Response:
    """Show an item: as a candidate sees it, with its key, its rationales and its versions."""
    history = bank.item_history(session, actor, bank_id, item_id)
    shown = _version(history, version)
    item_type = ITEM_TYPES[shown.item_type]
    return page(
        "author/item.html",
        bank=bank.find_bank(session, actor, bank_id),
        shown=shown,
        history=history,
        item=item_type.present(shown.content, ()),
        item_type=item_type,
        key=item_type.key_in_words(shown.content),
        explanations=item_type.explanations(shown.content),
    )


@router.get("/bank/{bank_id}/import")
def show_import(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the form for item files."""
    require(actor, Role.AUTHOR)
    found = bank.find_bank(session, actor, bank_id)
    return page("author/import.html", bank=found, report=None, dry_run=True)


@router.post("/bank/{bank_id}/import")
def import_files(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    files: Annotated[list[UploadFile], File()],
    dry_run: Annotated[bool, Form()],
) -> Response:
    """Check item files, or import them, and report on each item."""
    sent = {file.filename: file.file.read() for file in files if file.filename}
    loaded = bank.load_upload(session, actor, bank_id, sent)
    report = bank.import_bank(session, clock, actor, loaded, dry_run=dry_run)
    return page(
        "author/import.html",
        status=_status(report),
        bank=bank.find_bank(session, actor, bank_id),
        report=report,
        dry_run=dry_run,
    )


@router.get("/figures/{digest}.svg")
def show_figure(digest: str, actor: DepActor, session: DepSession) -> Response:  # noqa: ARG001
    """Send a figure to somebody who is signed in."""
    found = bank.find_figure(session, f"sha256:{digest}")
    return Response(found.svg, media_type="image/svg+xml", headers=FIGURE_HEADERS)


def _version(history: list[ItemVersion], version: int | None) -> ItemVersion:
    if version is None:
        return history[0]
    for found in history:
        if found.version == version:
            return found
    raise ItemUnknown(history[0].item_id, version)


def _status(report: ImportReport) -> int:
    return 200 if report.accepted else 422
