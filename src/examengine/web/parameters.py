"""Parameters and statistics of a bank: brought in from elsewhere, looked at, adopted, taken out."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from sqlmodel import Session

from examengine import bank, calibration
from examengine.accounts import Actor
from examengine.calibration import (
    PARAMETER_FILE,
    PARAMETER_FILE_TITLE,
    RELATIONS,
    STATISTICS_HEAD,
    TABLES_OUT,
    ParametersUnreadable,
    SentParameters,
)
from examengine.db import snapshot
from examengine.kernel.errors import ExamError
from examengine.psychometrics.parameter_tables import FORMATS, SCALINGS, STEP_MODELS
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.security import check_texts
from examengine.web.spreadsheets import csv_download, csv_stream
from examengine.workbook import MEDIA_TYPE, Cell, workbook

router = APIRouter(prefix="/bank/{bank_id}")

ITEMS_AT_ONCE = 200
"""Lines of a report on one page."""
LONGEST = 2500
"""Signs of a field of the form; what is longer than it may be is told by its name."""
TypedWords = Annotated[str, Form(max_length=LONGEST)]
STEP_MODEL_WORDS = {
    "grm": "thresholds of the graded response model",
    "gpcm": "steps of the (generalized) partial credit model",
}


UNTYPED: Mapping[str, Any] = {
    **dict.fromkeys(("title", "table", "scaling", "step_model", "relation", "scale_name"), ""),
    **dict.fromkeys(("mean", "sd", "program", "program_version", "n_persons"), ""),
    **dict.fromkeys(("population", "note", "from", "of"), ""),
    **dict.fromkeys(("simulated", "made_up"), False),
}
"""The fields of the forms before anybody has typed."""


@router.get("/parameters")
def show_parameters(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show what is in use, what was brought in, and the forms for more."""
    return _parameters_page(session, actor, page, bank_id, {})


@router.post("/parameters")
def bring_in(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    file: Annotated[UploadFile, File()],
    title: TypedWords = "",
    table: TypedWords = "",
    scaling: TypedWords = "",
    step_model: TypedWords = "",
    relation: TypedWords = "",
    scale_name: TypedWords = "",
    mean: TypedWords = "",
    sd: TypedWords = "",
    program: TypedWords = "",
    program_version: TypedWords = "",
    n_persons: TypedWords = "",
    population: TypedWords = "",
    note: TypedWords = "",
    simulated: Annotated[bool, Form()] = False,
) -> Response:
    """Bring in a table of item parameters, and show what would become of each item."""
    check_texts([file.filename])
    typed = {
        "title": title,
        "table": table,
        "scaling": scaling,
        "step_model": step_model,
        "relation": relation,
        "scale_name": scale_name,
        "mean": mean,
        "sd": sd,
        "program": program,
        "program_version": program_version,
        "n_persons": n_persons,
        "population": population,
        "note": note,
        "simulated": simulated,
    }
    sent = SentParameters(
        file=file.filename or "table.csv",
        content=file.file.read(),
        relation=relation,
        program=program,
        population=population,
        n_persons=_whole(n_persons),
        title=title,
        table=table,
        scaling=scaling,
        step_model=step_model,
        scale_name=scale_name,
        mean=_number(mean),
        sd=_number(sd),
        version=program_version,
        note=note,
        simulated=simulated,
    )
    try:
        found = calibration.bring_in_parameters(session, clock, actor, bank_id, sent)
    except ParametersUnreadable as refusal:
        return _parameters_page(session, actor, page, bank_id, typed, refusal)
    return RedirectResponse(f"/bank/{bank_id}/parameters/{found.id}", status_code=303)


@router.get("/parameters/out")
def take_out(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    table: Annotated[str, Query(max_length=40)] = "examengine",
) -> Response:
    """Send the parameters in use as the table of a program, or as a parameter file."""
    known = {found.code: found for found in TABLES_OUT}
    if table == PARAMETER_FILE:
        body = calibration.parameter_file_out(session, actor, bank_id)
        text = json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        headers = {"content-disposition": f'attachment; filename="{bank_id}-parameters.json"'}
        return Response(text.encode(), media_type="application/json", headers=headers)
    chosen = known.get(table, known["examengine"])
    out = calibration.parameters_out(session, actor, bank_id, chosen)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([out.head, *out.rows])
    return csv_download(written.getvalue(), f"{bank_id}-parameters-{chosen.code}.csv")


