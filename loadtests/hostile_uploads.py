"""Sends thousands of damaged files to every place that takes files; none may find a defect.

In process, over ASGI: nothing listens. To `/verify` each file comes from an address of its own,
for what one address may send is limited. Files that commands take, such as responses, are given to
what reads them: it may refuse them, in sentences, and nothing else.

Example:
    python -m loadtests.hostile_uploads --count 10000
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from anyio import to_thread
from sqlalchemy import Engine
from starlette.types import Message
from tests.clock import SetClock
from tests.credentials.issuing import as_bytes, new_board
from tests.credentials.tokens import token_of
from tests.delivery.examples import PASSWORD, QUICK
from tests.importing.small_administration import write_small_administration
from tests.standard_setting.exams import make_setting, set_up

from examengine import accounts, bank, db, jobs, standard_setting, worker
from examengine.accounts import Actor, Role
from examengine.app import Application, create_app
from examengine.credentials import bake, draw_seal
from examengine.db import FIRST_ORGANISATION
from examengine.importing import read_administration
from examengine.jobs.embedded import begin_next
from examengine.kernel.errors import ExamError
from examengine.psychometrics.item_keys import read_keys
from examengine.psychometrics.parameters import ItemParameters, ParameterSet, read_parameters
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.response_files import read_responses
from examengine.settings import Settings
from examengine.web.security import csrf_token
from loadtests.attacks import DOCUMENTS, Body, form
from loadtests.exam import SAMPLE
from loadtests.server import say

NASTY = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"'", b'"', b"<", b"&a;", b"[" * 50, b"{" * 50,
    b"&x [*x]", b"!!python/object:os.system", b"1e999", b"-" * 40, b"null", b"\xed\xa0\x80",
    b"\\ud800", b": ", b"\n  - ", b"9" * 400, b"\t", b"\r", b"$\\frac{" * 20, b"=1+1", b";;;",
    b"<use href='#a'/>", b"<![CDATA[", b"]]>", b"99999999999999999999", b".nan", b"2026-99-99",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where files are sent, as whom, and sound ones to begin with."""

    name: str
    path: str
    field: str
    cookie: str
    sound: Sequence[tuple[str, bytes]]
    fields: tuple[tuple[str, str], ...] = ()
    by_a_job: bool = False
    """Whether a worker reads the files, and not the server that takes them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a file that a command is given, and sound ones to begin with."""

    name: str
    read: Callable[[str, bytes], object]
    sound: Sequence[tuple[str, bytes]]


