"""The author's pages: banks, items with their keys and rationales, importing files."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import RedirectResponse, Response

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import FORMATS, ITEM_TYPES, ImportOutcome, ItemUnknown, ItemVersion
from examengine.db import writing_late
from examengine.web.dependencies import (
    KEYS_SHOWN,
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.security import check_texts
from examengine.web.spreadsheets import csv_download
from examengine.workbook import MEDIA_TYPE

router = APIRouter()

ITEMS_AT_ONCE = 100
"""Lines of a report on one page."""


@router.get("/bank")
def list_banks(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show all banks."""
    return page("author/banks.html", banks=bank.list_banks(session, actor))


@router.get("/bank/{bank_id}/items/{item_id}", dependencies=[KEYS_SHOWN])
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
        state=bank.state_of_item(session, actor, shown),
        findings=bank.bank_findings(session, actor, bank_id).of_item(item_id),
        item=item_type.present(shown.content, (), shown.language),
        item_type=item_type,
        key=item_type.key_in_words(shown.content),
        points=item_type.points_in_words(shown.content),
        most_points=item_type.most_points(shown.content),
        explanations=item_type.explanations(shown.content),
        told=bank.told_of_item(session, actor, bank_id, item_id),
    )


@router.get("/bank/{bank_id}/import")
def show_import(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the form for item files."""
    imports = bank.imports_of(session, actor, bank_id)
    found = bank.find_bank(session, actor, bank_id)
    return page(
        "author/import.html",
        bank=found,
        imports=imports,
        formats=FORMATS.values(),
        endings=dict.fromkeys(ending for each in FORMATS.values() for ending in each.endings),
    )


@router.get("/bank/{bank_id}/import/template.csv")
def download_csv_template(bank_id: str, actor: DepActor, session: DepSession) -> Response:
    """Send a table of items to begin from, as CSV."""
    table = bank.item_table_template(session, actor, bank_id, "csv")
    return csv_download(table, "items.csv")


@router.get("/bank/{bank_id}/import/template.xlsx")
def download_xlsx_template(bank_id: str, actor: DepActor, session: DepSession) -> Response:
    """Send a table of items to begin from, as a workbook with explanations."""
    book = bank.item_table_template(session, actor, bank_id, "xlsx")
    headers = {"content-disposition": 'attachment; filename="items.xlsx"'}
    return Response(book, media_type=MEDIA_TYPE, headers=headers)


@router.post("/bank/{bank_id}/import")
async def import_files(
    bank_id: str,
    actor: DepActor,
    components: DepComponents,
    files: Annotated[list[UploadFile], File()],
    dry_run: Annotated[bool, Form()],
) -> Response:
    """Ask for item files to be checked, or imported; a worker does it, and its page is shown."""
    check_texts(file.filename for file in files)
    return await to_thread.run_sync(
        partial(_asked, components, actor, bank_id, files, dry_run=dry_run)
    )


@router.get("/bank/{bank_id}/imports/{job_id}")
def show_report(
    bank_id: str,
    job_id: UUID,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    at: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> Response:
    """Show what a check found or an import did, a hundred items at a time."""
    job = bank.find_import(session, actor, bank_id, job_id)
    report = bank.import_report(session, actor, bank_id, job_id)
    items = sorted(report.items, key=lambda item: item.outcome is not ImportOutcome.REFUSED)
    return page(
        "author/import_report.html",
        bank=bank.find_bank(session, actor, bank_id),
        job=job,
        own=job.asked_by == actor.person_id,
        report=report,
        dry_run=job.arguments["dry_run"],
        shown=items[(at - 1) * ITEMS_AT_ONCE : at * ITEMS_AT_ONCE],
        at=at,
        pages=-(-len(items) // ITEMS_AT_ONCE),
    )


@router.post("/bank/{bank_id}/imports/{job_id}/import")
def import_checked(
    bank_id: str,
    job_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
) -> Response:
    """Ask for the files to be imported that were checked, without sending them again."""
    asked = bank.ask_import_of_checked(session, clock, components.queue, actor, bank_id, job_id)
    return RedirectResponse(f"/jobs/{asked}", status_code=303)


def _asked(
    components: Components,
    actor: Actor,
    bank_id: str,
    files: Sequence[UploadFile],
    *,
    dry_run: bool,
) -> Response:
    """Read what was sent and ask for it; in a thread, for a bank is many files."""
    sent = {file.filename: file.file.read() for file in files if file.filename}
    with writing_late(components.engine_of(actor)) as session:
        job_id = bank.ask_import(
            session, components.clock, components.queue, actor, bank_id, sent, dry_run=dry_run
        )
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


def _version(history: list[ItemVersion], version: int | None) -> ItemVersion:
    if version is None:
        return history[0]
    for found in history:
        if found.version == version:
            return found
    raise ItemUnknown(history[0].item_id, version)
