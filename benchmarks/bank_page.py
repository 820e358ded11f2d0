"""The bank page among 20,000 items: first byte of lists and searches, likeness, import.

Examples:
    python -m benchmarks.bank_page
    python -m benchmarks.bank_page --items 20000 --coming 3000 --database sqlite

For each database an installation is made in a folder that is gone afterwards: a bank of items whose
words are drawn as often as words of a language are, parameters, usage, an exam. The application is
served by uvicorn in this process; an author asks for each address `--times` times, and told are the
median and the worst of what passed until the first byte of the answer. Then more items are imported
into the same bank, by the use case that the job calls.
"""

import argparse
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import numpy as np
import uvicorn
from sqlalchemy import Engine
from sqlmodel import Session
from tests import postgresql

from benchmarks.issuing import ACTOR, CLOCK
from benchmarks.large_installation import HASHER, PASSWORD
from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.app import create_app, set_interpreter
from examengine.bank import ItemUsage, LoadedBank, LoadedItem
from examengine.settings import Settings

PORT = 18_767
AUTHOR = "author@bench.example.org"
BANK = "long"
AREAS = tuple(f"area-{number}" for number in range(1, 13))
LEVELS = ("recall", "apply", "analyse")
PAGE_BAR_MS, SEARCH_BAR_MS, SIMILAR_BAR_MS, IMPORT_BAR_S = 300, 500, 200, 60
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvz"
_TYPES = ("single_choice", "multiple_response", "short_text", "numeric_entry")
_ASKED = {
    "the page": "",
    "page 300": "page=300",
    "200 on a page, every column": "size=200&" + "&".join(f"column={c}" for c in bank.ITEM_COLUMNS),
    "sorted by p": "sort=p&order=down",
    "filters": "area=area-3&level=apply&p_from=0.3&p_to=0.8&used_from=2026-01-01",
    "with findings": "held=no&finding=word_clue",
    "in a state, by state": "state=live&taken=newest&sort=state&order=down",
    "asked of nobody": "asked=nobody&column=asked",
}
_SEARCHED = {
    "search: a rare word": "{rare}",
    "search: a frequent word": "{frequent}",
    "search: three words": "{frequent}+{common}+{rare}",
    "search: one letter": "a",
    "search: an id": "LB-012345",
    "search: quotes and minus": "%22{frequent}+-%22%27{common}*+OR",
}


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.bank_page",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--coming", type=int, default=3_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    set_interpreter()
    print(f"load average before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors")
    for kind in chosen.database or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="bank-page") as folder, _url(kind, folder) as url:
            _measure(kind, url, Path(folder), chosen)


