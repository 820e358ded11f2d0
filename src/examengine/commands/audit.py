"""Commands of auditors: take the logs of an exam away, and verify them anywhere."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO
from uuid import UUID

import typer

from examengine import integrity
from examengine.commands import credential_issuing
from examengine.commands.console import console_of
from examengine.commands.files import unwritable_as_fault
from examengine.credentials import decode_public_key, encode_public_key
from examengine.integrity import AuditFileUnusable, AuditVerdict
from examengine.kernel.clock import iso

app = typer.Typer(no_args_is_help=True, help="The logs of an exam, and their verification.")

NOT_VERIFIED = 1


@app.command("export")
def export(
    context: typer.Context,
    subject_id: Annotated[
        UUID | None,
        typer.Argument(
            help="The id of an administration, attempt or response record; without it, everything."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Write the ledger, records and logs of an exam with everything needed to verify them.

    The head of the ledger is signed with the newest key of the installation. Keep the file: what
    stands in it can be missed later, with `audit verify LATER --against FILE`.

    Example: examengine audit export 0193…a1 --out spring-session.audit.json
    """
    console = console_of(context)
    body = credential_issuing.awarding_body(console)
    signer = body.signer()
    with _written_to(out) as file:
        report = integrity.export_audit(
            console.engine, console.clock, console.actor, signer, subject_id, file
        )
    if out is not None:
        words = f"{report.n_attempts} logs and {report.n_records} records written to {out}"
        typer.echo(f"{words}; signed with {signer.key_id}", err=True)
    if signer.development:
        typer.echo("Signed with a development key: it proves nothing to anybody else.", err=True)


@app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file from `audit export`.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A file exported earlier; may be given several times."),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(
            help="The digest on a candidate's receipt, or ATTEMPT:DIGEST; may be repeated."
        ),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="The public key of the installation: z6Mk…, or a DID document; may be repeated."
        ),
    ] = None,
) -> None:
    """Verify an audit file; nothing but the file is needed, no setting and no database.

    The signature and every digest are computed again. What was changed, left out, cut off or
    reordered is named: an attempt, a decision, a score, a cut, a clearance, an act of staff, an
    event of a log. Compare the key that is printed with the one the awarding body publishes, or
    give it. An earlier file, or a receipt, which only its candidate holds, also proves that the
    whole file is not another history.

    Exit status: 0 verified; 1 something does not agree; 2 a file cannot be used.

    Example: examengine audit verify spring-session.audit.json --receipt sha256:4f0c…
    """
    verdict = integrity.verify_audit(
        integrity.source_of_file(path),
        receipts=receipt or (),
        keys=[found for one in key or () for found in _keys(one)],
        against=[integrity.source_of_file(one) for one in against or ()],
    )
    typer.echo(json.dumps(_account(verdict), ensure_ascii=False, indent=1))
    for finding in verdict.findings:
        typer.echo(finding.line, err=True)
    if not verdict.verified:
        raise typer.Exit(NOT_VERIFIED)
    typer.echo(_words(verdict), err=True)


@contextmanager
def _written_to(out: Path | None) -> Iterator[TextIO]:
    """Open a file that appears under its name once it is whole; or stdout."""
    if out is None:
        yield sys.stdout
        return
    with unwritable_as_fault(out):
        beside = out.with_name(f".{out.name}.part")
        try:
            with beside.open("w", encoding="utf-8") as file:
                yield file
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)


def _keys(given: str) -> list[bytes]:
    """Return the public keys that an option names.

    Raises:
        AuditFileUnusable: It names none.
    """
    try:
        if given.startswith(("z", "did:key:z")):
            return [decode_public_key(given.removeprefix("did:key:"))]
        document = json.loads(Path(given).read_text(encoding="utf-8"))
        methods = document["verificationMethod"]
        return [decode_public_key(one["publicKeyMultibase"]) for one in methods]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        words = f"--key {given[:80]}: neither a key that begins with z6Mk nor a DID document"
        raise AuditFileUnusable([f"{words} ({error})"]) from error


def _account(verdict: AuditVerdict) -> dict[str, Any]:
    head = verdict.head
    return {
        "schema": "examengine/audit-verdict/2",
        "verified": verdict.verified,
        "signed": {
            "at": iso(head.signed_at),
            "by": head.verification_method,
            "key": encode_public_key(head.public_key),
            "key_given": verdict.key_known,
            "development": head.development,
            "entry": head.position,
        },
        "entries": verdict.n_entries,
        "records": verdict.n_records,
        "attempts": verdict.n_attempts,
        "events": verdict.n_events,
        "open": verdict.n_open,
        "faults": [
            {
                "kind": finding.kind,
                "id": finding.id or None,
                "fault": finding.fault.code,
                "event": finding.fault.version,
                "words": finding.fault.words,
            }
            for finding in verdict.findings
        ],
    }


def _words(verdict: AuditVerdict) -> str:
    head = verdict.head
    counts = (
        f"verified: {verdict.n_attempts} logs, {verdict.n_events} events, "
        f"{verdict.n_records} records, {verdict.n_entries} entries of the ledger"
    )
    key = encode_public_key(head.public_key)
    whose = f"signed {iso(head.signed_at)} by {head.verification_method} with the key {key}"
    known = "which was given" if verdict.key_known else "which is to be compared with a known one"
    trial = "; a development key proves nothing" if head.development else ""
    return f"{counts}; {whose}, {known}{trial}"
