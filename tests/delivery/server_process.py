"""A server in a process of its own, which a test may kill at any moment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

NONE: Mapping[str, str] = {}


class ServerProcess:
    """`examengine serve` on a port of this machine.

    Args:
        database_url: The database, with its schema.
        state: The folder of its keys.
        workers: Processes that serve.
        settings: What else its environment says, or says otherwise.
    """

    def __init__(
        self, database_url: str, state: Path, workers: int = 1, settings: Mapping[str, str] = NONE
    ) -> None:
        self.port = _free_port()
        self._environment = {
            **os.environ,
            "EXAMENGINE_DATABASE_URL": database_url,
            "EXAMENGINE_STATE": str(state),
            "EXAMENGINE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "EXAMENGINE_PORT": str(self.port),
            "EXAMENGINE_WORKERS": str(workers),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "examengine", "serve"], env=self._environment
        )
        give_up = time.monotonic() + 300
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a failing machine does: without a word."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def is_gone(self) -> bool:
        """Wait until nothing listens on its port any more; False if something does for long."""
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return True
            time.sleep(0.1)
        return False

    def beside(self, module: str) -> int:
        """Wait until a process that runs this module stands beside the server; return its id."""
        assert self._process is not None
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            for stat in Path("/proc").glob("[0-9]*/stat"):
                try:
                    parent = int(stat.read_text().rpartition(")")[2].split()[1])
                    command = stat.with_name("cmdline").read_bytes()
                except OSError:  # it ended a moment ago
                    continue
                if parent == self._process.pid and module.encode() in command:
                    return int(stat.parent.name)
            time.sleep(0.1)
        raise RuntimeError(f"nothing runs {module} beside the server")

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=1):
                return True
        except HTTPError:
            return True
        except OSError:
            return False


@contextmanager
def server_process(
    database_url: str, state: Path, workers: int = 1, settings: Mapping[str, str] = NONE
) -> Iterator[ServerProcess]:
    """Run a server; it is gone afterwards, however the test ends."""
    server = ServerProcess(database_url, state, workers, settings)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
