"""One server to one SQLite file: a second one would decide about attempts behind the first's back.

The lock is the kernel's, on an open file, so it is gone with its process however that ended.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL

from examengine.db.address import read_address
from examengine.db.engine import DatabaseUnreachable
from examengine.kernel.errors import ExamError, Kind


class DatabaseOccupied(ExamError):
    """A server is running on this database, and may not be disturbed."""

    code = "database_occupied"
    kind = Kind.UNAVAILABLE

    def __init__(self, path: Path, process: str) -> None:
        super().__init__(
            f"a server is running on the database {path}"
            f"{f' (process {process})' if process.isdecimal() else ''}; "
            "stop it first, or serve from PostgreSQL, which several servers can share"
        )


class Occupancy:
    """A SQLite file that this process has for itself until it ends or leaves it.

    Raises:
        DatabaseOccupied: Another process has it.
        DatabaseUnreachable: The lock file beside the database cannot be made.
    """

    def __init__(self, database: Path) -> None:
        path = Path(f"{database}.server")
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DatabaseUnreachable(f"{path} cannot be made: {error.strerror}") from error
        self._file: IO[str] = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            process = self._file.read(20).strip()
            self._file.close()
            raise DatabaseOccupied(database, process) from taken
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def leave(self) -> None:
        """Let others have it."""
        self._file.close()


def occupy(database_url: str) -> Occupancy | None:
    """Take a SQLite file for this process alone; None where the database can be shared.

    Raises:
        DatabaseOccupied: A server has it.
    """
    path = _file_of(read_address(database_url))
    return None if path is None else Occupancy(path)


@contextmanager
def occupying(database_url: str) -> Iterator[None]:
    """Have a SQLite file for a while; PostgreSQL is shared.

    Raises:
        DatabaseOccupied: A server has it.
    """
    occupancy = occupy(database_url)
    try:
        yield
    finally:
        if occupancy is not None:
            occupancy.leave()


def _file_of(address: URL) -> Path | None:
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    return Path(str(address.database)).resolve()
