"""What the exam page is told when it turns to another question."""

import json
import re

import pytest

from examengine import db, delivery
from examengine.web.question_cache import QuestionCache
from examengine.web.security import csrf_token
from tests.delivery.examples import ITEMS, NUMBER, SINGLE, TYPED, loaded, sitting

PAGE = "page-number-one"


@pytest.fixture
def two(app, client, clock):
    """Two candidates who have started and look at their first question."""
    found = sitting(app.state.components.engine_of_first, clock, 2)
    for candidate in found:
        _become(client, candidate)
        form = {"csrf": csrf_token(candidate.cookie), "consent": "yes"}
        client.post(f"/attempts/{candidate.attempt_id}/start", data=form)
        client.get(f"/attempts/{candidate.attempt_id}/items/1")
    return found


@pytest.fixture
def candidate(two, client):
    """The first of them, whose browser it is."""
    _become(client, two[0])
    return two[0]


def _become(client, candidate) -> None:
    client.cookies.clear()
    client.cookies.set("examengine", candidate.cookie)


def _answer(**changed):
    return {"item_id": SINGLE, "response": "a", "seen": 3, "client": PAGE, "seq": 1, **changed}


def _turn(browser, candidate, place=2, **changed):
    body = {"client": PAGE, "place": place, "chosen": len(ITEMS), "answer": None, **changed}
    return browser.post(
        f"/attempts/{candidate.attempt_id}/turns",
        content=json.dumps(body),
        headers={"x-csrf-token": csrf_token(candidate.cookie)},
    )


def _log(app, candidate):
    with db.reading(app.state.components.engine_of_first) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def test_one_request_stores_the_answer_and_brings_the_question(client, app, candidate):
    """
    The page hears both: that the answer is on disk, and the second question to be shown.
    """
    told = _turn(client, candidate, answer=_answer(response="c")).json()

    *_, saved, shown = _log(app, candidate)
    assert (saved.type, shown.type) == ("saved", "shown")
    assert told["saved"]["digest"] == saved.digest
    assert (told["version"], told["digest"]) == (shown.version, shown.digest)
    assert told["question"]["item"] == TYPED
    assert "Question 2 <" in told["question"]["html"]
    assert told["question"]["list"] is None


def test_the_question_is_the_one_that_its_page_shows(client, candidate):
    """
    What comes back is, apart from what only a page without script needs, a part of the whole page.
    """
    question = _turn(client, candidate, place=3).json()["question"]["html"]
    page = client.get(f"/attempts/{candidate.attempt_id}/items/3").text

    drawn = re.search(r"<div class=\"item\".*?</div>", question, re.DOTALL)[0]
    assert drawn in page
    assert re.search(r'<h1 id="heading".*?</h1>', question)[0] in page


def test_a_question_that_was_answered_comes_back_with_its_answer(client, candidate):
    """
    Going back shows what was chosen, when it was saved, and that it is answered.
    """
    _turn(client, candidate, answer=_answer(response="c"))

    question = _turn(client, candidate, place=1).json()["question"]

    assert re.search(r'value="c" checked', question["html"])
    assert question["answered"] is True
    assert question["saved_at"] == "2026-11-21T09:00:00.000Z"


def test_what_looks_the_same_is_drawn_once_and_names_nobody(client, app, two, monkeypatch):
    """
    The second candidate gets the bytes of the first: no token, attempt or person is in them.
    """
    drawings = []
    template = app.state.components.questions._template
    render = template.render
    monkeypatch.setattr(template, "render", lambda **shown: drawings.append(1) or render(**shown))
    found = []
    for candidate in two:
        _become(client, candidate)
        found.append(_turn(client, candidate, place=2).json()["question"]["html"])

    assert (len(set(found)), len(drawings)) == (1, 1)
    for candidate in two:
        for secret in (candidate.attempt_id, csrf_token(candidate.cookie), candidate.email):
            assert str(secret) not in found[0]


def test_a_flag_and_an_answer_of_one_are_not_shown_to_the_other(client, app, two):
    """
    What stands in the fields of a question is part of what it is kept by.
    """
    first, second = two
    _become(client, first)
    _turn(client, first, answer=_answer(response="c"))
    flag = {"item_id": TYPED, "flagged": True, "client": PAGE, "seq": 2}
    address = f"/attempts/{first.attempt_id}/flags"
    client.post(address, json=flag, headers={"x-csrf-token": csrf_token(first.cookie)})
    own = [_turn(client, first, place=place).json()["question"]["html"] for place in (1, 2)]
    _become(client, second)
    other = [_turn(client, second, place=place).json()["question"]["html"] for place in (1, 2)]

    assert 'value="c" checked' in own[0]
    assert "checked" not in other[0]
    assert 'aria-pressed="true"' in own[1]
    assert 'aria-pressed="true"' not in other[1]


