"""The gatehouse: the process beside a server in which strangers, and their papers, are received.

A guessed password, a document to verify and a folder of item files each cost milliseconds of
Python, and whoever computes in a server holds the interpreter's lock against saved answers. So a
server takes no such request apart. It hands it over as it arrives, and hands the answer back; what
it costs, it costs the gatehouse. That process is another one of the same application, which is
given these requests and no others; it has no attempts, and writes no answers.

Both speak HTTP, over a socket in a folder that nobody else can enter.
"""

import asyncio
import logging
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examengine.kernel.errors import ExamError, Kind
from examengine.web import errors
from examengine.web.connections import allow_time
from examengine.web.kept_process import KeptProcess
from examengine.web.large_imports import IMPORT_S
from examengine.web.security import LARGEST

POOL = 6
"""Connections to PostgreSQL: four threads count sign-ins, one verifies, one takes files in."""
ANSWERED_WITHIN_S = 75.0
"""How long an answer may take: longer than a body may, and than a full queue of passwords does."""
BACKLOG = 1024
_HANDED_OVER = re.compile(r"/sign-in|/verify|/bank/[^/]+/import")
_MODULE = "examengine.gatehouse_beside_a_server"
_CLIENT, _LARGEST = b"examengine-client", b"examengine-largest"
_OF_THE_CONNECTION = frozenset(
    b"connection content-length date expect keep-alive te trailer transfer-encoding upgrade "
    b"x-forwarded-for x-forwarded-proto examengine-client examengine-largest".split()
)
"""Headers that are between two ends of one connection, or were understood already."""

log = logging.getLogger("examengine.web")

Raw = Sequence[tuple[bytes, bytes]]


class GatehouseAway(ExamError):
    """The process that would answer ended before it had, or takes nobody in any more."""

    code = "gatehouse_away"
    kind = Kind.UNAVAILABLE
    retry_after = 5


@dataclass(frozen=True, slots=True)
class GatehouseAnswer:
    """What the gatehouse answered: a status, headers, a body."""

    status: int
    headers: Raw
    body: bytes


class Gatehouse:
    """The process, as its server knows it: begun, asked from the event loop, and ended."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._listening: socket.socket | None = None
        self._process: KeptProcess | None = None

    def start(self) -> None:
        """Begin. Who is handed over before it is ready waits in the queue of its socket."""
        self._folder = Path(tempfile.mkdtemp(prefix="examengine-"))  # 0700
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(self._address))
        self._listening.listen(BACKLOG)
        file = self._listening.fileno()
        command = (sys.executable, "-m", _MODULE, str(file))
        self._process = KeptProcess("the gatehouse", command, (file,))
        self._process.start()

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._listening is not None:
            self._process.tell_to_end()
            self._process.join()
            self._listening.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = self._listening = self._process = None

    async def answered(self, scope: Scope, receive: Receive) -> GatehouseAnswer:
        """Hand a request over, its body as it arrives, and return the answer.

        Raises:
            GatehouseAway: It ended before it answered, or takes nobody in.
            ClientDisconnect: Whoever asked is gone.
            ExamError: The body is refused.
        """
        if self._folder is None:
            raise GatehouseAway
        try:
            async with asyncio.timeout(_patience(scope)):
                return await self._exchanged(scope, receive)
        except (OSError, EOFError, TimeoutError, ValueError) as fault:
            log.warning("the gatehouse did not answer: %s", type(fault).__name__)
            raise GatehouseAway from fault

    @property
    def _address(self) -> Path:
        assert self._folder is not None  # noqa: S101  (whoever asks has begun)
        return self._folder / "gatehouse"

    async def _exchanged(self, scope: Scope, receive: Receive) -> GatehouseAnswer:
        """Send and read at once: what is refused unread is answered before its body has come."""
        reader, writer = await asyncio.open_unix_connection(str(self._address))
        writer.write(_head(scope))
        sending = asyncio.create_task(_send_body(receive, writer))
        reading = asyncio.create_task(_read(reader))
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                sending.result()
            return await reading
        finally:
            sending.cancel()
            reading.cancel()
            await asyncio.gather(sending, reading, return_exceptions=True)
            writer.close()


class HandingOver:
    """Hands over to the gatehouse what is its to answer; everything else goes on as before."""

    def __init__(self, app: ASGIApp, gatehouse: Gatehouse) -> None:
        self._app, self._gatehouse = app, gatehouse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not _is_handed_over(scope):
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._gatehouse.answered(scope, receive)
        except ClientDisconnect:
            return
        except ExamError as refusal:
            refused = await errors.refuse(Request(scope), refusal)
            await refused(scope, receive, send)
            return
        await send(_started(answer))
        await send({"type": "http.response.body", "body": answer.body})


class Received:
    """Takes over what a server hands on: whoever asks is whom the server saw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            told = dict(scope["headers"])
            client, largest = told.get(_CLIENT, b""), told.get(_LARGEST)
            scope["headers"] = [
                pair for pair in scope["headers"] if pair[0] not in {_CLIENT, _LARGEST}
            ]
            scope["client"] = (client.decode("latin-1"), 0) if client else None
            if largest is not None:
                scope.setdefault("state", {})[LARGEST] = int(largest)
                allow_time(scope, IMPORT_S)
        await self._app(scope, receive, send)


