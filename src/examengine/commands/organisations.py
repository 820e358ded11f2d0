"""Commands about organisations: awarding bodies that share an installation and no records."""

import json
from pathlib import Path
from typing import Annotated

import typer

from examengine import accounts, credentials, db
from examengine.accounts import Organisation, OrganisationChange, OrganisationNameAlike
from examengine.commands.console import Console, console_of
from examengine.credentials import AwardingBody

app = typer.Typer(
    no_args_is_help=True, help="Organisations: awarding bodies that share this installation."
)


@app.callback()
def organisations() -> None:
    """Organisations: awarding bodies that share this installation and see nothing of each other."""


@app.command()
def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Stands in its addresses and its DID, for ever.")],
    name: Annotated[str, typer.Option(help="As credentials name it.")],
    language: Annotated[str, typer.Option(help="Of what it awards.")] = "en",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Vienna.")] = "UTC",
) -> None:
    """Add an organisation with a DID, keys, people and records of its own.

    Then give it a signing key and its first administrator, with --organisation CODE before the
    command.

    Example: examengine organisation add second --name "Second Board"
    """
    console = console_of(context)
    first_named = _first(console).name
    made = accounts.add_organisation(
        *(console.engine, console.clock, accounts.system_actor()),
        code=code,
        name=name,
        language=language,
        time_zone=time_zone,
    )
    typer.echo(json.dumps(_as_json(console, made), ensure_ascii=False))
    with db.reading(console.engine) as session:
        alike = accounts.organisation_called_alike(session, made.id, made.name or code, first_named)
    if alike is not None:
        typer.echo(f"Its name looks like “{alike}”, another organisation's here.", err=True)
    asks = f"examengine --organisation {code}"
    typer.echo(
        f"Next: {asks} credential key\n"
        f"and: {asks} person add ada@example.org --name … --role administrator",
        err=True,
    )


@app.command("set")
def set_(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Option(help="As pages and new credentials name it; empty for none.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Of what it awards, such as en, de or pt-BR.")
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Vienna.")] = None,
    logo: Annotated[
        Path | None,
        typer.Option(help="A PNG, JPEG or SVG file.", exists=True, dir_okay=False, readable=True),
    ] = None,
    *,
    without_logo: Annotated[bool, typer.Option(help="Take the logo away.")] = False,
    sure: Annotated[
        bool, typer.Option(help="The name is meant, though it looks like another one.")
    ] = False,
) -> None:
    """Set what an organisation says of itself; what is not named stays as it is.

    It is the first one unless another is named with --organisation CODE before the command. What
    was issued before keeps the name under which it was issued.

    Example: examengine organisation set --name "Data Board" --time-zone Europe/Vienna --logo d.svg
    """
    console = console_of(context)
    if logo is not None and without_logo:
        raise typer.BadParameter("give --logo or --without-logo, not both")
    change = OrganisationChange(
        name=name,
        language=language,
        time_zone=time_zone,
        logo=b"" if without_logo else None if logo is None else _read(logo),
    )
    try:
        with db.writing_late(console.engine) as session:
            changed = accounts.change_organisation(
                *(session, console.clock, console.actor, change),
                first_named=_first(console).name,
                sure=sure,
            )
    except OrganisationNameAlike as alike:
        raise typer.BadParameter(f"{alike}: add --sure") from alike
    typer.echo(json.dumps(_as_json(console, changed), ensure_ascii=False))


@app.command("list")
def list_(context: typer.Context) -> None:
    """List all organisations, the first one first: a line of JSON for each.

    Example: examengine organisation list
    """
    console = console_of(context)
    with db.reading(console.engine) as session:
        found = accounts.list_organisations(session)
    for one in found:
        typer.echo(json.dumps(_as_json(console, one), ensure_ascii=False))


@app.command()
def remove(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The code of the organisation.")],
) -> None:
    """Remove an organisation that holds no records, with its people and its signing keys.

    One with items, exams, attempts, results or credentials stays: somebody may have to answer for
    them. People who belong to another organisation, too, keep their account there.

    Example: examengine organisation remove second
    """
    console = console_of(context)
    removed = accounts.remove_organisation(
        console.engine, console.clock, accounts.system_actor(), code
    )
    credentials.delete_keys(_first(console).of(removed).keys)
    typer.echo(f"{removed.name or code} is removed.", err=True)


def _read(logo: Path) -> bytes:
    """Return a file, or as much of it as shows that it is too large."""
    with logo.open("rb") as file:
        return file.read(accounts.LARGEST_LOGO + 1)


def _as_json(console: Console, organisation: Organisation) -> dict[str, object]:
    body = _first(console).of(organisation)
    return {
        "code": organisation.code,
        "name": body.name,
        "did": body.did,
        "did_document": f"{console.public_url}{body.document_path}",
        "keys": str(body.keys),
        "language": organisation.language,
        "time_zone": organisation.time_zone,
        "logo": body.logo_url,
    }


def _first(console: Console) -> AwardingBody:
    return AwardingBody(console.public_url, console.signing_keys, console.awarding_body)
