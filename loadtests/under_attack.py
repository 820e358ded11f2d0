"""Measures what saved answers wait while strangers attack the server, beside the same in quiet.

Candidates save once every two seconds, first in quiet, then while `/verify`, the sign-in and the
import of item files are attacked. Who attacks takes of this machine's processors only what server
and clients leave, for they would be elsewhere; nothing else differs between the two runs. It ends
by itself, with everything that it started.

Examples:
    python -m loadtests.under_attack --database sqlite
    python -m loadtests.under_attack --database postgresql --seconds 30 --imports 1
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.delivery.examples import Candidate

from examengine import db
from examengine.kernel.processes import step_back
from loadtests import exam, saves, server
from loadtests.server import ROOT, say

WORST_RATIO = 2.0
"""How many times the quiet run's p99 the attacked one's may be."""
ATTACKED_LONGER_S = 4
"""The attack begins before the saves that are measured, and ends after them."""


def main() -> None:
    """Measure what the command line asks for; fail when an answer was refused or waited long."""
    chosen = _arguments()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="attack", dir=chosen.folder) as folder:
        home = Path(folder)
        home.chmod(0o700)
        say(f"load average before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        with server.database(chosen.database, home) as url:
            engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
            db.upgrade(engine)
            people, items = exam.prepare(engine, chosen.candidates)
            author = exam.author_signed_in(engine)
            engine.dispose()
            environment = server.environment(url, home, chosen.port)
            with server.running(("-m", "examengine", "serve"), environment, chosen.port):
                kept = _measured(people, items, author, chosen)
        say(f"load average after: {os.getloadavg()[0]:.1f}")
    sys.exit(0 if kept else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="loadtests.under_attack", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two saves of one")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--verify", type=float, default=20, help="documents in a second")
    parser.add_argument("--sign-ins", type=float, default=20, help="guesses in a second")
    parser.add_argument("--imports", type=float, default=0.2, help="1.8 MB each, in a second")
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="for the database")
    return parser.parse_args()


def _measured(
    people: Sequence[Candidate], items: Sequence[str], author: str, chosen: argparse.Namespace
) -> bool:
    asked = {
        "port": chosen.port,
        "seconds": chosen.seconds + ATTACKED_LONGER_S,
        "known": [person.email for person in people],
        "author": author,
        "rates": (chosen.verify, chosen.sign_ins, chosen.imports),
    }
    quiet, attacked = asyncio.run(
        saves.calm_then(
            chosen.port, people, items, chosen.seconds, chosen.every, lambda: _attacked(asked)
        )
    )
    what = f"{chosen.database}, {len(people)} candidates, a save every {chosen.every:g} s"
    say(quiet.line(f"{what}, in quiet"))
    say(attacked.line(f"{what}, attacked"))
    ratio = attacked.wait(0.99) / quiet.wait(0.99)
    say(f"p99 attacked is {ratio:.2f} times the quiet one; at most {WORST_RATIO:g} is asked for")
    return ratio <= WORST_RATIO and not quiet.refused and not attacked.refused


@contextmanager
def _attacked(asked: dict[str, object]) -> Iterator[None]:
    """Attack from a process of its own for as long as the block runs; say what came of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "loadtests.attacks"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=step_back,  # noqa: PLW1509  (no other thread runs here)
    )
    try:
        assert process.stdin is not None  # noqa: S101  (it was asked for)
        process.stdin.write(json.dumps(asked))
        process.stdin.close()
        process.stdin = None
        yield
        said, _ = process.communicate(timeout=60)
        for name, counted in json.loads(said).items():
            answered = ", ".join(f"{count} × {how}" for how, count in sorted(counted.items()))
            say(f"attack on {name}: {answered}")
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
