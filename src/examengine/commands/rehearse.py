"""`examengine rehearse`: the chain over real HTTP with simulated candidates, on its own server.

Nothing of the installation is touched: the rehearsal has a database, keys and a port of its own,
in a temporary folder that is gone afterwards.
"""

import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from examengine import assembly, bank, db
from examengine.accounts import PasswordHasher, system_actor
from examengine.commands.console import console_of
from examengine.kernel.clock import Clock
from examengine.kernel.tokens import new_token
from examengine.rehearsal.browser import Unexpected
from examengine.rehearsal.chain import RehearsalResult
from examengine.rehearsal.chain import rehearse as rehearse_chain
from examengine.rehearsal.programme import STAFF, Programme, ProgrammeComponents, set_up
from examengine.resources import data_folder

FAILED = 1
START_TIME = 120.0


def rehearse(
    context: typer.Context,
    candidates: Annotated[int, typer.Option(min=1, max=5000, help="How many sit.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated candidates.")] = 1,
) -> None:
    """Run the whole chain over HTTP with simulated candidates: sit, score, decide, issue, verify.

    Exit status 1: a page was not what its reader needs to go on, or some passed candidate's
    credential does not verify.

    Example: examengine rehearse --candidates 200
    """
    console, started = console_of(context), perf_counter()
    addresses = [f"candidate.{number:04d}@example.org" for number in range(1, candidates + 1)]
    passwords = {address: new_token() for address in (*(s[0] for s in STAFF), *addresses)}
    with tempfile.TemporaryDirectory(prefix="examengine-rehearsal-") as folder:
        state, port = Path(folder), _free_port()
        url, database = f"http://127.0.0.1:{port}", f"sqlite:///{state / 'rehearsal.db'}"
        programme, items = _set_up(console.clock, state, database, passwords, addresses)
        with _server(state, database, port, url):
            try:
                outcome = rehearse_chain(url, programme, passwords, items, seed, _say)
            except Unexpected as surprise:
                typer.echo(f"The rehearsal stopped: {surprise}", err=True)
                raise typer.Exit(FAILED) from surprise
    _report(outcome, perf_counter() - started)


def _set_up(
    clock: Clock, state: Path, database: str, passwords: dict[str, str], addresses: list[str]
) -> tuple[Programme, dict[str, bank.ItemVersion]]:
    engine = db.within(db.make_engine(database), db.FIRST_ORGANISATION)
    started = perf_counter()
    db.upgrade(engine)
    components = ProgrammeComponents(
        engine=engine,
        clock=clock,
        hasher=PasswordHasher(),
        actor=system_actor(),
        banks=data_folder("item_banks"),
        signing_keys=state / "keys",
    )
    programme = set_up(components, passwords, addresses, simulated=True)
    _say(f"programme set up in {perf_counter() - started:.1f} s")
    for name, digest in programme.digests.items():
        _say(f"  {name}: {digest}")
    with db.reading(engine) as session:
        forms = assembly.forms_of(session, programme.exam_id)
        refs = [item.ref for form in forms for item in form.items]
        items = {version.item_id: version for version in bank.item_versions(session, refs).values()}
    engine.dispose()
    return programme, items


@contextmanager
def _server(state: Path, database: str, port: int, url: str) -> Iterator[None]:
    """Serve in a process of its own, as an operator would, for as long as the block runs."""
    settings = {
        "EXAMENGINE_STATE": str(state),
        "EXAMENGINE_DATABASE_URL": database,
        "EXAMENGINE_PUBLIC_URL": url,
        "EXAMENGINE_PORT": str(port),
        "EXAMENGINE_WORKERS": "1",
    }
    command = [sys.executable, "-m", "examengine", "serve"]
    given = [f"{name}={value}" for name, value in settings.items()]
    process = subprocess.Popen(["/usr/bin/env", *given, *command])  # noqa: S603
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_TIME)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = perf_counter() + START_TIME
    while perf_counter() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    typer.echo("The server of the rehearsal did not start; its words are above.", err=True)
    raise typer.Exit(FAILED)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _report(outcome: RehearsalResult, seconds: float) -> None:
    _say(f"{outcome.passed} passed, {outcome.failed} did not, {outcome.held} held")
    _say(
        f"{outcome.issued} credentials issued, {outcome.verified} verified, {seconds:.0f} s in all"
    )
    if not outcome.verified == outcome.issued == outcome.passed:
        typer.echo("A credential is missing or does not verify.", err=True)
        raise typer.Exit(FAILED)


def _say(words: str) -> None:
    typer.echo(words)
