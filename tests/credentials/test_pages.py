"""The public pages, and the officer's, over HTTP."""

import json
from uuid import UUID, uuid4

import numpy as np
import pytest

from examengine import accounts, db, scoring
from examengine.accounts import Role
from examengine.credentials import Verdict, create_key, issue, unbake, verify_here
from tests.conftest import PASSWORD, add_actor
from tests.credentials.conftest import award_for
from tests.four_eyes import let_one_be_enough
from tests.jobs.inline import do_waiting
from tests.scoring import world as worlds

RNG = np.random.default_rng(5)


@pytest.fixture
def parts(app):
    """The parts of the application, with a signing key."""
    create_key(
        app.state.components.awarding_body.keys, app.state.components.clock.now(), development=False
    )
    return app.state.components


@pytest.fixture
def people(parts, clock, hasher):
    """A holder, an officer and a stranger."""
    with db.writing(parts.engine_of_first) as session:
        let_one_be_enough(session, clock)
        return {
            "holder": add_actor(session, clock, hasher, Role.CANDIDATE, name="Ada <Example>"),
            "officer": add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Olive"),
            "stranger": add_actor(session, clock, hasher, Role.CANDIDATE, name="Sam"),
        }


@pytest.fixture
def issued(parts, people, clock):
    """A credential of the holder."""
    body = parts.awarding_body
    with db.writing(parts.engine_of_first) as session:
        person = accounts.find_person(session, people["holder"].person_id)
        award = award_for(people["holder"], identity=person.email)
        return issue(session, clock, body.signer(), RNG, people["officer"], body, award)


@pytest.fixture
def sign_in(client, parts):
    """Sign somebody in; afterwards the client is theirs."""

    def as_somebody(actor):
        with db.reading(parts.engine_of_first) as session:
            email = accounts.find_person(session, actor.person_id).email
        sent(client, "/sign-in", "/sign-in", email=email, password=PASSWORD, then="/")

    return as_somebody


def sent(client, page: str, address: str, **fields):
    """Send a form as the page at `page` would, with its token."""
    drawn = client.get(page).text
    token = drawn.split('name="csrf" value="')[1].split('"')[0]
    return client.post(address, data={"csrf": token, **fields})


def test_nobody_else_sees_a_credential_before_its_holder_shows_it(client, sign_in, people, issued):
    """
    Page, document and picture are each not there for strangers, signed in or not.
    """
    addresses = [
        f"/credentials/{issued.id}{rest}" for rest in ("", "/credential.json", "/badge.png")
    ]
    anonymous = [client.get(address).status_code for address in addresses]
    sign_in(people["stranger"])

    stranger = [client.get(address).status_code for address in addresses]

    assert anonymous == stranger == [404, 404, 404]


def test_a_holder_shows_a_credential_and_everybody_can_verify_it(
    client, sign_in, people, issued, parts, clock
):
    """
    After one tick the page is public, verified while it is drawn, and carries no name.
    """
    sign_in(people["holder"])
    here = f"/credentials/{issued.id}"
    answer = sent(client, here, f"{here}/sharing", public="true")
    client.cookies.clear()

    page = client.get(here)

    assert answer.status_code == 303
    assert page.status_code == 200
    assert "Verified" in page.text
    assert "Ada" not in page.text
    assert "Write my name" not in page.text


def test_a_name_is_shown_escaped_and_only_with_consent(client, sign_in, people, issued):
    """
    The second tick signs the credential anew with the name in it.
    """
    sign_in(people["holder"])
    here = f"/credentials/{issued.id}"

    sent(client, here, f"{here}/sharing", public="true", name_shown="true")

    page = client.get(here).text
    assert "Ada &lt;Example&gt;" in page
    assert "Verified" in page
    assert "Ada <Example>" not in page


