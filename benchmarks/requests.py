"""Processor seconds of requests to a large installation: pages of staff, and acts that compute.

Examples:
    python -m benchmarks.requests
    python -m benchmarks.requests --items 400 --candidates 1000

The installation (`benchmarks.large_installation`) is served by this process. Pages are found as
people find them, by following links from where each role begins, so a new page is timed without
being named here; of pages of one kind the dearest of a few is told. They are looked at before any
job has run, with the figures that pages lack, and after the acts (`acts`). Told are the processor
seconds of this whole process from the request to the last byte of the answer, dearest first.
"""

import argparse
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from benchmarks.large_installation import (
    BANK,
    EXAM,
    HASHER,
    PASSWORD,
    Installation,
    large_installation,
)
from examengine import assembly, db, jobs, worker
from examengine.app import Application, create_app, set_interpreter
from examengine.jobs.embedded import begin_next
from examengine.kernel.clock import SystemClock
from examengine.rehearsal.browser import Browser, NoAnswer, PageReply, Unexpected
from examengine.settings import Settings

PORT = 18_766
ADDRESS = f"http://127.0.0.1:{PORT}"
AUTHOR, PSYCHOMETRICIAN = "author@example.org", "psychometrician@example.org"
OFFICER = "officer@example.org"
BEGIN = {
    AUTHOR: ("/bank", "/exams"),
    PSYCHOMETRICIAN: ("/analysis", "/awards"),
    OFFICER: ("/awards", "/invigilation", "/jobs"),
    "invigilator@example.org": ("/invigilation",),
    "panelist@example.org": ("/panels",),
    "administrator@example.org": ("/administration", "/jobs"),
}
OF_A_KIND = 3
"""How many pages of one kind are looked at."""
SHOWN_FROM_S = 0.05
_LINK = re.compile(r'href="([^"#]*)["#]')


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does on a page, and that computes."""

    who: str
    page: str
    form: str
    """How the action of the form ends."""
    typed: Mapping[str, Any]


class Timed:
    """The dearest request of each kind."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.asked = 0

    def of(self, kind: str, ask: Callable[[], PageReply]) -> PageReply:
        """Ask, and note what it took."""
        began = time.process_time()
        answer = ask()
        took = time.process_time() - began
        self.seconds[kind] = max(took, self.seconds.get(kind, 0.0))
        self.asked += 1
        return answer


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.requests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--candidates", type=int, default=5_000)
    chosen = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors")
    with large_installation(chosen.items, chosen.candidates) as built, _served(built) as app:
        browsers = {email: _signed_in(email) for email in BEGIN}
        timed = Timed()
        for some in ((), figures(built), acts(built)):
            for act in some:
                _do(browsers[act.who], act, timed)
            _do_waiting(app)
            _look_around(browsers, timed)
    _print(timed)


def figures(built: Installation) -> Iterator[Act]:
    """Yield what people do for the figures that pages lack."""
    yield Act(PSYCHOMETRICIAN, "/analysis", "/analysis/figures", {})
    yield Act(OFFICER, "/awards/credentials", "/awards/credentials/figures", {})
    for one in (built.decided, built.handed_in):
        yield Act(PSYCHOMETRICIAN, f"/analysis/{one}", f"/analysis/{one}/figures", {})


def acts(built: Installation) -> Iterator[Act]:
    """Yield what people do that computes, in an order in which each finds what it needs."""
    with db.reading(built.engine) as session:
        item_id = assembly.forms_of(session, EXAM)[0].items[0].ref.item_id
    enrolment = f"/awards/administrations/{built.open}"
    yield Act(OFFICER, enrolment, f"{enrolment}/attempts", {"everybody": "yes"})
    results, panel = f"/awards/results/{built.handed_in}", f"/awards/panels/{built.panel_id}"
    analysis = f"/analysis/{built.handed_in}"
    yield Act(PSYCHOMETRICIAN, analysis, f"{analysis}/runs", {"model": "2pl"})
    yield Act(AUTHOR, f"/bank/{BANK}/findings", f"/bank/{BANK}/findings", {})
    yield Act(OFFICER, panel, f"{panel}/ratings", {"ratings": built.ratings})
    key = f"/awards/cut-scores/{EXAM}/keys/{item_id}/1"
    yield Act(OFFICER, f"{key}?remedy=drop", f"{key}/impact", {})
    yield Act(OFFICER, results, f"{results}/scores", {})
    yield Act(OFFICER, results, f"{results}/decisions", {})
    issuing = f"/awards/credentials/{built.decided}"
    yield Act(OFFICER, issuing, issuing, {})


