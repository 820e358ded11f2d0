"""The files of a SQLite database belong to their owner, and to one server at a time."""

import os
import stat
import subprocess
import sys

import pytest
from sqlalchemy import text

from examengine import db

HOLD = """
import sys, time
from examengine import db
occupancy = db.occupy(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


def permissions(path) -> str:
    """Return who may do what."""
    return stat.filemode(path.stat().st_mode)


def test_files_and_folder_are_for_their_owner_alone(tmp_path):
    """
    Database, log and shared memory are 0600 in a folder of 0700, whatever the umask is.
    """
    before = os.umask(0o022)
    path = tmp_path / "state" / "examengine.db"
    engine = db.make_engine(f"sqlite:///{path}")

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE anything (x INTEGER)"))
        found = {file.name: permissions(file) for file in path.parent.iterdir()}
    os.umask(before)
    engine.dispose()

    assert permissions(path.parent) == "drwx------"
    assert set(found) == {"examengine.db", "examengine.db-wal", "examengine.db-shm"}
    assert set(found.values()) == {"-rw-------"}


def test_files_that_others_could_read_are_closed_to_them(sqlite_url, tmp_path):
    """
    A database made before is tightened when it is opened.
    """
    path = tmp_path / "examengine.db"
    path.chmod(0o644)

    db.make_engine(sqlite_url).dispose()

    assert permissions(path) == "-rw-------"


def test_a_second_engine_keeps_the_locks_of_the_first(sqlite_url, tmp_path):
    """
    Another process that opens and leaves the database must not believe itself the last one.

    It would write the log back and remove it, under the hands of those who still use it.
    """
    first, log = db.make_engine(sqlite_url), tmp_path / "examengine.db-wal"
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE anything (x INTEGER)"))
    before = log.stat().st_ino
    second = db.make_engine(sqlite_url)

    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from examengine import db; db.check_schema(db.make_engine({sqlite_url!r}))",
        ],
        check=True,
        env=dict(os.environ),
    )

    assert log.stat().st_ino == before
    first.dispose()
    second.dispose()


def test_a_second_server_is_refused_until_the_first_has_ended(sqlite_url):
    """
    However the first ended: the lock is the kernel's, and no file has to be removed.
    """
    command = [sys.executable, "-c", HOLD, sqlite_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()

        with pytest.raises(db.DatabaseOccupied, match=f"process {first.pid}"):
            db.occupy(sqlite_url)
        first.kill()
    occupancy = db.occupy(sqlite_url)

    assert occupancy is not None
    occupancy.leave()


def test_a_database_that_is_shared_is_nobodys(postgresql_url):
    """
    PostgreSQL serves as many servers as are wanted.
    """
    assert db.occupy(postgresql_url) is None
