"""How credentials stand, over HTTP: for everybody, and where the officer changes it."""

import json
from uuid import uuid4

import pytest

from examengine import accounts, credentials, db, integrity
from examengine.credentials import AwardingBody, create_key
from tests.conftest import PASSWORD
from tests.credentials.programme import due, issue_due, rule, score_and_decide
from tests.credentials.test_pages import sent
from tests.scoring import world as worlds

PAGE = {"accept": "text/html,application/xhtml+xml"}
JSON = {"accept": "application/json"}


@pytest.fixture
def body(app, clock) -> AwardingBody:
    """The application's awarding body, with a key."""
    create_key(app.state.components.awarding_body.keys, clock.now(), development=False)
    return app.state.components.awarding_body


@pytest.fixture
def passed(app, body, clock, hasher):
    """A programme in the application's database in which Ada and Cem passed, with credentials."""
    world = worlds.build(app.state.components.engine_of_first, clock, hasher)
    world.sit("Ada", right=11)
    world.sit("Cem", right=11)
    world.adopt_cut("6")
    score_and_decide(world)
    world.issued = issue_due(world, body)
    clock.forward(minutes=5)
    return world


@pytest.fixture
def officer(client, passed):
    """A client that an awarding officer has signed in with."""
    with db.reading(passed.engine) as session:
        email = accounts.find_person(session, passed.staff.person_id).email
    sent(client, "/sign-in", "/sign-in", email=email, password=PASSWORD, then="/")
    return client


def test_a_standing_is_a_page_for_people_and_json_for_programs(client, passed):
    """
    By what is asked for; it holds for now alone, for every origin, and names nobody.
    """
    here = f"/credentials/{passed.issued[0].id}/standing"

    page, program, unasked = (
        client.get(here, headers=PAGE),
        client.get(here, headers=JSON),
        (client.get(here, headers={"accept": "*/*"})),
    )

    stated = program.json()
    assert page.headers["content-type"].startswith("text/html")
    assert "In force" in page.text
    assert program.headers["content-type"] == unasked.headers["content-type"] == "application/json"
    assert program.headers["access-control-allow-origin"] == "*"
    assert program.headers["cache-control"] == "no-store"
    assert stated["credential"] == json.loads(passed.issued[0].document)["id"]
    assert (stated["standing"], stated["cause"]) == ("in_force", "newest_version")
    assert [one["version"] for one in stated["versions"]] == [1]
    assert stated["versions"][0]["validFrom"] == json.loads(passed.issued[0].document)["validFrom"]
    assert "Ada" not in page.text + program.text


def test_a_standing_says_what_happened_at_once(client, passed, body):
    """
    Decided anew, issued anew, voided: with the moment, and without what people wrote.
    """
    credential = passed.issued[0]
    here = f"/credentials/{credential.id}/standing"
    with db.reading(passed.engine) as session:
        name = credentials.candidate_of(session, passed.staff, credential)
    passed.adopt_cut("7")
    score_and_decide(passed)
    issue_due(passed, body)
    renewed = client.get(here, headers=JSON).json()
    rule(passed, name, integrity.void)

    voided = client.get(here, headers=JSON)

    assert [one["standing"] for one in renewed["versions"]] == ["in_force", "superseded"]
    assert renewed["versions"][1]["supersededBy"] == 2
    assert voided.json()["standing"] == "attempt_voided"
    assert {one["standing"] for one in voided.json()["versions"]} == {"attempt_voided"}
    assert "invigilator" not in voided.text


def test_there_is_no_standing_of_what_was_never_issued(client, passed):
    """
    Not found, in words and as a status.
    """
    assert client.get(f"/credentials/{uuid4()}/standing", headers=JSON).status_code == 404
    assert client.get("/credentials/x/standing", headers=JSON).status_code == 422


def test_the_public_page_says_that_the_decision_no_longer_stands(officer, passed):
    """
    In plain words, above the results, and with the way to look it up again.
    """
    credential = passed.issued[0]
    passed.adopt_cut("9.8")
    score_and_decide(passed)

    page = officer.get(f"/credentials/{credential.id}").text

    assert "the pass mark is no longer reached" in page
    assert f'href="/credentials/{credential.id}/standing"' in page
    assert page.index("the pass mark is no longer reached") < page.index(
        "<h2>Results that it stated</h2>"
    )