def test_whoever_may_not_share_learns_nothing_about_the_key(client, sign_in, people, issued, parts):
    """
    Without a key a stranger is refused as ever; the holder may show, and only a new name needs it.
    """
    here = f"/credentials/{issued.id}"
    for file in parts.awarding_body.keys.iterdir():
        file.unlink()
    sign_in(people["stranger"])
    stranger = sent(client, "/credentials", f"{here}/sharing", name_shown="true")
    sent(client, "/credentials", "/sign-out")
    sign_in(people["holder"])

    shown = sent(client, "/credentials", f"{here}/sharing", public="true")
    named = sent(client, "/credentials", f"{here}/sharing", public="true", name_shown="true")

    assert [stranger.status_code, shown.status_code, named.status_code] == [404, 303, 503]


def test_the_same_address_answers_programs_with_the_signed_document(
    client, sign_in, people, issued
):
    """
    Whoever asks for JSON gets the bytes that were signed, and the picture carries the same.
    """
    sign_in(people["holder"])
    here = f"/credentials/{issued.id}"

    document = client.get(here, headers={"accept": "application/vc+ld+json"})
    picture = client.get(f"{here}/badge.png")

    assert document.headers["content-type"].startswith("application/vc+ld+json")
    assert document.content == issued.document
    assert unbake(picture.content) == issued.document


def test_what_is_published_is_open_to_every_origin(client, parts, issued):
    """
    Keys and status lists can be fetched by any verifier's page, and fit each other.
    """
    keys = client.get("/.well-known/did.json")
    listed = client.get("/status/1")

    assert keys.headers["access-control-allow-origin"] == "*"
    assert listed.headers["access-control-allow-origin"] == "*"
    assert keys.json()["id"] == "did:web:testserver"
    assert listed.json()["proof"][0]["verificationMethod"] in keys.json()["assertionMethod"]
    assert client.get("/status/2").status_code == 404


def test_anybody_verifies_a_pasted_credential(client, parts, issued, people):
    """
    Each step is told in words, and the address is checked when it is given.
    """
    with db.reading(parts.engine_of_first) as session:
        email = accounts.find_person(session, people["holder"].person_id).email
    pasted = issued.document.decode()

    good = sent(client, "/verify", "/verify", pasted=pasted, recipient=email)
    other = sent(client, "/verify", "/verify", pasted=pasted, recipient="bea@example.org")
    changed = sent(client, "/verify", "/verify", pasted=pasted.replace("612", "712"))

    assert "Verified" in good.text
    assert "The address is not the one it was given to." in other.text
    assert "It was changed after it was signed" in changed.text


@pytest.mark.parametrize("pasted", ["", "<script>alert(1)</script>", "{", "é" * 1000])
def test_nonsense_is_answered_with_a_page(client, parts, pasted):
    """
    Nothing that is pasted breaks the page, and markup comes back as text.
    """
    answer = sent(client, "/verify", "/verify", pasted=pasted)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_baked_picture_can_be_sent_as_a_file(client, sign_in, people, issued):
    """
    The file that a holder downloads is the file that a stranger verifies.
    """
    sign_in(people["holder"])
    picture = client.get(f"/credentials/{issued.id}/badge.png").content
    token = client.get("/verify").text.split('name="csrf" value="')[1].split('"')[0]

    answer = client.post(
        "/verify", data={"csrf": token}, files={"file": ("badge.png", picture, "image/png")}
    )

    assert "Verified" in answer.text


def test_a_holder_finds_their_credentials_in_one_place(client, sign_in, people, issued):
    """
    The list has the holder's own and nobody else's.
    """
    sign_in(people["holder"])
    own = client.get("/credentials").text
    sent(client, "/credentials", "/sign-out")
    sign_in(people["stranger"])

    others = client.get("/credentials").text

    assert str(issued.id) in own
    assert str(issued.id) not in others
    assert "No credential yet" in others


def test_a_revocation_shows_everywhere_at_once(client, sign_in, people, issued, parts, clock):
    """
    The officer revokes; the page, the list and our verifier say so, the public reads no reason.
    """
    sign_in(people["holder"])
    here = f"/credentials/{issued.id}"
    sent(client, here, f"{here}/sharing", public="true")
    sent(client, "/credentials", "/sign-out")
    sign_in(people["officer"])
    awards = f"/awards/credentials/{issued.holding.administration_id}/revocations"
    reason = "The identity was not the candidate's."

    answer = sent(client, here, awards, credential_id=str(issued.id), reason=reason)

    officer_reads = client.get(here).text
    client.cookies.clear()
    public_reads = client.get(here).text
    with db.reading(parts.engine_of_first) as session:
        report = verify_here(session, clock, parts.awarding_body, issued.document)
    assert answer.status_code == 303
    assert report.verdict is Verdict.REJECTED
    assert "The issuer has revoked it." in public_reads
    assert "The identity was not" in officer_reads
    assert "The identity was not" not in public_reads


