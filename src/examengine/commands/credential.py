"""Commands about credentials: keys, issue, verify, revoke, take out of a picture."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from numpy.random import default_rng

from examengine import credentials, db
from examengine.commands.console import Console, console_of
from examengine.commands.files import unwritable_as_fault
from examengine.credentials import AwardingBody, GivenDocuments, Question, Report, Verdict

app = typer.Typer(no_args_is_help=True, help="Credentials: issue, verify, revoke, unbake.")

NOT_VERIFIED = 1
UNUSABLE = 2
STDIN = "-"
LARGEST = 4 * 1024 * 1024


@app.command("key")
def key(
    context: typer.Context,
    development: Annotated[
        bool, typer.Option("--development", help="For trying out: all it signs is stamped TEST.")
    ] = False,
) -> None:
    """Make a new signing key; it signs from now on, and older keys stay published.

    Example: examengine credential key
    """
    console = console_of(context)
    key_id = credentials.create_key(
        console.signing_keys, console.clock.now(), development=development
    )
    typer.echo(json.dumps({"key_id": key_id, "development": development}))
    if development:
        typer.echo("This is a development key: everything it signs is stamped TEST.", err=True)


@app.command("issue")
def issue(
    context: typer.Context,
    administration_id: Annotated[UUID, typer.Argument(help="The administration.")],
    most: Annotated[int, typer.Option(min=1, help="Issue at most so many.")] = 100_000,
    together: Annotated[int, typer.Option(min=1, help="So many in one transaction.")] = 100,
) -> None:
    """Issue the credentials that an administration's decisions are due, each once.

    Prints one line of JSON for each. It can be stopped and started again.

    Example: examengine credential issue 0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b
    """
    console, left = console_of(context), most
    body = awarding_body(console)
    signer, rng = body.signer(), default_rng()
    if signer.development:
        typer.echo("Signing with a development key: everything is stamped TEST.", err=True)
    while left > 0:
        with db.writing(console.engine) as session:
            issued = credentials.issue_due(
                session,
                console.clock,
                signer,
                rng,
                console.actor,
                body,
                administration_id,
                most=min(left, together),
            )
        for credential in issued:
            typer.echo(
                json.dumps(
                    {
                        "credential_id": str(credential.id),
                        "version": credential.version,
                        "decision_id": str(credential.decision_id),
                        "digest": credential.digest,
                        "url": body.credential_url(credential.id),
                    }
                )
            )
        left -= len(issued)
        if len(issued) < together:
            return


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
) -> None:
    """Verify a credential offline, step by step: true, false, or could not tell.

    Nothing is fetched. What the credential only names is looked up in the files given; without
    them, signature and status of a did:web issuer could not be told. Exit status 1 unless all is
    true.

    Example: examengine credential verify badge.png --did-document did.json --status-list 1.json
    """
    console = console_of(context)
    given = [read(path) for path in (*(did_document or ()), *(status_list or ()))]
    documents = credentials.from_files(given) if given else GivenDocuments({})
    question = Question(documents, console.clock.now(), recipient)
    report = credentials.verify(_sent(file), question)
    typer.echo(json.dumps(as_json(report), indent=2, ensure_ascii=False))
    if report.verdict is not Verdict.VERIFIED:
        raise typer.Exit(NOT_VERIFIED)


@app.command("revoke")
def revoke(
    context: typer.Context,
    credential_id: Annotated[UUID, typer.Argument(help="The credential.")],
    reason: Annotated[str, typer.Option(help="Why; the holder can read it.")],
) -> None:
    """Revoke a credential for good; the published status list changes at once.

    Example: examengine credential revoke 0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b --reason "…"
    """
    console = console_of(context)
    with db.writing(console.engine) as session:
        ended = credentials.revoke(session, console.clock, console.actor, credential_id, reason)
    typer.echo(
        json.dumps(
            {
                "credential_id": str(ended.credential_id),
                "revoked_at": ended.at.isoformat(),
                "reason": ended.reason,
            },
            ensure_ascii=False,
        )
    )


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


def awarding_body(console: Console) -> AwardingBody:
    """Return the awarding body of this installation."""
    return AwardingBody(console.public_url, console.signing_keys, console.awarding_body)


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as it is printed."""
    return {
        "schema": "examengine/credential-report/1",
        "verdict": report.verdict.value,
        "credential_id": report.credential_id,
        "issuer": report.issuer,
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
