"""The awarding officer's pages about administrations."""

import re

import pytest

from examengine import accounts, db, delivery
from examengine.accounts import Role
from tests.conftest import PASSWORD
from tests.delivery.examples import candidates, opened, published_form
from tests.jobs.inline import do_waiting


@pytest.fixture
def form(app, clock):
    """A published form."""
    with db.writing(app.state.components.engine_of_first) as session:
        return published_form(session, clock)


@pytest.fixture
def officer(app, client, clock, hasher) -> str:
    """An awarding officer who is signed in; the token of their forms."""
    with db.writing(app.state.components.engine_of_first) as session:
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
    with db.writing(app.state.components.engine_of_first) as session:
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


def test_the_form_that_opens_one_suggests_a_window_that_would_do(client, officer, form):
    """
    From the list the officer comes to a form that needs a title alone: nobody is cut short in it.
    """
    listed = client.get("/awards/administrations").text
    (link,) = re.findall(r'href="(/awards/administrations/new[^"]*)"', listed)
    page = client.get(link)
    values = dict(
        re.findall(r'name="(opens_at|closes_at|exam_id)"[^>]* value="([^"]*)"', page.text)
    )

    made = client.post(
        "/awards/administrations",
        data={"csrf": officer, "title": "Spring", "form_ids": str(form.id), **values},
    )

    assert page.status_code == 200
    assert values["opens_at"] == "2026-11-21T10:00"
    assert made.status_code == 303
    assert made.headers["location"].startswith("/awards/administrations/")


def test_an_address_of_nobody_leaves_the_form_as_it_was(client, officer, app, clock, form):
    """
    It is named, nobody is enrolled, and what was typed stands there to be mended; what copying
    leaves in an address does not matter.
    """
    made, people = _made(app, clock, form, 2)
    here = f"/awards/administrations/{made.id}"
    typed = f"{people[0].email.upper()}\u200b,\nnobody@example.org"
    fields = {"csrf": officer, "extra_time_percent": "25", "addresses": typed}

    refused = client.post(f"{here}/attempts", data=fields)
    mended = {**fields, "addresses": typed.partition(",")[0]}
    enrolled = client.post(f"{here}/attempts", data=mended)

    assert refused.status_code == 422
    assert "no candidate has the address nobody@example.org" in refused.text
    assert f"{typed}</textarea>" in refused.text
    assert 'value="25"' in refused.text
    assert enrolled.status_code == 303
    assert "Nobody is enrolled yet" not in client.get(here).text


