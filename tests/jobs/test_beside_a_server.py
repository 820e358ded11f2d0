"""The worker that a server brings along: it does what pages ask for, and comes and goes with it."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from examengine import accounts, bank, credentials, db, jobs
from examengine.accounts import Role
from examengine.bank.formats import load_files
from examengine.credentials.keys import repository as noted_keys
from examengine.jobs import Job
from examengine.kernel.clock import SystemClock
from tests.bank.small_bank import as_yaml, files, item, three_items
from tests.conftest import add_actor
from tests.delivery.server_process import server_process

CLOCK = SystemClock()
PATIENCE_S = 300.0


def test_a_job_outlives_the_server_it_was_asked_of(sqlite_url, tmp_path, hasher):
    """
    Server and worker are killed without a word: the next server's worker does what waited.
    """
    engine = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    with db.writing(engine) as session:
        author = add_actor(session, CLOCK, hasher, Role.AUTHOR, name="Ada")
        console = accounts.system_actor()
        bank.import_bank(session, CLOCK, console, load_files(files(*three_items())))

    with server_process(sqlite_url, tmp_path) as server:
        first = _asked(engine, author)
        done = _ended(engine, author, first)
        worker = _worker_of(engine)
        server.kill()
        _gone(worker)
        second = _asked(engine, author)
        server.start()
        done_later = _ended(engine, author, second)
        worker = _worker_of(engine)
        status = server.stop()
        _gone(worker)
    engine.dispose()

    assert (done.state.value, done_later.state.value) == ("done", "done")
    assert status in {0, -15}


def _worker_that_ends(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "examengine", "worker"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def test_a_worker_says_what_it_lacks(tmp_path):
    """
    A worker on a database of another version does not begin, and says what to run.
    """
    address = {"EXAMENGINE_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}

    ended = _worker_that_ends(address)

    assert ended.returncode == 2
    assert "examengine db upgrade" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_without_the_keys_that_signed_does_not_begin(sqlite_url, tmp_path):
    """
    On a machine whose folder holds a key of its own it would sign as nobody whom people know.
    """
    key_id = credentials.create_key(tmp_path / "own" / "keys", CLOCK.now(), development=True)
    engine = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    with db.writing(engine) as session:
        noted_keys.add(session, key_id, "z6MkOfAnotherMachine", CLOCK.now())
    engine.dispose()
    settings = {"EXAMENGINE_DATABASE_URL": sqlite_url, "EXAMENGINE_STATE": str(tmp_path / "own")}

    ended = _worker_that_ends(settings)

    assert ended.returncode == 2
    assert f"{key_id} here is not the {key_id} that signed" in ended.stderr
    assert "copy the keys" in ended.stderr
    assert "Traceback" not in ended.stderr


def _asked(engine, author) -> UUID:
    sent = {"S-1.yaml": as_yaml(item("S-1", "single_choice", version=2, seconds=70))}
    queue = jobs.make_queue("embedded", engine, CLOCK)
    with db.writing(engine) as session:
        return bank.ask_import(session, CLOCK, queue, author, "small", sent, dry_run=True)


def _ended(engine, author, job_id: UUID) -> Job:
    give_up = time.monotonic() + PATIENCE_S
    while True:
        with db.reading(engine) as session:
            job = jobs.find_job(session, author, job_id)
        if job.state.over:
            return job
        assert time.monotonic() < give_up, job
        time.sleep(0.1)


def _worker_of(engine) -> int:
    """Return the process of the worker that did the newest job."""
    with db.reading(engine) as session:
        name = session.connection().exec_driver_sql("SELECT worker FROM job ORDER BY id DESC")
        return int(re.search(r"/(\d+)$", name.scalars().first())[1])


def _gone(process_id: int) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{process_id}").exists():
        assert time.monotonic() < give_up
        time.sleep(0.1)