@router.get("/parameters/{elsewhere_id}")
def show_elsewhere(
    bank_id: str,
    elsewhere_id: UUID,
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    at: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> Response:
    """Show a calibration from elsewhere: what would become of each item, and adopting it."""
    found = calibration.find_elsewhere(session, actor, bank_id, elsewhere_id)
    adoptions = bank.adoptions(session, actor, bank_id)
    first = (at - 1) * ITEMS_AT_ONCE
    return page(
        "psychometrician/elsewhere.html",
        bank=bank.find_bank(session, actor, bank_id),
        found=found,
        shown=_shown(found)[first : first + ITEMS_AT_ONCE],
        in_use=bool(adoptions) and adoptions[0].elsewhere_id == found.id,
        adopted=[one for one in adoptions if one.elsewhere_id == found.id],
        moved=(adoptions[0].id if adoptions else None) != found.scale.base_id,
        table=_table_titles().get(found.source.table, found.source.table),
        at=at,
        pages=-(-len(found.items) // ITEMS_AT_ONCE),
        steps_of=calibration.steps_of,
    )


@router.post("/parameters/{elsewhere_id}/adopt")
def adopt(
    bank_id: str,
    elsewhere_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Adopt a calibration from elsewhere for its bank."""
    calibration.adopt_elsewhere(session, clock, actor, bank_id, elsewhere_id, reason)
    return RedirectResponse(f"/bank/{bank_id}/parameters/{elsewhere_id}", status_code=303)


@router.get("/parameters/{elsewhere_id}/table.csv")
def send_table(bank_id: str, elsewhere_id: UUID, actor: DepActor, session: DepSession) -> Response:
    """Send the table that was brought in, byte for byte."""
    found = calibration.find_elsewhere(session, actor, bank_id, elsewhere_id)
    ending = "json" if found.source.table == PARAMETER_FILE else "csv"
    headers = {"content-disposition": f'attachment; filename="as-brought-in.{ending}"'}
    return Response(found.file, media_type="application/octet-stream", headers=headers)


@router.post("/statistics")
def bring_in_statistics(
    bank_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    file: Annotated[UploadFile, File()],
    program: TypedWords = "",
    population: TypedWords = "",
    simulated: Annotated[bool, Form()] = False,
) -> Response:
    """Keep statistics that others computed, and show them as theirs."""
    check_texts([file.filename])
    try:
        calibration.bring_in_statistics(
            session,
            clock,
            actor,
            bank_id,
            file.filename or "table.csv",
            file.file.read(),
            program=program,
            population=population,
            simulated=simulated,
        )
    except bank.StatisticsRefused as refusal:
        typed = {"from": program, "of": population, "made_up": simulated}
        return _parameters_page(session, actor, page, bank_id, typed, refusal)
    return RedirectResponse(f"/bank/{bank_id}/parameters#statistics", status_code=303)


@router.get("/statistics.csv")
def send_statistics_csv(bank_id: str, actor: DepActor, components: DepComponents) -> Response:
    """Send the statistics of each item version and administration as a CSV file."""
    rows = ([*map(_said, row)] for row in _statistics(components, actor, bank_id))
    return csv_stream(list(STATISTICS_HEAD), rows, f"{bank_id}-statistics.csv")


@router.get("/statistics.xlsx")
def send_statistics_xlsx(bank_id: str, actor: DepActor, components: DepComponents) -> Response:
    """Send the statistics of each item version and administration as an XLSX file."""
    rows = _statistics(components, actor, bank_id)
    headers = {"content-disposition": f'attachment; filename="{bank_id}-statistics.xlsx"'}
    pieces = workbook("Statistics", list(STATISTICS_HEAD), rows)
    return StreamingResponse(pieces, media_type=MEDIA_TYPE, headers=headers)


def _parameters_page(
    session: Session,
    actor: Actor,
    page: Page,
    bank_id: str,
    typed: Mapping[str, Any],
    refusal: ExamError | None = None,
) -> Response:
    return page(
        "psychometrician/parameters.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=bank.find_bank(session, actor, bank_id),
        adoptions=bank.adoptions(session, actor, bank_id),
        brought=calibration.list_elsewhere(session, actor, bank_id),
        scale=calibration.scale_in_use(session, actor, bank_id),
        statistics=bank.statistics_kept(session, actor, bank_id),
        typed={**UNTYPED, **typed},
        title="" if refusal is None else message_for(refusal).title,
        faults=() if refusal is None else getattr(refusal, "faults", ()),
        tables=_table_titles(),
        outs=[(found.code, found.title) for found in TABLES_OUT],
        parameter_file=(PARAMETER_FILE, PARAMETER_FILE_TITLE),
        scalings=list(SCALINGS),
        step_models=[(code, STEP_MODEL_WORDS[code]) for code in STEP_MODELS],
        relations=[(relation.value, words) for relation, words in RELATIONS.items()],
    )


def _table_titles() -> dict[str, str]:
    titles = {code: found.title for code, found in FORMATS.items()}
    return {**titles, PARAMETER_FILE: PARAMETER_FILE_TITLE}


def _shown(found: calibration.CalibrationElsewhere) -> list[calibration.BroughtItem]:
    """Return the items of a report, those that a person has to look at first."""
    return sorted(found.items, key=lambda item: (not item.faults, not item.notes))


def _statistics(components: Components, actor: Actor, bank_id: str) -> Iterator[list[Cell]]:
    """Return the rows as they are read; whoever may not have them is refused before."""
    with snapshot(components.engine_of(actor)) as session:
        calibration.statistics_out(session, actor, bank_id)
    return _statistics_rows(components, actor, bank_id)


def _statistics_rows(components: Components, actor: Actor, bank_id: str) -> Iterator[list[Cell]]:
    with snapshot(components.engine_of(actor)) as session:
        yield from calibration.statistics_out(session, actor, bank_id)


def _said(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return repr(int(cell) if cell.is_integer() else cell)
    return "" if cell is None else str(cell)


def _whole(text: str) -> int:
    """Return a number of people; 0, which is told to be none, where none stands there."""
    return int(text) if text.strip().isdecimal() and len(text) < 12 else 0


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
