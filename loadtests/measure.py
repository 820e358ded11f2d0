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
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tests.delivery.examples import PASSWORD, Candidate

from examengine import db
from loadtests import disk, exam, saves, server
from loadtests.server import ROOT, say

BARE_SECONDS = 4.0


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
            with _served(("--factory", "examengine.app:served"), environment, chosen) as process_id:
                if chosen.locust:
                    _run_locust(people, home, chosen)
                else:
                    saved = _run_saves(people, items, process_id, chosen)
            if not chosen.locust:
                with _served(("loadtests.bare:app",), environment, chosen):
                    _compare(saved, people, items, chosen)
        say(f"disk: {disk.synced_writes_per_second(home):,.0f} synced writes/s afterwards")


def _arguments() -> argparse.Namespace:
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


def _run_saves(
    people: Sequence[Candidate], items: Sequence[str], process_id: int, chosen: argparse.Namespace
) -> saves.Figures:
    before = _cpu_seconds(process_id)
    starts, saved = asyncio.run(
        saves.load(chosen.port, people, items, chosen.clients, chosen.seconds)
    )
    spent = _cpu_seconds(process_id) - before
    say(starts.line(f"{chosen.database}, {len(people)} starts at once"))
    say(saved.line(f"{chosen.database}, saves by {chosen.clients} clients"))
    each = 1000 * spent / (starts.done + saved.done)
    say(f"the server used {spent:.1f} s of CPU, {each:.2f} ms for each request")
    return saved


def _compare(
    saved: saves.Figures,
    people: Sequence[Candidate],
    items: Sequence[str],
    chosen: argparse.Namespace,
) -> None:
    """Put the same load on a bare application, which says how fast this machine is just now."""
    bare = asyncio.run(saves.saves(chosen.port, people[: chosen.clients], items, BARE_SECONDS))
    say(bare.line("a bare application, the same load"))
    say(f"saves are {100 * saved.rate / bare.rate:.0f} % of what it answers")


def _cpu_seconds(process_id: int) -> float:
    """Return the CPU time of a process and of its children so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended a moment ago
            continue
        if process_id in (int(stat.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _served(
    application: Sequence[str], environment: Mapping[str, str], chosen: argparse.Namespace
) -> AbstractContextManager[int]:
    """Serve an application by uvicorn, the bare one as the real one."""
    listening = ("--host", "127.0.0.1", "--port", str(chosen.port), "--no-access-log")
    workers = ("--workers", str(chosen.workers), "--log-level", "warning")
    command = ("-m", "uvicorn", *application, *listening, *workers)
    return server.running(command, environment, chosen.port)


def _run_locust(people: Sequence[Candidate], home: Path, chosen: argparse.Namespace) -> None:
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
