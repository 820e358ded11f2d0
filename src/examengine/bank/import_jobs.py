"""Imports as jobs: files are stored with the job, and read, checked and written by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, require
from examengine.bank.errors import NoFilesSent
from examengine.bank.importing import import_bank, load_upload
from examengine.bank.indexing import index_items, items_behind
from examengine.bank.rules import ImportOutcome, ImportReport, ItemOutcome
from examengine.bank.service import find_bank
from examengine.db import reading, writing_late
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

MOST_FAULTS = 2000
"""Faults, warnings and differences that a report keeps; who has more mends these first."""
INDEXED_AT_A_TIME = 10
"""Items whose words are written in one transaction, in a few milliseconds."""


def ask_import(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    bank_id: str,
    files: Mapping[str, bytes],
    *,
    dry_run: bool,
    leave_out_refused: bool = False,
) -> UUID:
    """Ask for item files to be checked, or imported; return the id of the job.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        NoFilesSent: There is nothing to check.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, Role.AUTHOR)
    bank = find_bank(session, actor, bank_id)
    if not files:
        raise NoFilesSent(bank_id)
    what = "1 file" if len(files) == 1 else f"{len(files)} files"
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        IMPORT,
        title=f"Check {what} for {bank.title}" if dry_run else f"Import {what} into {bank.title}",
        subject=f"bank:{bank_id}",
        arguments={
            "bank_id": bank_id,
            "dry_run": dry_run,
            "leave_out_refused": leave_out_refused,
        },
        files=files,
        apart=f"bank:{bank_id}",
    )


def ask_import_of_checked(
    session: Session, clock: Clock, queue: JobQueue, actor: Actor, bank_id: str, job_id: UUID
) -> UUID:
    """Ask for the very files to be imported that an earlier job has checked.

    What the check refused is left out: whoever asks has seen it.

    Raises:
        NotAllowed: The actor is no author.
        JobUnknown: There is no such check, or it is somebody else's.
        NoFilesSent: Its files are kept no more.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, Role.AUTHOR)
    find_import(session, actor, bank_id, job_id)
    accepted = import_report(session, actor, bank_id, job_id).accepted
    return ask_import(
        session,
        clock,
        queue,
        actor,
        bank_id,
        jobs.files_of(session, actor, job_id),
        dry_run=False,
        leave_out_refused=not accepted,
    )


def find_import(session: Session, actor: Actor, bank_id: str, job_id: UUID) -> jobs.Job:
    """Return the job of a check or an import.

    Raises:
        JobUnknown: The bank has none with this id that the actor may look at.
    """
    found = jobs.find_job(session, actor, job_id)
    if found.kind != IMPORT.name or found.arguments["bank_id"] != bank_id:
        raise jobs.JobUnknown(f"job {job_id} is no import into {bank_id}")
    return found


def imports_of(session: Session, actor: Actor, bank_id: str) -> list[jobs.Job]:
    """Return the newest checks and imports of a bank.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    about = jobs.jobs_about(session, actor, f"bank:{bank_id}")
    return [job for job in about if job.kind == IMPORT.name]


def import_report(session: Session, actor: Actor, bank_id: str, job_id: UUID) -> ImportReport:
    """Return what a check found, or an import did.

    Raises:
        JobUnknown: There is no such job that the actor may look at.
        ResultUnknown: It is not done.
    """
    find_import(session, actor, bank_id, job_id)
    return _report(jobs.result_of(session, actor, job_id))


def _run(run: JobRun) -> None:
    """Read, check and write the files of a job; the report tells what came of each.

    All versions come in together, and the index a few items at a time: saved answers wait for it.
    """
    if run.job.arguments["dry_run"]:
        with run.finishing() as ending:
            report = _imported(run, ending.session)
            ending.result = _body(report)
            ending.keep_files = report.n_usable > 0
        return
    came = run.came_of_it()
    if came is None:
        with run.underway() as part:
            part.result = came = _body(_imported(run, part.session))
    index_what_is_behind(run)
    with run.finishing() as ending:
        ending.result = came


def _imported(run: JobRun, session: Session) -> ImportReport:
    """Return what is, or would be, of each item; the index is left to be made."""
    asked, files = run.job.arguments, run.files()
    run.report(f"Reading and checking {len(files)} file{'' if len(files) == 1 else 's'}")
    return import_bank(
        session,
        run.clock,
        run.actor,
        load_upload(session, run.actor, asked["bank_id"], files),
        dry_run=asked["dry_run"],
        leave_out_refused=asked.get("leave_out_refused", False),
        indexed=False,
    )


def index_what_is_behind(run: JobRun) -> None:
    """Make the index of the versions of a bank that it does not know, a few at a time."""
    bank_id = run.job.arguments["bank_id"]
    with reading(run.engine) as session:
        behind = items_behind(session, run.actor, bank_id)
    for done in range(0, len(behind), INDEXED_AT_A_TIME):
        run.report("Making the items findable", done, len(behind))
        with writing_late(run.engine) as session:
            some = behind[done : done + INDEXED_AT_A_TIME]
            index_items(session, run.actor, bank_id, some)


IMPORT = JobKind("bank.import", (Role.AUTHOR,), _run)
"""Check item files, or import them."""


def _body(report: ImportReport) -> dict[str, Any]:
    room = room_for_changes = MOST_FAULTS
    items: list[dict[str, Any]] = []
    for item in report.items:
        faults, changes = list(item.faults[:room]), list(item.changes[:room_for_changes])
        items.append({**asdict(item), "faults": faults, "changes": changes})
        room -= min(room, len(item.faults))
        room_for_changes -= min(room_for_changes, len(item.changes))
    return {
        "bank_id": report.bank_id,
        "items": items,
        "faults": _shortened(report.faults),
        "held": _shortened(report.held),
        "warnings": _shortened(report.warnings),
        "written": report.written,
    }


def _shortened(lines: Sequence[str]) -> list[str]:
    kept = list(lines[:MOST_FAULTS])
    left = len(lines) - len(kept)
    return [*kept, f"… and {left} more; mend these first"] if left else kept


def _report(body: Mapping[str, Any]) -> ImportReport:
    items = tuple(
        ItemOutcome(
            item_id=item["item_id"],
            version=item["version"],
            file=item["file"],
            outcome=ImportOutcome(item["outcome"]),
            faults=tuple(item["faults"]),
            changes=tuple(item.get("changes", ())),
        )
        for item in body["items"]
    )
    faults, held, warnings = (tuple(body[name]) for name in ("faults", "held", "warnings"))
    return ImportReport(body["bank_id"], items, faults, warnings, body["written"], held)
