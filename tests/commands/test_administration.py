"""Commands about administrations, as they are typed."""

import io

import pytest
import typer
from tests.bank import answer_files as made
from tests.bank.small_bank import item
from tests.calibration.world import published_forms
from tests.delivery.awkward_items import sitting_of
from tests.importing.small_administration import write_small_administration
from typer.testing import CliRunner

from examengine import accounts, assembly, db, delivery
from examengine.accounts import Actor, Role
from examengine.bank import recognised_kind
from examengine.commands import administration
from examengine.commands.console import Console
from examengine.delivery import answer_file_repository
from examengine.importing import AdministrationFileUnusable
from examengine.kernel.digest import digest_of_bytes


@pytest.fixture
def console(sqlite_url, tmp_path, clock) -> Console:
    """A console on an empty database."""
    fields = dict.fromkeys(Console.__dataclass_fields__)
    console = Console(**{**fields, "database_url": sqlite_url, "state": tmp_path, "clock": clock})
    console.__dict__["engine"] = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    return console


@pytest.fixture
def typed(console):
    """Type a command."""

    def run(*words):
        app = typer.Typer()
        app.add_typer(administration.app, name="administration")
        arguments = ["administration", *(str(word) for word in words)]
        return CliRunner().invoke(app, arguments, obj=console)

    return run


def test_an_import_says_what_it_stored(typed, console, tmp_path):
    """
    The new administration's id is on stdout; words for people are on stderr.
    """
    path = write_small_administration(tmp_path)

    result = typed("import", path)

    with db.reading(console.engine) as session:
        stored = delivery.list_administrations(session)[0]
    assert result.exit_code == 0
    assert result.stdout.strip() == str(stored.id)
    assert "4 candidates, 4 items (2 operational)" in result.stderr


def test_a_dry_run_stores_nothing(typed, console, tmp_path):
    """
    A dry run says what would be imported, and there is nothing afterwards.
    """
    result = typed("import", write_small_administration(tmp_path), "--dry-run")

    with db.reading(console.engine) as session:
        assert delivery.list_administrations(session) == []
    assert result.exit_code == 0
    assert "would import" in result.stderr
    assert result.stdout == ""


def test_faults_store_nothing(typed, console, tmp_path):
    """
    A broken file is refused with its faults, and nothing of it is stored.
    """
    path = write_small_administration(tmp_path)
    (tmp_path / "raw.csv").write_text((tmp_path / "raw.csv").read_text().replace("ann,1", "ann,9"))

    result = typed("import", path)

    assert isinstance(result.exception, AdministrationFileUnusable)
    assert "row 2, column 'Q1': '9'" in result.exception.faults[0]
    with db.reading(console.engine) as session:
        assert delivery.list_administrations(session) == []
        assert assembly.list_exams(session) == []


def test_the_list_is_for_programs(typed, tmp_path):
    """
    One line for each administration, its fields separated by tabs.
    """
    stored = typed("import", write_small_administration(tmp_path)).stdout.strip()

    result = typed("list")

    assert result.stdout.splitlines() == [
        f"{stored}\tlicensure-form-1\t4\t2\timported,test\tLicensure exam, form 1"
    ]


def test_a_pilot_is_simulated_by_command(typed, console, clock):
    """
    The pilot is stored, marked as simulated, with as many candidates as were asked for.
    """
    with db.writing(console.engine) as session:
        forms = published_forms(session, clock)

    result = typed("simulate", forms[0].exam_id, "--persons", 20, "--seed", 5)

    with db.reading(console.engine) as session:
        pilot = delivery.list_administrations(session)[0]
        records = delivery.response_records(session, pilot.id)
    assert result.stdout.strip() == str(pilot.id)
    assert pilot.simulated
    assert len(records) == 40
    assert accounts.system_actor().name not in records[0].candidate


def test_the_files_of_candidates_are_written_to_a_folder(typed, console, clock, tmp_path):
    """
    Those that were handed in, each under its name, with a list; one that is damaged is named.
    """
    sent = {"plan.pdf": made.PDF, "=costs.xlsx": made.XLSX}
    administration_id, attempt_id = handed_in(console.engine, clock, sent)

    written = typed("files", administration_id, "--out", tmp_path / "files")
    with db.writing(console.engine) as session:
        piece = answer_file_repository.PIECE
        changed = piece.update().where(piece.c.size == len(made.PDF)).values(data=b"%PDF-other")
        session.connection().execute(changed)
    again = typed("files", administration_id, "--out", tmp_path / "again")
    there = typed("files", administration_id, "--out", tmp_path / "again")

    folder = tmp_path / "files" / str(attempt_id)
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found == {"00001-plan.pdf": made.PDF, "00002-=costs.xlsx": made.XLSX}
    assert (written.exit_code, again.exit_code, there.exit_code) == (0, 1, 2)
    assert f"{attempt_id}/00001-plan.pdf: is not what the log" in again.stderr
    assert [path.name for path in (tmp_path / "again" / str(attempt_id)).iterdir()] == [
        "00002-=costs.xlsx"
    ]
    assert (tmp_path / "files" / "files.csv").read_text("utf-8").count("\n") == 3


def handed_in(engine, clock, sent):
    """Have a candidate hand in files; return administration and attempt."""
    candidate = sitting_of(engine, clock, (item("U-1", "file_upload"),))
    writer = delivery.AttemptWriter(engine, clock, delivery.FormsInPlay())
    writer.start()

    def asked():
        clock.forward(seconds=1)
        by = {"attempt_id": candidate.attempt_id, "session": candidate.session}
        return {**by, "received_at": clock.now()}

    writer.record(delivery.Start(**asked(), consented=True))
    writer.record(delivery.ShowItem(**asked(), place=1))
    actor = Actor(candidate.person_id, "Ada", frozenset({Role.CANDIDATE}), db.FIRST_ORGANISATION)
    for name, data in sent.items():
        kind = recognised_kind(io.BytesIO(data), name)
        about = {"digest": digest_of_bytes(data), "size": len(data)}
        delivery.keep_file(
            *(engine, clock, actor, candidate.attempt_id, io.BytesIO(data)),
            **about,
            media_type=kind.media_type,
        )
        writer.record(delivery.AttachFile(**asked(), item_id="U-1", name=name, kind=kind, **about))
    writer.record(delivery.Submit(**asked()))
    writer.stop()
    with db.reading(engine) as session:
        [made_here] = delivery.list_administrations(session)
    return made_here.id, candidate.attempt_id