def test_a_file_that_was_replaced_is_told_so_when_it_is_verified(client, passed, body):
    """
    On the page that anybody verifies on.
    """
    passed.adopt_cut("7")
    score_and_decide(passed)
    issue_due(passed, body)

    answer = sent(client, "/verify", "/verify", pasted=passed.issued[0].document.decode())

    assert "There is a newer version of it." in answer.text


def test_an_officer_revokes_all_whose_decision_no_longer_stands(officer, passed):
    """
    From the notice to the list, with reason; the number is confirmed.
    """
    passed.adopt_cut("9.8")
    score_and_decide(passed)
    here = f"/awards/credentials/{passed.administration.id}"
    notice = officer.get(here).text
    listed = officer.get(f"{here}/revocations").text

    stale = sent(officer, here, f"{here}/revocations/all", seen="1", reason="The cut was raised.")
    answer = sent(officer, here, f"{here}/revocations/all", seen="2", reason="The cut was raised.")

    assert f'href="{here}/revocations"' in notice
    assert all(f'value="{one.id}"' in listed for one in passed.issued)
    assert stale.status_code == 409
    assert "You saw 1, now there are 2" in stale.text
    assert answer.status_code == 303
    assert due(passed).ended == 2
    assert "Nothing to revoke here" in officer.get(f"{here}/revocations").text


def test_an_officer_revokes_those_that_are_ticked(officer, passed):
    """
    Several in one form; none of them is an answer in words.
    """
    passed.adopt_cut("9.8")
    score_and_decide(passed)
    here = f"/awards/credentials/{passed.administration.id}"
    ids = [str(one.id) for one in passed.issued]

    none = sent(officer, here, f"{here}/revocations", reason="The cut was raised.")
    both = sent(officer, here, f"{here}/revocations", credential_id=ids, reason="Raised.")

    assert none.status_code == 422
    assert both.status_code == 303
    assert due(passed).ended == 2


def test_an_officer_makes_a_mistake_good(officer, passed, body):
    """
    Revoked, allowed, issued: the page leads from each to the next.
    """
    credential = passed.issued[0]
    here = f"/awards/credentials/{passed.administration.id}"
    one = str(credential.id)
    sent(officer, here, f"{here}/revocations", credential_id=one, reason="The wrong row.")
    revoked = officer.get(here).text
    sent(officer, here, f"{here}/replacements", credential_id=one, reason="It was a mistake.")
    allowed = officer.get(here).text

    answer = sent(officer, here, here)

    assert "Passed, and revoked" in revoked
    assert "Issue the credential that is due" in allowed
    assert "A new one may follow." in allowed
    assert answer.status_code == 303
    assert (due(passed).issued, due(passed).ended, due(passed).total) == (2, 1, 3)


@pytest.mark.parametrize("address", ["/.well-known/did.json", "/achievements/short-exam/badge.png"])
def test_what_is_published_is_fetched_once(client, passed, address):
    """
    Whoever has it already is told that it has not changed.
    """
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})

    assert first.headers["cache-control"] == "public, max-age=60"
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(address, headers={"if-none-match": '"x"'}).content == first.content


@pytest.mark.parametrize("number", ["-1", "99999999999999999999", "x"])
def test_a_status_list_has_a_number(client, passed, number):
    """
    Anything else is refused before a database is asked.
    """
    assert client.get(f"/status/{number}").status_code == 422


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("/.well-known/did.json", "application/json"),
        ("/status/1", "application/vc+ld+json"),
        ("/achievements/short-exam", "text/html; charset=utf-8"),
        ("/achievements/short-exam/test.png", "image/png"),
    ],
)
def test_what_is_published_says_what_it_is(client, passed, address, media_type):
    """
    Each with its media type; what programs fetch, open to every origin.
    """
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert (answer.headers.get("access-control-allow-origin") == "*") is ("html" not in media_type)
