"""The commands, run as an operator runs them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from examengine import db
from examengine.accounts import system_actor
from examengine.commands import credential
from examengine.commands.console import Console
from examengine.commands.credential_issuing import awarding_body
from examengine.credentials import (
    NotBaked,
    bake,
    draw_seal,
    find_credential,
    issue,
    status_list_document,
)
from tests.credentials.conftest import award_for
from tests.credentials.issuing import Board, as_bytes, new_board
from tests.four_eyes import let_one_be_enough

RNG = np.random.default_rng(1)


@pytest.fixture
def console(sqlite_url: str, tmp_path: Path, clock) -> Console:
    """An operator's console on an empty database."""
    return Console(
        database_url=sqlite_url,
        public_url="https://exam.example.org",
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=tmp_path,
        signing_keys=tmp_path / "keys",
        clock=clock,
    )


@pytest.fixture
def run(console, monkeypatch):
    """Run a command and return its result."""
    monkeypatch.setattr(db, "check_schema", lambda _engine: None)
    cli = typer.Typer()
    cli.add_typer(credential.app, name="credential")

    def invoke(*words: str, stdin: bytes | None = None, console: Console = console):
        return CliRunner().invoke(cli, ["credential", *words], obj=console, input=stdin)

    return invoke


@pytest.fixture
def saved(tmp_path, clock) -> tuple[Board, list[str]]:
    """A board, and its published documents as files with the options that name them."""
    board = new_board(clock.now())
    options = []
    for option, document in zip(
        ("--did-document", "--status-list"), board.web().values(), strict=True
    ):
        path = tmp_path / f"{option}.json"
        path.write_bytes(as_bytes(document))
        options += [option, str(path)]
    return board, options


def test_a_file_is_verified_offline_step_by_step(run, saved, tmp_path):
    """
    With the issuer's saved documents every step is true, and the exit status says so.
    """
    board, options = saved
    path = tmp_path / "credential.json"
    path.write_bytes(as_bytes(board.issue()))

    result = run("verify", str(path), *options, "--recipient", "ada@example.org")

    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["verdict"] == "verified"
    assert {step["answer"] for step in report["steps"]} == {"true"}


def test_a_baked_picture_is_verified_from_standard_input(run, saved):
    """
    A dash reads from standard input, whatever the form.
    """
    board, options = saved
    picture = draw_seal("https://exam.example.org/achievements/a", test=False)

    result = run("verify", "-", *options, stdin=bake(picture, as_bytes(board.issue())))

    assert json.loads(result.stdout)["verdict"] == "verified"


@pytest.mark.parametrize("changed", [True, False])
def test_what_is_not_verified_ends_with_status_one(run, saved, tmp_path, changed):
    """
    A changed credential is rejected; one whose issuer cannot be looked up could not be told.
    """
    board, options = saved
    document = board.issue()
    if changed:
        document["name"] = "Doctor of Everything"
    path = tmp_path / "credential.json"
    path.write_bytes(as_bytes(document))

    result = run("verify", str(path), *(options if changed else []))

    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == ("rejected" if changed else "could_not_tell")


def test_a_file_that_is_not_there_ends_with_status_two(run):
    """
    One line says which file, and what would be right.
    """
    result = run("verify", "nowhere.json")

    assert result.exit_code == 2
    assert "nowhere.json" in result.stderr


@pytest.fixture
def own(run, console, tmp_path) -> Path:
    """A credential of this installation as its holder downloaded it."""
    run("key")
    body = awarding_body(console)
    with db.writing(console.engine) as session:
        let_one_be_enough(session, console.clock)
        issued = issue(
            session, console.clock, body.signer(), RNG, system_actor(), body, award_for(None)
        )
    path = tmp_path / "own.json"
    path.write_bytes(issued.document)
    return path


def test_a_credential_of_our_own_needs_no_files(run, console, own):
    """
    Keys, status list and decision are read here, where they are kept.
    """
    result = run("verify", str(own), "--issuer", "did:web:exam.example.org")

    report = json.loads(result.stdout)
    reasons = {step["step"]: step["reason"] for step in report["steps"]}
    assert (result.exit_code, report["signed_by"]) == (0, "this_awarding_body")
    assert (reasons["status"], reasons["standing"]) == ("not_revoked", "in_force")


def test_what_we_revoked_is_not_verified_with_an_old_status_list(run, console, own, tmp_path):
    """
    A list that somebody saved before the revocation does not outweigh our own records.
    """
    body = awarding_body(console)
    with db.reading(console.engine) as session:
        saved = status_list_document(session, console.clock, body.signer(), body, 1)
    (tmp_path / "old.json").write_bytes(saved)
    credential_id = json.loads(own.read_bytes())["id"].removeprefix("urn:uuid:")
    run("revoke", credential_id, "--reason", "Misconduct was proved.")

    result = run("verify", str(own), "--status-list", str(tmp_path / "old.json"))

    assert result.exit_code == 1
    assert "revoked" in {step["reason"] for step in json.loads(result.stdout)["steps"]}


