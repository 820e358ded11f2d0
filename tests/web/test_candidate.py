"""The candidate's pages without script, and what somebody may try to do with them."""

import json
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

from examengine import accounts, db, delivery
from examengine.delivery import late_answer_repository
from examengine.web.security import csrf_token
from tests.delivery.examples import (
    ITEMS,
    NUMBER,
    PASSWORD,
    SINGLE,
    Candidate,
    candidates,
    loaded,
    opened,
    published_form,
    sitting,
)

PAGE = "page-number-one"


@pytest.fixture
def candidate(app, clock) -> Candidate:
    """Somebody who can start."""
    return sitting(app.state.components.engine_of_first, clock)[0]


@pytest.fixture
def browser(client, candidate) -> TestClient:
    """The browser of that candidate, signed in."""
    return _as(client, candidate)


def _as(client: TestClient, candidate: Candidate) -> TestClient:
    client.cookies.set("examengine", candidate.cookie)
    return client


def _form(candidate: Candidate, **fields: object) -> dict[str, object]:
    return {"csrf": csrf_token(candidate.cookie), **fields}


def _start(browser: TestClient, candidate: Candidate):
    address = f"/attempts/{candidate.attempt_id}/start"
    return browser.post(address, data=_form(candidate, consent="yes"))


def _save(browser: TestClient, candidate: Candidate, **changed: object):
    body = {"item_id": SINGLE, "response": "a", "seen": 1, "client": PAGE, "seq": 1, **changed}
    return browser.post(
        f"/attempts/{candidate.attempt_id}/saves",
        content=json.dumps(body),
        headers={"x-csrf-token": csrf_token(candidate.cookie)},
    )


def _log(app, candidate) -> list[delivery.LoggedEvent]:
    with db.reading(app.state.components.engine_of_first) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def test_a_candidate_signs_in_and_finds_the_exam(client, app, clock, candidate):
    """
    After signing in the list names the exam and leads to it.
    """
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/sign-in").text)[1]
    form = {"csrf": token, "email": candidate.email, "password": PASSWORD, "then": "/attempts"}
    client.post("/sign-in", data=form)

    listed = client.get("/attempts").text

    assert "Ready when you are" in listed
    assert f"/attempts/{candidate.attempt_id}" in listed


