"""Commands of the awarding body: its keys; issuing, revoking and replacing credentials."""

import json
from itertools import chain
from typing import Annotated
from uuid import UUID

import typer
from numpy.random import default_rng

from examengine import credentials, db
from examengine.commands.console import Console, console_of
from examengine.credentials import AwardingBody
from examengine.four_eyes import Proposal

LISTED = 100


def key(
    context: typer.Context,
    development: Annotated[
        bool, typer.Option("--development", help="For trying out: all it signs is stamped TEST.")
    ] = False,
    retire: Annotated[
        str | None, typer.Option(metavar="KEY", help="This key signs no more; its badges hold.")
    ] = None,
    revoke: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="This key was stolen: sign again what it signed."),
    ] = None,
) -> None:
    """Make a new signing key; it signs from now on, and older keys stay published.

    A key that is retired signs no more, and what it signed goes on being verified. A key that was
    stolen is revoked: it is no longer believed, and each credential in force that it signed is
    signed again with the newest key. Nobody else's copies change: tell the holders to download
    theirs again. Stopped in the middle, it can be run again.

    Example: examengine credential key
    """
    console = console_of(context)
    if (retire is not None) + (revoke is not None) + development > 1:
        raise typer.BadParameter("make, retire or revoke a key: one at a time")
    if retire is not None:
        credentials.retire_key(awarding_body(console).keys, retire, console.clock.now())
        typer.echo(json.dumps({"key_id": retire, "retired": True}))
    elif revoke is not None:
        _revoke_key(console, revoke)
    else:
        _make_key(console, development=development)


def _make_key(console: Console, *, development: bool) -> None:
    body = awarding_body(console)
    if not development:
        body.check_fit_for_production()
    key_id = credentials.create_key(body.keys, console.clock.now(), development=development)
    typer.echo(json.dumps({"key_id": key_id, "development": development}))
    if development:
        typer.echo("This is a development key: everything it signs is stamped TEST.", err=True)


def _revoke_key(console: Console, key_id: str) -> None:
    body = awarding_body(console)
    credentials.revoke_key(body.keys, key_id, console.clock.now())
    signer, count = body.signer(), 0
    for page in credentials.resign(console.engine, console.clock, signer, console.actor, key_id):
        count += len(page)
        for credential in page:
            typer.echo(
                json.dumps({"credential_id": str(credential.id), "version": credential.version})
            )
    typer.echo(
        f"{key_id} is revoked; {count} credentials were signed again with {signer.key_id}. "
        "Copies that holders have already are no longer valid: ask them to download theirs again.",
        err=True,
    )


def issue(
    context: typer.Context,
    administration_id: Annotated[UUID, typer.Argument(help="The administration.")],
    most: Annotated[int, typer.Option(min=1, help="Issue at most so many.")] = 100_000,
    together: Annotated[int, typer.Option(min=1, max=500, help="So many in one transaction.")] = 50,
) -> None:
    """Issue the credentials that an administration's decisions are due, each once.

    Prints one line of JSON for each. It can be stopped and started again.

    Example: examengine credential issue 0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b
    """
    console = console_of(context)
    body = named_awarding_body(console)
    body.check_address()
    signer = body.signer()
    if signer.development:
        typer.echo("Signing with a development key: everything is stamped TEST.", err=True)
    pages = credentials.issue_due(
        console.engine,
        console.clock,
        signer,
        default_rng(),
        console.actor,
        body,
        administration_id,
        most=most,
        together=together,
    )
    for credential in chain.from_iterable(pages):
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


def revoke(
    context: typer.Context,
    credential_ids: Annotated[
        list[UUID] | None, typer.Argument(help="The credentials, one or several.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the holder can read it.")] = "",
    overturned: Annotated[
        UUID | None,
        typer.Option(
            metavar="ADMINISTRATION",
            help="All of an administration whose decision is no longer in force.",
        ),
    ] = None,
    confirm: Annotated[
        int | None, typer.Option(help="How many that must be; without it they are only listed.")
    ] = None,
) -> None:
    """Revoke credentials for good; the published status list changes at once.

    Several are revoked together or, where one of them cannot be, not at all. With --overturned
    and without --confirm nothing is revoked: they are listed, with how many there are. Where two
    people are needed, this is a proposal: an awarding officer confirms it under Awards, Two people.

    Example: examengine credential revoke 0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b --reason "…"
    """
    console = console_of(context)
    if bool(credential_ids) == (overturned is not None):
        raise typer.BadParameter("name credentials, or --overturned with an administration")
    if overturned is not None and confirm is None:
        _list_overturned(console, overturned)
        return
    with db.writing(console.engine) as session:
        asked = (session, console.clock, console.actor)
        ended = (
            credentials.revoke_several(*asked, credential_ids or [], reason)
            if overturned is None
            else credentials.revoke_overturned(*asked, overturned, reason, seen=confirm or 0)
        )
    if isinstance(ended, Proposal):
        typer.echo(json.dumps({"proposal": str(ended.id), "waits_for": "a second person"}))
        return
    for one in ended:
        typer.echo(
            json.dumps(
                {
                    "credential_id": str(one.credential_id),
                    "revoked_at": one.at.isoformat(),
                    "reason": one.reason,
                },
                ensure_ascii=False,
            )
        )


def replace(
    context: typer.Context,
    credential_id: Annotated[UUID, typer.Argument(help="The credential that was revoked.")],
    reason: Annotated[str, typer.Option(help="Why the revocation was a mistake.")],
) -> None:
    """Let a new credential follow one that was revoked by mistake; issue it with `issue`.

    The revoked one stays revoked. The new one has an identity of its own.

    Example: examengine credential replace 0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b --reason "…"
    """
    console = console_of(context)
    with db.writing(console.engine) as session:
        allowed = credentials.allow_replacement(
            session, console.clock, console.actor, credential_id, reason
        )
    typer.echo(
        json.dumps({"credential_id": str(allowed.credential_id), "replacement_allowed": True})
    )


def _list_overturned(console: Console, administration_id: UUID) -> None:
    with db.reading(console.engine) as session:
        found, count = credentials.overturned(
            session, console.actor, administration_id, limit=LISTED
        )
        for credential in found:
            standing = credentials.status_of(session, credential)
            typer.echo(
                json.dumps({"credential_id": str(credential.id), "standing": standing.force.value})
            )
    typer.echo(
        f"{count} credentials state a decision that is no longer in force. To revoke them all, "
        f"add: --confirm {count} --reason …",
        err=True,
    )


def awarding_body(console: Console) -> AwardingBody:
    """Return the awarding body for which a command is typed: its keys and its addresses.

    Those of the first one need no database.

    Raises:
        OrganisationUnknown: There is no organisation of that code.
    """
    if console.organisation is None:
        return first_body(console)
    return named_awarding_body(console)


def named_awarding_body(console: Console) -> AwardingBody:
    """Return the awarding body for which a command is typed, with what it says of itself.

    Raises:
        OrganisationUnknown: There is no organisation of that code.
    """
    with db.reading(console.engine) as session:
        asked = db.organisation_on(console.engine)
        return credentials.awarding_body_of(session, first_body(console), asked)


def first_body(console: Console) -> AwardingBody:
    """Return the first awarding body, as the settings have it."""
    return AwardingBody(console.public_url, console.signing_keys, console.awarding_body)