def test_a_sound_badge_of_another_signer_than_the_one_named_is_refused(run, saved, tmp_path):
    """
    Whoever relies on the exit status alone says whose signature it must be.
    """
    board, options = saved
    path = tmp_path / "credential.json"
    path.write_bytes(as_bytes(board.issue()))

    result = run("verify", str(path), *options, "--issuer", "did:web:college.example")

    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (1, "verified")
    assert "not did:web:college.example" in result.stderr


def test_a_sound_badge_that_bears_our_name_is_refused(run, console, saved, tmp_path):
    """
    The signature is right, and a script that reads only the exit status is not misled.
    """
    board, options = saved
    path = tmp_path / "credential.json"
    path.write_bytes(as_bytes(board.issue()))
    elsewhere = replace(
        console, public_url="https://exams.example", awarding_body="Examp\u04cfe Examination Board"
    )

    result = run("verify", str(path), *options, console=elsewhere)

    report = json.loads(result.stdout)
    assert (result.exit_code, report["verdict"]) == (1, "verified")
    assert report["cautions"] == ["bears_our_name"]
    assert "Careful: It bears the name of this awarding body" in result.stderr


def test_a_machine_without_an_installation_makes_none(run, console, saved, tmp_path):
    """
    Verifying is reading: no database and no folder comes about by it.
    """
    board, options = saved
    path = tmp_path / "credential.json"
    path.write_bytes(as_bytes(board.issue()))
    bare = replace(
        console,
        database_url=f"sqlite:///{tmp_path / 'none' / 'exams.db'}",
        public_url="http://127.0.0.1:8000",
    )

    result = run("verify", str(path), *options, console=bare)

    assert result.exit_code == 0
    assert not (tmp_path / "none").exists()


def test_a_picture_gives_back_its_credential(run, tmp_path):
    """
    Byte for byte, to a file or to standard output.
    """
    picture = tmp_path / "badge.png"
    picture.write_bytes(bake(draw_seal("https://a.example/b", test=True), b'{"a": "\xc3\xa9"}'))

    printed = run("unbake", str(picture))
    written = run("unbake", str(picture), "--out", str(tmp_path / "out.json"))

    assert printed.stdout_bytes == b'{"a": "\xc3\xa9"}'
    assert written.exit_code == 0
    assert (tmp_path / "out.json").read_bytes() == printed.stdout_bytes


def test_a_picture_without_a_credential_is_refused(run, tmp_path):
    """
    The refusal is one that the command line prints in one line.
    """
    picture = tmp_path / "badge.png"
    picture.write_bytes(draw_seal("https://a.example/b", test=True))

    result = run("unbake", str(picture))

    assert isinstance(result.exception, NotBaked)


def test_a_new_key_signs_from_then_on(run, console):
    """
    The key is made by the operator, and a development key says what it is.
    """
    first = run("key", "--development")

    second = json.loads(run("key").stdout)

    assert json.loads(first.stdout) == {"key_id": "key-2026-1", "development": True}
    assert "TEST" in first.stderr
    assert second == {"key_id": "key-2026-2", "development": False}
    assert awarding_body(console).signer().key_id == "key-2026-2"


def test_a_credential_is_revoked_with_a_reason(run, console):
    """
    The act is done in one transaction and printed as JSON.
    """
    run("key")
    body = awarding_body(console)
    with db.writing(console.engine) as session:
        let_one_be_enough(session, console.clock)
        issued = issue(
            session, console.clock, body.signer(), RNG, system_actor(), body, award_for(None)
        )

    result = run("revoke", str(issued.id), "--reason", "Misconduct was proved.")

    assert json.loads(result.stdout)["reason"] == "Misconduct was proved."
    with db.reading(console.engine) as session:
        assert find_credential(session, system_actor(), issued.id).revocation is not None


def test_where_two_people_are_needed_the_console_proposes(run, console):
    """
    The operator's asking waits for an awarding officer, and nothing is revoked by it.
    """
    run("key")
    body = awarding_body(console)
    with db.writing(console.engine) as session:
        issued = issue(
            session, console.clock, body.signer(), RNG, system_actor(), body, award_for(None)
        )

    result = run("revoke", str(issued.id), "--reason", "Misconduct was proved.")

    assert json.loads(result.stdout)["proposal"]
    with db.reading(console.engine) as session:
        assert find_credential(session, system_actor(), issued.id).revocation is None
