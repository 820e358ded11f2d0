"""What a connection may take: time for a request to arrive, and size and number of its headers.

uvicorn waits for ever for the rest of a request. Whoever sends one byte a minute over a few
thousand connections would so keep everybody else out.
"""

from asyncio import TimerHandle, Transport
from typing import Any, ClassVar

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 15.0
"""How long the headers of a request may take to arrive, from its first byte on."""
BODY_S = 60.0
"""How long its body may take: 2 MB at 280 kbit/s."""
LARGEST_HEAD = 32 * 1024
MOST_HEADERS = 100
KEEP_ALIVE_S = 75
"""How long a candidate may think before the connection has to be made anew."""

MORE_TIME = "examengine.more_time"
"""The extension of a request by which an application gives its body more time."""
_TOO_LATE = "The request did not arrive in time."
_TOO_LARGE = "The headers of the request are too large."
_TOO_MANY = "Too many are connected; please try again in a few seconds."
_STATUS = {
    _TOO_LATE: b"HTTP/1.1 408 Request Timeout\r\n",
    _TOO_LARGE: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
    _TOO_MANY: b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n",
}


def allow_time(scope: Scope, seconds: float) -> None:
    """Let the body of a request take longer than others: of somebody who is known by now."""
    allow = scope.get("extensions", {}).get(MORE_TIME)
    if allow is not None:
        allow(seconds)


class HeadTooLarge(Exception):
    """More headers, or larger ones, than any browser sends."""


class LimitedProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, within limits."""

    most_connections: ClassVar[int] = 20_000
    """Whoever comes when so many are connected is sent away; those who are in are answered."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: TimerHandle | None = None
        self._head_arriving = False
        self._head = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(_TOO_MANY)
        else:
            self._wait(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived, unless a single header has become too large."""
        super().data_received(data)
        if self._head_arriving:
            self._head += len(data)
            if self._head > LARGEST_HEAD and not self.transport.is_closing():
                self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to count, and to wait for the end of the headers."""
        super().on_message_begin()
        self._head_arriving, self._head = True, 0
        self._wait(HEAD_S)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header.

        Raises:
            HeadTooLarge: There are too many, or they are too large.
        """
        super().on_header(name, value)
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if len(self.headers) > MOST_HEADERS or size > LARGEST_HEAD:
            self._refuse(_TOO_LARGE)
            raise HeadTooLarge

    def on_headers_complete(self) -> None:
        """Wait for the body, and let the application begin."""
        self._head_arriving = False
        self._wait(BODY_S)
        extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
        extensions[MORE_TIME] = self._allow
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing more of this request."""
        self._wait(None)
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, once."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _allow(self, seconds: float) -> None:
        """Let the body that arrives take so long from now on, unless it is whole already."""
        if self._deadline is not None:
            self._wait(seconds)

    def _wait(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self._refuse(_TOO_LATE)

    def _refuse(self, words: str) -> None:
        """Say why, if no answer has begun, and close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = words.encode()
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            length = b"content-length: %d\r\n\r\n" % len(body)
            self.transport.write(_STATUS[words] + head + length + body)
        self.transport.close()