def _patience(scope: Scope) -> float:
    """Return how long a request may take: longer where somebody known sends large files."""
    large = LARGEST in scope.get("state", {})
    return ANSWERED_WITHIN_S + (IMPORT_S if large else 0.0)


def _is_handed_over(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "POST"
        and _HANDED_OVER.fullmatch(scope["path"]) is not None
    )


def _head(scope: Scope) -> bytes:
    """Return the head of a request as it is handed over; its body is sent in chunks.

    How long a body is said to be is forgotten with the connection on which it came, so that nobody
    can make two requests of one. The connection is not to be closed at the other end, which would
    lose the answer to what was refused unread.
    """
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    lines = [b"POST " + target + b" HTTP/1.1"]
    lines += [
        name + b": " + value for name, value in scope["headers"] if name not in _OF_THE_CONNECTION
    ]
    if scope.get("client"):
        lines.append(_CLIENT + b": " + scope["client"][0].encode("latin-1"))
    if LARGEST in scope.get("state", {}):
        lines.append(_LARGEST + b": %d" % scope["state"][LARGEST])
    return b"\r\n".join((*lines, b"transfer-encoding: chunked", b"", b""))


async def _send_body(receive: Receive, writer: asyncio.StreamWriter) -> None:
    """Send a body on as it arrives; whoever has answered already needs no more of it.

    Raises:
        ClientDisconnect: Whoever asked is gone.
        ExamError: It is too large.
    """
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        body, more = message.get("body", b""), message.get("more_body", False)
        with suppress(OSError):
            if body:
                writer.write(b"%x\r\n%b\r\n" % (len(body), body))
            if not more:
                writer.write(b"0\r\n\r\n")
            await writer.drain()


async def _read(reader: asyncio.StreamReader) -> GatehouseAnswer:
    """Read the answer: a page, or the way to one.

    Raises:
        EOFError: The process ended before it had answered.
        ValueError: It is no answer of ours.
    """
    first, *lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
    pairs = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
    length = int(dict(pairs).get(b"content-length", b""))
    headers = [(name, value) for name, value in pairs if name not in _OF_THE_CONNECTION]
    headers.append((b"content-length", b"%d" % length))
    return GatehouseAnswer(int(first.split(b" ", 2)[1]), headers, await reader.readexactly(length))


def _started(answer: GatehouseAnswer) -> Message:
    return {
        "type": "http.response.start",
        "status": answer.status,
        "headers": list(answer.headers),
    }
