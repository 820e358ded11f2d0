"""The verifier in a process of its own: what a document costs, it costs that process.

JSON-LD in Python holds the interpreter's lock, so a thread would not do: one document could keep
every page and every saved answer waiting. The process starts with the first question, runs behind
everything else, knows neither database nor keys nor settings, and is asked one question at
a time. It asks back for the documents it needs. A question has a limit of processor time, which
the process keeps, and one of time, after which it is ended and a new one starts with the next.

Both ends are here, because they are one conversation:

    → question: {now, recipient}, then the data        ← "document", its URL   → found or not, bytes
                                                       ← "report", a report
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from examengine.credentials.vc import wire
from examengine.credentials.vc.errors import ContextsMissing
from examengine.credentials.vc.report import Report
from examengine.credentials.vc.verification import Question, unanswered, verify

PROCESSOR_SECONDS = 2.0
"""What one question may cost; the worst that the limits let through costs about half of it."""
ANSWERED_WITHIN = 20.0
"""Seconds after which the process is ended, whatever it may be doing."""
STARTED_WITHIN = 60.0
_PROGRAM = Path(__file__).with_name("__main__.py")
_GONE = (EOFError, OSError, ValueError, KeyError, TypeError)


class VerifierProcess:
    """Asks the process, from any thread; questions wait for each other."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def verify(self, data: bytes, question: Question) -> Report:
        """Verify as `verification.verify` does; what takes too long could not be told.

        Raises:
            ContextsMissing: The JSON-LD contexts are not installed.
        """
        with self._one_at_a_time:
            try:
                return self._ask(data, question)
            except TimeoutError:
                self.stop()
                return unanswered("took_too_long")
            except _GONE:
                self.stop()
                return unanswered("verifier_gone")

    def stop(self) -> None:
        """End the process; the next question starts another one."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None:
            process.kill()
            process.wait()
        if connection is not None:
            connection.close()

    def _ask(self, data: bytes, question: Question) -> Report:
        connection = self._connection or self._start()
        asked = {"now": question.now.isoformat(), "recipient": question.recipient}
        connection.send_bytes(json.dumps(asked).encode())
        connection.send_bytes(data)
        until = time.monotonic() + ANSWERED_WITHIN
        while True:
            kind = _received(connection, until).decode()
            said = _received(connection, until)
            if kind == "report":
                return wire.unpacked(said)
            if kind == "contexts_missing":
                raise ContextsMissing(said.decode(), "is not installed as it was pinned")
            found = question.documents.get(said.decode())
            connection.send_bytes(b"none" if found is None else b"found")
            connection.send_bytes(found or b"")

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        # Nothing that the operator has set goes along: only where our packages lie.
        packages = os.pathsep.join(place for place in sys.path if place)
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            [sys.executable, "-P", str(_PROGRAM), str(theirs.fileno())],
            env={"PYTHONPATH": packages, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self._connection = ours
        _received(ours, time.monotonic() + STARTED_WITHIN)
        return ours


def _received(connection: Connection, until: float) -> bytes:
    if not connection.poll(max(0.0, until - time.monotonic())):
        raise TimeoutError
    return connection.recv_bytes()


class _AskedBack:
    """Documents that the other end looks up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, url: str) -> bytes | None:
        """Return what stands at `url`, or None."""
        _say(self._connection, "document", url.encode())
        found = self._connection.recv_bytes() == b"found"
        content = self._connection.recv_bytes()
        return content if found else None


class _TooLong(BaseException):
    """The question has cost what it may; no handler of ordinary errors may swallow this."""


def serve(connection: Connection) -> None:
    """Answer questions until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal asks the server, which ends us
    signal.signal(signal.SIGVTALRM, _give_up)
    connection.send_bytes(b"ready")
    while True:
        try:
            asked = json.loads(connection.recv_bytes())
            data = connection.recv_bytes()
            _answer(connection, asked, data)
        except (EOFError, OSError):
            return


def _answer(connection: Connection, asked: dict[str, Any], data: bytes) -> None:
    now = datetime.fromisoformat(asked["now"])
    question = Question(_AskedBack(connection), now, asked["recipient"])
    try:
        _say(connection, "report", wire.packed(_within_limit(data, question)))
    except ContextsMissing as missing:
        _say(connection, "contexts_missing", missing.file.encode())


def _within_limit(data: bytes, question: Question) -> Report:
    signal.setitimer(signal.ITIMER_VIRTUAL, PROCESSOR_SECONDS)
    try:
        return verify(data, question)
    except _TooLong:
        return unanswered("took_too_long")
    except (ContextsMissing, EOFError, OSError):
        raise
    except Exception:
        # A defect of ours: whoever asked is told that we could not tell, and we that we must look.
        traceback.print_exc()
        return unanswered("verifier_gone")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _give_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _TooLong


def _say(connection: Connection, kind: str, content: bytes) -> None:
    connection.send_bytes(kind.encode())
    connection.send_bytes(content)