def test_an_empty_list_says_what_will_be_there(client, app, clock, candidate):
    """
    Somebody without an exam is told what appears here, and whom to ask.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        form = published_form(session, clock, "B")
        other = opened(session, clock, form)
        ada = candidates(session, clock, other)[0]
        session.connection().exec_driver_sql(
            "DELETE FROM attempt WHERE id = ?", (ada.attempt_id.hex,)
        )

    assert "No exam yet" in _as(client, ada).get("/attempts").text


def test_without_consent_nobody_starts(browser, app, candidate):
    """
    The page says what is missing, and the time has not begun.
    """
    answer = browser.post(f"/attempts/{candidate.attempt_id}/start", data=_form(candidate))

    assert answer.status_code == 422
    assert "Please agree to the conditions first" in answer.text
    assert _log(app, candidate) == []


def test_a_whole_exam_without_script(browser, app, clock, candidate):
    """
    Start, answer by plain forms, flag, take back, review, hand in, receipt.
    """
    here = f"/attempts/{candidate.attempt_id}"
    assert _start(browser, candidate).headers["location"] == f"{here}/items/1"
    seen = _seen(browser.get(f"{here}/items/1"))
    clock.forward(seconds=30)
    answered = _form(candidate, item_id=SINGLE, seen=seen, response="c", go="next")
    assert browser.post(f"{here}/items/1", data=answered).headers["location"] == f"{here}/items/2"
    seen = _seen(browser.get(f"{here}/items/3"))
    typed = _form(candidate, item_id=NUMBER, seen=seen, response="5", go="flag")
    browser.post(f"{here}/items/3", data=typed)
    again = browser.get(f"{here}/items/1").text
    review = browser.get(f"{here}/review").text
    confirm = browser.get(f"{here}/submit").text

    assert re.search(r"Saved <time [^>]*>09:00:30 UTC</time>", again)
    assert re.search(r'value="c" checked', again)
    assert "2 of 6 answered, 1 flagged" in review
    assert "4 questions have no answer" in confirm
    answer = browser.post(f"{here}/submit", data=_form(candidate))
    assert answer.headers["location"] == f"{here}/receipt"
    receipt = browser.get(f"{here}/receipt").text
    assert "2 of 6 questions answered" in receipt
    assert _log(app, candidate)[-1].digest in receipt


def _seen(answer) -> int:
    assert answer.status_code == 200
    return int(re.search(r'name="seen" value="(\d+)"', answer.text)[1])


def test_a_second_start_goes_on_where_it_stood(browser, app, clock, candidate):
    """
    Pressing start twice is one start, and the deadline is that of the first.
    """
    _start(browser, candidate)
    clock.forward(minutes=10)

    answer = _start(browser, candidate)

    assert answer.status_code == 303
    assert [row.type for row in _log(app, candidate)] == ["started"]


def test_a_page_shown_is_in_the_log_and_drawn_from_the_version_after_it(browser, app, candidate):
    """
    The page of an item names the version in which it was itself recorded.
    """
    _start(browser, candidate)

    page = browser.get(f"/attempts/{candidate.attempt_id}/items/1")

    shown = _log(app, candidate)[-1].body
    assert shown == {"item_id": SINGLE, "client": re.search(r'data-client="(\w+)"', page.text)[1]}
    assert _seen(page) == _log(app, candidate)[-1].version == 3


def test_pages_of_an_exam_that_is_not_running_lead_elsewhere(browser, clock, candidate):
    """
    Before the start an item leads to the instructions, after the end to the receipt.
    """
    here = f"/attempts/{candidate.attempt_id}"

    assert browser.get(f"{here}/items/1").headers["location"] == here
    assert browser.get(f"{here}/receipt").headers["location"] == here
    _start(browser, candidate)
    clock.forward(minutes=61)
    assert browser.get(f"{here}/review").headers["location"] == f"{here}/receipt"
    assert browser.get(f"{here}/items/1").headers["location"] == f"{here}/receipt"
    assert browser.get(here).headers["location"] == f"{here}/receipt"


def test_time_up_asks_the_server(browser, clock, candidate):
    """
    A page that thinks the time is over hears what the server's clock says.
    """
    here = f"/attempts/{candidate.attempt_id}"
    _start(browser, candidate)

    early = browser.get(f"{here}/time-up")
    clock.forward(minutes=61)
    late = browser.get(f"{here}/time-up")

    assert "There is still time" in early.text
    assert late.headers["location"] == f"{here}/receipt"
    assert "The time is up" in browser.get(f"{here}/receipt").text


def test_a_save_is_answered_with_its_version_and_the_time_left(browser, app, clock, candidate):
    """
    The answer holds the version, the digest, the moment, and the seconds that are left.
    """
    _start(browser, candidate)
    clock.forward(minutes=1)

    answer = _save(browser, candidate)

    last = _log(app, candidate)[-1]
    assert answer.json() == {
        "version": 2,
        "digest": last.digest,
        "at": "2026-11-21T09:01:00.000Z",
        "remaining": 59 * 60,
    }


def test_a_page_that_was_overtaken_is_asked_which_answer_is_meant(browser, candidate):
    """
    Its answer is refused in words a candidate understands, with the version it would follow on.
    """
    _start(browser, candidate)
    _save(browser, candidate)

    stale = _save(browser, candidate, client="page-number-two", response="b")

    assert stale.status_code == 409
    assert stale.json()["code"] == "answer_moved"
    assert "open in another tab or on another device" in stale.json()["text"]
    kept = _save(browser, candidate, client="page-number-two", response="b", seq=2, seen=3)
    assert (stale.json()["recorded"], kept.status_code) == (3, 200)


def test_a_save_is_told_how_it_is_read_and_what_it_lacks(browser, candidate):
    """
    The page hears at once that words are no number, and how a number was read.
    """
    _start(browser, candidate)
    typed = {"item_id": NUMBER, "response": None}

    words = _save(browser, candidate, **typed, fields={"response": ["twenty-two"]})
    number = _save(browser, candidate, **typed, fields={"response": ["22,5"]}, seen=2, seq=2)

    assert "not read as a number" in words.json()["unfinished"]
    assert "22.5" in number.json()["echo"]
    assert "unfinished" not in number.json()


def test_a_page_asks_how_long_its_exam_still_runs(client, browser, app, clock, candidate):
    """
    The answer counts down and says when the exam is over; nobody else hears anything.
    """
    here = f"/attempts/{candidate.attempt_id}/standing"
    _start(browser, candidate)
    clock.forward(minutes=20)

    running = browser.get(here).json()
    browser.post(f"/attempts/{candidate.attempt_id}/submit", data=_form(candidate))
    over = browser.get(here).json()
    client.cookies.clear()
    stranger = client.get(here)

    assert running == {"remaining": 40 * 60, "over": False}
    assert over["over"] is True
    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_signed_in")
    assert len(_log(app, candidate)) == 2


def _late(browser, candidate, *answers):
    return browser.post(
        f"/attempts/{candidate.attempt_id}/late",
        json={"answers": list(answers)},
        headers={"x-csrf-token": csrf_token(candidate.cookie), "accept": "application/json"},
    )


def test_late_answers_are_taken_after_the_end_and_shown_to_staff(browser, app, clock, candidate):
    """
    Nothing is late while the exam runs; afterwards the receipt says how many were kept.
    """
    answer = {"item_id": NUMBER, "fields": {"response": ["5"]}, "made": 1, "client": PAGE, "seq": 9}
    _start(browser, candidate)
    early = _late(browser, candidate, answer)
    browser.post(f"/attempts/{candidate.attempt_id}/submit", data=_form(candidate))

    taken = _late(browser, candidate, answer)

    assert (early.status_code, taken.status_code) == (409, 200)
    assert taken.json() == {"kept": 1}
    receipt = browser.get(f"/attempts/{candidate.attempt_id}/receipt").text
    assert "1 answer came after the end" in receipt


@pytest.mark.parametrize(
    "changed",
    [
        {"item_id": "DL-XXX-999"},
        {"fields": {"response": ["x" * 12_001]}},
        {"fields": {"response": ["\x00"]}},
        {"fields": "5"},
        {"made": -1},
        {"made": 2**60},
        {"client": "<script>"},
        {"seq": 2**31},
    ],
)
def test_a_malformed_late_answer_is_refused_and_none_is_kept(browser, app, candidate, changed):
    """
    What can be no answer of this exam is refused as a whole, and never a defect.
    """
    answer = {"item_id": NUMBER, "fields": {"response": ["5"]}, "made": 1, "client": PAGE, "seq": 9}
    _start(browser, candidate)
    browser.post(f"/attempts/{candidate.attempt_id}/submit", data=_form(candidate))

    refused = _late(browser, candidate, answer, {**answer, "seq": 10, **changed})

    assert refused.status_code in {404, 422}
    with db.reading(app.state.components.engine_of_first) as session:
        assert len(late_answer_repository.of_attempt(session, candidate.attempt_id)) == 0


def test_an_answer_after_the_deadline_is_refused_in_words(browser, clock, candidate):
    """
    The refusal says when the exam ended and what counts.
    """
    _start(browser, candidate)
    clock.forward(minutes=61)

    late = _save(browser, candidate)

    assert late.status_code == 409
    assert late.json()["code"] == "attempt_closed"
    assert "10:00 UTC" in late.json()["text"]


def test_a_refused_answer_names_times_as_its_pages_do(browser, app, clock, candidate):
    """
    What the exam's script shows is in the time zone of the organisation, not in that of servers.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        change = accounts.OrganisationChange(time_zone="Asia/Kolkata")
        console = accounts.system_actor()
        accounts.change_organisation(session, clock, console, change, first_named="Board")
    _start(browser, candidate)
    clock.forward(minutes=61)

    late = _save(browser, candidate)

    assert "15:30 IST on 21 November" in late.json()["text"]


