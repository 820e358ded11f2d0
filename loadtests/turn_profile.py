"""Says where the time of a turn goes, from the request to the next question, beside what it costs.

Candidates go from question to question as in `loadtests.measure`, while py-spy looks five hundred
times a second what each thread of the server is doing that is not waiting. A second run of the same
load, against an application that does nothing but read what was sent, says what is the server's
machinery alone.

Examples:
    python -m loadtests.turn_profile --clients 16 --seconds 10
    python -m loadtests.turn_profile --database postgresql --clients 1
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.delivery.examples import Candidate

from examengine import db
from loadtests import cpu, exam, saves, server
from loadtests.http_client import Browser
from loadtests.server import ROOT, say

OURS, BARE = ("--factory", "examengine.app:served"), ("loadtests.bare:app",)
LOOKS_A_SECOND = 500
PLACES: Sequence[tuple[str, Sequence[str]]] = (
    ("writer: who asks, and where the attempt stands", ("__init__ (examengine/delivery/batch.py",)),
    ("writer: decided by the rules", ("take (examengine/delivery/batch.py",)),
    ("writer: rows written", ("write (examengine/delivery/batch.py",)),
    ("writer: transaction begun and committed", ("_commit (examengine/delivery/writer.py",)),
    ("writer: answers handed back, waiting taken", ("_run (examengine/delivery/writer.py",)),
    ("page: the question brought along", ("_question (examengine/web/turns.py",)),
    ("page: the rest of the turn", ("turned (examengine/web/turns.py",)),
    ("page: token, body and shape checked", ("_taken (examengine/web/attempt_saves.py",)),
    ("page: answer encoded and sent", ("__call__ (examengine/web/attempt_saves.py",)),
    ("layers around it", ("examengine/web/",)),
    ("server: connections, heads and bodies", ("uvicorn/", "asyncio/", "uvloop")),
)
"""What a look is counted as: the first place that stands anywhere in what was being called."""
WAITING = ("Condition.wait (", "everything_that_waits (")
"""Where a thread that is looked at does nothing; not every machine tells so itself."""

_Chosen = argparse.Namespace


def main() -> None:
    """Profile what the command line asks for."""
    chosen = _arguments()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="profile", dir=chosen.folder) as folder:
        home = Path(folder)
        with server.database(chosen.database, home) as url:
            engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
            db.upgrade(engine)
            people, items = exam.prepare(engine, chosen.clients)
            engine.dispose()
            environment = server.environment(url, home, chosen.port)
            with server.served(OURS, environment, chosen.port) as process_id:
                looks = asyncio.run(_profiled(people, items, process_id, home, chosen))
            with server.served(BARE, environment, chosen.port) as process_id:
                asyncio.run(_bare(people, items, process_id, chosen))
    _print(looks)


def _arguments() -> _Chosen:
    parser = argparse.ArgumentParser(prog="loadtests.turn_profile", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--port", type=int, default=8767)
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="on the disk to measure")
    return parser.parse_args()


async def _profiled(
    people: Sequence[Candidate],
    items: Sequence[str],
    process_id: int,
    home: Path,
    chosen: _Chosen,
) -> Counter[str]:
    """Let candidates go on twice: once to say what it costs, once looked at."""
    async with saves.connected(chosen.port, people) as browsers:
        await saves.starts(browsers)
        turning = _going_on(browsers, items, chosen)
        await _costed(f"{chosen.database}, save + next", process_id, turning)
        with _looked_at(process_id, home / "looks", chosen.seconds):
            await _going_on(browsers, items, chosen)
    return _counted((home / "looks").read_text().splitlines())


async def _bare(
    people: Sequence[Candidate], items: Sequence[str], process_id: int, chosen: _Chosen
) -> None:
    saving = saves.saves(chosen.port, people, items, chosen.seconds)
    await _costed("a bare application, saves", process_id, saving)


async def _costed(
    what: str, process_id: int, going_on: Coroutine[None, None, saves.Figures]
) -> None:
    """Await one phase; say what the server used for each."""
    before = cpu.seconds([process_id])
    figures = await going_on
    spent = 1000 * (cpu.seconds([process_id]) - before) / max(1, figures.done)
    say(f"{figures.line(what)}, {spent:.2f} ms of CPU each")


async def _going_on(
    browsers: Sequence[Browser], items: Sequence[str], chosen: _Chosen
) -> saves.Figures:
    return await saves.again_and_again(browsers, lambda one: one.turn(items), chosen.seconds)


@contextmanager
def _looked_at(process_id: int, into: Path, seconds: float) -> Iterator[None]:
    """Look at a process for so long, from another one that ends by itself."""
    command = ("record", "--format", "raw", "--full-filenames", "--rate", str(LOOKS_A_SECOND))
    asked = ("--duration", str(round(seconds)), "--output", str(into), "--pid", str(process_id))
    looking = subprocess.Popen(  # noqa: S603  (installed with us)
        [str(Path(sys.executable).with_name("py-spy")), *command, *asked],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    looking.wait(seconds + 60)


def _counted(lines: Sequence[str]) -> Counter[str]:
    """Return how many looks found each place; a line is the calls, outermost first, and a count."""
    found: Counter[str] = Counter()
    for line in lines:
        calls, _, count = line.rpartition(" ")
        if not any(sign in calls.rpartition(";")[2] for sign in WAITING):
            found[_place(calls)] += int(count)
    return found


def _place(calls: str) -> str:
    for name, signs in PLACES:
        if any(sign in _short(calls) for sign in signs):
            return name
    return "everything else"


def _short(calls: str) -> str:
    """Return calls with the files of ours and of others named from their package on."""
    return calls.replace(f"{ROOT}/src/", "")


def _print(looks: Mapping[str, int]) -> None:
    total = sum(looks.values())
    say(f"where it was in {total} looks:")
    for name, count in sorted(looks.items(), key=lambda one: -one[1]):
        say(f"{100 * count / total:5.1f} %  {name}")


if __name__ == "__main__":
    main()
