"""Processes that step back, and come back."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from examengine.accounts import PasswordHasher
from examengine.kernel.processes import NICENESS, Lasting, processes

ORPHANS = """
import os, sys, time
from examengine.kernel.processes import processes
if __name__ == "__main__":
    pool = processes(1)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""

NICE_TWICE = """
from os import nice
from examengine.kernel.processes import step_aside
step_aside()
step_aside()
print(nice(0), nice(19), step_aside() or nice(0))
"""

ENDED_BY_A_SIGNAL = """
import os, signal
from examengine.kernel.processes import Lasting, processes
if __name__ == "__main__":
    pool = Lasting(lambda: processes(1))
    pool.submit(os.getpid).result()
    pool.stop()
    os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.fixture
def pool():
    """A pool of one process."""
    made = Lasting(lambda: processes(1))
    yield made
    made.stop()


def test_what_is_computed_there_steps_back(pool):
    """
    It runs in another process, after everything that is in more of a hurry.
    """
    assert pool.submit(os.getpid).result() != os.getpid()
    assert pool.submit(os.sched_getscheduler, 0).result() == os.SCHED_IDLE


def test_not_all_of_them_step_back_so_far_that_they_could_stand_still():
    """
    Of two, one takes what nobody else wants of the processors, and one its small share always.
    """
    made = processes(2)
    for ended in [made.submit(time.sleep, 0.2) for _ in range(8)]:
        ended.result()
    numbers = list(made._processes)
    expected = {(os.SCHED_IDLE, os.nice(0)), (os.SCHED_OTHER, max(os.nice(0), NICENESS))}
    until = time.monotonic() + 10
    while (found := _standings(numbers)) != expected and time.monotonic() < until:
        time.sleep(0.05)
    made.shutdown()

    assert found == expected


def test_who_was_begun_by_a_nice_process_is_not_nicer_than_that_one():
    """
    Two steps aside are one, so that a hasher of the gatehouse never stands still; none goes back.
    """
    program = [sys.executable, "-c", NICE_TWICE]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()

    assert said == [str(max(os.nice(0), NICENESS)), "19", "19"]


def _standings(numbers: list[int]) -> set[tuple[int, int]]:
    return {
        (os.sched_getscheduler(number), os.getpriority(os.PRIO_PROCESS, number))
        for number in numbers
    }


def test_a_process_that_was_killed_is_replaced(pool):
    """
    What it was at is lost and said to be; what comes after is computed.
    """
    number = pool.submit(os.getpid).result()
    at_work = pool.submit(time.sleep, 30)
    os.kill(number, signal.SIGKILL)

    with pytest.raises(BrokenExecutor):
        at_work.result(10)

    assert pool.submit(os.getpid).result() not in {number, os.getpid()}


def test_nothing_is_left_when_the_server_is_killed(tmp_path):
    """
    Though nobody told them, its processes end with it.
    """
    program = tmp_path / "program.py"
    program.write_text(ORPHANS)
    server = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    number = int(server.stdout.readline())
    server.kill()
    server.communicate()

    until = time.monotonic() + 10
    while Path(f"/proc/{number}").exists() and time.monotonic() < until:
        time.sleep(0.05)

    assert not Path(f"/proc/{number}").exists()


def test_a_server_that_a_signal_ends_leaves_nothing_to_clean_up(tmp_path):
    """
    A pool that was stopped has given back what it shared, before its process ends without a word.
    """
    program = tmp_path / "program.py"
    program.write_text(ENDED_BY_A_SIGNAL)

    ended = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=False, timeout=60
    )

    assert (ended.returncode, ended.stderr) == (-signal.SIGTERM, "")


def test_a_pool_that_was_stopped_works_again(pool):
    """
    What comes after a stop begins a new process; the old one is gone.
    """
    before = pool.submit(os.getpid).result()
    pool.stop()

    assert not Path(f"/proc/{before}").exists()
    assert pool.submit(os.getpid).result() != before


def test_passwords_are_hashed_there():
    """
    What one process hashed another finds right, and a wrong password wrong.
    """
    hasher = PasswordHasher(memory_kib=64, passes=1, pool=processes)
    stored = hasher.hash("four cold lamps")

    assert hasher.matches(stored, "four cold lamps")
    assert not hasher.matches(stored, "four warm lamps")
    assert not hasher.matches(None, "four cold lamps")
    hasher.stop()