@pytest.mark.parametrize(
    "changed",
    [
        {"seen": -1},
        {"seen": 2**63},
        {"seq": 2**31},
        {"seq": "1"},
        {"client": "short"},
        {"client": "<script>alert(1)</script>"},
        {"item_id": ""},
        {"item_id": "x" * 129},
        {"fields": {"response": "no list"}},
        {"fields": {f"response.{number}": ["1"] for number in range(101)}},
        {"unexpected": True},
    ],
)
def test_a_malformed_save_is_refused_and_stores_nothing(browser, app, candidate, changed):
    """
    Numbers beyond the database, other shapes and other names are refused with 422.
    """
    _start(browser, candidate)

    answer = _save(browser, candidate, **changed)

    assert answer.status_code == 422
    assert len(_log(app, candidate)) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"a":' * 2000])
def test_a_body_that_is_no_save_is_refused(browser, app, candidate, body):
    """
    Whatever is sent, the answer is a refusal in JSON and never a defect.
    """
    _start(browser, candidate)
    headers = {"x-csrf-token": csrf_token(candidate.cookie)}

    answer = browser.post(f"/attempts/{candidate.attempt_id}/saves", content=body, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["code"] == "save_malformed"


def test_an_oversize_save_is_refused(browser, app, candidate):
    """
    No answer is larger than sixty-four kilobytes.
    """
    _start(browser, candidate)

    answer = _save(browser, candidate, response="x" * 70_000)

    assert answer.status_code == 413
    assert len(_log(app, candidate)) == 1


@pytest.mark.parametrize("path", ["saves", "flags", "signals"])
def test_a_save_without_the_token_is_refused(browser, app, candidate, path):
    """
    Another site that makes a browser send a save does not know the token.
    """
    _start(browser, candidate)
    address = f"/attempts/{candidate.attempt_id}/{path}"
    origin = {"x-csrf-token": csrf_token(candidate.cookie), "origin": "https://evil.example"}

    without = browser.post(address, content="{}")
    elsewhere = browser.post(address, content="{}", headers=origin)

    assert (without.status_code, elsewhere.status_code) == (403, 403)
    assert len(_log(app, candidate)) == 1


def test_somebody_elses_attempt_does_not_exist(client, app, clock):
    """
    Every address of another candidate's attempt answers as if there were none.
    """
    ada, bob = sitting(app.state.components.engine_of_first, clock, 2)
    _start(_as(client, ada), ada)
    client.cookies.clear()
    browser = _as(client, bob)
    here = f"/attempts/{ada.attempt_id}"
    forged = {"x-csrf-token": csrf_token(bob.cookie)}
    save = {"item_id": SINGLE, "response": "a", "seen": 1, "client": PAGE, "seq": 1}

    answers = [
        *(browser.get(here + path) for path in ("", "/items/1", "/review", "/submit", "/receipt")),
        browser.get(f"{here}/time-up"),
        browser.post(f"{here}/submit", data=_form(bob)),
        browser.post(f"{here}/start", data=_form(bob, consent="yes")),
        browser.post(f"{here}/items/1", data=_form(bob, item_id=SINGLE, seen=1, response="a")),
        browser.post(f"{here}/saves", content=json.dumps(save), headers=forged),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert [row.type for row in _log(app, ada)] == ["started"]


def test_nobody_gets_in_without_signing_in(client, candidate):
    """
    Pages lead to the sign-in, and the fast path says 401.
    """
    here = f"/attempts/{candidate.attempt_id}"

    page = client.get(f"{here}/items/1")
    stranger = client.cookies["examengine"]
    saved = client.post(
        f"{here}/saves",
        content=json.dumps({"item_id": "a", "seen": 1, "client": PAGE, "seq": 1}),
        headers={"x-csrf-token": csrf_token(stranger)},
    )

    assert page.headers["location"].startswith("/sign-in?then=")
    assert (saved.status_code, saved.json()["code"]) == (401, "not_signed_in")


def test_no_page_of_an_exam_tells_a_key(browser, candidate):
    """
    Neither keys nor rationales nor expected mistakes stand in any page or answer.
    """
    _start(browser, candidate)
    here = f"/attempts/{candidate.attempt_id}"
    shown = [browser.get(f"{here}/items/{place}").text for place in range(1, len(ITEMS) + 1)]
    shown += [browser.get(here + path).text for path in ("/review", "/submit", "")]
    shown.append(_save(browser, candidate, seen=8).text)
    browser.post(f"{here}/submit", data=_form(candidate))
    shown.append(browser.get(f"{here}/receipt").text)

    for text in _secrets():
        assert not any(text in page for page in shown), text


def _secrets() -> list[str]:
    """Every text of the six items that only staff may read."""
    found = []
    for item in loaded().items:
        content = item.content
        found += [option["rationale"] for option in content.get("options", ())]
        found += [error["rationale"] for error in content.get("errors", ())]
        found += [content["rationale"]] if "rationale" in content else []
        if isinstance(content["key"], dict):
            found += [value for value in content["key"].get("accept", ()) if len(value) > 4]
    return [text.strip() for text in found]


def test_what_a_candidate_types_is_shown_as_text(browser, app, candidate):
    """
    Markup in a typed answer comes back escaped.
    """
    _start(browser, candidate)
    attack = '"><script>alert(1)</script>'
    _save(browser, candidate, item_id="DL-COR-002", response=attack)

    page = browser.get(f"/attempts/{candidate.attempt_id}/items/2").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_full_queue_is_answered_with_when_to_try_again(browser, app, candidate, monkeypatch):
    """
    A busy server says 503 and a number of seconds, in words that frighten nobody.
    """
    _start(browser, candidate)

    async def busy(*_):
        raise delivery.WriterBusy

    monkeypatch.setattr(delivery.AttemptWriter, "recorded", busy)

    answer = _save(browser, candidate)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "tried again in a second" in answer.json()["text"]


def test_the_fast_path_answers_with_the_same_protection_as_every_page(browser, candidate):
    """
    Answers to saves carry the headers of all answers, and are kept by no cache.
    """
    _start(browser, candidate)

    saved, page = _save(browser, candidate), browser.get(f"/attempts/{candidate.attempt_id}/review")

    for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
        assert saved.headers[name] == page.headers[name]
    assert saved.headers["cache-control"] == "no-store"


def test_an_address_that_is_no_attempt_is_refused(browser, candidate):
    """
    Thirty-six signs that make no id are answered as an attempt that does not exist.
    """
    headers = {"x-csrf-token": csrf_token(candidate.cookie)}
    body = json.dumps({"item_id": SINGLE, "seen": 1, "client": PAGE, "seq": 1})

    answer = browser.post(f"/attempts/{'-' * 36}/saves", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "attempt_unknown")


def test_a_defect_on_the_fast_path_is_told_in_words_and_written_down(
    browser, app, candidate, monkeypatch, caplog
):
    """
    An error nobody foresaw is a 500 in words, dressed like every answer, and in the log.
    """
    _start(browser, candidate)

    async def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(delivery.AttemptWriter, "recorded", broken)

    answer = _save(browser, candidate)

    assert answer.status_code == 500
    assert "What was saved before is safe" in answer.json()["text"]
    assert answer.headers["cache-control"] == "no-store"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("stranger", ["", "x" * 43])
def test_a_second_cookie_does_not_help_a_forged_save(browser, app, candidate, stranger):
    """
    A save whose token belongs to no cookie, or to another browser's, is forged.
    """
    _start(browser, candidate)
    browser.cookies.set("examengine", stranger)

    answer = _save(browser, candidate)

    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")


def test_another_device_asks_before_the_exam_moves_there(app, client, clock, candidate):
    """
    Signed in elsewhere, every page of the exam asks first; after a yes it goes on, once.
    """
    _start(_as(client, candidate), candidate)
    running = f"/attempts/{candidate.attempt_id}/items/1"
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as elsewhere:
        _sign_in(elsewhere, candidate)
        asked = elsewhere.get(running)
        page = elsewhere.get(asked.headers["location"]).text
        assert client.get(running).status_code == 200
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
        there = re.search(r'name="then" value="([^"]+)"', page)[1]

        moved = elsewhere.post("/account/move", data={"csrf": token, "then": there})

        assert asked.headers["location"] == f"/account/move?then=/attempts/{candidate.attempt_id}"
        assert moved.headers["location"] == f"/attempts/{candidate.attempt_id}"
        assert elsewhere.get(running).status_code == 200
        assert client.get(running).headers["location"].startswith("/sign-in")


def test_a_save_from_a_device_that_does_not_sit_the_exam_is_told_so(app, client, candidate):
    """
    409 with words, and nothing is recorded; the device that sits it goes on.
    """
    _start(_as(client, candidate), candidate)
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as elsewhere:
        _sign_in(elsewhere, candidate)
        token = csrf_token(elsewhere.cookies["examengine"])
        refused = elsewhere.post(
            f"/attempts/{candidate.attempt_id}/saves",
            json={"client": PAGE, "seq": 1, "item_id": SINGLE, "response": "a", "seen": 0},
            headers={"x-csrf-token": token, "accept": "application/json"},
        )

    assert (refused.status_code, refused.json()["code"]) == (409, "sat_elsewhere")


def test_a_session_lasts_as_long_as_the_exam_and_for_the_receipt(browser, app, clock, candidate):
    """
    Signed in long before, somebody is not signed out in the middle of the exam.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        ends = clock.now() + timedelta(minutes=10)
        session.execute(sql("UPDATE signed_in_session SET expires_at = :ends"), {"ends": ends})
    started = _start(browser, candidate)
    clock.forward(minutes=25)

    shown = browser.get(f"/attempts/{candidate.attempt_id}/items/1")
    clock.forward(minutes=40)
    receipt = browser.get(f"/attempts/{candidate.attempt_id}/time-up")

    assert started.status_code == 303
    assert shown.status_code == 200
    assert receipt.headers["location"].endswith("/receipt")


def _sign_in(elsewhere, candidate):
    page = elsewhere.get("/sign-in").text
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
    form = {"csrf": token, "email": candidate.email, "password": PASSWORD}
    assert elsewhere.post("/sign-in", data=form).status_code == 303
