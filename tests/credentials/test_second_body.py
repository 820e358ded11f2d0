"""Two awarding bodies share an installation: each has a DID, keys, lists and badges of its own."""

import json
from dataclasses import replace

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

import examengine.app
from examengine import accounts, credentials, db
from examengine.accounts import OrganisationChange
from examengine.commands import credential as command
from examengine.commands.console import Console
from examengine.credentials import (
    AwardingBody,
    SignedBy,
    StepOutcome,
    Verdict,
    create_key,
    signed_by,
)
from examengine.credentials.verifying.desk import VerificationDesk
from examengine.settings import Settings
from tests.bank.media_files import picture
from tests.credentials.programme import issue_due, score_and_decide
from tests.scoring import world as worlds

ADDRESS = "http://testserver"


@pytest.fixture
def app(database_url, tmp_path, clock, hasher):
    """An application whose first awarding body has a key and a credential of Ada's."""
    settings = Settings(
        database_url=database_url,
        state=tmp_path,
        public_url=ADDRESS,
        host="127.0.0.1",
        port=8000,
        workers=1,
        awarding_body="First Board",
    )
    create_key(settings.signing_keys, clock.now(), development=True)
    made = examengine.app.create_app(settings, clock, hasher)
    yield made
    made.close()


@pytest.fixture
def first(app):
    """The first awarding body."""
    return app.state.components.awarding_body


@pytest.fixture
def second(app, first, clock):
    """A second awarding body with a key of the same name."""
    engine, actor = app.state.components.engine, accounts.system_actor()
    made = accounts.add_organisation(engine, clock, actor, code="second", name="Second Board")
    body = first.of(made)
    create_key(body.keys, clock.now(), development=True)
    return body


def award(app, clock, hasher, body: AwardingBody, name: str):
    """Let somebody pass the exam of an awarding body, and return the credential."""
    engine = db.within(app.state.components.engine, body.organisation_id)
    world = worlds.build(engine, clock, hasher)
    world.sit(name, right=11)
    world.adopt_cut("6")
    score_and_decide(world)
    (issued,) = issue_due(world, body)
    return issued


def award_in(world, body: AwardingBody, name: str):
    """Let somebody pass in a world that stands, and return the credential."""
    world.sit(name, right=11)
    score_and_decide(world)
    (issued,) = issue_due(world, body)
    return issued


@pytest.fixture
def issued(app, clock, hasher, first, second):
    """A credential of each."""
    return award(app, clock, hasher, first, "Ada"), award(app, clock, hasher, second, "Bea")


@pytest.fixture
def desk(app, first, clock):
    """Who verifies what strangers bring, without a process of its own."""
    desk = VerificationDesk(app.state.components.engine, clock, first)
    yield desk
    desk.stop()


def test_the_first_keeps_its_addresses_and_others_have_a_path(first, second):
    """
    DID, status lists and keys of the first are where they were; of the second below its code.
    """
    assert first.did == "did:web:testserver"
    assert first.status_list_url(1) == f"{ADDRESS}/status/1"
    assert second.did == "did:web:testserver:o:second"
    assert second.status_list_url(1) == f"{ADDRESS}/o/second/status/1"
    assert second.keys == first.keys / "second"
    assert first.key_ring().signer.public_key != second.key_ring().signer.public_key


def test_each_badge_verifies_as_its_own_and_never_as_the_others(desk, issued, first, second):
    """
    Signature, status list and records are asked of the awarding body that a badge names.
    """
    for credential, body, other in zip(issued, (first, second), (second, first), strict=True):
        report, named = desk.verify(credential.document)

        assert report.verdict is Verdict.VERIFIED, report.reasons()
        assert report.issuer == body.did
        assert named == body
        assert signed_by(report, body) is SignedBy.OURS
        assert signed_by(report, other) is SignedBy.ELSEWHERE
        assert any(
            one.name == "standing" and one.answer is StepOutcome.TRUE for one in report.steps
        )


@pytest.mark.parametrize("part", ["issuer", "proof", "both"])
def test_a_badge_of_the_second_does_not_pass_as_one_of_the_first(desk, issued, first, second, part):
    """
    Whoever writes the first's DID into a badge of the second's is refused, wherever it is written.
    """
    forged = json.loads(issued[1].document)
    if part in ("issuer", "both"):
        forged["issuer"]["id"] = first.did
    if part in ("proof", "both"):
        (proof,) = forged["proof"]
        proof["verificationMethod"] = proof["verificationMethod"].replace(second.did, first.did)

    report, _ = desk.verify(json.dumps(forged).encode())

    assert report.verdict is Verdict.REJECTED
    steps = {step.name: step.answer for step in report.steps}
    assert steps.get("signature") is not StepOutcome.TRUE


@pytest.mark.parametrize("asked", [None, "second"])
def test_a_command_knows_every_awarding_body(app, issued, first, second, tmp_path, clock, asked):
    """
    Without naming one, the credential of each is ours, and its standing is known; naming one asks
    that one alone.
    """
    cli = typer.Typer()
    cli.add_typer(command.app, name="credential")
    console = Console(
        database_url=app.state.components.engine.url.render_as_string(hide_password=False),
        public_url=ADDRESS,
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=tmp_path,
        signing_keys=first.keys,
        clock=clock,
        awarding_body="First Board",
        organisation=asked,
    )

    found = {}
    for one, body in zip(issued, (first, second), strict=True):
        path = tmp_path / f"{one.id}.json"
        path.write_bytes(one.document)
        done = CliRunner().invoke(cli, ["credential", "verify", str(path)], obj=console)
        report = json.loads(done.stdout)
        steps = {step["step"] for step in report["steps"]}
        found[body] = (done.exit_code, report["signed_by"], "standing" in steps)

    ours = (0, "this_awarding_body", True)
    assert found[second] == ours
    assert (found[first] == ours) is (asked is None)
    assert found[first][0] in {0, 1}


