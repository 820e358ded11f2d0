"""The auditor's commands as they are typed: export here, verify anywhere."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from tests.scoring import world as worlds
from typer.testing import CliRunner

from examengine import db
from examengine.accounts import system_actor
from examengine.commands import audit
from examengine.credentials import AwardingBody, KeyUnusable, create_key
from examengine.integrity import AuditFileUnusable


@pytest.fixture
def console(sqlite_url, clock, hasher, tmp_path):
    """A console on a database with one sitting, and a key."""
    engine = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    world = worlds.build(engine, clock, hasher)
    world.sit("Ada", right=5)
    create_key(tmp_path / "keys", clock.now(), development=False)
    return SimpleNamespace(
        engine=engine,
        clock=clock,
        actor=system_actor(),
        world=world,
        public_url="https://exams.example",
        signing_keys=tmp_path / "keys",
        awarding_body=None,
        organisation=None,
        close=engine.dispose,
    )


@pytest.fixture
def file(console, tmp_path):
    """An exported file."""
    path = tmp_path / "spring.audit.json"
    done = run(console, "export", console.world.administration.id, "--out", path)
    assert done.exit_code == 0, done.output
    return path


def run(console, *arguments):
    """Run a command."""
    return CliRunner().invoke(audit.app, [str(one) for one in arguments], obj=console)


def verify(path, *options):
    """Verify a file; there is no console, so that no database can be asked."""
    return run(None, "verify", path, *options)


def test_an_export_verifies_with_nothing_but_the_file(file):
    """
    What was written here is verified without a database, and the verdict is JSON on stdout.
    """
    done = verify(file)

    verdict = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (verdict["verified"], verdict["attempts"], verdict["faults"]) == (True, 1, [])
    assert "verified: 1 logs" in done.stderr


def test_one_attempt_can_be_exported_to_stdout(console):
    """
    Without --out the document itself is printed, whole.
    """
    attempt_id = console.world.candidates["Ada"].attempt_id

    done = run(console, "export", attempt_id)

    document = json.loads(done.stdout)
    assert [entry["id"] for entry in document["attempts"]] == [str(attempt_id)]


def test_a_flipped_byte_is_named_and_ends_with_status_1(file):
    """
    One character changed in the file: which attempt, which event, and what happened to it.
    """
    text = file.read_text(encoding="utf-8")
    event = json.loads(text)["attempts"][0]["events"][3]
    shown = json.dumps(event["at"])
    file.write_text(text.replace(shown, shown.replace("2026", "2025")), encoding="utf-8")

    done = verify(file)

    (fault,) = json.loads(done.stdout)["faults"]
    assert done.exit_code == 1
    assert (fault["fault"], fault["event"]) == ("changed", event["version"])
    assert f"changed: Event {event['version']}" in done.stderr


def test_an_earlier_file_is_missed_in_words(console, file, tmp_path):
    """
    What an earlier file had, and a database that was put back lacks, is named line by line.
    """
    later = tmp_path / "later.json"
    assert run(console, "export", "--out", later).exit_code == 0

    assert verify(later, "--against", file).exit_code == 0
    lost = verify(file, "--against", later)

    assert lost.exit_code == 1
    assert lost.stderr.startswith("staff act ")
    assert "missing: The file of 2026-" in lost.stderr


def test_the_key_of_the_installation_is_compared(console, file, tmp_path):
    """
    The published document, or the key as it is written there: the signature is by that key.
    """
    body = AwardingBody("https://exams.example", console.signing_keys)
    document = tmp_path / "did.json"
    document.write_text(json.dumps(body.did_document()))
    key = json.loads(verify(file).stdout)["signed"]["key"]
    stranger = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

    assert "compared with a known one" in verify(file).stderr
    for known in (document, key, f"did:key:{key}"):
        assert "which was given" in verify(file, "--key", known).stderr
    assert verify(file, "--key", stranger).exit_code == 1
    odd = verify(file, "--key", file)
    assert isinstance(odd.exception, AuditFileUnusable)
    assert "z6Mk" in str(odd.exception)


def test_an_installation_without_a_key_is_told_what_to_do(console, tmp_path):
    """
    Nothing is written, and nothing half, when nobody can sign.
    """
    console.signing_keys = tmp_path / "none"
    out = tmp_path / "unsigned.json"

    done = run(console, "export", "--out", out)

    assert isinstance(done.exception, KeyUnusable)
    assert not list(tmp_path.glob("*unsigned*"))


def test_a_file_is_verified_whatever_is_set(file):
    """
    No setting is read for it, so that none can be wrong.
    """
    done = subprocess.run(
        [sys.executable, "-m", "examengine", "audit", "verify", file],
        env={**os.environ, "EXAMENGINE_WORKERS": "2", "EXAMENGINE_PORT": "none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("verified: 1 logs")


def test_a_receipt_of_another_history_ends_with_status_1(file):
    """
    The head on the candidate's own receipt must be in the file.
    """
    head = json.loads(file.read_text())["attempts"][0]["events"][-1]["digest"]

    right, wrong = verify(file, "--receipt", head), verify(file, "--receipt", "sha256:other")

    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert "rewritten" in wrong.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        (b'{"schema": 1, "schema": 2}', "same name twice"),
        (b"[]", "one JSON object"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, content, words):
    """
    Whatever the file holds, the refusal says what is wrong; the console turns it into status 2.
    """
    path = tmp_path / "odd.json"
    path.write_bytes(content)

    done = verify(path)

    assert isinstance(done.exception, AuditFileUnusable)
    assert words in str(done.exception)


def test_a_missing_file_is_refused_in_words(tmp_path):
    """
    A path that names nothing is said to name nothing.
    """
    done = verify(tmp_path / "nowhere.json")

    assert isinstance(done.exception, AuditFileUnusable)
    assert "nowhere.json" in str(done.exception)


def test_every_command_shows_an_example():
    """
    The help of each command has an example to copy.
    """
    for command in ("export", "verify"):
        assert "Example" in run(None, command, "--help").output
