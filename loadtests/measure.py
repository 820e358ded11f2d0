"""Starts a server on a database of its own, loads it, prints the figures and ends.

Examples:
    python -m loadtests.measure --database sqlite
    python -m loadtests.measure --database postgresql --workers 2
    python -m loadtests.measure --database sqlite --locust --candidates 100
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from functools import partial
from itertools import product
from pathlib import Path

from tests.delivery.examples import PASSWORD, Candidate

from examengine import db
from loadtests import cpu, disk, exam, saves, server
from loadtests.http_client import Browser
from loadtests.server import ROOT, say

BARE_SECONDS = 4.0
GOING_ON = (1, 4, 16, 64)
"""How many go from question to question at once."""

_Chosen = argparse.Namespace


def main() -> None:
    """Measure what the command line asks for."""
    chosen = _arguments()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="load", dir=chosen.folder) as folder:
        home = Path(folder)
        load = os.getloadavg()[0]
        rate = disk.synced_writes_per_second(home)
        say(f"disk: {rate:,.0f} synced writes/s; load average before: {load:.1f}")
        with server.database(chosen.database, home) as url:
            engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
            db.upgrade(engine)
            people, items = exam.prepare(engine, chosen.candidates)
            engine.dispose()
            environment = server.environment(url, home, chosen.port, chosen.workers)
            ours = ("--factory", "examengine.app:served")
            workers = chosen.workers
            with server.served(ours, environment, chosen.port, workers) as process_id:
                if chosen.locust:
                    _run_locust(people, home, chosen)
                else:
                    measured = [process_id, *cpu.database_process(url)]
                    saved = _run_phases(people, items, measured, chosen)
            if not chosen.locust:
                with server.served(("loadtests.bare:app",), environment, chosen.port, workers):
                    _compare(saved, people, items, chosen)
        say(f"disk: {disk.synced_writes_per_second(home):,.0f} synced writes/s afterwards")


def _arguments() -> _Chosen:
    parser = argparse.ArgumentParser(prog="loadtests.measure", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--candidates", type=int, default=300, help="who start at once")
    parser.add_argument("--clients", type=int, default=200, help="who save in a closed loop")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="on the disk to measure")
    parser.add_argument("--locust", action="store_true", help="whole exams, by locust")
    return parser.parse_args()


def _run_phases(
    people: Sequence[Candidate], items: Sequence[str], measured: Sequence[int], chosen: _Chosen
) -> saves.Figures:
    """Let candidates start, save, go on, and hand in; return the figures of the saves."""
    return asyncio.run(_phases(people, items, measured, chosen))


async def _phases(
    people: Sequence[Candidate], items: Sequence[str], measured: Sequence[int], chosen: _Chosen
) -> saves.Figures:
    name = chosen.database
    async with saves.connected(chosen.port, people) as browsers:
        phase = partial(_phase, browsers, measured)
        await phase(f"{name}, {len(people)} starts at once", saves.starts(browsers))

        saving = saves.again_and_again(
            browsers[: chosen.clients], lambda one: one.save(items), chosen.seconds
        )
        saved = await phase(f"{name}, saves by {chosen.clients} clients", saving)
        ways: dict[str, saves.Act] = {
            "save + next in one request": lambda one: one.turn(items),
            "save, then load the page": lambda one: one.save_and_load(items),
        }
        for (way, act), clients in product(ways.items(), GOING_ON):
            going_on = saves.again_and_again(browsers[:clients], act, chosen.seconds / 2)
            await phase(f"{name}, {way}, {clients} clients", going_on)
        await phase(f"{name}, {len(people)} hand in at once", saves.submits(browsers))
    return saved


async def _phase(
    browsers: Sequence[Browser],
    measured: Sequence[int],
    what: str,
    going_on: Coroutine[None, None, saves.Figures],
) -> saves.Figures:
    """Await one phase; say what it took, and what the server used for each."""
    before, received = cpu.seconds(measured), sum(one.received for one in browsers)
    figures = await going_on
    spent = 1000 * (cpu.seconds(measured) - before) / max(1, figures.done)
    size = (sum(one.received for one in browsers) - received) / max(1, figures.done)
    say(f"{figures.line(what)}, {spent:.2f} ms of CPU and {size:,.0f} bytes each")
    return figures


def _compare(
    saved: saves.Figures,
    people: Sequence[Candidate],
    items: Sequence[str],
    chosen: _Chosen,
) -> None:
    """Put the same load on a bare application, which says how fast this machine is just now."""
    bare = asyncio.run(saves.saves(chosen.port, people[: chosen.clients], items, BARE_SECONDS))
    say(bare.line("a bare application, the same load"))
    say(f"saves are {100 * saved.rate / bare.rate:.0f} % of what it answers")


def _run_locust(people: Sequence[Candidate], home: Path, chosen: _Chosen) -> None:
    sign_ins = home / "sign-ins.json"
    sign_ins.write_text(json.dumps([[person.email, PASSWORD] for person in people]))
    subprocess.run(  # noqa: S603  (our own locustfile)
        [
            *(sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless"),
            *("--users", str(len(people)), "--spawn-rate", str(len(people))),
            *("--run-time", f"{int(chosen.seconds) + 120}s", "--stop-timeout", "30"),
            *("--host", f"http://127.0.0.1:{chosen.port}", "--only-summary"),
        ],
        cwd=ROOT,
        env={**os.environ, "SIGN_INS": str(sign_ins), "SECONDS": str(chosen.seconds)},
        check=False,
    )


if __name__ == "__main__":
    main()
