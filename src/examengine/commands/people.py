"""Commands about people: add somebody, list everybody."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from examengine import accounts, db
from examengine.accounts import Person, Role
from examengine.commands.console import console_of

app = typer.Typer(no_args_is_help=True, help="People: add somebody with roles, list everybody.")

_FIRST_PASSWORD_BYTES = 12


@app.callback()
def people() -> None:
    """People: add somebody with roles, list everybody."""


@app.command()
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The address with which they sign in.")],
    name: Annotated[str, typer.Option(help="As pages and credentials show it.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; may be given again.")],
    password_file: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A file that holds the first password; else one is made and printed once.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add somebody; they choose a password of their own when they first sign in.

    Example: examengine person add ada@example.org --name "Ada Example" --role administrator
    """
    console = console_of(context)
    password = (
        secrets.token_urlsafe(_FIRST_PASSWORD_BYTES)
        if password_file is None
        else password_file.read_text("utf-8").strip("\r\n")
    )
    with db.writing_late(console.engine) as session:
        person = accounts.add_person(
            *(session, console.clock, console.hasher, console.actor),
            email=email,
            name=name,
            password=password,
            roles=role,
            password_due=True,
        )
    told = {**_as_json(person)}
    if password_file is None:
        told["first_password"] = password
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo(f"{person.name} <{person.email}> is {_roles(person)}.", err=True)
    if password_file is None:
        typer.echo("The first password, to be changed at the first sign-in:", err=True)
        typer.echo(password)


@app.command("list")
def list_(
    context: typer.Context,
    role: Annotated[Role | None, typer.Option(help="Only who plays this part.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List everybody, by name: address, name, roles, whether the account is open.

    Example: examengine person list --role administrator
    """
    console = console_of(context)
    with db.reading(console.engine) as session:
        everybody = accounts.list_people(session, console.actor)
    found = [person for person in everybody if role is None or role in person.roles]
    if as_json:
        typer.echo(json.dumps([_as_json(person) for person in found]))
        return
    for person in found:
        state = "open" if person.active else "closed"
        typer.echo("\t".join((person.email, person.name, _roles(person) or "-", state)))


def _roles(person: Person) -> str:
    return ", ".join(sorted(role.value for role in person.roles))


def _as_json(person: Person) -> dict[str, object]:
    return {
        "id": str(person.id),
        "email": person.email,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "active": person.active,
    }
