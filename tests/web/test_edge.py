"""The edge of the application: methods, origins, proxies, cookies, and a database that is away."""

import logging
import re

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from examengine.app import create_app
from examengine.credentials import create_key
from examengine.settings import Settings
from examengine.web import health
from examengine.web.edge import Edge
from examengine.web.errors import DatabaseAway
from examengine.web.origins import OwnOrigin
from tests import event_loop

PUBLISHED = ["/status/1", "/.well-known/did.json", "/static/examengine.css", "/health/live"]


@pytest.fixture
def key(tmp_path, clock):
    """A key of the awarding body."""
    create_key(tmp_path / "keys", clock.now(), development=True)


@pytest.mark.parametrize("address", [*PUBLISHED, "/health/ready"])
def test_what_is_published_begins_no_session(client, key, address):
    """
    A document that caches may keep carries no cookie; it would be somebody else's.
    """
    answer = client.get(address)

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_page_begins_one(client):
    """
    A page has forms, and their token belongs to a cookie; no cache may keep it.
    """
    answer = client.get("/sign-in")

    assert "set-cookie" in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", [*PUBLISHED, "/sign-in", "/nowhere", "/bank"])
def test_head_says_what_get_would(client, key, address):
    """
    The same status and headers as GET, and no body.
    """
    told, asked = client.get(address), client.head(address)

    assert asked.status_code == told.status_code
    assert asked.headers.get("content-type") == told.headers.get("content-type")
    assert asked.headers.get("content-length") == told.headers.get("content-length")
    assert asked.content == b""


def test_options_name_the_methods_and_let_other_sites_read_documents(client):
    """
    What is published may be read by programs of other sites; forms may not be sent by them.
    """
    document, form = client.options("/status/1"), client.options("/verify")

    assert document.status_code == 204
    assert document.headers["allow"] == "GET, HEAD, OPTIONS"
    assert document.headers["access-control-allow-origin"] == "*"
    assert form.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert "access-control-allow-origin" not in form.headers
    assert client.options("/nowhere").status_code == 404


def test_a_method_that_is_not_offered_is_told_which_are(client):
    """
    405 names every method of the address, whichever route has it.
    """
    client.get("/sign-in")

    answer = client.request("TRACE", "/verify", headers=_token(client))

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_redirects_lead_to_the_public_address(client):
    """
    Whoever sends another Host is not led there, nor is anybody who shares a cache with them.
    """
    answer = client.get("/bank/", headers={"host": "evil.example"})

    assert answer.status_code == 307
    assert answer.headers["location"] == "http://testserver/bank"


@pytest.mark.parametrize(
    ("public", "origin", "ours"),
    [
        ("https://exams.example", "https://exams.example", True),
        ("https://exams.example", "https://EXAMS.example:443", True),
        ("https://exams.example", "http://exams.example", False),
        ("https://exams.example", "https://exams.example:8443", False),
        ("https://exams.example", "https://exams.example.evil.example", False),
        ("https://exams.example", "null", False),
        ("https://exams.example", "", False),
        ("https://exams.example:8443", "https://exams.example:8443", True),
        ("http://127.0.0.1:8000", "http://localhost:8000", True),
        ("http://localhost:8000", "http://[::1]:8000", True),
        ("http://127.0.0.1:8000", "http://localhost:8001", False),
        ("http://127.0.0.1:8000", "https://localhost:8000", False),
    ],
)
def test_an_origin_is_compared_with_the_public_address(public, origin, ours):
    """
    Scheme, host and port; on this machine alone its names for itself are one.
    """
    assert OwnOrigin(public).is_of(origin) is ours


def test_a_form_behind_a_proxy_that_writes_another_host_is_taken(client):
    """
    What counts is where the browser is, and not what the proxy calls the server.
    """
    headers = {**_token(client), "host": "127.0.0.1:8000", "origin": "http://testserver"}

    answer = client.post("/sign-out", headers=headers)

    assert answer.status_code == 303