def main() -> None:
    """Send what the command line asks for; fail when one file found a defect."""
    parser = argparse.ArgumentParser(prog="loadtests.hostile_uploads", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/uploads.db"
        engine, clock = db.within(db.make_engine(url), db.FIRST_ORGANISATION), SetClock()
        db.upgrade(engine)
        settings = Settings(url, Path(folder), "http://127.0.0.1", "127.0.0.1", 8000, 1)
        places = _places(engine, clock)
        app = create_app(settings, clock, QUICK)
        begun = time.perf_counter()
        counted, defects = asyncio.run(_send(app, places, chosen.count, chosen.seed))
        seconds = time.perf_counter() - begun
    for name, answers in counted.items():
        statuses = ", ".join(f"{n:,} × {status}" for status, n in sorted(answers.items()))
        say(f"{name}: {statuses}")
    for defect in defects[:20]:
        say(f"DEFECT {defect}")
    say(f"{chosen.count:,} files in {seconds:.0f} s, {len(defects)} defects, seed {chosen.seed}")
    sys.exit(1 if defects else 0)


async def _send(
    app: Application, places: Sequence[Place], count: int, seed: int
) -> tuple[Mapping[str, Counter[int]], list[str]]:
    counted = {place.name: Counter[int]() for place in places}
    defects: list[str] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        for number in range(count):
            draw = random.Random(f"{seed} {number}")
            place = draw.choice([*places, *READERS])
            name, content = draw.choice(place.sound)
            damaged = damage(draw, content)
            if isinstance(place, Reader):
                status, why = read(place, name, damaged)
                counted.setdefault(place.name, Counter())[status] += 1
                defects += [f"{place.name} {name} number {number}: {why}"] if why else []
                continue
            body = form([(place.field, name, damaged)], place.fields)
            source = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            status = await _asked(app, place, body, source)
            if place.by_a_job:
                status = await to_thread.run_sync(_done, app) or status
            counted[place.name][status] += 1
            if status >= 500:
                defects.append(f"{status} {place.name} {name} number {number}")
    return counted, defects


def read(reader: Reader, name: str, content: bytes) -> tuple[int, str]:
    """Have a file read; return what a page would answer, and what was no refusal."""
    try:
        reader.read(name, content)
    except (Refusal, ExamError):
        return 422, ""
    except Exception as defect:
        return 500, f"{type(defect).__name__}: {defect}"[:200]
    return 200, ""


def read_beside(name: str, content: bytes) -> object:
    """Read an administration of which one file is another one."""
    with tempfile.TemporaryDirectory() as folder:
        spec = write_small_administration(Path(folder))
        Path(folder, name).write_bytes(content)
        return read_administration(spec)


def _small_files() -> list[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        write_small_administration(Path(folder))
        return [(path.name, path.read_bytes()) for path in sorted(Path(folder).iterdir())]


SCORED = b"person_id,group,weight,I1,I2,I3\n" + b"".join(
    f"p{n},{'ab'[n % 2]},{1 + n % 3},{n % 2},{n // 2 % 2},{n // 4 % 3}\n".encode()
    for n in range(24)
)
CHOSEN = b"person_id,I1,I2,I3\n" + b"".join(
    f"p{n},{'ABC'[n % 3]},{'ABC'[n // 3 % 3]},\n".encode() for n in range(24)
)
KEY = b"item_id,key,max_score,domain,model\nI1,A,1,one,2pl\nI2,B|C,1,two,2pl\nI3,,2,two,gpcm\n"
ITEMS = (
    ItemParameters("I1", "2pl", {"a": 1.0, "b": 0.5, "c": 0.0, "d": 1.0}),
    ItemParameters("I3", "gpcm", {"a": 0.9, "steps": (-0.5, 0.5)}),
)
PARAMETERS = json.dumps(ParameterSet(ITEMS).to_dict(), indent=1).encode()
READERS = (
    Reader("scored responses", read_responses, [("scored.csv", SCORED)]),
    Reader(
        "chosen responses",
        lambda name, content: read_responses(name, content, keys=read_keys("key.csv", KEY)),
        [("raw.csv", CHOSEN)],
    ),
    Reader("key", read_keys, [("key.csv", KEY)]),
    Reader("item parameters", read_parameters, [("params.json", PARAMETERS)]),
    Reader("administration", read_beside, _small_files()),
)


def damage(draw: random.Random, content: bytes) -> bytes:
    """Return a file of which a few pieces were cut, doubled, changed, or replaced by nasty ones."""
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        start = draw.randrange(len(content) + 1)
        end = min(len(content), start + draw.choice([0, 1, 2, 8, 40, 400]))
        piece = content[start:end]
        kind = draw.randrange(5)
        if kind == 0:
            piece = b""
        elif kind == 1:
            piece = piece * draw.choice([2, 3, 50])
        elif kind == 2:
            piece = bytes(byte ^ 1 << draw.randrange(8) for byte in piece)
        elif kind == 3:
            piece = draw.choice(NASTY)
        else:
            words = content.split()
            piece = draw.choice(words)[:400] if words else b"x"
        content = content[:start] + piece + content[end:]
    cut = draw.random() < 0.1 and len(content) > 0
    return content[: draw.randrange(1, len(content) + 1)] if cut else content


def _done(app: Application) -> int | None:
    """Do the jobs that wait, as a worker would; return 500 when one had a defect."""
    served = app.state.components
    of_worker = worker.make_components(
        served.engine, served.clock, served.queue, served.awarding_body
    )
    status = None
    while (begun := begin_next(served.engine, served.clock, "here")) is not None:
        jobs.perform(of_worker, begun)
        with db.reading(served.engine) as session:
            job = jobs.find_job(session, accounts.system_actor(), begun.job_id)
        if job.failure is not None and job.failure.code == "defect":
            status = 500
    return status


async def _asked(app: Application, place: Place, body: Body, source: str) -> int:
    """Send one form to the application; return the status."""
    content_type, content = body
    headers = {
        "host": "127.0.0.1",
        "cookie": f"examengine={place.cookie}",
        "x-csrf-token": csrf_token(place.cookie),
        "content-type": content_type,
        "content-length": str(len(content)),
        "accept": "text/html",
    }
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": place.path,
        "raw_path": place.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (source, 40_000),
        "server": ("127.0.0.1", 8000),
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def _places(engine: Engine, clock: SetClock) -> list[Place]:
    """Make what files are sent to: a bank, a panel; and return the places that take files."""
    console = accounts.system_actor()
    with db.writing(engine) as session:
        assert bank.import_bank(session, clock, console, bank.load_folder(SAMPLE)).written  # noqa: S101
        officer = _person(session, clock, "officer", Role.AWARDING_OFFICER)
        judges = [_person(session, clock, f"judge-{n}", Role.PANELIST) for n in (1, 2)]
        _person(session, clock, "author", Role.AUTHOR)
        panel = set_up(session, clock, officer, make_setting(session, clock), *judges)
        template = standard_setting.ratings_template(session, officer, panel.id)
    author, leading = (_signed_in(engine, clock, name) for name in ("author", "officer"))
    return [
        Place("/verify", "/verify", "file", "s" * 40, _badges()),
        Place(
            "item bank", "/bank/data-literacy/import", "files", author, _items(),
            (("dry_run", "true"),), by_a_job=True,
        ),
        Place(
            "panel's ratings", f"/awards/panels/{panel.id}/ratings", "ratings", leading,
            [("ratings.csv", template if isinstance(template, bytes) else template.encode())],
        ),
    ]  # fmt: skip


def _badges() -> list[tuple[str, bytes]]:
    board = new_board()
    good = as_bytes(board.issue())
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">'
        b"<o:credential><![CDATA[" + good + b"]]></o:credential></svg>"
    )
    picture = bake(draw_seal("https://exam.example.org/achievements/a", test=True), good)
    return [
        ("badge.json", good), ("badge.jwt", token_of(board)), ("badge.png", picture),
        ("badge.svg", svg), *DOCUMENTS,
    ]  # fmt: skip


def _items() -> list[tuple[str, bytes]]:
    """Return the files of the sample bank, its figures too, and all of them in one archive."""
    paths = [path for path in sorted(SAMPLE.rglob("*")) if path.suffix in {".yaml", ".svg"}]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths[:20]:
            archive.write(path, path.relative_to(SAMPLE))
    return [*((path.name, path.read_bytes()) for path in paths), ("bank.zip", packed.getvalue())]


def _person(session: Any, clock: SetClock, name: str, role: Role) -> Actor:
    made = accounts.add_person(
        session, clock, QUICK, accounts.system_actor(), email=f"{name}@example.org", name=name,
        password=PASSWORD, roles=[role],
    )  # fmt: skip
    return Actor(made.id, made.name, made.roles, FIRST_ORGANISATION)


def _signed_in(engine: Engine, clock: SetClock, name: str) -> str:
    asked = accounts.SignIn(email=f"{name}@example.org")
    return accounts.sign_in(engine, clock, QUICK, asked, PASSWORD).token


if __name__ == "__main__":
    main()
