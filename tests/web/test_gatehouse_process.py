"""The gatehouse as a process: what it takes from a server, and how it comes and goes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from examengine import accounts, db
from examengine.accounts import Role
from examengine.kernel.clock import SystemClock
from examengine.kernel.processes import NICENESS
from examengine.web.security import csrf_token
from tests.delivery.examples import PASSWORD, QUICK
from tests.delivery.server_process import ServerProcess, server_process

ADA, ALMA = "ada@example.org", "alma@example.org"
COOKIE = "a-browser-that-nobody-knows"
GATEHOUSE = "examengine.gatehouse_beside_a_server"
PATIENCE_S = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own, in which a candidate and an author have accounts."""
    home = tmp_path_factory.mktemp("server")
    url = f"sqlite:///{home}/exams.db"
    engine = db.within(db.make_engine(url), db.FIRST_ORGANISATION)
    db.upgrade(engine)
    with db.writing(engine) as session:
        for email, role in ((ADA, Role.CANDIDATE), (ALMA, Role.AUTHOR)):
            accounts.add_person(
                session,
                SystemClock(),
                QUICK,
                accounts.system_actor(),
                email=email,
                name=email[:3].capitalize(),
                password=PASSWORD,
                roles=[role],
            )
    engine.dispose()
    with server_process(url, home) as running:
        yield running


def sent(server: ServerProcess, source: str = "127.0.0.1", **fields: str) -> HTTPConnection:
    """Send the form of a sign-in; the answer is still to be read."""
    connection = HTTPConnection(
        "127.0.0.1", server.port, timeout=PATIENCE_S, source_address=(source, 0)
    )
    connection.request(
        "POST",
        "/sign-in",
        urlencode({"csrf": csrf_token(COOKIE), **fields}),
        {
            "content-type": "application/x-www-form-urlencoded",
            "cookie": f"examengine={COOKIE}",
            "examengine-client": "198.51.100.7",
            "x-forwarded-for": "198.51.100.8",
        },
    )
    return connection


def answered(connection: HTTPConnection) -> HTTPResponse:
    """Read an answer to its end."""
    answer = connection.getresponse()
    answer.page = answer.read().decode()
    connection.close()
    return answer


def guess(server: ServerProcess, source: str) -> int:
    """Guess a password; return the status of the answer."""
    return answered(sent(server, source, email="nobody@example.org", password="wrong")).status


def test_who_guesses_is_counted_by_where_they_are(server):
    """
    Five guesses from a place are looked at, whatever the browser says of its place; others go on.
    """
    from_one_place = [guess(server, "127.0.0.2") for _ in range(6)]

    assert from_one_place == [401] * 5 + [429]
    assert guess(server, "127.0.0.3") == 401


def test_somebody_signs_in_through_it(server):
    """
    Both cookies come back, and lead into the page of whoever has signed in.
    """
    entered = answered(sent(server, email=ADA, password=PASSWORD))
    cookies = entered.headers.get_all("set-cookie")
    session = next(one for one in cookies if one.startswith("examengine="))
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/", headers={"cookie": session.partition(";")[0]})

    assert entered.status == 303
    assert len(cookies) == 2
    assert "My exams" in answered(connection).page


def large_import(server: ServerProcess, cookie: str) -> int:
    """Send more than a page may for an import; return the status of the answer."""
    body = b"\r\n".join(
        [
            *(b"--x", b'content-disposition: form-data; name="csrf"', b""),
            *(csrf_token(cookie).encode(), b"--x"),
            *(b'content-disposition: form-data; name="dry_run"', b"", b"true", b"--x"),
            *(b'content-disposition: form-data; name="files"; filename="a.yaml"', b""),
            *(b"#" * 3 * 1024 * 1024, b"--x--", b""),
        ]
    )
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "cookie": f"examengine={cookie}",
        "examengine-largest": "99999999",
    }
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    with suppress(BrokenPipeError, ConnectionResetError):  # where it is refused unread
        connection.request("POST", "/bank/none/import", body, headers)
    return answered(connection).status


def test_large_item_files_pass_through_it_for_authors_alone(server):
    """
    What the server found out of a sender it hands over; a stranger's word for it is nothing.
    """
    entered = answered(sent(server, email=ALMA, password=PASSWORD))
    cookies = entered.headers.get_all("set-cookie")
    session = next(one for one in cookies if one.startswith("examengine="))

    assert large_import(server, COOKIE) == 413
    assert large_import(server, session.partition(";")[0].partition("=")[2]) == 404


def test_a_form_of_another_site_is_refused_there(server):
    """
    What every form has to bring is asked in the gatehouse as in the server.
    """
    forged = answered(sent(server, email=ADA, password=PASSWORD, csrf="forged"))

    assert forged.status == 403


def test_a_gatehouse_at_a_loss_keeps_no_page_waiting(server):
    """
    Though it answers nobody any more, pages are answered; what it was handed it answers later.
    """
    number = server.beside(GATEHOUSE)
    os.kill(number, signal.SIGSTOP)
    try:
        waiting = sent(server, "127.0.0.4", email="nobody@example.org", password="wrong")
        page = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        page.request("GET", "/sign-in")
        drawn = answered(page)
        unanswered = not _has_arrived(waiting.sock)
    finally:
        os.kill(number, signal.SIGCONT)

    assert drawn.status == 200
    assert unanswered
    assert answered(waiting).status == 401


def test_it_steps_aside_for_answers(server):
    """
    Where both want a processor the server has it first.
    """
    assert os.getpriority(os.PRIO_PROCESS, server.beside(GATEHOUSE)) >= NICENESS


def test_a_gatehouse_that_was_killed_is_begun_again(server):
    """
    Whom it had not let in yet is answered by the next one.
    """
    number = server.beside(GATEHOUSE)
    os.kill(number, signal.SIGSTOP)
    waiting = sent(server, "127.0.0.5", email="nobody@example.org", password="wrong")
    os.kill(number, signal.SIGKILL)

    assert answered(waiting).status == 401
    assert server.beside(GATEHOUSE) != number


def test_what_hashes_for_it_imports_next_to_nothing():
    """
    A process that is begun under attack has stepped back before it costs anything.
    """
    imported = subprocess.run(
        [sys.executable, "-c", f"import sys, {GATEHOUSE}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert GATEHOUSE in imported.stdout.split()
    assert not {"fastapi", "sqlalchemy", "uvicorn"} & set(imported.stdout.split())


def test_nothing_is_left_of_it(sqlite_url, tmp_path, capfd, monkeypatch):
    """
    A server that stops, and one that is killed, leave no process; the one that stops no files.
    """
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with server_process(sqlite_url, tmp_path) as server:
        stopped = server.beside(GATEHOUSE)
        status = server.stop()
        left = list(tmp_path.glob("examengine-*"))
        server.start()
        killed = server.beside(GATEHOUSE)
        server.kill()
        gone = [_is_gone(stopped), _is_gone(killed)]

    assert status in {0, -15}
    assert (gone, left) == ([True, True], [])
    assert not re.search("leaked|Traceback", capfd.readouterr().err)


def _has_arrived(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(PATIENCE_S)


def _is_gone(process_id: int) -> bool:
    until = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{process_id}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not Path(f"/proc/{process_id}").exists()
