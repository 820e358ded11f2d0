"""Calibrations as jobs: a worker that is killed in the middle leaves nothing by halves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import Engine

from examengine import accounts, calibration, db, jobs
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.calibration import RunSettings
from examengine.jobs import Job, JobState
from examengine.kernel.clock import SystemClock
from examengine.marking import Policy
from tests.calibration.world import committed
from tests.conftest import add_actor

CLOCK = SystemClock()
PATIENCE_S = 300.0
CONSOLE = accounts.system_actor()


@pytest.mark.parametrize(
    ("queue_name", "url_of"),
    [
        ("embedded", "sqlite_url"),
        pytest.param("procrastinate", "postgresql_url", marks=pytest.mark.postgres),
    ],
)
def test_a_calibration_killed_in_the_middle_is_stored_once(
    request, tmp_path, hasher: PasswordHasher, queue_name, url_of
):
    """
    After kill -9 in the middle of the estimation another worker begins it anew, and one run is
    stored, under the id that was named when it was asked for.
    """
    url = request.getfixturevalue(url_of)
    engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
    world = committed(engine, CLOCK)
    with db.writing(engine) as session:
        analyst = add_actor(session, CLOCK, hasher, Role.PSYCHOMETRICIAN, name="Ada")
    queue = jobs.make_queue(queue_name, engine, CLOCK)
    environment = {
        **os.environ,
        "EXAMENGINE_DATABASE_URL": url,
        "EXAMENGINE_QUEUE": queue_name,
        "EXAMENGINE_STATE": str(tmp_path),
    }

    with worker(environment) as first:
        killed = ask(engine, queue, analyst, world.pilot.id)
        wait_for(lambda: job_of(engine, killed).state is JobState.RUNNING)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    before = [run.id for run in runs(engine)]
    with worker(environment):
        done = wait_for(lambda: (job := job_of(engine, killed)).state.over and job)

    after = [run.id for run in runs(engine)]
    assert done.state is JobState.DONE
    assert done.losses == 1
    assert sorted(after) == sorted([*before, UUID(str(done.arguments["run_id"]))])
    engine.dispose()


def ask(engine: Engine, queue: jobs.JobQueue, analyst: Actor, administration_id: UUID) -> UUID:
    """Ask for a calibration that takes a while."""
    with db.writing(engine) as session:
        return calibration.ask_run(
            session,
            CLOCK,
            queue,
            analyst,
            administration_id,
            Policy(),
            RunSettings(second_opinion=True),
        )


def job_of(engine: Engine, job_id: UUID) -> Job:
    """How a job stands."""
    with db.reading(engine) as session:
        return jobs.find_job(session, CONSOLE, job_id)


def runs(engine: Engine) -> list[calibration.RunSummary]:
    """Every run that is stored."""
    with db.reading(engine) as session:
        return calibration.list_runs(session, CONSOLE)


def wait_for(what):
    """Wait until something is so, and return it."""
    give_up = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.02)
    return found


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Have `examengine worker` for a while."""
    command = [sys.executable, "-m", "examengine", "worker"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()