def test_a_form_from_another_address_is_refused_with_what_to_set(client, caplog):
    """
    The page and the log say both addresses, and the setting that would make one of them right.
    """
    headers = {**_token(client), "origin": "https://exams.example"}

    answer = client.post("/sign-out", headers=headers)

    assert answer.status_code == 403
    for words in (answer.text, caplog.text):
        assert "https://exams.example" in words
        assert "http://testserver" in words
        assert "EXAMENGINE_PUBLIC_URL" in words


class Seen:
    """An application that remembers who asked."""

    async def __call__(self, scope, _receive, _send) -> None:
        """Remember."""
        self.client, self.scheme = scope["client"], scope["scheme"]


PROXIES = ("127.0.0.1/32", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("203.0.113.50", ["198.51.100.1"], "203.0.113.50"),
        ("203.0.113.50", ["127.0.0.1"], "203.0.113.50"),
        ("203.0.113.50", ["10.0.0.1, 127.0.0.1"], "203.0.113.50"),
    ],
)
def test_who_asks_is_who_a_trusted_proxy_names(peer, forwarded, client):
    """
    The last address that no trusted proxy has; what a stranger writes there changes nothing.
    """
    seen = Seen()
    scope = {
        "type": "http",
        "client": (peer, 5000),
        "scheme": "http",
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }

    event_loop.run(Edge(seen, OwnOrigin("https://exams.example"), PROXIES)(scope, None, None))

    assert seen.client[0] == client


@pytest.fixture
def broken(client, app):
    """Make the start page meet an error of the database."""

    def meet(error: Exception) -> None:
        def fail() -> None:
            raise error

        app.router.routes.insert(0, app.router.route_class("/broken", fail, methods=["GET"]))

    return meet


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("SELECT 1", {}, Exception("server closed the connection")), 503),
        (PoolTimeout("QueuePool limit of size 10 overflow 0 reached"), 503),
    ],
)
def test_a_database_that_is_away_is_no_defect(broken, client, caplog, error, status):
    """
    503, when to come again, words, and no line in the log for each request.
    """
    broken(error)

    with caplog.at_level(logging.ERROR):
        answer = client.get("/broken")

    assert answer.status_code == status
    assert answer.headers["retry-after"] == str(DatabaseAway.retry_after)
    assert "What was saved before is safe" in answer.text
    assert caplog.records == []


def test_whoever_was_slower_is_told_so(broken, client):
    """
    A unique place that somebody else took meanwhile is a conflict, and no defect.
    """
    taken = Exception("duplicate key")
    taken.sqlstate = "23505"
    broken(IntegrityError("INSERT", {}, taken))

    answer = client.get("/broken")

    assert answer.status_code == 409
    assert "Somebody else was quicker" in answer.text


def test_a_defect_is_logged_once_and_without_what_it_says(broken, client, caplog):
    """
    The text of an error may be somebody's answer; where it arose is enough to find it.
    """
    broken(ValueError("ada@example.org answered 42"))

    answer = client.get("/broken")

    assert answer.status_code == 500
    assert len(caplog.records) == 1
    assert "ada@example.org" not in answer.text


def test_a_server_whose_writer_has_ended_is_not_ready(client, app):
    """
    It lives, but what candidates save would not be written.
    """
    app.state.components.writer.stop()

    ready, live = client.get("/health/ready"), client.get("/health/live")

    assert (ready.status_code, ready.json()["waits_for"]) == (503, "writer")
    assert live.status_code == 200


def test_a_server_without_its_database_is_not_ready(client, monkeypatch):
    """
    A load balancer then sends nobody here.
    """
    monkeypatch.setattr(health, "_PING", health.text("SELECT nothing FROM nowhere"))

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["waits_for"]) == (503, "database")
    assert answer.headers["retry-after"] == "5"


def test_cookies_are_marked_by_the_public_address(sqlite_url, tmp_path, clock, hasher):
    """
    The scheme that people use decides, whatever the proxy speaks.
    """
    settings = Settings(sqlite_url, tmp_path, "https://exams.example", "127.0.0.1", 8000, 1)

    assert create_app(settings, clock, hasher).state.components.secure


def _token(client) -> dict[str, str]:
    page = client.get("/sign-in").text
    return {"x-csrf-token": re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]}