def test_each_publishes_its_own_keys_and_lists(app, issued, first, second):
    """
    Whoever asks finds at each address what is of that awarding body, and nothing at a made-up one.
    """
    with TestClient(app) as client:
        keys = [client.get(body.document_path).json() for body in (first, second)]
        lists = [
            client.get(body.status_list_url(1).removeprefix(ADDRESS)).json()
            for body in (first, second)
        ]
        made_up = [
            client.get(path).status_code
            for path in ("/o/third/did.json", "/o/main/did.json", "/o/third/status/1")
        ]
        picture = client.get("/o/second/achievements/short-exam/badge.png")

    assert [one["id"] for one in keys] == [first.did, second.did]
    assert [one["issuer"] for one in lists] == [first.did, second.did]
    assert made_up == [404, 404, 404]
    assert picture.headers["content-type"] == "image/png"


def test_the_page_of_a_shown_badge_is_at_its_address_whoever_issued_it(app, issued, clock, second):
    """
    A credential of the second is found by its id once its holder shows it, and before that is not.
    """
    engine = db.within(app.state.components.engine, second.organisation_id)
    address = f"/credentials/{issued[1].id}"
    with db.reading(engine) as session:
        found = accounts.find_person(session, issued[1].holding.person_id)
    holder = accounts.Actor(found.id, found.name, found.roles, second.organisation_id)
    with TestClient(app, headers={"accept": "text/html"}) as client:
        hidden = client.get(address)
        credentials.show(
            *(engine, clock, second, holder, issued[1].id), public=True, name_shown=False
        )
        shown = client.get(address)
        standing = client.get(f"{address}/standing", headers={"accept": "application/json"})

    assert hidden.status_code == 404
    assert shown.status_code == 200
    assert "Second Board" in shown.text
    assert standing.json()["issuer"] == second.did


def test_another_name_and_a_logo_stand_in_what_is_issued_from_now_on(
    app, desk, clock, hasher, first, second
):
    """
    What was issued keeps its name, its digest and its verdict, signed anew or not; what comes after
    names the issuer as it is called then, with its logo and the language of its words.
    """
    world = worlds.build(
        db.within(app.state.components.engine, second.organisation_id), clock, hasher
    )
    world.adopt_cut("6")
    older = award_in(world, second, "Bea")
    change = OrganisationChange(name="Board of Statistics", language="de", logo=picture("PNG"))
    with db.writing(world.engine) as session:
        actor = accounts.system_actor(second.organisation_id)
        accounts.change_organisation(session, clock, actor, change, first_named="First Board")
        renamed = credentials.awarding_body_of(session, first, second.organisation_id)
    newer = award_in(world, renamed, "Cem")
    holder = world.candidates["Bea"].actor
    clock.forward(seconds=1)
    again = credentials.show(
        *(world.engine, clock, renamed, holder, older.id), public=True, name_shown=True
    )

    documents = [json.loads(one.document) for one in (older, newer, again)]
    issuers = [one["issuer"] for one in documents]
    words = [one["credentialSubject"]["achievement"] for one in documents]
    assert [one["name"] for one in issuers] == [
        *("Second Board", "Board of Statistics", "Second Board")
    ]
    assert [one.get("image", {}).get("id") for one in issuers] == [
        *(None, f"{ADDRESS}/o/second/logo", None)
    ]
    assert [one["inLanguage"] for one in words] == ["en", "de", "en"]
    assert [one["creator"]["name"] for one in words] == [one["name"] for one in issuers]
    assert {one["id"] for one in issuers} == {second.did}
    for one in (newer, again):
        assert desk.verify(one.document)[0].verdict is Verdict.VERIFIED
    with TestClient(app, headers={"accept": "text/html"}) as client:
        page = client.get(f"/credentials/{older.id}").text
        logo = client.get(issuers[1]["image"]["id"].removeprefix(ADDRESS))
    assert "by Second Board" in page
    assert "<dt>Its name today</dt><dd>Board of Statistics</dd>" in page
    assert logo.headers["content-type"] == "image/png"


def test_the_first_is_called_by_its_own_name_before_that_of_the_settings(app, first, clock):
    """
    The settings name it until somebody has given it a name; without one they name it again.
    """
    engine = app.state.components.engine_of_first

    def called(name):
        with db.writing(engine) as session:
            actor = accounts.system_actor()
            change = OrganisationChange(name=name)
            accounts.change_organisation(session, clock, actor, change, first_named=first.name)
            return credentials.awarding_body_of(session, first, first.organisation_id).name

    assert [called("Board One"), called("")] == ["Board One", "First Board"]


def test_a_key_of_the_second_is_missed_at_the_start(app, issued, second, tmp_path, clock, hasher):
    """
    A node without the second awarding body's keys is told so before it serves anybody.
    """
    credentials.delete_keys(second.keys)
    url = app.state.components.engine.url.render_as_string(hide_password=False)
    settings = Settings(
        database_url=url,
        state=tmp_path,
        public_url=ADDRESS,
        host="127.0.0.1",
        port=8000,
        workers=1,
    )

    with pytest.raises(credentials.KeyUnusable, match="second"):
        examengine.app.create_app(settings, clock, hasher)


def test_what_the_settings_say_is_the_firsts_alone(first, second):
    """
    A second awarding body bears its own name, whatever the settings call the first.
    """
    assert first.name == "First Board"
    assert second.name == "Second Board"
    assert replace(second, named=None).name != first.name
