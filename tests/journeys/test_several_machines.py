"""Two servers and a worker on machines of their own, with one PostgreSQL: tried as operators do.

A machine is a process with a state folder of its own, into which the keys were copied. What has
one address for people, a load balancer say, sends each request to either server.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from examengine import accounts, bank, calibration, credentials, db, delivery, integrity, jobs
from examengine.accounts import Role
from examengine.kernel.clock import SystemClock
from examengine.rehearsal.browser import Browser, PageReply
from examengine.rehearsal.candidates import sign_in
from tests.calibration.world import World, committed
from tests.delivery.examples import PASSWORD, QUICK, candidates, opened
from tests.delivery.server_process import ServerProcess, server_process

CLOCK = SystemClock()
CONSOLE = accounts.system_actor()
PATIENCE_S = 300.0
PUBLIC_URL = "http://exams.test"
CALIBRATED = "/analysis/runs/"

pytestmark = pytest.mark.postgres


class BalancedBrowser(Browser):
    """A browser whose requests go to whichever server is told; its cookies stay its own."""

    def at(self, server: ServerProcess) -> "BalancedBrowser":
        """Send what follows to this server."""
        self.close()
        self._connection = None
        self._netloc = f"127.0.0.1:{server.port}"
        return self


@dataclass(frozen=True)
class Site:
    """An installation on several machines."""

    url: str
    folder: Path
    engine: Engine
    world: World
    first: ServerProcess
    second: ServerProcess

    @contextmanager
    def worker(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run `examengine worker` on a machine of its own."""
        settings = _settings(self.url, _machine(self.folder, name))
        command = [sys.executable, "-m", "examengine", "worker"]
        log = (self.folder / name / "log").open("wb")
        with log, subprocess.Popen(command, env={**os.environ, **settings}, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def signed_in(self, email: str) -> Iterator[BalancedBrowser]:
        """Open the browser of somebody who signs in at the first server."""
        with closing(BalancedBrowser(PUBLIC_URL)) as browser:
            sign_in(browser.at(self.first), email, PASSWORD)
            yield browser


@pytest.fixture
def site(postgresql_url, tmp_path) -> Iterator[Site]:
    """Two servers that bring no worker along, and an exam with a pilot."""
    engine = db.within(db.make_engine(postgresql_url), db.FIRST_ORGANISATION)
    world = committed(engine, CLOCK)
    credentials.create_key(tmp_path / "keys", CLOCK.now(), development=True)
    started = [
        server_process(
            postgresql_url, state := _machine(tmp_path, name), settings=_settings(None, state)
        )
        for name in ("first", "second")
    ]
    with started[0] as first, started[1] as second:
        yield Site(postgresql_url, tmp_path, engine, world, first, second)
    engine.dispose()


def test_a_candidate_goes_from_server_to_server(site):
    """
    Signed in at one, an exam goes on at the other and back: no conflict, and every answer counts.
    """
    with db.writing(site.engine) as session:
        administration = opened(session, CLOCK, *site.world.forms)
        (ada,) = candidates(session, CLOCK, administration)
        refs = [item.ref for form in site.world.forms for item in form.items]
        items = {item.item_id: item for item in bank.item_versions(session, refs).values()}
    here = f"/attempts/{ada.attempt_id}"
    turns = [(site.second, site.first)[turn % 2] for turn in range(24)]

    with site.signed_in(ada.email) as browser:
        browser.at(site.second).submit(browser.get(here), f"{here}/start", {"consent": "yes"})
        saved = [
            _save(browser.at(server), items, here, place=1 + seq % 5, seq=seq)
            for seq, server in enumerate(turns, start=1)
        ]
        browser.at(site.second).submit(browser.get(f"{here}/submit"), f"{here}/submit")
        receipt = browser.at(site.first).get(here)

    with db.reading(site.engine) as session:
        log = delivery.attempt_log(session, ada.attempt_id)
        (record,) = delivery.response_records(session, administration.id)
    logged = [(row.body["item_id"], row.body["response"]) for row in log if row.type == "saved"]
    assert logged == saved
    assert {item_id: record.responses[item_id] for item_id, _ in saved} == dict(saved)
    assert integrity.verify_log(log).intact
    assert log[-1].digest == record.head
    assert record.head in receipt.text


def test_a_calibration_outlives_its_worker(site):
    """
    Asked for at one server it runs on a third machine, is followed at the other one, and when its
    worker is killed in the middle another one, on a fourth, does it; once.
    """
    psychometrician = _staff(site.engine, Role.PSYCHOMETRICIAN)
    responses = f"/analysis/{site.world.pilot.id}"

    with site.signed_in(psychometrician) as browser:
        page = browser.get(responses)
        job = browser.submit(page, f"{responses}/runs", {"model": "rasch"}).url
        browser.at(site.second)
        with _nothing_stored(site.engine), site.worker("third") as worker:
            _until(browser, job, "Reading the responses and estimating")
            worker.kill()
            worker.wait(10)
        with site.worker("fourth"):
            done = _until(browser, job, "It is done")
        run = browser.at(site.first).get(_in(done, rf'href="({CALIBRATED}[^"]+)"'))

    with db.reading(site.engine) as session:
        (found,) = jobs.list_jobs(session, CONSOLE)
        runs = calibration.list_runs(session, CONSOLE, site.world.pilot.id)
    assert (found.losses, found.tries, len(runs)) == (1, 2, 1)
    assert "Calibration: Rasch model" in run.text
    assert "1 of its workers were lost" in (site.folder / "fourth" / "log").read_text()


def _save(
    browser: Browser, items: Mapping[str, bank.ItemVersion], here: str, *, place: int, seq: int
) -> tuple[str, Any]:
    """Answer what stands at a place, as the script of its page does; return what was answered."""
    page = browser.get(f"{here}/items/{place}")
    item = items[_in(page, r'name="item_id" value="([^"]+)"')]
    kind = bank.ITEM_TYPES[item.item_type]
    choices = [one for each in kind.expected_responses(item.content).values() for one in each]
    response = choices[seq % len(choices)]
    sent = {
        "client": "page-number-one",
        "seq": seq,
        "item_id": item.item_id,
        "response": response,
        "seen": int(_in(page, r'name="seen" value="(\d+)"')),
    }
    answer = browser.send_json(f"{here}/saves", sent, _in(page, r'name="csrf" value="([0-9a-f]+)"'))
    assert answer.status == 200, answer.text
    return item.item_id, response


def _staff(engine: Engine, role: Role) -> str:
    """Add somebody with a role; return the address they sign in with."""
    email = f"{role.value}@example.org"
    with db.writing(engine) as session:
        accounts.add_person(
            session,
            CLOCK,
            QUICK,
            CONSOLE,
            email=email,
            name="Percy Metrik",
            password=PASSWORD,
            roles=[role],
        )
    return email


@contextmanager
def _nothing_stored(engine: Engine) -> Iterator[None]:
    """Keep calibrations from being stored, so that whoever works on one is in the middle of it."""
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE calibration_run IN SHARE ROW EXCLUSIVE MODE"))
        yield
        connection.rollback()


def _until(browser: Browser, address: str, words: str) -> PageReply:
    """Look at the page of a job until it says so."""
    give_up = time.monotonic() + PATIENCE_S
    while words not in (page := browser.get(address)).text:
        assert time.monotonic() < give_up, page.text
        time.sleep(0.2)
    return page


def _machine(folder: Path, name: str) -> Path:
    """Make the state folder of a machine, with a copy of the keys in it."""
    state = folder / name
    shutil.copytree(folder / "keys", state / "keys")
    state.chmod(0o700)
    return state


def _settings(url: str | None, state: Path) -> dict[str, str]:
    """What stands in the environment file of a machine."""
    return {
        **({} if url is None else {"EXAMENGINE_DATABASE_URL": url}),
        "EXAMENGINE_STATE": str(state),
        "EXAMENGINE_PUBLIC_URL": PUBLIC_URL,
        "EXAMENGINE_JOB_WORKERS": "0",
        "EXAMENGINE_QUEUE": "procrastinate",
    }


def _in(page: PageReply, pattern: str) -> str:
    found = re.search(pattern, page.text)
    assert found, page.text
    return found[1]
