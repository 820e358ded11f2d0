"""The exam page of an item set: what is shared stands beside each of its questions."""

import json

import pytest

from examengine.web.security import csrf_token
from tests.delivery.set_sitting import PLACES, SECOND, sitting_with_set

PAGE = "page-number-one"
TEXT = "The round begins and ends at the railway halt"


@pytest.fixture
def candidate(app, client, clock):
    """Somebody who has started."""
    [found] = sitting_with_set(app.state.components.engine_of_first, clock)
    client.cookies.set("examengine", found.cookie)
    form = {"csrf": csrf_token(found.cookie), "consent": "yes"}
    client.post(f"/attempts/{found.attempt_id}/start", data=form)
    return found


def test_a_question_of_a_set_says_where_it_stands(client, candidate):
    """
    The text stands once, outside of the form, with its questions; others are as they were.
    """
    here = f"/attempts/{candidate.attempt_id}/items"
    before, second = client.get(f"{here}/1").text, client.get(f"{here}/3").text

    assert 'class="shared"' not in before
    assert "2 of 3 about this text" in second
    assert "The text for questions 2 to 4" in second
    assert second.count(TEXT) == 1
    assert second.index(TEXT) < second.index('<form id="answer"')
    assert "skerran-round" not in second


def test_a_turn_brings_the_text_with_the_question(client, candidate):
    """
    A page that turns gets the same, and knows by a mark that it is what it shows already.
    """
    client.get(f"/attempts/{candidate.attempt_id}/items/2")
    body = {"client": PAGE, "place": 3, "chosen": len(PLACES), "answer": None}
    answer = client.post(
        f"/attempts/{candidate.attempt_id}/turns",
        content=json.dumps(body),
        headers={"x-csrf-token": csrf_token(candidate.cookie)},
    ).json()

    assert answer["question"]["item"] == SECOND
    assert 'data-shared="2"' in answer["question"]["html"]
    assert answer["question"]["html"].count(TEXT) == 1


def test_the_review_groups_what_goes_together(client, candidate):
    """
    The rows of a set stand in a body of their own, under a line that names them.
    """
    client.get(f"/attempts/{candidate.attempt_id}/items/1")
    page = client.get(f"/attempts/{candidate.attempt_id}/review").text

    group = page[page.index('<tbody class="together">') :]
    group = group[: group.index("</tbody>")]
    assert "Questions 2 to 4 go together" in group
    assert [f"items/{place}" in group for place in range(1, 6)] == [False, True, True, True, False]
    assert page.count("<tbody") == page.count("</tbody>") == 3
