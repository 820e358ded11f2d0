"""Commands about credentials: the awarding body's, and verify and unbake for everybody."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from examengine import credentials, db
from examengine.commands import credential_issuing
from examengine.commands.console import Console, console_of
from examengine.commands.files import unwritable_as_fault
from examengine.credentials import (
    AwardingBody,
    Documents,
    Question,
    Report,
    Statement,
    Verdict,
)
from examengine.kernel.errors import ExamError
from examengine.web import findings

app = typer.Typer(no_args_is_help=True, help="Credentials: issue, verify, revoke, unbake.")
app.command("key")(credential_issuing.key)
app.command("issue")(credential_issuing.issue)
app.command("revoke")(credential_issuing.revoke)
app.command("replace")(credential_issuing.replace)

NOT_VERIFIED = 1
UNUSABLE = 2
STDIN = "-"
LARGEST = 4 * 1024 * 1024
BORROWS = frozenset({"bears_our_name", "bears_our_achievement", "address_like_ours"})
"""Cautions of a badge that passes itself off as ours: never an answer that a script may trust."""


@app.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="JSON, token, PNG or SVG; - for standard input.")],
    did_document: Annotated[
        list[Path] | None,
        typer.Option("--did-document", help="A saved DID document; may be repeated."),
    ] = None,
    status_list: Annotated[
        list[Path] | None,
        typer.Option("--status-list", help="A saved status list; may be repeated."),
    ] = None,
    recipient: Annotated[
        str | None, typer.Option(help="The address of the person who shows it.")
    ] = None,
    issuer: Annotated[
        str | None, typer.Option(metavar="DID", help="Whose signature it must be.")
    ] = None,
) -> None:
    """Verify a credential offline, step by step: true, false, or could not tell.

    Nothing is fetched. What the credential only names is looked up in the files given, and in
    what this installation publishes; without them, signature and status of a did:web issuer could
    not be told. Where this installation has keys and a database, it also says whether a credential
    of its own is the newest, and whether its decision stands: whichever of its awarding bodies
    issued it, unless one is named with --organisation before the command.

    Exit status 0: all of it is true. That says that its signer made it so, and not that you know
    the signer: read `signed_by` and `issuer`, or name who it must be with --issuer. 1: something is
    false, could not be told, is signed by another issuer than the one named, or bears our name,
    achievement or address without being ours. 2: there is no file to read.

    Example: examengine credential verify badge.png --did-document did.json --status-list 1.json
    """
    console = console_of(context)
    paths = [*(did_document or ()), *(status_list or ())]
    given = credentials.from_files([read(path) for path in paths])
    report, body = _verified(console, _sent(file), given, recipient)
    typer.echo(json.dumps(as_json(report, body), indent=2, ensure_ascii=False))
    _say(report, body, issuer)
    sound = report.verdict is Verdict.VERIFIED and not BORROWS & set(report.cautions)
    if not sound or issuer not in (None, report.issuer):
        raise typer.Exit(NOT_VERIFIED)


def _verified(
    console: Console, data: bytes, given: Documents, recipient: str | None
) -> tuple[Report, AwardingBody]:
    """Verify with our own keys and records, where this machine has both; else without them.

    Returns:
        What was found, and the awarding body it is seen from: the one that the credential names, or
        the one for which the command is typed.
    """
    engine, clock = _own_records(console), console.clock
    if engine is None:
        body = credential_issuing.awarding_body(console)
        question = Question(given, clock.now(), recipient)
        report = credentials.with_own_keys(body, credentials.verify(data, question))
        return replace(report, cautions=credentials.cautions(report, body, ())), body
    if console.organisation is None:
        first = credential_issuing.first_body(console)
        return credentials.verify_among(engine, clock, first, data, recipient, given=given)
    body = credential_issuing.awarding_body(console)
    with db.reading(engine) as session:
        return credentials.verify_here(session, clock, body, data, recipient, given=given), body


def _own_records(console: Console) -> Engine | None:
    """Return the database of this installation; None where credentials are verified and not issued.

    Keys are what makes an installation an issuer. A database that cannot be read is said, for then
    nobody knows whether a credential of ours is still the newest.
    """
    keys, database = console.signing_keys, console.database_url
    if not credentials.holds_keys(keys) or not db.may_be_there(database):
        return None
    try:
        return console.engine
    except ExamError as error:
        typer.echo(f"Our own records were not asked: {error}.", err=True)
        return None


def _say(report: Report, body: AwardingBody, issuer: str | None) -> None:
    """Say the outcome to people: on standard error, so that a program can read the report."""
    found = findings.in_words(report, body)
    stamp = " This is a TEST." if found.test else ""
    typer.echo(f"{found.title}. {found.text}{stamp}", err=True)
    for caution in found.cautions:
        typer.echo(f"Careful: {caution}", err=True)
    if issuer not in (None, report.issuer):
        typer.echo(f"It was signed by {report.issuer or 'nobody we know'}, not {issuer}.", err=True)


@app.command("unbake")
def unbake(
    image: Annotated[Path, typer.Argument(help="A baked PNG or SVG.")],
    out: Annotated[Path | None, typer.Option(help="Write here instead of standard output.")] = None,
) -> None:
    """Take the credential out of a picture, byte for byte.

    Example: examengine credential unbake badge.png --out credential.json
    """
    credential = credentials.unbake(read(image))
    if out is None:
        sys.stdout.buffer.write(credential)
        sys.stdout.buffer.flush()
    else:
        with unwritable_as_fault(out):
            out.write_bytes(credential)


def as_json(report: Report, body: AwardingBody) -> dict[str, Any]:
    """Return a report as it is printed; `body` tells whether the signer is this installation."""
    return {
        "schema": "examengine/credential-report/1",
        "verdict": report.verdict.value,
        "credential_id": report.credential_id,
        "issuer": report.issuer,
        "signed_by": credentials.signed_by(report, body).value,
        "cautions": list(report.cautions),
        "says": _said(report.stated),
        "test": report.test,
        "steps": [
            {
                "step": step.name,
                "answer": step.answer.value,
                "reason": step.reason,
                "detail": step.detail,
                "decisive": step.decisive,
            }
            for step in report.steps
        ],
    }


def _said(stated: Statement | None) -> dict[str, Any] | None:
    """Return what a badge says of itself: who, what, for whom and when."""
    if stated is None:
        return None
    return {
        "issuer": stated.issuer,
        "issuer_name": stated.issuer_name,
        "achievement": stated.achievement,
        "achievement_name": stated.achievement_name,
        "holder": stated.holder,
        "awarded": None if stated.awarded is None else stated.awarded.isoformat(),
        "until": None if stated.until is None else stated.until.isoformat(),
    }


def read(path: Path) -> bytes:
    """Return the content of a file; one that cannot be read ends the command with status 2."""
    try:
        with path.open("rb") as file:
            return _limited(file.read(LARGEST + 1), path.name)
    except OSError as error:
        typer.echo(f"{path}: {error.strerror}; give a file that can be read", err=True)
        raise typer.Exit(UNUSABLE) from error


def _sent(file: str) -> bytes:
    if file == STDIN:
        return _limited(sys.stdin.buffer.read(LARGEST + 1), "standard input")
    return read(Path(file))


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST:
        typer.echo(f"{name}: larger than {LARGEST} bytes; no credential is", err=True)
        raise typer.Exit(UNUSABLE)
    return data
