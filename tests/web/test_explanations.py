"""The explanation's page: what it shows to whom, and what it says of a change."""

import pytest
from sqlalchemy import text

from examengine import bank
from examengine.accounts import Role
from tests.web.programme_pages import result_of


def test_staff_follow_a_decision_back_to_the_answers(client, decided, officer):
    """
    Every step with its digest, recomputed; then each answer with the verdict of the key.
    """
    ben = result_of(decided, "Ben")

    page = client.get(f"/explain/{ben.score.id}").text

    assert "Everything agrees" in page
    assert ben.decision.digest in page
    assert ben.score.digest in page
    assert page.count("recomputed now: agrees") == 10
    assert "For staff alone" in page


def test_a_candidate_follows_their_own_and_sees_no_answer(client, visitors, decided):
    """
    The same walk for the candidate, without answers and without keys.
    """
    ada = result_of(decided, "Ada")
    visitors.enter(decided.candidates["Ada"].actor)

    page = client.get(f"/explain/{ada.decision.id}").text

    assert "Everything agrees" in page
    assert "For staff alone" not in page
    for version in decided.versions.values():
        key = bank.ITEM_TYPES[version.item_type].key_in_words(version.content)
        assert len(key) <= 8 or key not in page


def test_a_flipped_answer_is_named_on_the_page(client, decided, officer):
    """
    A byte changed in a stored event: the step of the log says which event, and what it means.
    """
    ada = result_of(decided, "Ada")
    with decided.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE attempt_event SET body = json_set(body, '$.seen', 1) "
                "WHERE attempt_id = :id AND version = 4"
            ),
            {"id": ada.subject_id.hex},
        )

    page = client.get(f"/explain/{ada.score.id}").text

    assert "Something does not agree" in page
    assert "Event 4 (saved) was changed after it was written" in page
    assert page.count("recomputed now: does not agree") == 1


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PANELIST, Role.INVIGILATOR])
def test_nobody_else_reads_it(client, visitors, decided, role):
    """
    For everybody else the explanation does not exist.
    """
    ada = result_of(decided, "Ada")
    visitors.enter(visitors.add(role, name="Wanda Wrong"))

    pages = [client.get(f"/explain/{one}") for one in (ada.score.id, ada.decision.id)]

    assert [page.status_code for page in pages] == [404, 404]


def test_a_stranger_is_asked_to_sign_in(client, decided):
    """
    Nothing is explained to somebody who has not said who they are.
    """
    answer = client.get(f"/explain/{result_of(decided, 'Ada').score.id}")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