def test_the_cache_lets_the_oldest_go(app, client, candidate):
    """
    It holds as many questions as it was told, and draws again what it let go.
    """
    components = app.state.components
    components.questions.__init__(components.templates, most=1)
    first = _turn(client, candidate, place=2).json()["question"]["html"]
    _turn(client, candidate, place=3)

    assert _turn(client, candidate, place=2).json()["question"]["html"] == first
    assert isinstance(components.questions, QuestionCache)
    assert len(components.questions._kept) == 1


def test_nothing_that_comes_back_holds_a_key(client, candidate):
    """
    Over a whole form no byte of a key, a rationale or a code of the right answer is sent.
    """
    sent = b""
    for place in range(1, len(ITEMS) + 1):
        sent += _turn(client, candidate, place=place).content

    for item in loaded().items:
        rationale = [each.rationale for each in getattr(item, "options", ()) if each.rationale]
        assert not [words for words in rationale if words.encode() in sent]
    assert not re.search(rb"(?i)rationale|\bkey\b|correct|\"score", sent)


def test_without_the_attempt_in_memory_the_database_is_read(client, app, candidate):
    """
    Another server, or one that has just begun, answers the same.
    """
    components = app.state.components
    known = _turn(client, candidate, place=2).json()["question"]
    components.attempts._kept.clear()
    components.forms._loaded.clear()

    assert _turn(client, candidate, place=2).json()["question"] == known


def test_a_list_that_grew_is_drawn_anew(client, candidate):
    """
    Where more items were chosen since the page drew its list, the list comes along.
    """
    question = _turn(client, candidate, place=2, chosen=1).json()["question"]

    assert question["list"].count("<li>") == len(ITEMS)
    assert f'data-chosen="{len(ITEMS)}"' in question["list"]


def test_an_unfinished_answer_brings_no_question_until_it_was_told(client, candidate):
    """
    The page hears what is lacking, and gets the question when it says that it said so.
    """
    typed = {"item_id": NUMBER, "response": None, "fields": {"response": ["many"]}}

    first = _turn(client, candidate, answer=_answer(**typed)).json()
    told = first["saved"]["unfinished"]
    again = _turn(client, candidate, answer=_answer(**typed, seq=2), warned=told).json()

    assert first["question"] is None
    assert again["question"]["item"] == TYPED


def test_a_question_that_is_not_there_is_not_brought_and_the_answer_is_kept(client, app, candidate):
    """
    The page then asks for a whole page, which says what became of the question.
    """
    told = _turn(client, candidate, place=99, answer=_answer()).json()

    assert told["question"] is None
    assert told["saved"]["version"] == len(_log(app, candidate))


@pytest.mark.parametrize(
    "changed",
    [
        {"place": 0},
        {"place": "2"},
        {"place": 2**31},
        {"client": "<script>"},
        {"chosen": -1},
        {"warned": "x" * 2001},
        {"answer": {"item_id": SINGLE}},
        {"answer": []},
        {"more": 1},
    ],
)
def test_a_malformed_turn_is_refused_and_stores_nothing(client, app, candidate, changed):
    """
    What no page of ours sends is 422 in words, and the log stands as it stood.
    """
    before = len(_log(app, candidate))

    refused = _turn(client, candidate, **{"answer": _answer(), **changed})

    assert (refused.status_code, refused.json()["code"]) == (422, "save_malformed")
    assert len(_log(app, candidate)) == before


def test_a_turn_needs_the_token_the_session_and_the_attempt(client, app, two):
    """
    Without the token, signed out, or as another candidate nothing is stored and nothing is sent.
    """
    first, second = two
    body = json.dumps({"client": PAGE, "place": 2, "chosen": 6, "answer": _answer()})
    address = f"/attempts/{first.attempt_id}/turns"
    before = len(_log(app, first))
    _become(client, first)
    forged = client.post(address, content=body)
    _become(client, second)
    foreign = client.post(
        address, content=body, headers={"x-csrf-token": csrf_token(second.cookie)}
    )
    cookie = "x" * 43
    client.cookies.clear()
    client.cookies.set("examengine", cookie)
    stranger = client.post(address, content=body, headers={"x-csrf-token": csrf_token(cookie)})

    assert (forged.status_code, foreign.status_code, stranger.status_code) == (403, 404, 401)
    assert not any("question" in answer.json() for answer in (forged, foreign, stranger))
    assert len(_log(app, first)) == before
