"""Handing strangers over to the process beside a server: what is sent, and what comes back."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from examengine.web.gatehouse import (
    Gatehouse,
    GatehouseAnswer,
    GatehouseAway,
    HandingOver,
    Received,
)
from examengine.web.security import BodyTooLarge
from tests import event_loop

PAGE = b"HTTP/1.1 401 Unauthorized\r\ndate: today\r\nvary: Accept\r\ncontent-length: 2\r\n\r\nno"
UNTIL_CANCELLED = object()


def request(path: str = "/sign-in", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """Return what a server knows of a request by its head."""
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=b",
        "headers": [(b"host", b"exams.example"), *headers],
        "client": ("192.0.2.1", 4711),
    }


def body(*pieces: object) -> Callable[[], Any]:
    """Return what a server receives of a body: bytes, a fault, or nothing for ever."""
    waiting = list(pieces)

    async def receive() -> dict[str, Any]:
        piece = waiting.pop(0)
        if piece is UNTIL_CANCELLED:
            await asyncio.Event().wait()
        if isinstance(piece, Exception):
            raise piece
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    return receive


def handed_over(
    folder: Path, scope: dict[str, Any], receive: Callable[[], Any], answer: bytes | None = PAGE
) -> tuple[GatehouseAnswer, bytes]:
    """Hand one request over to a process that answers so; return its answer, and what it was sent.

    It answers when it has seen the head, or the end of the body where the answer is None.
    """
    sent = bytearray()

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.extend(await reader.readuntil(b"\r\n\r\n"))
        if answer is None:
            sent.extend(await reader.readuntil(b"0\r\n\r\n"))
        writer.write(PAGE if answer is None else answer)
        await writer.drain()
        if answer == b"":
            writer.close()
        sent.extend(await reader.read())
        sent.extend(b"<end>")
        writer.close()

    async def ask() -> GatehouseAnswer:
        beside = Gatehouse()
        beside._folder = folder
        async with await asyncio.start_unix_server(answered, folder / "gatehouse"):
            try:
                return await beside.answered(scope, receive)
            finally:
                await asyncio.sleep(0.05)

    try:
        return event_loop.run(ask()), bytes(sent)
    except Exception as fault:
        fault.add_note(bytes(sent).decode("latin-1"))
        raise


def test_a_request_arrives_as_it_was_sent_and_its_answer_comes_back(tmp_path):
    """
    Address, headers and body are handed over, the answer without what its connection said.
    """
    scope = request("/sign-in", (b"cookie", b"examengine=x"))

    answer, sent = handed_over(tmp_path, scope, body(b"email=", b"ada"), None)

    assert answer == GatehouseAnswer(401, [(b"vary", b"Accept"), (b"content-length", b"2")], b"no")
    assert sent.startswith(b"POST /sign-in?a=b HTTP/1.1\r\nhost: exams.example\r\n")
    assert b"\r\ncookie: examengine=x\r\n" in sent
    assert b"\r\n\r\n6\r\nemail=\r\n3\r\nada\r\n0\r\n\r\n" in sent


def test_nobody_says_who_they_are_or_how_long_their_body_is(tmp_path):
    """
    The source that limits go by is the server's word, and no body can hold a second request.
    """
    forged = (
        (b"examengine-client", b"198.51.100.7"),
        (b"x-forwarded-for", b"198.51.100.8"),
        (b"content-length", b"4"),
        (b"connection", b"close"),
    )
    smuggled = b"0\r\n\r\nPOST /verify HTTP/1.1\r\n\r\n"

    _, sent = handed_over(tmp_path, request("/sign-in", *forged), body(smuggled), None)
    head, _, rest = sent.partition(b"\r\n\r\n")

    assert head.count(b"examengine-client: 192.0.2.1") == 1
    assert not any(value in head for _, value in forged)
    assert rest.startswith(b"%x\r\n%b\r\n" % (len(smuggled), smuggled))


def test_the_word_of_the_server_is_all_that_is_known_of_who_asks():
    """
    The gatehouse takes whom its server saw for whoever asks, and shows no page that header.
    """
    seen = {}

    async def app(scope, _receive, _send):
        seen.update(scope)

    scope = {**request(), "client": None}
    scope["headers"].append((b"examengine-client", b"2001:db8::1"))
    event_loop.run(Received(app)(scope, body(b""), None))

    assert seen["client"][0] == "2001:db8::1"
    assert seen["headers"] == [(b"host", b"exams.example")]


def test_what_is_refused_unread_is_answered_before_it_has_come(tmp_path):
    """
    Whoever sends too much is told so at once, though most of their document is still to come.
    """
    answer, _ = handed_over(tmp_path, request("/verify"), body(b"x" * 1000, UNTIL_CANCELLED))

    assert answer.status == 401


def test_who_leaves_is_not_waited_for(tmp_path):
    """
    A client that hangs up in the middle of a body leaves no half request that could be answered.
    """
    with pytest.raises(ClientDisconnect) as left:
        handed_over(tmp_path, request("/verify"), body(b"half", None), b" ")

    assert left.value.__notes__[0].endswith("4\r\nhalf\r\n<end>")


def test_what_is_too_large_is_refused_by_the_server(tmp_path):
    """
    The limit holds for what is handed over, and the refusal is the one of every page.
    """
    with pytest.raises(BodyTooLarge):
        handed_over(tmp_path, request("/verify"), body(b"x", BodyTooLarge("2 MB")), b" ")


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"nonsense\r\n\r\n"], ids=["none", "endless", "no"]
)
def test_a_gatehouse_that_does_not_answer_is_said_to_be_away(tmp_path, answer):
    """
    It died, or says what no page of ours says: whoever asked is told to come again.
    """
    with pytest.raises(GatehouseAway):
        handed_over(tmp_path, request(), body(b"x"), answer)


def test_a_gatehouse_that_has_not_begun_takes_nobody_in():
    """
    Whoever comes before or after it is told to come again.
    """
    with pytest.raises(GatehouseAway):
        event_loop.run(Gatehouse().answered(request(), body(b"x")))


@pytest.mark.parametrize(
    ("method", "path", "over"),
    [
        ("POST", "/sign-in", True),
        ("POST", "/verify", True),
        ("POST", "/bank/data-literacy/import", True),
        ("GET", "/sign-in", False),
        ("POST", "/sign-out", False),
        ("POST", "/verify/more", False),
        ("POST", "/bank/data-literacy/imports/7/import", False),
        ("POST", "/attempts/7/saves", False),
    ],
)
def test_strangers_are_handed_over_and_nobody_else(method, path, over):
    """
    Guesses, documents and item files are; pages, and what candidates do, are answered here.
    """
    answered, said = [], []

    class Beside(Gatehouse):
        async def answered(self, scope, _receive):
            answered.append(scope["path"])
            return GatehouseAnswer(200, [], b"")

    async def app(scope, _receive, _send):
        said.append(scope["path"])

    async def send(_message):
        pass

    scope = {**request(path), "method": method}
    event_loop.run(HandingOver(app, Beside())(scope, body(b""), send))

    assert (answered, said) == (([path], []) if over else ([], [path]))
