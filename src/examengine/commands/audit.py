"""Commands of auditors: take the logs of an exam away, and verify them anywhere."""

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from examengine import db, integrity
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault
from examengine.integrity import AuditFileUnusable, AuditVerdict

app = typer.Typer(no_args_is_help=True, help="The logs of an exam, and their verification.")

LARGEST_FILE = 512 * 1024 * 1024
NOT_VERIFIED = 1


@app.command("export")
def export(
    context: typer.Context,
    subject_id: Annotated[
        UUID, typer.Argument(help="The id of an administration, attempt or response record.")
    ],
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Write the logs of an exam with everything that is needed to verify them.

    Example: examengine audit export 0193…a1 --out spring-session.audit.json
    """
    console = console_of(context)
    with db.writing(console.engine) as session:
        document = integrity.export_audit(session, console.clock, console.actor, subject_id)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if out is None:
        typer.echo(text)
        return
    with unwritable_as_fault(out):
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(f"{len(document['attempts'])} logs written to {out}", err=True)


@app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file from `audit export`.")],
    receipt: Annotated[
        list[str] | None,
        typer.Option(help="The digest on a candidate's receipt; may be given several times."),
    ] = None,
) -> None:
    """Verify an audit file; nothing but the file is needed, and no database is opened.

    Every digest is computed again. A fault names the event that was changed, dropped, inserted or
    reordered, or says that the log was truncated or rewritten. A receipt, which only its
    candidate holds, also proves that the whole file is not another history.

    Exit status: 0 verified; 1 something does not agree; 2 the file cannot be used.

    Example: examengine audit verify spring-session.audit.json --receipt sha256:4f0c…
    """
    verdict = integrity.verify_audit(integrity.read_audit(_read(path)), receipt or ())
    typer.echo(json.dumps(_account(verdict), ensure_ascii=False, indent=1))
    for finding in verdict.findings:
        whose = f"attempt {finding.attempt_id}: " if finding.attempt_id else ""
        typer.echo(f"{whose}{finding.fault.code}: {finding.fault.words}", err=True)
    if not verdict.verified:
        raise typer.Exit(NOT_VERIFIED)
    typer.echo(_words(verdict), err=True)


def _read(path: Path) -> Any:
    """Return the JSON of a file.

    Raises:
        AuditFileUnusable: It cannot be read, or says the same thing twice.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise AuditFileUnusable([f"{path}: larger than {LARGEST_FILE} bytes"])
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_repeats)
    except OSError as error:
        raise AuditFileUnusable([f"{path}: {error.strerror or 'cannot be read'}"]) from error
    except (ValueError, RecursionError) as error:
        raise AuditFileUnusable([f"{path}: not JSON in UTF-8 ({error})"]) from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; a name that stands twice could be read in two ways, and is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same name twice")
    return found


def _account(verdict: AuditVerdict) -> dict[str, Any]:
    return {
        "schema": "examengine/audit-verdict/1",
        "verified": verdict.verified,
        "attempts": verdict.n_attempts,
        "events": verdict.n_events,
        "open": verdict.n_open,
        "faults": [
            {
                "attempt_id": finding.attempt_id or None,
                "fault": finding.fault.code,
                "event": finding.fault.version,
                "words": finding.fault.words,
            }
            for finding in verdict.findings
        ],
    }


def _words(verdict: AuditVerdict) -> str:
    still_open = f"; {verdict.n_open} without an end to compare with" if verdict.n_open else ""
    return f"verified: {verdict.n_attempts} logs, {verdict.n_events} events{still_open}"
