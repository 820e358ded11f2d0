"""Signing in by the page, and what a stranger is kept from."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from examengine import accounts, db
from examengine.accounts import Role
from examengine.web.security import CONTENT_SECURITY_POLICY
from tests.conftest import PASSWORD


@pytest.fixture
def ada(app, clock, hasher) -> accounts.Person:
    """A candidate of the application."""
    engine: Engine = app.state.parts.engine
    with db.writing(engine) as session:
        return accounts.add_person(
            session,
            clock,
            hasher,
            accounts.system_actor(),
            email="ada@example.org",
            name="Ada <b>Example</b>",
            password=PASSWORD,
            roles=[Role.CANDIDATE],
        )


def _token(client) -> str:
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/sign-in").text)[1]


def _sign_in(client, **changed):
    form = {"csrf": _token(client), "email": "ada@example.org", "password": PASSWORD, **changed}
    return client.post("/sign-in", data=form)


def test_the_start_page_greets_whoever_signed_in(client, ada):
    """
    Signing in leads to the start page, with the doors of one's own roles and no others.
    """
    answer = _sign_in(client)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/").text
    assert "My exams" in page
    assert "Administration" not in page


def test_a_name_is_text_and_never_markup(client, ada):
    """
    Whatever people call themselves, it is escaped where it is shown.
    """
    _sign_in(client)

    page = client.get("/").text

    assert "Ada &lt;b&gt;Example" in page
    assert "<b>Example" not in page


def test_signing_in_changes_the_cookie(client, ada):
    """
    A cookie that somebody planted before the sign-in is worth nothing after it.
    """
    client.get("/sign-in")
    planted = client.cookies["examengine"]

    _sign_in(client)

    assert client.cookies["examengine"] != planted


def test_a_wrong_password_keeps_the_address_and_says_what_to_do(client, ada):
    """
    The refusal is shown above the form, which still holds the address, and never the password.
    """
    answer = _sign_in(client, password="not the password")

    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert "not the password" not in answer.text


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, "0" * 64),
        ({"origin": "https://elsewhere.example"}, None),
        ({"sec-fetch-site": "cross-site"}, None),
    ],
)
def test_a_form_of_another_site_changes_nothing(client, ada, headers, token):
    """
    A request without our token, or from another origin, is refused before anything happens.
    """
    right = _token(client)
    form = {"csrf": token or right, "email": "ada@example.org", "password": PASSWORD}

    answer = client.post("/sign-in", data=form, headers=headers)

    assert answer.status_code == 403
    assert "out of date" in answer.text


@pytest.mark.parametrize(
    "then", ["//elsewhere.example", "https://elsewhere.example", "/\\e.example"]
)
def test_signing_in_never_leads_to_another_site(client, ada, then):
    """
    An address outside of this site, slipped into the link to the sign-in page, is ignored.
    """
    answer = _sign_in(client, then=then)

    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session(client, ada):
    """
    After signing out, the old cookie opens nothing.
    """
    _sign_in(client)
    old = client.cookies["examengine"]
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/").text)[1]

    client.post("/sign-out", data={"csrf": token})
    client.cookies.set("examengine", old)

    assert "Good to see you" not in client.get("/").text


def test_every_answer_carries_the_headers_that_protect_it(client):
    """
    Pages, refusals and files all have the content security policy, and pages are not stored.
    """
    for address in ("/", "/sign-in", "/nowhere", "/static/examengine.css"):
        headers = client.get(address).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/").headers["cache-control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_the_cookie_is_out_of_reach_of_scripts(client):
    """
    The session's cookie is HttpOnly and is not sent along with other sites' forms.
    """
    cookie = client.get("/").headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_body_beyond_the_limit_is_refused(client):
    """
    More than two megabytes are not even read.
    """
    answer = client.post("/sign-in", content=b"x" * (2 * 1024 * 1024 + 1))

    assert answer.status_code == 413


def test_a_defect_is_told_without_its_traceback(app, clock):
    """
    What breaks on our side is logged for the operator and apologised for in words.
    """

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret detail")

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")

    assert answer.status_code == 500
    assert "safe" in answer.text
    assert "secret detail" not in answer.text