@pytest.mark.parametrize("who", ["holder", "stranger"])
def test_the_officers_pages_are_not_for_candidates(client, sign_in, people, issued, who):
    """
    A candidate neither sees nor presses anything there.
    """
    sign_in(people[who])
    here = f"/awards/credentials/{issued.holding.administration_id}"
    fields = {"credential_id": str(issued.id), "reason": "why not"}

    answers = [
        client.get("/awards/credentials").status_code,
        sent(client, "/credentials", here).status_code,
        sent(client, "/credentials", f"{here}/revocations", **fields).status_code,
    ]

    assert answers == [403, 403, 403]


def test_an_officer_issues_what_is_due_and_finds_it_listed(client, sign_in, parts, clock, hasher):
    """
    The page says how many are due, issues them on one press, and lists them with their state.
    """
    world = worlds.build(parts.engine_of_first, clock, hasher)
    world.sit("Ada", right=11)
    world.adopt_cut("6")
    with db.writing(parts.engine_of_first) as session:
        scoring.score_administration(session, clock, world.staff, world.administration.id)
    with db.writing(parts.engine_of_first) as session:
        scoring.decide(session, clock, world.staff, world.administration.id)
    sign_in(world.staff)
    here = f"/awards/credentials/{world.administration.id}"
    before = client.get(here).text

    answer = sent(client, here, here)

    after = client.get(here).text
    overview = client.get("/awards/credentials").text
    assert "Issue the credential that is due" in before
    assert "Nothing issued yet" in before
    assert answer.headers["location"] == here
    assert "in force" in after
    assert '<th scope="row">Ada</th>' in after
    assert "Issue the credential" not in after
    assert "Spring session" in overview


def test_many_are_issued_by_a_worker(client, app, parts, clock, sign_in, hasher, monkeypatch):
    """
    More than a page issues itself is a job: all that is due, once, and the way back to it.
    """
    monkeypatch.setattr("examengine.web.issuing.AT_ONCE", 1)
    world = worlds.build(parts.engine_of_first, clock, hasher)
    for name in ("Ada", "Ben"):
        world.sit(name, right=11)
    world.adopt_cut("6")
    with db.writing(parts.engine_of_first) as session:
        scoring.score_administration(session, clock, world.staff, world.administration.id)
    with db.writing(parts.engine_of_first) as session:
        scoring.decide(session, clock, world.staff, world.administration.id)
    sign_in(world.staff)
    here = f"/awards/credentials/{world.administration.id}"

    answer = sent(client, here, here)
    do_waiting(app)

    job_page = client.get(answer.headers["location"]).text
    assert f'class="button" href="{here}"' in job_page
    assert "Issue the" not in client.get(here).text


def test_without_a_key_the_pages_say_so(client, app):
    """
    An installation whose keys are missing answers in words, with the status of something absent.
    """
    answer = client.get("/.well-known/did.json")

    assert answer.status_code == 503
    assert "no key to sign with" in answer.text


def test_an_address_that_is_none_is_not_found(client, parts):
    """
    A well-formed identity that was never issued, and one that is no identity at all.
    """
    assert client.get(f"/credentials/{uuid4()}").status_code == 404
    assert client.get("/credentials/none").status_code == 422
    assert client.get(f"/achievements/{UUID(int=0)}").status_code == 404


def test_the_document_names_only_what_the_page_shows(issued):
    """
    Nothing about the person but a salted hash leaves the house before consent.
    """
    subject = json.loads(issued.document)["credentialSubject"]

    assert [identity["identityType"] for identity in subject["identifier"]] == ["emailAddress"]
    assert "id" not in subject
