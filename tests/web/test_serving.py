"""How a server begins and ends: as processes, from outside."""

import os
import socket
import subprocess
import sys

import jinja2
import pytest
from fastapi import routing
from fastapi.testclient import TestClient

from examengine.app import create_app, pages
from examengine.web.page import page_templates
from examengine.web.serving import AddressUnusable, serve, warm_up
from tests.delivery.server_process import server_process


def half_a_request(port: int) -> socket.socket:
    """Send half a body, and stay."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"POST /sign-in HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\nhalf")
    return connection


def test_a_stop_does_not_wait_for_a_client_that_stays(sqlite_url, tmp_path):
    """
    Half a body keeps nobody from ending the server, and the port is free at once.
    """
    with server_process(sqlite_url, tmp_path) as server, half_a_request(server.port):
        status = server.stop()

        assert status in {0, -15}
        assert server.is_gone()


@pytest.mark.postgres
def test_workers_end_with_their_supervisor(postgresql_url, tmp_path):
    """
    A supervisor that was killed leaves no orphans, which would hold its port.
    """
    with server_process(postgresql_url, tmp_path, workers=2) as server:
        server.kill()

        assert server.is_gone()


def test_a_second_server_on_the_same_file_is_refused(sqlite_url, tmp_path):
    """
    It says which process is running there, and does not begin.
    """
    with server_process(sqlite_url, tmp_path):
        second = subprocess.run(
            [sys.executable, "-m", "examengine", "serve"],
            env={**os.environ, "EXAMENGINE_DATABASE_URL": sqlite_url, "EXAMENGINE_PORT": "1024"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode == 2
    assert "a server is running on the database" in second.stderr
    assert "Traceback" not in second.stderr


def test_an_address_that_is_taken_is_named():
    """
    The port stands in the refusal, with the settings that choose another one.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(AddressUnusable, match=f"port {port}: Address already in use"):
            serve("nothing:served", host="127.0.0.1", port=port, workers=1)


@pytest.mark.parametrize("path", ["/verify", "/sign-in", "/no/such/page"])
def test_the_first_stranger_builds_nothing(app_settings, clock, hasher, monkeypatch, path):
    """
    A warm process has its routes and its pages; without that, the first request builds them.
    """
    built = []

    def watch(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def seen(*args: object, **kwargs: object) -> object:
            built.append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, seen)

    watch(jinja2.Environment, "compile")
    watch(routing, "get_dependant")
    for built_once in (page_templates, pages):
        built_once.cache_clear()
    app = create_app(app_settings, clock, hasher)

    warm_up(app, app.state.components.templates)
    assert set(built) == {"compile", "get_dependant"}
    built.clear()
    with TestClient(app) as client:
        client.get(path)

    assert built == []
