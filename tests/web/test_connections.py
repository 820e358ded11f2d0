"""What a connection may take, on a server that listens."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import uvicorn

from examengine.web import connections
from examengine.web.connections import LimitedProtocol, allow_time


async def echo(scope, receive, send) -> None:
    """Answer with how much was sent; at `/known` a body may take its time."""
    if scope["type"] == "http" and scope["path"] == "/known":
        allow_time(scope, 20.0)
    more, length = True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message["more_body"]
    body = b"%d bytes" % length
    head = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that speaks the limited protocol."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        echo, http=LimitedProtocol, loop="asyncio", lifespan="off", log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = server.force_exit = True
    thread.join(10)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """Connect, and wait for answers, but not for ever."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(30)
        yield connection


def everything(connection: socket.socket) -> bytes:
    """Return what comes until the server closes."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        pass
    return received


def one_answer(connection: socket.socket) -> bytes:
    """Return one answer of `echo`; the connection stays."""
    received = b""
    while not received.endswith(b" bytes"):
        received += connection.recv(65536)
    return received


POST = b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n"


@pytest.mark.parametrize("begun", [b"", b"GET", b"GET / HTTP/1.1\r\nhost: he"])
def test_headers_that_do_not_arrive_are_waited_for_no_longer(port, monkeypatch, begun):
    """
    A connection that says nothing, or begins and stops, is closed.
    """
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    with connected(port) as connection:
        connection.sendall(begun)

        answer = everything(connection)

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_body_that_does_not_arrive_is_waited_for_no_longer(port, monkeypatch):
    """
    Half a body is answered 408 and the connection closed; the application is told.
    """
    monkeypatch.setattr(connections, "BODY_S", 0.2)
    with connected(port) as connection:
        connection.sendall(POST + b"\r\n12345")

        answer = everything(connection)

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_body_of_somebody_who_is_known_may_take_longer(port, monkeypatch):
    """
    The application gives a file more time, once it knows who sends it; the next request has none.
    """
    monkeypatch.setattr(connections, "BODY_S", 0.3)
    known = POST.replace(b"POST /", b"POST /known")
    with connected(port) as connection:
        connection.sendall(known + b"\r\n12345")
        time.sleep(0.9)
        connection.sendall(b"67890")
        answer = one_answer(connection)
        connection.sendall(POST + b"\r\n12345")
        next_one = everything(connection)

    assert answer.endswith(b"10 bytes")
    assert next_one.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n",
        b"GET / HTTP/1.1\r\na: " + b"b" * 33_000 + b"\r\n\r\n",
        b"GET /" + b"b" * 33_000 + b" HTTP/1.1\r\na: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + (b"a: " + b"b" * 4000 + b"\r\n") * 9 + b"\r\n",
    ],
    ids=["many", "one that is long", "a long address", "many that are long"],
)
def test_headers_that_no_browser_sends_are_refused(port, head):
    """
    More than a hundred, or more than 32 KB of them: 431, once, and closed.
    """
    with connected(port) as connection:
        connection.sendall(head)

        answer = everything(connection)

    assert answer.startswith(b"HTTP/1.1 431")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_header_without_an_end_is_not_kept(port):
    """
    It is refused when it has become too large, although it never ends.
    """
    with connected(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\na: ")
        try:
            for _ in range(1000):
                connection.sendall(b"b" * 4096)
        except OSError:
            pass  # closed, which is right

        answer = everything(connection)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


def test_who_is_connected_is_answered_when_others_are_sent_away(port, monkeypatch):
    """
    A stranger who opens all connections there are keeps newcomers out, and nobody else.
    """
    monkeypatch.setattr(LimitedProtocol, "most_connections", 1)
    with connected(port) as first:
        first.sendall(POST + b"\r\n1234567890")
        before = one_answer(first)
        with connected(port) as second:
            refused = everything(second)
        first.sendall(POST + b"\r\n1234567890")
        after = one_answer(first)

    assert refused.startswith(b"HTTP/1.1 503")
    assert b"retry-after" in refused
    assert before == after


def test_requests_within_the_limits_share_a_connection(port, monkeypatch):
    """
    The time for headers does not run while a candidate thinks, nor the one for bodies.
    """
    monkeypatch.setattr(connections, "HEAD_S", 0.3)
    monkeypatch.setattr(connections, "BODY_S", 0.3)
    answers = []
    with connected(port) as connection:
        for _ in range(3):
            connection.sendall(POST + b"\r\n1234567890")
            answers.append(one_answer(connection))
            time.sleep(0.5)

    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers)
    assert all(answer.endswith(b"10 bytes") for answer in answers)
