"""The sample programme for journeys: set up once, copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

import examengine.app
from examengine import accounts, assembly, bank, db, delivery
from examengine.accounts import PasswordHasher
from examengine.kernel.clock import SystemClock
from examengine.rehearsal.programme import STAFF, Programme, ProgrammeComponents, set_up
from examengine.resources import data_folder
from examengine.settings import Settings
from tests.browser import LiveClock, serve
from tests.conftest import PASSWORD, make_schema

CANDIDATES = ("ada.lovell@example.org", "bao.nguyen@example.org")
OFFICER, PSYCHOMETRICIAN = "officer@example.org", "psychometrician@example.org"
ADA, BAO = CANDIDATES


@dataclass(frozen=True)
class Place:
    """A served copy of the programme, with a browser for whoever is needed."""

    address: str
    app: FastAPI
    clock: LiveClock
    programme: Programme
    chromium: Browser
    errors: list[str]

    def browser_of(self, email: str | None, **options: Any) -> Page:
        """Open a browser of its own; sign somebody in by the page, or leave them a stranger."""
        page = self.chromium.new_context(base_url=self.address, **options).new_page()
        page.on(
            "console",
            lambda said: (
                self.errors.append(f"{page.url}: {said.text}")
                if said.type == "error" and "Failed to load resource" not in said.text
                else None
            ),
        )
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        if email is not None:
            sign_in(page, email)
        return page

    def keys(self) -> dict[str, Any]:
        """Return a right answer to each item of the exam's forms."""
        with db.reading(self.app.state.components.engine_of_first) as session:
            forms = assembly.forms_of(session, self.programme.exam_id)
            refs = [item.ref for form in forms for item in form.items]
            return {
                item.item_id: bank.ITEM_TYPES[item.item_type].key_response(item.content)
                for item in bank.item_versions(session, refs).values()
            }

    def log(self, attempt_id: str) -> list[delivery.LoggedEvent]:
        """Return the log of an attempt as it is stored."""
        with db.reading(self.app.state.components.engine_of_first) as session:
            return delivery.attempt_log(session, attempt_id)


def sign_in(page: Page, email: str) -> None:
    """Sign in by the page."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")


@pytest.fixture(scope="session")
def programme_template(
    tmp_path_factory: pytest.TempPathFactory, hasher: PasswordHasher
) -> tuple[Path, Programme]:
    """The folder of a programme that was set up once."""
    folder = tmp_path_factory.mktemp("programme")
    engine = db.within(
        db.make_engine(f"sqlite:///{folder / 'examengine.db'}"), db.FIRST_ORGANISATION
    )
    make_schema(engine)
    parts = ProgrammeComponents(
        engine=engine,
        clock=SystemClock(),
        hasher=hasher,
        actor=accounts.system_actor(),
        banks=data_folder("item_banks"),
        signing_keys=folder / "keys",
    )
    people = (*(address for address, _, _ in STAFF), *CANDIDATES)
    programme = set_up(parts, dict.fromkeys(people, PASSWORD), CANDIDATES)
    engine.dispose()  # the last connection to close folds the write-ahead log into the file
    return folder, programme


@pytest.fixture
def place(
    programme_template: tuple[Path, Programme],
    tmp_path: Path,
    hasher: PasswordHasher,
    live_clock: LiveClock,
    chromium: Browser,
    port: int,
) -> Iterator[Place]:
    """A copy of the programme, served."""
    template, programme = programme_template
    state = tmp_path / "state"
    shutil.copytree(template, state)
    settings = Settings(
        database_url=f"sqlite:///{state / 'examengine.db'}",
        state=state,
        public_url=f"http://127.0.0.1:{port}",
        host="127.0.0.1",
        port=port,
        workers=1,
    )
    app = examengine.app.create_app(settings, live_clock, hasher)
    with serve(app, port) as address:
        found = Place(address, app, live_clock, programme, chromium, [])
        yield found
        for context in list(chromium.contexts):
            context.close()
    assert found.errors == []
