"""Every route there is: strangers, the wrong role, forged and unusable requests are refused.

The routes are asked of the application, so a new one is tested on the day it is written; what
everybody may see is listed here, and nothing else is.
"""

import re
from uuid import UUID

import pytest
from pydantic import ValidationError

from examengine import app as application
from examengine.accounts import Role
from examengine.credentials import create_key
from examengine.web.attempt_exchange import SentFocus
from examengine.web.attempt_saves import SENT_BY_SCRIPT
from examengine.web.origins import OwnOrigin
from examengine.web.security import came_from_here

SENT_BY_SCRIPTS = [("POST", f"/attempts/{{attempt_id}}/{what}") for what in SENT_BY_SCRIPT]
ROUTES = (
    sorted(
        (method, route.path)
        for audience in application.AUDIENCES
        for route in audience.router.routes
        for method in route.methods - {"HEAD"}
    )
    + SENT_BY_SCRIPTS
)
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
PUBLIC = {
    "/",
    "/sign-in",
    "/sign-out",
    "/first-administrator",
    "/health/live",
    "/health/ready",
    "/verify",
    "/credentials/{credential_id}",
    "/credentials/{credential_id}/credential.json",
    "/credentials/{credential_id}/standing",
    "/credentials/{credential_id}/badge.png",
    "/achievements/{exam_id}",
    "/achievements/{exam_id}/{kind}.png",
    "/logo",
    "/.well-known/did.json",
    "/status/{number}",
    "/o/{organisation}/achievements/{exam_id}",
    "/o/{organisation}/achievements/{exam_id}/{kind}.png",
    "/o/{organisation}/logo",
    "/o/{organisation}/did.json",
    "/o/{organisation}/status/{number}",
}
STAFF = ("/bank", "/exams", "/awards", "/panels", "/invigilation", "/administration", "/analysis")
REFUSED = {403, 404, 422}
CHANGING = [path for method, path in ROUTES if method == "POST"]
BEHIND_SIGN_IN = [(method, path) for method, path in ROUTES if path not in PUBLIC]
OF_STAFF = [(method, path) for method, path in ROUTES if path.startswith(STAFF)]


def address_of(path: str) -> str:
    """Return an address of a route that leads to nothing that exists."""
    numbered = (
        path.replace("{place}", "1")
        .replace("{number}", "1")
        .replace("{section}", "1")
        .replace("{kind}", "seal")
    )
    named = numbered.replace("{digest}", "0" * 64).replace("{part}", "items")
    return re.sub(r"\{\w*id\}", str(NOBODY), named.replace("{code}", "A"))


def fields_of(client) -> dict[str, str]:
    """Return what a form must carry to come from our own page."""
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/sign-in").text)[1]
    return {"csrf": token}


def ask(client, method, address):
    """Ask as a page of ours would, the token of this browser included."""
    fields = fields_of(client)
    token = {"x-csrf-token": fields["csrf"]}
    return client.request(method, address, data=fields if method == "POST" else None, headers=token)


@pytest.mark.parametrize(("method", "path"), BEHIND_SIGN_IN)
def test_a_stranger_is_refused(client, method, path):
    """
    Whoever has not signed in is sent to the sign-in, or refused; never answered.
    """
    answer = ask(client, method, address_of(path))

    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    assert to_sign_in or answer.status_code in {401, 404, 422}, answer.status_code


@pytest.mark.parametrize("path", CHANGING)
def test_a_form_without_its_token_is_refused(client, path):
    """
    A page of another site cannot know the token, so it can change nothing.
    """
    client.get("/sign-in")

    answer = client.post(address_of(path), data={"anything": "1"})

    assert answer.status_code == 403


def test_a_candidate_reaches_nothing_of_the_staff(visitors, client, clock, tmp_path):
    """
    Every address of the staff refuses a candidate, whether or not there is something behind it.
    """
    create_key(tmp_path / "keys", clock.now(), development=True)
    visitors.enter(visitors.add(Role.CANDIDATE))

    answered = {
        (method, path): ask(client, method, address_of(path)).status_code
        for method, path in OF_STAFF
    }

    assert {route: status for route, status in answered.items() if status not in REFUSED} == {}


OWNERS = {
    "/awards/proposals": {Role.AWARDING_OFFICER, Role.ADMINISTRATOR},
    "/administration": {Role.ADMINISTRATOR},
    "/invigilation": {Role.INVIGILATOR, Role.AWARDING_OFFICER},
}
"""Whose pages these are; every other role is refused each of their routes."""


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_nothing_that_is_another_ones(visitors, client, role):
    """
    Whatever somebody else of the staff may do, with a form that is filled in, is refused.
    """
    visitors.enter(visitors.add(role))
    filled = {
        **fields_of(client),
        "sure": "yes",
        "reason": "Somebody said that it is right.",
        "on": "true",
        "active": "true",
        "verb": "hold",
        "seen": "0",
        "password": "four cold lamps sing",
    }
    foreign = [
        (method, path)
        for method, path in ROUTES
        for prefix, owners in OWNERS.items()
        if path.startswith(prefix) and role not in owners
    ]

    answered = {}
    for method, path in foreign:
        sent = filled if method == "POST" else None
        answered[method, path] = client.request(method, address_of(path), data=sent).status_code

    unrefused = {route: status for route, status in answered.items() if status not in {403, 404}}
    assert unrefused == {}


def test_a_character_that_is_none_is_refused_everywhere(visitors, client):
    """
    NUL, which no database takes, is refused in words in every search and in every form.
    """
    visitors.enter(visitors.add(*Role))
    token = fields_of(client)

    searched = client.get("/administration", params={"search": "a\0"})
    answered = {
        path: client.post(address_of(path), data={**token, "reason": "a\0"}).status_code
        for path in CHANGING
        if ("POST", path) not in SENT_BY_SCRIPTS
    }

    assert searched.status_code == 422
    assert "A character cannot be used" in searched.text
    assert set(answered.values()) == {422}, answered


def test_an_origin_that_is_no_address_is_another_origin():
    """
    A header that cannot be read does not count as ours, and is no defect either.
    """
    own = OwnOrigin("http://testserver")

    assert not came_from_here({"origin": "http://[::1"}, own)
    assert came_from_here({"origin": "http://testserver"}, own)


def test_the_exam_page_cannot_bring_nul_into_the_log_either():
    """
    What scripts send holds the id of an item in printable characters, or is refused.
    """
    with pytest.raises(ValidationError, match="item_id"):
        SentFocus(client="page-0001", seq=1, item_id="a\0", lost=True)
