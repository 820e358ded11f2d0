"""`examengine demo`: an empty machine to a running exam, and the same exam at the next start."""

import json
import secrets
from pathlib import Path

import typer
from sqlalchemy import Engine

from examengine import accounts, db
from examengine.accounts import PasswordHasher
from examengine.commands import operator
from examengine.commands.console import Console, console_of
from examengine.rehearsal.programme import STAFF, Parts, set_up
from examengine.resources import data_folder

CANDIDATES = tuple(
    f"{name}@example.org"
    for name in ("ada.lovell", "bao.nguyen", "chidi.okoro", "dana.levin", "elif.demir")
)


def demo(
    context: typer.Context,
    serve: bool = typer.Option(True, help="Serve when everything is set up."),
) -> None:
    """Set up the sample programme, unless it is there already, print how to sign in, and serve.

    Example: examengine demo
    """
    console = console_of(context)
    engine = db.make_engine(console.database_url)
    db.upgrade(engine)
    sign_ins = console.state / "demo-sign-ins.json"
    if _is_empty(engine):
        typer.echo("Setting up the sample programme: bank, forms, pilot, calibration …", err=True)
        passwords = {address: _password() for address in (*(s[0] for s in STAFF), *CANDIDATES)}
        _write_privately(sign_ins, json.dumps(passwords, indent=2) + "\n")
        set_up(_parts(console, engine, console.hasher), passwords, CANDIDATES)
    engine.dispose()
    _introduce(console, sign_ins)
    if serve:
        operator.serve(context)


def _is_empty(engine: Engine) -> bool:
    with db.reading(engine) as session:
        return not accounts.list_people(session, accounts.system_actor())


def _parts(console: Console, engine: Engine, hasher: PasswordHasher) -> Parts:
    return Parts(
        engine=engine,
        clock=console.clock,
        hasher=hasher,
        actor=console.actor,
        banks=data_folder("item_banks"),
        signing_keys=console.signing_keys,
    )


def _password() -> str:
    """Return 48 random bits that a person can type."""
    digits = secrets.token_hex(6)
    return "-".join(digits[i : i + 4] for i in (0, 4, 8))


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
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
