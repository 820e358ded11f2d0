"""Starting and handing in by the short way, and what goes the ordinary way instead."""

import pytest
from sqlalchemy import text as sql

from examengine import db, delivery
from examengine.web.security import csrf_token
from tests.delivery.examples import sitting


@pytest.fixture
def candidate(app, client, clock):
    """Somebody who is signed in and can start."""
    found = sitting(app.state.components.engine_of_first, clock)[0]
    client.cookies.set("examengine", found.cookie)
    return found


@pytest.fixture
def routes(app, monkeypatch):
    """What reaches the routes of the framework."""
    found = []
    within = app.router.app if hasattr(app.router, "app") else app.router.__call__

    async def watched(scope, receive, send):
        if scope["type"] == "http":
            found.append((scope["method"], scope["path"].rpartition("/")[2]))
        await within(scope, receive, send)

    app.build_middleware_stack()
    monkeypatch.setattr(app.router, "middleware_stack", watched)
    return found


def _send(client, candidate, kind, **fields):
    sent = {"csrf": csrf_token(candidate.cookie), **fields}
    address = f"/attempts/{candidate.attempt_id}/{kind}"
    return client.post(address, data=sent, headers={"accept": "text/html"})


def _types(app, candidate):
    with db.reading(app.state.components.engine_of_first) as session:
        return [row.type for row in delivery.attempt_log(session, candidate.attempt_id)]


def test_starting_and_handing_in_reach_no_route(app, client, routes, candidate):
    """
    Both are led on from what the writer says, with the headers of every page.
    """
    started = _send(client, candidate, "start", consent="yes")
    ended = _send(client, candidate, "submit")

    here = f"/attempts/{candidate.attempt_id}"
    assert (started.status_code, started.headers["location"]) == (303, f"{here}/items/1")
    assert (ended.status_code, ended.headers["location"]) == (303, f"{here}/receipt")
    assert started.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in started.headers["content-security-policy"]
    assert _types(app, candidate) == ["started", "submitted"]
    assert routes == []


def test_what_is_refused_goes_the_ordinary_way_and_is_said_in_words(app, client, routes, candidate):
    """
    Without consent the page says what is missing; the form it was sent in is read once more.
    """
    refused = _send(client, candidate, "start")

    assert refused.status_code == 422
    assert "Please agree to the conditions first" in refused.text
    assert routes == [("POST", "start")]
    assert _types(app, candidate) == []


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"csrf": "0" * 64}, {}),
        ({"csrf": None}, {}),
        ({}, {"origin": "https://elsewhere.example"}),
        ({}, {"sec-fetch-site": "cross-site"}),
    ],
)
def test_a_form_of_another_site_starts_and_ends_nothing(app, client, candidate, fields, headers):
    """
    The token and the origin count here as on every page.
    """
    sent = {"csrf": csrf_token(candidate.cookie), "consent": "yes", **fields}
    sent = {name: value for name, value in sent.items() if value is not None}

    answers = [
        client.post(f"/attempts/{candidate.attempt_id}/{kind}", data=sent, headers=headers)
        for kind in ("start", "submit")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert _types(app, candidate) == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"consent=yes&" * 50, "application/x-www-form-urlencoded"),
        (b"consent=yes&more=" + b"x" * 5000, "application/x-www-form-urlencoded"),
        (b"\xff\xfe%zz&=&&", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_an_odd_body_is_never_a_defect(client, candidate, body, content_type):
    """
    Whatever is sent in the place of the form is taken or refused, as by the framework.
    """
    headers = {"content-type": content_type, "x-csrf-token": csrf_token(candidate.cookie)}

    answer = client.post(f"/attempts/{candidate.attempt_id}/start", content=body, headers=headers)

    assert answer.status_code in {303, 400, 422}


def test_who_is_signed_out_is_told_to_sign_in(app, client, candidate):
    """
    After the session has ended neither form does anything, and the page says what to do.
    """
    client.cookies.clear()
    client.cookies.set("examengine", "x" * 43)
    sent = {"csrf": csrf_token("x" * 43), "consent": "yes"}

    for kind in ("start", "submit"):
        answer = client.post(f"/attempts/{candidate.attempt_id}/{kind}", data=sent)
        assert answer.status_code == 401
        assert "Please sign in" in answer.text
    assert _types(app, candidate) == []


def test_a_password_that_is_due_keeps_from_starting_and_from_no_answer(app, client, candidate):
    """
    Before the exam the password comes first; an exam that runs goes on.
    """
    engine = app.state.components.engine_of_first

    def due(value):
        with db.writing(engine) as session:
            session.connection().execute(
                sql("UPDATE signed_in_session SET password_due = :v"), {"v": value}
            )

    due(True)
    kept = _send(client, candidate, "start", consent="yes")
    due(False)
    _send(client, candidate, "start", consent="yes")
    due(True)
    ended = _send(client, candidate, "submit")

    assert kept.status_code == 403
    assert "Please choose a password of your own" in kept.text
    assert ended.headers["location"].endswith("/receipt")
    assert _types(app, candidate) == ["started", "submitted"]


def test_the_first_question_is_drawn_from_memory(app, client, candidate, monkeypatch):
    """
    Who starts looks at a question next: their attempt is known without a look into the log.
    """
    _send(client, candidate, "start", consent="yes")
    read = []
    monkeypatch.setattr(
        "examengine.delivery.attempts_in_play._read", lambda *asked: read.append(asked)
    )

    page = client.get(f"/attempts/{candidate.attempt_id}/items/1")

    assert page.status_code == 200
    assert "Question 1 <" in page.text
    assert read == []
