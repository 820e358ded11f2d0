"""Signing in by the page, and what a stranger is kept from."""

import re
from dataclasses import replace

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
    engine: Engine = app.state.components.engine_of_first
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


NEW = "a lamp under four bridges"


def _change(client, **changed):
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/account/password").text)[1]
    form = {"csrf": token, "present": PASSWORD, "new": NEW, "again": NEW, **changed}
    return client.post("/account/password", data=form)


def test_everybody_changes_their_own_password(client, ada):
    """
    With the present one and the new one twice; the cookie is a new one, and the visit goes on.
    """
    _sign_in(client)
    before = client.cookies["examengine"]

    answer = _change(client)

    assert (answer.status_code, answer.headers["location"]) == (303, "/?changed=password")
    assert client.cookies["examengine"] != before
    assert "Your password was changed" in client.get("/?changed=password").text


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"present": "not the one at all"}, 422, "Your present password is another one"),
        ({"again": "another one entirely"}, 422, "are not the same"),
        ({"new": "password1234", "again": "password1234"}, 422, "among the first that are guessed"),
        ({"new": "ada@example.org", "again": "ada@example.org"}, 422, "little more than a name"),
        ({"new": PASSWORD, "again": PASSWORD}, 422, "This is the password you have"),
    ],
)
def test_a_password_that_cannot_be_changed_so_is_said(client, ada, changed, status, words):
    """
    The refusal stands above the form and says what would be right; no password is written back.
    """
    _sign_in(client)

    refused = _change(client, **changed)

    assert refused.status_code == status
    assert words in refused.text
    assert not any(value in refused.text for value in (PASSWORD, NEW, "password1234"))


def test_a_stranger_cannot_change_a_password(client, ada):
    """
    Without a sign-in the page leads to it, and the form is refused.
    """
    token = _token(client)

    assert client.get("/account/password").headers["location"].startswith("/sign-in")
    form = {"csrf": token, "present": PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=form).status_code == 401


def test_whoever_has_a_first_password_changes_it_before_anything_else(client, app, clock, hasher):
    """
    Every page leads to the form, every other form is refused, signing out alone is possible.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        accounts.add_person(
            *(session, clock, hasher, accounts.system_actor()),
            email="ada@example.org",
            name="Ada",
            password=PASSWORD,
            roles=[Role.CANDIDATE, Role.ADMINISTRATOR],
            password_due=True,
        )
    assert _sign_in(client, then="/attempts").headers["location"] == "/account/password"

    page = client.get("/account/password").text
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
    assert "Choose a password of your own" in page
    for address in ("/attempts", "/administration", "/administration/acts"):
        assert client.get(address).headers["location"] == "/account/password"
    refused = client.post("/administration/two-people", data={"csrf": token, "on": "false"})
    assert refused.status_code == 403
    assert _change(client).status_code == 303
    assert client.get("/attempts").status_code == 200


def test_a_browser_is_known_by_a_cookie_that_no_page_can_read(client, ada):
    """
    It is sent to the sign-in alone, and is another one after every sign-in.
    """
    first = _sign_in(client)
    known = client.cookies["examengine_browser"]
    cookie = next(
        value
        for name, value in first.headers.multi_items()
        if name == "set-cookie" and value.startswith("examengine_browser")
    )

    _sign_in(client)

    assert {"HttpOnly", "Path=/sign-in", "SameSite=lax"} <= set(cookie.split("; "))
    assert client.cookies["examengine_browser"] != known


def test_a_stranger_hammers_and_the_owner_gets_in(app, client, ada):
    """
    From the same address of the network: the stranger is told to rest, the owner's browser is not.
    """
    _sign_in(client)
    with TestClient(app, follow_redirects=False) as stranger:
        statuses = [_sign_in(stranger, password="wrong").status_code for _ in range(8)]
        rested = _sign_in(stranger)

    assert statuses == [401] * 5 + [429] * 3
    assert (rested.status_code, rested.headers["retry-after"]) == (429, "300")
    assert _sign_in(client).status_code == 303


def test_the_rest_leads_to_the_invigilator_and_the_code_opens(app, client, ada, clock, hasher):
    """
    The refusal says whom to ask and shows the field; with the code the candidate is in.
    """
    for _ in range(5):
        _sign_in(client, password="wrong")
    rested = _sign_in(client)
    with db.writing(app.state.components.engine_of_first) as session:
        staff = replace(accounts.system_actor(), name="Ina", roles=frozenset({Role.INVIGILATOR}))
        code = accounts.let_in(session, clock, staff, [ada.id])

    assert "ask the invigilator to let you in" in rested.text
    assert 'name="code"' in rested.text
    assert _sign_in(client, code=code).status_code == 303


def test_an_unknown_address_is_answered_to_the_letter_like_a_wrong_password(client, ada):
    """
    Status, words and headers are the same before the rest and in it.
    """

    def answers(email):
        found = []
        for _ in range(7):
            answer = _sign_in(client, email=email, password="wrong")
            told = {name for name in answer.headers if name not in {"date", "content-length"}}
            found.append((answer.status_code, answer.text.replace(email, ""), told))
        return found

    assert answers("nobody@example.org") == answers("ada@example.org")


def test_when_everybody_signs_in_at_once_it_is_said(client, ada, monkeypatch):
    """
    A full queue is 429 with the time to wait, and says that nothing is wrong with the password.
    """

    async def full(*_given):
        raise accounts.SignInBusy(5)

    monkeypatch.setattr(client.app.state.components.hasher, "matching", full)

    busy = [_sign_in(client) for _ in range(7)]
    monkeypatch.undo()

    assert {(one.status_code, one.headers["retry-after"]) for one in busy} == {(429, "5")}
    assert "Nothing is wrong with your password" in busy[0].text
    assert _sign_in(client).status_code == 303
