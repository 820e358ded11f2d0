"""The awarding officer's pages about administrations."""

import re

import pytest

from examengine import accounts, db
from examengine.accounts import Role
from tests.conftest import PASSWORD
from tests.delivery.examples import candidates, opened, published_form


@pytest.fixture
def form(app, clock):
    """A published form."""
    with db.writing(app.state.parts.engine) as session:
        return published_form(session, clock)


@pytest.fixture
def officer(app, client, clock, hasher) -> str:
    """An awarding officer who is signed in; the token of their forms."""
    with db.writing(app.state.parts.engine) as session:
        accounts.add_person(
            session,
            clock,
            hasher,
            accounts.system_actor(),
            email="officer@example.org",
            name="Olga Officer",
            password=PASSWORD,
            roles=[Role.AWARDING_OFFICER],
        )
    form = {"csrf": _token(client, "/sign-in"), "email": "officer@example.org"}
    assert client.post("/sign-in", data={**form, "password": PASSWORD}).status_code == 303
    return _token(client, "/")


def _token(client, address: str) -> str:
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(address).text)[1]


def test_an_empty_list_says_how_to_begin(client, officer):
    """
    Without an exam the page says that an author publishes forms first.
    """
    page = client.get("/awards/administrations").text

    assert "No administration yet" in page
    assert "No exam has published forms" in page


def test_an_officer_opens_an_administration_and_enrols(client, app, clock, officer, form):
    """
    From the list, through the form, to a candidate with extra time who can start.
    """
    with db.writing(app.state.parts.engine) as session:
        other = opened(session, clock, form)
        (ada,) = candidates(session, clock, other)
    assert "exam=data-literacy" in client.get("/awards/administrations").text
    fields = {
        "csrf": officer,
        "exam_id": "data-literacy",
        "form_ids": str(form.id),
        "title": "Spring in Vienna",
        "opens_at": "2026-11-21T08:00",
        "closes_at": "2026-11-21T18:00",
        "test": "yes",
    }

    made = client.post("/awards/administrations", data=fields).headers["location"]
    enrolment = {"csrf": officer, "person_ids": str(ada.person_id), "extra_time_percent": "25"}
    answer = client.post(f"{made}/attempts", data=enrolment)

    assert answer.headers["location"] == made
    page = client.get(made).text
    assert "60 min + 25 %" in page
    assert "prepared" in page
    assert "Test" in page


def test_a_window_the_wrong_way_round_is_refused_in_words(client, officer, form):
    """
    The refusal says what is wrong with the window.
    """
    fields = {
        "csrf": officer,
        "exam_id": "data-literacy",
        "form_ids": str(form.id),
        "title": "Spring",
        "opens_at": "2026-11-21T18:00",
        "closes_at": "2026-11-21T08:00",
    }

    backwards = client.post("/awards/administrations", data=fields)
    nonsense = client.post("/awards/administrations", data={**fields, "opens_at": "soon"})

    assert (backwards.status_code, nonsense.status_code) == (422, 422)
    assert "the end of the window must come after its beginning" in backwards.text
    assert "such as 2026-11-21T09:00" in nonsense.text


def test_the_pages_are_not_for_candidates(client, app, clock, form):
    """
    A candidate sees neither the list nor an administration.
    """
    with db.writing(app.state.parts.engine) as session:
        made = opened(session, clock, form)
        (ada,) = candidates(session, clock, made)
    client.cookies.set("examengine", ada.cookie)

    answers = [
        client.get("/awards/administrations"),
        client.get("/awards/administrations/new?exam=data-literacy"),
        client.get(f"/awards/administrations/{made.id}"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
