"""A real browser and a real server for tests: Chromium, uvicorn, and a clock that can be moved.

Take the fixtures into a folder's `conftest.py`:
`from tests.browser import chromium, context, live_clock, page, server  # noqa: F401`.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

import examengine.app
from examengine.accounts import PasswordHasher
from examengine.kernel.clock import SystemClock
from examengine.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
# Every rule runs; of all that is in order axe would make a list, with selectors, that nobody reads.
VIOLATIONS = "async () => (await axe.run({resultTypes: ['violations']})).violations"
CONTRAST = "async () => (await axe.run({runOnly: ['color-contrast']})).violations"


class LiveClock:
    """The time of the machine, and as much later as a test says."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment it shows."""
        return SystemClock().now() + self._ahead

    def forward(self, **by: float) -> None:
        """Move on: `clock.forward(minutes=5)`."""
        self._ahead += timedelta(**by)


def free_port() -> int:
    """A port of this machine that nobody listens on: the public address has to name it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def serve(app: FastAPI, port: int) -> Iterator[str]:
    """Serve an application on this machine; yield its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def live_clock() -> LiveClock:
    """A clock that goes."""
    return LiveClock()


@pytest.fixture
def port() -> int:
    """The port at which the application is served."""
    return free_port()


@pytest.fixture
def live_app(
    sqlite_url: str, tmp_path: Path, live_clock: LiveClock, hasher: PasswordHasher, port: int
) -> FastAPI:
    """The whole application on an empty SQLite database, with a clock that goes."""
    settings = Settings(
        database_url=sqlite_url,
        state=tmp_path,
        public_url=f"http://127.0.0.1:{port}",
        host="127.0.0.1",
        port=port,
        workers=1,
    )
    return examengine.app.create_app(settings, live_clock, hasher)


@pytest.fixture
def server(live_app: FastAPI, port: int) -> Iterator[str]:
    """The address at which the application is served."""
    with serve(live_app, port) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole test session."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium; `make browser` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, server: str) -> Iterator[BrowserContext]:
    """A browser profile of its own: cookies and storage are a test's alone."""
    with _watched(chromium.new_context(base_url=server)) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


def sign_in_with(context: BrowserContext, server: str, cookie: str) -> None:
    """Give a browser the session of somebody who is signed in."""
    context.add_cookies([{"name": "examengine", "value": cookie, "url": server}])


def faults_found_by_axe(page: Page) -> list[str]:
    """Run axe on a page and return what it finds, one line for each rule and element."""
    if not AXE.exists():
        pytest.skip("no axe-core; `make test` fetches it")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(VIOLATIONS)
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def pale_by_night(page: Page) -> list[str]:
    """Show a page as by night, and return what axe finds too pale to be read."""
    # Without motion, or a button would be looked at while its colour still changes.
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(CONTRAST)
    page.emulate_media(color_scheme=None, reduced_motion=None)
    return [f"by night: {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def widest_overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than the screen; 0 is right."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


@contextmanager
def _watched(context: BrowserContext) -> Iterator[BrowserContext]:
    """Close a profile after the test, and fail on errors its pages threw."""
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note(message, errors))

    context.on("page", watch)
    yield context
    context.close()
    assert not errors, errors


def _note(message: ConsoleMessage, errors: list[str]) -> None:
    """Note what a page complains of; a request that was cut or refused on purpose is no defect."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        errors.append(message.text)