@contextmanager
def _url(kind: str, folder: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{Path(folder) / 'examengine.db'}"
        return
    with postgresql.server(postgresql.DURABLE) as url:
        yield url


def _measure(kind: str, url: str, folder: Path, chosen: argparse.Namespace) -> None:
    engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
    db.upgrade(engine)
    words = _vocabulary(np.random.default_rng(1))
    import_s = _fill(engine, words, 0, chosen.items)
    print(f"\n{kind}: {chosen.items:,} items, made in {import_s:.0f} s")
    print("| what | first byte, ms: median | worst | bar |\n| --- | ---: | ---: | ---: |")
    with db.writing(engine) as session:
        accounts.add_person(
            session,
            CLOCK,
            HASHER,
            ACTOR,
            email=AUTHOR,
            name="An author",
            password=PASSWORD,
            roles=[Role.AUTHOR, Role.PSYCHOMETRICIAN],
        )
        bank.keep_usage(session, CLOCK, ACTOR, BANK, _usage(chosen.items))
        _set_workflow(session, chosen.items)
    with _served(url, folder):
        cookie = _signed_in()
        for name, query in _ASKED.items():
            _tell(name, _times(cookie, query, chosen.times), PAGE_BAR_MS)
        drawn = {"rare": words[3_000], "frequent": words[0], "common": words[20]}
        for name, query in _SEARCHED.items():
            asked = "q=" + query.format(**drawn)
            _tell(name, _times(cookie, asked, chosen.times), SEARCH_BAR_MS)
        for ending in ("csv", "xlsx"):
            times = _times(cookie, "", 3, path=f"/bank/{BANK}/items.{ending}", whole=True)
            print(f"| every item as {ending}, whole | {median(times):.0f} | {max(times):.0f} | |")
    _tell("what resembles a text", _similar(engine, words, chosen.times), SIMILAR_BAR_MS)
    came_s = _fill(engine, words, chosen.items, chosen.items + chosen.coming)
    print(f"| import of {chosen.coming:,} more, s | {came_s:.1f} | | {IMPORT_BAR_S} |", flush=True)
    engine.dispose()


def _tell(name: str, times: list[float], bar: int) -> None:
    print(f"| {name} | {median(times):.0f} | {max(times):.0f} | {bar} |", flush=True)


def _fill(engine: Engine, words: list[str], first: int, end: int) -> float:
    """Import items of these numbers into the bank, and return the seconds that it took."""
    items = tuple(_item(words, number) for number in range(first, end))
    loaded = LoadedBank(_bank(), items, {}, ())
    before = time.perf_counter()
    with db.writing_late(engine) as session:
        report = bank.import_bank(session, CLOCK, ACTOR, loaded)
    if not report.written:
        raise SystemExit(f"the items did not come in: {report.items[0]} {report.faults[:3]}")
    return time.perf_counter() - before


def _bank() -> bank.Bank:
    return bank.Bank(
        id=BANK,
        title="A long bank",
        description="Items of a program, for timing.",
        language="en",
        licence="none",
        provenance="Drawn by a program.",
        areas=tuple(bank.Area(one, one.capitalize(), f"Knows {one}.") for one in AREAS),
        levels=tuple(bank.Level(one, one.capitalize()) for one in LEVELS),
    )


def _vocabulary(rng: np.random.Generator) -> list[str]:
    """Return 6,000 words that can be said, the first to be drawn most often."""
    found: dict[str, None] = {}
    while len(found) < 6_000:
        sounds = (
            _CONSONANTS[rng.integers(len(_CONSONANTS))] + _VOWELS[rng.integers(len(_VOWELS))]
            for _ in range(rng.integers(1, 5))
        )
        found["".join(sounds)] = None
    return list(found)


def _item(words: list[str], number: int) -> LoadedItem:
    """Return the item of a number: its words are drawn as often as their rank says (Zipf)."""
    rng = np.random.default_rng([7, number])
    drawn = np.exp(rng.uniform(0, np.log(len(words)), 90)).astype(int) - 1
    text = [words[place] for place in drawn]
    kind = _TYPES[number % len(_TYPES)]
    content = {
        **bank.ITEM_TYPES[kind].example,
        "schema": "examengine/item/1",
        "id": f"LB-{number:06}",
        "version": 1,
        "type": kind,
        "area": AREAS[rng.integers(len(AREAS))],
        "level": LEVELS[rng.integers(len(LEVELS))],
        "seconds": int(30 + 5 * rng.integers(20)),
        "enemies": [],
        "provenance": {"author": "a program", "written": "2026-11-30", "licence": "none"},
        "stem": f"{' '.join(text[:20]).capitalize()}. {' '.join(text[20:30])} ({number})?",
    }
    if "options" in content:
        content["options"] = [
            {
                **option,
                "text": " ".join(text[start : start + 5]),
                "rationale": " ".join(text[start + 20 : start + 35]),
            }
            for option, start in zip(content["options"], (30, 35, 40, 45), strict=True)
        ]
    return LoadedItem(f"items/LB-{number:06}.yaml", content, {})


def _set_workflow(session: Session, n_items: int) -> None:
    """Give the bank the workflow that is offered; one item in seven is live."""
    states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
    bank.set_workflow(
        session,
        CLOCK,
        ACTOR,
        BANK,
        states=states,
        moves=moves,
        checklist=checklist,
        reason="Set to be measured.",
        present="approved",
    )
    chosen = [bank.ItemToMove(f"LB-{number:06}", 1) for number in range(0, n_items, 7)]
    bank.move_items(session, CLOCK, ACTOR, BANK, chosen[:3_000], target="live", reason="")


def _usage(n_items: int) -> Iterator[ItemUsage]:
    rng = np.random.default_rng(3)
    for number in range(0, n_items, 2):
        n = float(rng.integers(30, 4_000))
        yield ItemUsage(
            f"LB-{number:06}",
            n=n,
            p=float(rng.uniform(0.1, 0.98)),
            item_rest_r=float(rng.uniform(-0.1, 0.6)),
            flags=("weak",) if number % 10 == 0 else (),
            forms=int(rng.integers(1, 6)),
            administrations=1,
            candidates=int(n),
            last_used_at=CLOCK.now(),
        )


@contextmanager
def _served(url: str, folder: Path) -> Iterator[None]:
    settings = Settings(
        database_url=url,
        state=folder,
        public_url=f"http://127.0.0.1:{PORT}",
        host="127.0.0.1",
        port=PORT,
        workers=1,
    )
    app = create_app(settings, CLOCK, HASHER)
    config = uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise SystemExit(f"port {PORT} is taken")
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _signed_in() -> str:
    """Sign the author in, and return their cookie."""
    page, cookie = _sent("GET", "", {})
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    if token is None:
        raise SystemExit("the page of the sign-in has no token")
    fields = {"csrf": token[1], "email": AUTHOR, "password": PASSWORD}
    form = {"cookie": cookie, "content-type": "application/x-www-form-urlencoded"}
    return _sent("POST", urlencode(fields), form)[1] or cookie


def _sent(method: str, body: str, headers: dict[str, str]) -> tuple[str, str]:
    """Return the page that answers at the sign-in, and the cookie that it sets."""
    connection = HTTPConnection("127.0.0.1", PORT)
    connection.request(method, "/sign-in", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return text, (answer.getheader("set-cookie") or "").partition(";")[0]


def _times(
    cookie: str, query: str, times: int, *, path: str = f"/bank/{BANK}", whole: bool = False
) -> list[float]:
    """Return the milliseconds to the first byte, or to the last, of so many requests."""
    found = []
    for _ in range(times + 1):
        connection = HTTPConnection("127.0.0.1", PORT)
        before = time.perf_counter()
        connection.request("GET", f"{path}?{query}", headers={"cookie": cookie})
        answer = connection.getresponse()
        answer.read(1)
        if whole:
            answer.read()
        found.append((time.perf_counter() - before) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path}?{query} answered {answer.status}")
        connection.close()
    return found[1:]  # the first one compiles templates and statements


def _similar(engine: Engine, words: list[str], times: int) -> list[float]:
    found = []
    for number in range(times + 1):
        text = str(_item(words, number * 31).content["stem"])
        before = time.perf_counter()
        with db.reading(engine) as session:
            alike = bank.similar_to(session, ACTOR, BANK, text)
        found.append((time.perf_counter() - before) * 1000)
        if alike[0].item_id != f"LB-{number * 31:06}":
            raise SystemExit(f"{alike} are said to resemble item {number * 31}")
    return found[1:]


if __name__ == "__main__":
    main()
