"""Somebody at a browser: sign in with a role, send the forms of a page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from examengine import accounts, db
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.db import FIRST_ORGANISATION
from tests.clock import SetClock
from tests.conftest import PASSWORD


@dataclass(frozen=True, slots=True)
class Visitors:
    """Makes people of an application and lets them sign in at one browser, one after another."""

    client: TestClient
    clock: SetClock
    hasher: PasswordHasher

    def add(self, *roles: Role, name: str = "Who") -> Actor:
        """Add a person whose address is the name at example.org."""
        with self.writing() as session:
            found = accounts.add_person(
                session,
                self.clock,
                self.hasher,
                accounts.system_actor(),
                email=f"{name.replace(' ', '.')}@example.org",
                name=name,
                password=PASSWORD,
                roles=roles,
            )
        return Actor(found.id, found.name, found.roles, FIRST_ORGANISATION)

    def writing(self) -> Any:
        """A transaction of the application's database."""
        return db.writing(self.client.app.state.components.engine_of_first)  # type: ignore[attr-defined]

    def enter(self, actor: Actor) -> Actor:
        """Sign in as this person."""
        email = f"{actor.name.replace(' ', '.')}@example.org"
        answer = self.send("/sign-in", "/sign-in", email=email, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return actor

    def send(self, page: str, address: str, files: Any = None, **fields: Any) -> Response:
        """Send the form of a page as the page would, its CSRF token included."""
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)[1]
        return self.client.post(address, data={"csrf": token, **fields}, files=files)

    def swap(self, page: str, address: str, fields: Mapping[str, Any]) -> Response:
        """Send the same by HTMX, which swaps one block."""
        token = re.search(r"X-CSRF-Token\": \"([0-9a-f]+)", self.client.get(page).text)[1]
        headers = {"hx-request": "true", "x-csrf-token": token}
        return self.client.post(address, data=dict(fields), headers=headers)
