"""Keys in use: for trying out, retired, and the drill for a key that was stolen, end to end."""

import json

import pytest
import typer
from typer.testing import CliRunner

from examengine import credentials, db, integrity
from examengine.commands import credential as commands
from examengine.commands.console import Console
from examengine.credentials import (
    AwardingBody,
    Force,
    KeyUnusable,
    Verdict,
    create_key,
    revoke_key,
)
from tests.credentials.programme import (
    issue_due,
    rule,
    score_and_decide,
    stands,
    verified_here,
)


def newest(world, credential_id):
    """Return the newest version of a credential."""
    with db.reading(world.engine) as session:
        return credentials.find_credential(session, world.staff, credential_id)


def test_the_drill_for_a_stolen_key(decided, body, run_here):
    """
    A new key, the old one revoked: what was in force is signed again under its own identity.
    """
    for name in ("Cem", "Dan"):
        decided.sit(name, right=11)
    score_and_decide(decided)
    before = {one.id: one for one in issue_due(decided, body)}
    ended, overturned, kept = before
    with db.writing(decided.engine) as session:
        credentials.revoke(session, decided.clock, decided.staff, ended, "Misconduct was proved.")
    with db.reading(decided.engine) as session:
        candidate = credentials.candidate_of(session, decided.staff, before[overturned])
    rule(decided, candidate, integrity.void)
    decided.clock.forward(days=3)
    stolen = body.signer()

    made = json.loads(run_here("key").stdout)
    drill = run_here("key", "--revoke", "key-2026-1")

    old, new = json.loads(before[kept].document), json.loads(newest(decided, kept).document)
    assert made["key_id"] == "key-2026-2"
    assert drill.exit_code == 0, drill.output
    assert json.loads(drill.stdout) == {"credential_id": str(kept), "version": 2}
    assert "1 credentials were signed again with key-2026-2" in drill.stderr
    assert (new["id"], new["awardedDate"]) == (old["id"], old["awardedDate"])
    assert new["credentialStatus"] == old["credentialStatus"]
    assert new["credentialSubject"] == old["credentialSubject"]
    assert new["validFrom"] > old["validFrom"]
    assert verified_here(decided, body, newest(decided, kept).document).verdict is Verdict.VERIFIED
    assert newest(decided, ended).version == newest(decided, overturned).version == 1
    for one in before.values():
        assert verified_here(decided, body, one.document).verdict is Verdict.REJECTED
    forged = credentials.Press(stolen).released(
        credentials.unsigned_again(before[kept].document, stolen, decided.clock.now()),
        decided.clock.now(),
    )
    assert verified_here(decided, body, forged).verdict is Verdict.REJECTED


def test_a_drill_that_was_stopped_is_gone_on_with(decided, body, run_here):
    """
    The key is revoked already; what was not signed again yet is, and nothing twice.
    """
    decided.sit("Cem", right=11)
    score_and_decide(decided)
    issued = issue_due(decided, body)
    create_key(body.keys, decided.clock.now(), development=False)
    revoke_key(body.keys, "key-2026-1", decided.clock.now())

    first, second = (
        run_here("key", "--revoke", "key-2026-1"),
        run_here("key", "--revoke", "key-2026-1"),
    )

    assert len(first.stdout.splitlines()) == 2
    assert second.stdout == ""
    assert {newest(decided, one.id).version for one in issued} == {2}


def test_the_only_key_cannot_be_revoked_before_there_is_another(decided, body, run_here):
    """
    The sentence says what to run first; nothing has changed.
    """
    (issued,) = issue_due(decided, body)

    refused = run_here("key", "--revoke", "key-2026-1")

    assert isinstance(refused.exception, KeyUnusable)
    assert "examengine credential key" in str(refused.exception)
    assert verified_here(decided, body, issued.document).verdict is Verdict.VERIFIED


def test_what_a_retired_key_signed_goes_on_being_verified(decided, body, run_here):
    """
    And what is issued afterwards is signed by the next one.
    """
    (issued,) = issue_due(decided, body)
    run_here("key")

    retired = run_here("key", "--retire", "key-2026-1")

    assert json.loads(retired.stdout) == {"key_id": "key-2026-1", "retired": True}
    assert verified_here(decided, body, issued.document).verdict is Verdict.VERIFIED
    assert body.signer().key_id == "key-2026-2"


