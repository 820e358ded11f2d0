"""The server that is measured, on a database of its own; both are gone afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests import postgresql

ROOT = Path(__file__).parents[1]


@contextmanager
def database(kind: str, home: Path) -> Iterator[str]:
    """Yield the URL of an empty database whose commits are synced to the disk."""
    server = postgresql.server(postgresql.DURABLE) if kind == "postgresql" else nullcontext(None)
    with server as url:
        yield url or f"sqlite:///{home / 'load.db'}"


def environment(url: str, home: Path, port: int, workers: int = 1) -> dict[str, str]:
    """Return the environment of a server on this database."""
    return {
        **os.environ,
        "EXAMENGINE_DATABASE_URL": url,
        "EXAMENGINE_STATE": str(home),
        "EXAMENGINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EXAMENGINE_HOST": "127.0.0.1",
        "EXAMENGINE_PORT": str(port),
        "EXAMENGINE_WORKERS": str(workers),
    }


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    port: int,
    *,
    strangers_too: bool = True,
) -> Iterator[int]:
    """Run a server of ours, wait until it answers, and yield the id of its process.

    Args:
        command: What runs it.
        environment: Its environment.
        port: Where it listens.
        strangers_too: Whether to wait until strangers are answered as well; the process that does
            so takes only what a machine has left, which may be nothing.
    """
    process = subprocess.Popen(  # noqa: S603  (our own server)
        [sys.executable, *command], cwd=ROOT, env=environment
    )
    try:
        _wait_for(port, process)
        if strangers_too:
            _wait_for_the_gatehouse(port)
        time.sleep(2)  # the other workers come a moment later
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def served(
    application: Sequence[str], environment: Mapping[str, str], port: int, workers: int = 1
) -> Iterator[int]:
    """Serve an application by uvicorn, the bare one as the real one; yield its process."""
    listening = ("--host", "127.0.0.1", "--port", str(port), "--timeout-keep-alive", "600")
    quiet = ("--workers", str(workers), "--log-level", "warning", "--no-access-log")
    with running(("-m", "uvicorn", *application, *listening, *quiet), environment, port) as process:
        yield process


def say(line: str) -> None:
    """Print a line at once, whatever standard output is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < give_up:
        try:
            with urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5):
                break
        except OSError:
            time.sleep(0.2)
    else:
        raise RuntimeError("the server did not start")


def _wait_for_the_gatehouse(port: int) -> None:
    """Send a form that nobody drew: its refusal is the first answer of the process beside."""
    with suppress(HTTPError):
        urlopen(f"http://127.0.0.1:{port}/sign-in", data=b"", timeout=60)