def _made(app, clock, form, count: int = 1):
    """An administration, and people who are enrolled elsewhere and can be enrolled in it."""
    with db.writing(app.state.components.engine_of_first) as session:
        people = candidates(session, clock, opened(session, clock, form), count)
        return opened(session, clock, form), people


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "words"),
    [
        ("2020-01-01T09:00", "2020-01-02T09:00", "over already"),
        ("2026-12-01T09:00", "9999-12-31T23:00", "look at the year"),
        ("9998-12-01T09:00", "9999-12-31T23:00", "look at the year"),
        ("2026-12-01T09:00", "2026-12-01T09:30", "the exam takes 60"),
        ("0001-01-01T00:00+14:00", "2026-12-01T09:30", "must be a date and a time"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused_and_stays_in_its_form(
    client, officer, form, opens_at, closes_at, words
):
    """
    The refusal says what would be right, and nothing that was typed is lost.
    """
    fields = {"csrf": officer, "exam_id": "data-literacy", "form_ids": str(form.id)}
    typed = {"title": "Winter in Graz", "opens_at": opens_at, "closes_at": closes_at}

    answer = client.post("/awards/administrations", data={**fields, **typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Winter in Graz"' in answer.text
    assert f'value="{closes_at}"' in answer.text


def test_a_typed_offset_is_honoured(client, app, officer, form):
    """
    Nine o'clock at one hour east of Greenwich is eight o'clock there.
    """
    fields = {"csrf": officer, "exam_id": "data-literacy", "form_ids": str(form.id)}
    window = {"opens_at": "2026-12-01T09:00+01:00", "closes_at": "2026-12-01T17:00-05:00"}

    made = client.post("/awards/administrations", data={**fields, "title": "Winter", **window})

    page = client.get(made.headers["location"]).text
    assert "1 Dec 2026, 08:00 UTC" in page
    assert "1 Dec 2026, 22:00 UTC" in page


def test_a_window_is_moved_and_withdrawn_until_somebody_has_begun(
    client, app, clock, officer, form
):
    """
    Both stand in the trail of the staff; what is withdrawn is not moved any more.
    """
    made, _ = _made(app, clock, form)
    here = f"/awards/administrations/{made.id}"
    window = {"csrf": officer, "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T19:00"}

    moved = client.post(f"{here}/window", data=window)
    withdrawn = client.post(f"{here}/withdrawal", data={"csrf": officer, "sure": "yes"})
    again = client.post(f"{here}/window", data=window)

    assert (moved.status_code, withdrawn.status_code, again.status_code) == (303, 303, 409)
    page = client.get(here).text
    assert "1 Dec 2026, 09:00 UTC" in page
    assert "Withdrawn" in page
    with db.reading(app.state.components.engine_of_first) as session:
        acts = accounts.staff_acts(
            session, accounts.system_actor(), subject=f"administration:{made.id}"
        )
    names = {act.action for act in acts}
    assert {"delivery.change_window", "delivery.withdraw_administration"} <= names


def test_nothing_is_moved_or_withdrawn_under_somebody_who_sits(client, app, clock, officer, form):
    """
    What a candidate was told at the start stays as it is.
    """
    made, [ada] = _made(app, clock, form)
    here = f"/awards/administrations/{made.id}"
    enrolled = {"csrf": officer, "person_ids": str(ada.person_id)}
    client.post(f"{here}/attempts", data=enrolled)
    with db.reading(app.state.components.engine_of_first) as session:
        [attempt] = delivery.attempts_of(session, clock, accounts.system_actor(), made.id)
    begun = {**ada.asked(clock), "attempt_id": attempt.id}
    app.state.components.writer.record(delivery.Start(**begun, consented=True))

    window = {"csrf": officer, "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T19:00"}
    answers = [
        client.post(f"{here}/window", data=window),
        client.post(f"{here}/withdrawal", data={"csrf": officer, "sure": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Somebody has started already" in answers[0].text


def test_extra_time_is_said_and_never_cut(client, app, clock, officer, form):
    """
    The officer and the candidate read the whole time, and the end moves by the extra time.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        made = opened(session, clock, form, hours=1)
        [ada] = candidates(session, clock, made, extra_time_percent=50)

    page = client.get(f"/awards/administrations/{made.id}").text
    client.cookies.set("examengine", ada.cookie)
    mine = client.get("/attempts").text

    assert "60 min + 50 %, 90 min in all" in page
    assert "takes 90 minutes, your 50 % of extra time included" in mine


def test_more_candidates_than_a_form_usually_has_fields_are_enrolled(
    client, app, clock, officer, form
):
    """
    Twelve hundred ticks are twelve hundred places.
    """
    made, people = _made(app, clock, form, 1200)
    ticked = {"csrf": officer, "person_ids": [str(one.person_id) for one in people]}

    answer = client.post(f"/awards/administrations/{made.id}/attempts", data=ticked)
    before = _enrolled(app, clock, made)
    assert do_waiting(app) == 1

    job = client.get(answer.headers["location"]).text
    assert "/jobs/" in answer.headers["location"]
    assert before == 0
    assert _enrolled(app, clock, made) == 1200
    assert f'href="/awards/administrations/{made.id}"' in job


def test_whoever_would_enrol_themself_among_many_is_refused_at_once(
    client, app, clock, officer, form
):
    """
    No job is asked for: the officer is told on the page that it is their own matter.
    """
    made, people = _made(app, clock, form, 501)
    with db.writing(app.state.components.engine_of_first) as session:
        (own,) = [
            one.id
            for one in accounts.list_people(session, accounts.system_actor())
            if one.email == "officer@example.org"
        ]
    ticked = {"csrf": officer, "person_ids": [str(own), *(str(one.person_id) for one in people)]}

    answer = client.post(f"/awards/administrations/{made.id}/attempts", data=ticked)

    assert answer.status_code == 403
    assert do_waiting(app) == 0


def _enrolled(app, clock, made) -> int:
    with db.reading(app.state.components.engine_of_first) as session:
        return len(delivery.attempts_of(session, clock, accounts.system_actor(), made.id))


def test_candidates_are_found_listed_by_address_or_taken_all(client, app, clock, officer, form):
    """
    A search narrows what is shown, an address list enrols those named, and “all” all found.
    """
    made, people = _made(app, clock, form, 5)
    here = f"/awards/administrations/{made.id}"
    first, second, *_ = [one.email for one in people]

    found = client.get(here, params={"search": first.split("@")[0]}).text
    listed = {"csrf": officer, "addresses": f"{first}\n {second.upper()};"}
    client.post(f"{here}/attempts", data=listed)
    unknown = client.post(
        f"{here}/attempts", data={"csrf": officer, "addresses": "nobody@example.org"}
    )
    client.post(f"{here}/attempts", data={"csrf": officer, "everybody": "yes", "search": ""})

    assert first in found
    assert second not in found
    assert unknown.status_code == 422
    assert "nobody@example.org" in unknown.text
    with db.reading(app.state.components.engine_of_first) as session:
        enrolled = delivery.attempts_of(session, clock, accounts.system_actor(), made.id)
    assert {one.person_id for one in enrolled} >= {one.person_id for one in people}


def test_the_pages_are_not_for_candidates(client, app, clock, form):
    """
    A candidate sees neither the list nor an administration.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        made = opened(session, clock, form)
        (ada,) = candidates(session, clock, made)
    client.cookies.set("examengine", ada.cookie)

    answers = [
        client.get("/awards/administrations"),
        client.get("/awards/administrations/new?exam=data-literacy"),
        client.get(f"/awards/administrations/{made.id}"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
