"""Measures what saved answers wait while thousands of items come in, beside the same in quiet.

Candidates save once every two seconds, first in quiet, then while the worker that the server
brought along imports a QTI package of items, or checks one. The items go into the bank whose exam
is sat. It ends by itself, with everything that it started.

Examples:
    python -m loadtests.beside_import --database sqlite
    python -m loadtests.beside_import --database postgresql --what check --seconds 10
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

from sqlalchemy import Engine
from tests.delivery.examples import Candidate

from examengine import accounts, bank, db, jobs
from examengine.bank import FORMATS, Bank, ItemVersion, item_version
from examengine.jobs import Job, JobState
from examengine.web.security import csrf_token
from loadtests import exam, saves, server
from loadtests.attacks import form
from loadtests.server import ROOT, say

WORST_RATIO = 2.0
"""How many times the quiet run's p99 that beside the import may be."""
LONGEST_S = 60.0
"""What the import of three thousand items may take, asking included."""
PATIENCE_S = 180.0
BANK = "data-literacy"
_SOUNDS = ("ba", "do", "fi", "ke", "lu", "ma", "ne", "po", "ra", "si", "tu", "va", "wo", "zi")


def main() -> None:
    """Measure what the command line asks for; fail when an answer was refused or waited long."""
    chosen = _arguments()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="import", dir=chosen.folder) as folder:
        home = Path(folder)
        home.chmod(0o700)
        say(f"load average before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        with server.database(chosen.database, home) as url:
            engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
            db.upgrade(engine)
            people, items = exam.prepare(engine, chosen.candidates)
            author = exam.author_signed_in(engine)
            package = _package(engine, chosen.items)
            environment = server.environment(url, home, chosen.port)
            serve = ("-m", "examengine", "serve")
            with server.running(serve, environment, chosen.port, strangers_too=False):
                sending = _Sending(engine, chosen.port, author, package, chosen.what == "check")
                kept = _measured(people, items, sending, chosen)
            engine.dispose()
        say(f"load average after: {os.getloadavg()[0]:.1f}")
    sys.exit(0 if kept else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="loadtests.beside_import",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--what", choices=("import", "check"), default="import")
    parser.add_argument("--items", type=int, default=3_000)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two saves of one")
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--port", type=int, default=8768)
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="for the database")
    return parser.parse_args()


def _measured(
    people: Sequence[Candidate],
    items: Sequence[str],
    sending: "_Sending",
    chosen: argparse.Namespace,
) -> bool:
    quiet, beside = asyncio.run(
        saves.calm_then(chosen.port, people, items, chosen.seconds, chosen.every, sending.at_work)
    )
    what = f"{chosen.database}, {len(people)} candidates, a save every {chosen.every:g} s"
    say(quiet.line(f"{what}, in quiet"))
    say(beside.line(f"{what}, beside the {chosen.what} of {chosen.items:,} items"))
    say(f"the longest wait was {quiet.wait(1.0):.0f} ms in quiet, {beside.wait(1.0):.0f} ms beside")
    say(f"the {chosen.what} took {sending.took_s:.1f} s; at most {LONGEST_S:g} is asked for")
    ratio = beside.wait(0.99) / quiet.wait(0.99)
    say(f"p99 beside it is {ratio:.2f} times the quiet one; at most {WORST_RATIO:g} is asked for")
    undisturbed = ratio <= WORST_RATIO and not quiet.refused and not beside.refused
    return undisturbed and sending.took_s <= LONGEST_S


class _Sending:
    """The author who sends a package, and waits until a worker is through with it."""

    def __init__(
        self, engine: Engine, port: int, cookie: str, package: bytes, dry_run: bool
    ) -> None:
        self._engine, self._port, self._cookie = engine, port, cookie
        self._package, self._dry_run = package, dry_run
        self.took_s = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Send the package, and wait for what becomes of it when the block is through."""
        begun = time.monotonic()
        job_id = self._sent()
        yield
        while not (job := self._job(job_id)).state.over:
            if time.monotonic() - begun > PATIENCE_S:
                raise SystemExit(f"the job is not done after {PATIENCE_S:g} s: {job.progress}")
            time.sleep(0.2)
        if job.state is not JobState.DONE or job.ended_at is None:
            raise SystemExit(f"the job came to nothing: {job.failure}")
        with db.reading(self._engine) as session:
            report = bank.import_report(session, accounts.system_actor(), BANK, job_id)
        if not report.n_usable or not report.accepted:
            raise SystemExit(f"the items were refused: {report.faults[:3]} {report.items[:1]}")
        self.took_s = (job.ended_at - job.asked_at).total_seconds()

    def _job(self, job_id: UUID) -> Job:
        with db.reading(self._engine) as session:
            return jobs.find_job(session, accounts.system_actor(), job_id)

    def _sent(self) -> UUID:
        """Send the package as a browser would, and return the id of the job."""
        dry_run = "true" if self._dry_run else "false"
        content_type, body = form([("files", "items.zip", self._package)], [("dry_run", dry_run)])
        headers = {
            "cookie": f"examengine={self._cookie}",
            "x-csrf-token": csrf_token(self._cookie),
            "content-type": content_type,
        }
        address = f"http://127.0.0.1:{self._port}/bank/{BANK}/import"
        request = Request(address, body, headers)
        try:
            with build_opener(_StayHere).open(request, timeout=60) as answer:
                raise SystemExit(f"sending the items was answered {answer.status}")
        except HTTPError as answer:
            where = answer.headers.get("location", "")
            if answer.code != 303:
                raise SystemExit(f"sending the items was answered {answer.code}") from None
        return UUID(where.rsplit("/", 1)[1])


class _StayHere(HTTPRedirectHandler):
    """Follows no redirect: where it leads is what is asked for."""

    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


def _package(engine: Engine, n_items: int) -> bytes:
    """Return so many items as a package of QTI, small enough to be sent by a form."""
    with db.reading(engine) as session:
        into = bank.bank_of(session, BANK)
    written = FORMATS["qti"].write(into, [_item(into, number) for number in range(n_items)], {})
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            if name != "imsmanifest.xml":  # where our own items stand once more, as they are here
                archive.writestr(name, content)
    return packed.getvalue()


def _item(into: Bank, number: int) -> ItemVersion:
    """Return an item whose words no other has in this order."""
    draw = random.Random(number)

    def words(count: int) -> str:
        return " ".join("".join(draw.choices(_SOUNDS, k=draw.randint(1, 3))) for _ in range(count))

    example = bank.ITEM_TYPES["single_choice"].example
    options = [{**option, "text": words(4).capitalize()} for option in example["options"]]
    content = {
        **example,
        "schema": "examengine/item/1",
        "id": f"LT-{number:05}",
        "version": 1,
        "type": "single_choice",
        "area": into.areas[number % len(into.areas)].id,
        "level": into.levels[number % len(into.levels)].id,
        "seconds": 60,
        "enemies": [],
        "provenance": {"author": "a program", "written": "2026-11-30", "licence": "none"},
        "stem": f"{words(12).capitalize()}?",
        "options": options,
    }
    return item_version(BANK, content)


if __name__ == "__main__":
    main()
