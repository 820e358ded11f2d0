"""`examengine demo`: an empty machine to a running exam, and the same exam at the next start."""

import json
import secrets
from pathlib import Path

import typer
from sqlalchemy import Engine

from examengine import accounts, credentials, db, four_eyes
from examengine.accounts import Organisation
from examengine.commands import operator
from examengine.commands.console import Console, console_of
from examengine.credentials import AwardingBody
from examengine.rehearsal.programme import (
    STAFF,
    ProgrammeComponents,
    let_one_officer_be_enough,
    set_up,
)
from examengine.resources import data_folder

CODE = "demo"
NAME = "Demonstration Board"
CANDIDATES = tuple(
    f"{name}@example.org"
    for name in ("ada.lovell", "bao.nguyen", "chidi.okoro", "dana.levin", "elif.demir")
)


def demo(
    context: typer.Context,
    serve: bool = typer.Option(True, help="Serve when everything is set up."),
    remove: bool = typer.Option(False, "--remove", help="Remove it with all that it holds."),
) -> None:
    """Set up the sample programme, unless it is there already, print how to sign in, and serve.

    It lies in an organisation of its own, beside the first one, which stays empty; --remove deletes
    it with its people, its records and its keys, and leaves nothing.

    Example: examengine demo
    """
    console = console_of(context)
    operator.upgrade_schema(console.database_url)
    sign_ins = console.state / "demo-sign-ins.json"
    engine = db.make_engine(console.database_url)
    try:
        found = _demonstration(engine)
        if remove:
            _remove(console, engine, found, sign_ins)
            return
        _have_it(console, engine, found, sign_ins)
    finally:
        engine.dispose()
    _introduce(console, sign_ins)
    if serve:
        operator.serve(context)


def _have_it(console: Console, engine: Engine, found: Organisation | None, sign_ins: Path) -> None:
    """Set the programme up, unless it is there."""
    if found is None and _is_empty(engine):
        typer.echo("Setting up the sample programme: bank, forms, pilot, calibration …", err=True)
        passwords = {address: _password() for address in (*(s[0] for s in STAFF), *CANDIDATES)}
        _write_privately(sign_ins, json.dumps(passwords, indent=2) + "\n")
        components = _components(console, engine)
        try:
            set_up(components, passwords, CANDIDATES)
        except BaseException:  # half of it would be taken for all of it at the next start
            _remove(console, engine, _demonstration(engine), sign_ins)
            raise
    elif sign_ins.exists():
        there = db.FIRST_ORGANISATION if found is None else found.id
        _keep_one_officer_enough(console, db.within(engine, there))


def _demonstration(engine: Engine) -> Organisation | None:
    """Return the organisation of the demonstration; those of before lie in the first one."""
    with db.reading(engine) as session:
        found = accounts.list_organisations(session)
    return next((one for one in found if one.demonstration), None)


def _remove(console: Console, engine: Engine, found: Organisation | None, sign_ins: Path) -> None:
    """Remove the demonstration: rows, keys, and the file of its passwords.

    Raises:
        OrganisationUnknown: There is none.
    """
    if found is None:
        raise accounts.OrganisationUnknown(
            "there is no demonstration with an organisation of its own in this database"
        )
    accounts.remove_organisation(engine, console.clock, accounts.system_actor(), found.code)
    credentials.delete_keys(_first(console).of(found).keys)
    sign_ins.unlink(missing_ok=True)
    typer.echo("The demonstration is removed.", err=True)


def _is_empty(engine: Engine) -> bool:
    with db.reading(db.within(engine, db.FIRST_ORGANISATION)) as session:
        return not accounts.list_people(session, accounts.system_actor())


def _keep_one_officer_enough(console: Console, engine: Engine) -> None:
    """Say so in a demonstration of before there were two people; a later decision stands."""
    with db.writing(engine) as session:
        actor = accounts.system_actor(db.organisation_on(engine))
        if four_eyes.switched(session, actor) is None:
            let_one_officer_be_enough(session, console.clock, actor)


def _components(console: Console, engine: Engine) -> ProgrammeComponents:
    """Return what the programme is set up with: an organisation that was made for it."""
    made = accounts.add_organisation(
        *(engine, console.clock, accounts.system_actor()),
        code=CODE,
        name=NAME,
        demonstration=True,
    )
    return ProgrammeComponents(
        engine=db.within(engine, made.id),
        clock=console.clock,
        hasher=console.hasher,
        actor=accounts.system_actor(made.id),
        banks=data_folder("item_banks"),
        signing_keys=_first(console).of(made).keys,
    )


def _first(console: Console) -> AwardingBody:
    return AwardingBody(console.public_url, console.signing_keys, console.awarding_body)


def _password() -> str:
    """Return 48 random bits that a person can type; now and then they look like a date."""
    while True:
        digits = secrets.token_hex(6)
        try:
            return accounts.checked_password("-".join(digits[i : i + 4] for i in (0, 4, 8)), of=())
        except accounts.PasswordGuessable:
            continue


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _introduce(console: Console, sign_ins: Path) -> None:
    typer.echo(f"\n  {console.public_url}\n")
    if not sign_ins.exists():
        typer.echo("  This database was not set up by the demonstration; sign in as you know.\n")
        return
    roles = {address: str(role).replace("_", " ") for address, _, role in STAFF}
    for address, password in json.loads(sign_ins.read_text(encoding="utf-8")).items():
        typer.echo(f"  {roles.get(address, 'candidate'):<18} {address:<30} {password}")
    typer.echo(
        "\n  1. Sign in as a candidate and sit the exam.\n"
        "  2. As the awarding officer: adopt the cut score (Awards, Cut scores), then score,\n"
        "     decide and issue (Awards, Results).\n"
        "  3. As the candidate: open the credential; anybody can verify it.\n"
        "\n  The pilot and the judges are simulated and say so; credentials are stamped TEST.\n"
    )
