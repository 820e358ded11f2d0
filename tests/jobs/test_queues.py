"""What every queue promises, asked of each: the embedded one on both databases, and the others.

The work is done in real processes, as it is in earnest.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlmodel import Session

from examengine import accounts, db, jobs
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.jobs import Job, JobState, WorkerComponents
from tests.browser import LiveClock
from tests.conftest import add_actor
from tests.jobs import sample_jobs

PATIENCE_S = 180.0
POSTGRES = pytest.mark.postgres


@dataclass(frozen=True)
class Office:
    """Somebody who asks for jobs, and the queue that brings them to workers."""

    url: str
    queue_name: str
    components: WorkerComponents
    author: Actor
    folder: Path

    def ask(self, work: str, **asked) -> UUID:
        """Ask for a sample, and let it be known."""
        with db.writing(self.components.engine) as session:
            return sample_jobs.ask(session, self.components, self.author, work, **asked)

    def ask_to_wait(self, name: str, apart: str | None = None) -> UUID:
        """Ask for a job that notes its beginnings, and waits for a file."""
        begun, until = self.folder / f"{name}.begun", self.folder / f"{name}.until"
        return self.ask("wait", begun=str(begun), until=str(until), apart=apart)

    def beginnings(self, name: str) -> int:
        """How often a waiting job was begun."""
        path = self.folder / f"{name}.begun"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def let_go(self, name: str) -> None:
        """Let a waiting job go on."""
        (self.folder / f"{name}.until").touch()

    def job(self, job_id: UUID) -> Job:
        """How a job stands."""
        with db.reading(self.components.engine) as session:
            return jobs.find_job(session, self.author, job_id)

    def result(self, job_id: UUID):
        """What came of a job."""
        with db.reading(self.components.engine) as session:
            return jobs.result_of(session, self.author, job_id)

    def until(self, job_id: UUID, *states: JobState) -> Job:
        """Wait until a job stands in one of these states."""
        return self.wait_for(lambda: (job := self.job(job_id)).state in states and job)

    def wait_for(self, what: Callable[[], object]):
        """Wait until something is so, and return it."""
        give_up = time.monotonic() + PATIENCE_S
        while not (found := what()):
            assert time.monotonic() < give_up, "it did not come to that"
            time.sleep(0.05)
        return found

    @contextmanager
    def working(self) -> Iterator[None]:
        """Have a worker for a while."""
        over = Event()
        start = sample_jobs.start(self.url, self.queue_name)
        thread = Thread(target=jobs.work, args=(self.components, start, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(PATIENCE_S)
        assert not thread.is_alive()

    @contextmanager
    def worker_process(self) -> Iterator[subprocess.Popen[bytes]]:
        """Have a worker in a process of its own, which may be killed."""
        command = [sys.executable, "-m", "tests.jobs.sample_jobs", self.url, self.queue_name]
        with subprocess.Popen(command) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture(
    params=[
        ("embedded", "sqlite"),
        pytest.param(("embedded", "postgresql"), marks=POSTGRES),
        pytest.param(("procrastinate", "postgresql"), marks=POSTGRES),
    ],
    ids="-".join,
)
def office(request, tmp_path, hasher: PasswordHasher) -> Iterator[Office]:
    """An office for each queue on each database it can have."""
    queue_name, database = request.param
    url = request.getfixturevalue(f"{database}_url")
    components = sample_jobs.make_components(url, queue_name, LiveClock())
    with db.writing(components.engine) as session:
        author = add_actor(session, components.clock, hasher, Role.AUTHOR, name="Ada")
    yield Office(url, queue_name, components, author, tmp_path)
    components.engine.dispose()


def test_what_was_committed_is_done_and_its_result_kept(office):
    """
    A job with arguments and files is done by a worker; its result is there, under its digest.
    """
    job_id = office.ask("add", numbers=[1, 2, 3], files={"a.txt": b"four"})

    with office.working():
        job = office.until(job_id, JobState.DONE)

    assert office.result(job_id) == {"sum": 10}
    assert job.result_digest.startswith("sha256:")
    assert job.tries == 1


def test_what_was_rolled_back_was_never_asked_for(office):
    """
    No phantom: a job asked for in a transaction that failed is known to nobody.
    """
    with Session(office.components.engine) as session:
        asked = sample_jobs.ask(session, office.components, office.author, "add", numbers=[1])
        session.rollback()
    later = office.ask("add", numbers=[2])

    with office.working():
        office.until(later, JobState.DONE)

    with pytest.raises(jobs.JobUnknown):
        office.job(asked)


def test_progress_is_seen_while_it_runs(office):
    """
    Whoever looks sees how far a job is, in words and numbers.
    """
    job_id = office.ask_to_wait("a")

    with office.working():
        seen = office.wait_for(lambda: (job := office.job(job_id)).progress.of and job)
        office.let_go("a")
        office.until(job_id, JobState.DONE)

    assert seen.state is JobState.RUNNING
    assert (seen.progress.words, seen.progress.of) == ("Waiting for a file", 1000)


def test_a_job_that_waits_is_cancelled_at_once(office):
    """
    It never runs, and says that it was stopped.
    """
    job_id = office.ask_to_wait("a")
    with db.writing(office.components.engine) as session:
        jobs.cancel(session, office.components.clock, office.author, job_id)
    later = office.ask("add", numbers=[])

    with office.working():
        office.until(later, JobState.DONE)

    assert office.job(job_id).state is JobState.CANCELLED
    assert office.beginnings("a") == 0


def test_a_job_that_computes_is_stopped_within_seconds(office):
    """
    Even one that never looks up: its process is ended, and the worker goes on with the next.
    """
    begun = office.folder / "computing"
    job_id = office.ask("compute", begun=str(begun))

    with office.working():
        office.wait_for(begun.exists)
        with db.writing(office.components.engine) as session:
            jobs.cancel(session, office.components.clock, office.author, job_id)
        office.until(job_id, JobState.CANCELLED)
        office.until(office.ask("add", numbers=[1]), JobState.DONE)


def test_a_refusal_is_told_in_words_and_nothing_of_it_is_stored(office):
    """
    What a job refuses ends it in the words of the refusal; what it had written is undone.
    """
    job_id = office.ask("refuse")

    with office.working():
        job = office.until(job_id, JobState.FAILED)

    assert job.failure.title == "It is over already"
    assert job.result_digest is None


def test_a_defect_is_told_by_its_number_alone(office):
    """
    The page has a number that the log has too, and no word of what was typed.
    """
    job_id = office.ask("break_down")

    with office.working():
        job = office.until(job_id, JobState.FAILED)

    assert job.failure.code == "defect"
    assert "what somebody typed" not in job.failure.text
    assert job.tries == 1


def test_a_job_that_no_process_survives_ends_in_words(office, monkeypatch):
    """
    It is begun three times, not for ever, and the worker outlives it.
    """
    monkeypatch.setattr("examengine.jobs.rules.PAUSES", [timedelta(seconds=0.1)] * 2)
    job_id = office.ask("die")

    with office.working():
        job = office.until(job_id, JobState.FAILED)
        office.until(office.ask("add", numbers=[1]), JobState.DONE)

    assert job.failure.code == "job_lost"
    assert job.tries == 3


def test_what_was_away_is_asked_again(office):
    """
    A database that does not answer is no refusal: the job waits, and is begun again.
    """
    job_id = office.ask("be_away")

    with office.working():
        job = office.until(job_id, JobState.DONE)

    assert office.result(job_id) == {"losses": 1}
    assert job.tries == 2


def test_a_worker_that_is_told_to_stop_leaves_its_job_to_the_next(office):
    """
    A restart costs a job the work of its try, and nothing else.
    """
    job_id = office.ask_to_wait("a")
    with office.working():
        office.wait_for(lambda: office.beginnings("a"))
    stopped = office.job(job_id)

    with office.working():
        office.wait_for(lambda: office.beginnings("a") == 2)
        office.let_go("a")
        job = office.until(job_id, JobState.DONE)

    assert (stopped.state, stopped.losses) == (JobState.WAITING, 0)
    assert office.result(job_id) == {"tries": job.tries}


def test_a_worker_that_was_killed_loses_its_job_to_another(office):
    """
    After kill -9 nothing is left running, and another worker begins the job again, once.
    """
    job_id = office.ask_to_wait("a")
    with office.worker_process() as worker:
        office.wait_for(lambda: office.beginnings("a"))
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    orphan = int((office.folder / "a.begun").read_text().split()[0])
    office.wait_for(lambda: not _lives(orphan))

    office.components.clock.forward(seconds=60)
    with office.working():
        office.wait_for(lambda: office.beginnings("a") == 2)
        office.let_go("a")
        job = office.until(job_id, JobState.DONE)

    assert job.losses == 1
    assert office.beginnings("a") == 2


def test_two_workers_begin_each_job_once(office):
    """
    Eight jobs and two workers: each is done in one try.
    """
    asked = [office.ask("add", numbers=[n]) for n in range(8)]

    with office.worker_process(), office.working():
        done = [office.until(job_id, JobState.DONE) for job_id in asked]

    assert [job.tries for job in done] == [1] * 8
    assert [office.result(job_id)["sum"] for job_id in asked] == list(range(8))


def test_jobs_that_keep_apart_run_one_after_another(office):
    """
    Of two imports into one bank the second waits for the first, whoever is free.
    """
    first, second = (office.ask_to_wait(name, apart="bank:1") for name in ("a", "b"))
    third = office.ask("add", numbers=[3])

    with office.worker_process(), office.working():
        office.until(third, JobState.DONE)
        running = {office.job(job_id).state for job_id in (first, second)}
        office.let_go("a")
        office.let_go("b")
        for job_id in (first, second):
            office.until(job_id, JobState.DONE)

    assert running == {JobState.RUNNING, JobState.WAITING}


def test_a_job_that_failed_can_be_tried_again(office):
    """
    Whoever asked for it lets it be begun anew, from what came with it; others cannot.
    """
    job_id = office.ask("refuse")
    with office.working():
        office.until(job_id, JobState.FAILED)

        with db.writing(office.components.engine) as session:
            jobs.try_again(
                session, office.components.clock, office.components.queue, office.author, job_id
            )
        job = office.until(job_id, JobState.FAILED)

    assert job.tries == 2


def test_a_job_of_somebody_who_lost_the_role_is_refused(office):
    """
    What somebody may do is asked again when their job runs.
    """
    job_id = office.ask("add", numbers=[1])
    with db.writing(office.components.engine) as session:
        console = accounts.system_actor()
        accounts.set_roles(session, office.components.clock, console, office.author.person_id, [])

    with office.working():
        job = office.until(job_id, JobState.FAILED)

    assert job.failure.code == "job_not_theirs_any_more"


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