@contextmanager
def _served(built: Installation) -> Iterator[Application]:
    settings = Settings(
        database_url=f"sqlite:///{built.state / 'examengine.db'}",
        state=built.state,
        public_url=ADDRESS,
        host="127.0.0.1",
        port=PORT,
        workers=1,
    )
    app = create_app(settings, SystemClock(), HASHER)
    set_interpreter()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield app
    server.should_exit = True
    thread.join(10)


def _signed_in(email: str) -> Browser:
    browser = Browser(ADDRESS)
    typed = {"email": email, "password": PASSWORD}
    browser.submit(browser.get("/sign-in"), "/sign-in", typed)
    return browser


def _look_around(browsers: Mapping[str, Browser], timed: Timed) -> None:
    for email, browser in browsers.items():
        waiting, seen, kinds = list(BEGIN[email]), set[str](), Counter[str]()
        while waiting:
            address = waiting.pop(0)
            kind = _kind(address)
            if address in seen or kinds[kind] >= OF_A_KIND:
                continue
            seen.add(address)
            kinds[kind] += 1
            try:
                page = timed.of(f"GET {kind}", partial(browser.get, address))
            except NoAnswer:
                raise
            except Unexpected:
                continue  # a link to what is not for them: refused, and that is cheap
            if page.headers["content-type"].startswith("text/html"):
                waiting += _links(page)


def _links(page: PageReply) -> list[str]:
    main = page.text.partition("<main")[2]
    found = (link.replace("&amp;", "&") for link in _LINK.findall(main))
    here = urlsplit(page.url).path
    return [f"{here}{link}" if link.startswith("?") else link for link in found if link[:1] in "/?"]


def _kind(address: str) -> str:
    """Return what pages of a kind have in common: the address without names and values."""
    path, _, query = address.partition("?")
    path = re.sub(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/|$)", "/*", path)
    path = re.sub(r"(/items|/forms|/bank|/exams|/cut-scores|/keys)/[^/]+", r"\1/*", path)
    names = ", ".join(sorted({part.partition("=")[0] for part in query.split("&") if part}))
    return f"{path} by {names}" if names else path


def _do(browser: Browser, act: Act, timed: Timed) -> None:
    """Fill in the form as it stands on its page; the page that follows is timed with it."""
    page = browser.get(act.page)
    kind = f"POST {_kind(urlsplit(act.form).path)}"
    try:
        timed.of(kind, partial(browser.submit, page, act.form, act.typed))
    except Unexpected as why:
        print(f"{kind}: {why}")


def _do_waiting(app: Application) -> None:
    """Do all jobs that wait, as a worker would."""
    served = app.state.components
    of_worker = worker.make_components(
        served.engine, served.clock, served.queue, served.awarding_body
    )
    while (begun := begin_next(served.engine, served.clock, "here")) is not None:
        jobs.perform(of_worker, begun)


def _print(timed: Timed) -> None:
    print(f"{timed.asked} requests of {len(timed.seconds)} kinds\n")
    print("| request | CPU s |")
    print("| --- | ---: |")
    ordered = sorted(timed.seconds.items(), key=lambda one: -one[1])
    for kind, seconds in ordered:
        if seconds >= SHOWN_FROM_S:
            print(f"| `{kind}` | {seconds:.2f} |")
    rest = [seconds for _, seconds in ordered if seconds < SHOWN_FROM_S]
    print(f"| {len(rest)} others | at most {max(rest, default=0):.2f} |")


if __name__ == "__main__":
    main()