@pytest.mark.parametrize(
    "words",
    [
        ("--retire", "key-2026-1", "--revoke", "key-2026-1"),
        ("--retire", "key-2026-1", "--development"),
    ],
)
def test_one_thing_at_a_time_is_done_to_keys(run_here, words):
    """
    Contradicting options change nothing.
    """
    assert run_here("key", *words).exit_code == 2


def test_no_key_for_production_is_made_for_an_address_that_is_none(clock, tmp_path):
    """
    The command refuses before there is a file; a key for trying out is made.
    """
    cli = typer.Typer()
    cli.add_typer(commands.app, name="credential")
    console = Console(
        database_url="",
        public_url="http://exams.example",
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=tmp_path,
        signing_keys=tmp_path / "keys",
        clock=clock,
    )

    refused = CliRunner().invoke(cli, ["credential", "key"], obj=console)
    there = (tmp_path / "keys").exists()
    trying = CliRunner().invoke(cli, ["credential", "key", "--development"], obj=console)

    assert isinstance(refused.exception, KeyUnusable)
    assert "EXAMENGINE_PUBLIC_URL" in str(refused.exception)
    assert not there
    assert trying.exit_code == 0


def forged_by(body: AwardingBody, document: bytes, clock) -> bytes:
    """Return a credential without its TEST stamp, signed with the key that signs here."""
    unsigned = json.loads(document)
    del unsigned["proof"]
    achievement = unsigned["credentialSubject"]["achievement"]
    achievement.pop("tag")
    for part in (unsigned, achievement):
        part["name"] = part["name"].removeprefix("TEST – ")
        part["description"] = "Reads data."
    return credentials.Press(body.signer()).released(unsigned, clock.now())


@pytest.fixture
def trying(decided, tmp_path):
    """An awarding body that has a key for trying out alone."""
    create_key(tmp_path / "trying", decided.clock.now(), development=True)
    return AwardingBody("https://exam.example.org", tmp_path / "trying", "Example Board")


def test_what_a_key_for_trying_out_signed_is_a_test_wherever_it_is_verified(decided, trying):
    """
    Stamped and unstamped, before there is a key for production and after.
    """
    (stamped,) = issue_due(decided, trying)
    unstamped = forged_by(trying, stamped.document, decided.clock)
    alone = [verified_here(decided, trying, one) for one in (stamped.document, unstamped)]
    create_key(trying.keys, decided.clock.now(), development=False)

    beside = [verified_here(decided, trying, one) for one in (stamped.document, unstamped)]

    assert all(report.test for report in (*alone, *beside))
    assert alone[0].verdict is Verdict.VERIFIED
    assert "development_key" in alone[1].reasons()
    assert [report.verdict for report in beside] == [Verdict.REJECTED, Verdict.REJECTED]
    assert all("development_key" in report.reasons() for report in beside)
    published = trying.did_document()
    assert [method["id"][-10:] for method in published["verificationMethod"]] == ["key-2026-2"]
    assert len(published["assertionMethod"]) == 1


def test_a_test_credential_is_not_signed_over_by_the_drill(decided, trying):
    """
    A stamped credential keeps its stamp under a key for production.
    """
    (stamped,) = issue_due(decided, trying)
    create_key(trying.keys, decided.clock.now(), development=False)
    revoke_key(trying.keys, "key-2026-1", decided.clock.now())

    pages = credentials.resign(
        decided.engine, decided.clock, trying.signer(), decided.staff, "key-2026-1"
    )
    (again,) = [one for page in pages for one in page]

    report = verified_here(decided, trying, again.document)
    assert report.verdict is Verdict.VERIFIED
    assert report.test
    assert stands(decided, stamped.id).force is Force.IN_FORCE


def test_production_keys_do_not_sign_under_an_address_that_is_none_for_them(tmp_path, clock):
    """
    Not over http, except on one's own machine; a key for trying out signs anywhere.
    """
    create_key(tmp_path / "real", clock.now(), development=False)
    create_key(tmp_path / "trying", clock.now(), development=True)

    AwardingBody("http://127.0.0.1:8000", tmp_path / "real").check_address()
    AwardingBody("http://exams.example", tmp_path / "trying").check_address()

    with pytest.raises(KeyUnusable, match="is not https"):
        AwardingBody("http://exams.example", tmp_path / "real").check_address()
