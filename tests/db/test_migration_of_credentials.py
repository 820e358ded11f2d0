"""A database that holds credentials comes through the migration that lets one follow another."""

import gzip
import json
import shutil
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from examengine import credentials, db
from examengine.accounts import system_actor
from examengine.credentials import AwardingBody, Ground, Verdict
from tests.clock import SetClock
from tests.shared_folder import shared

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HELD, ENDED = UUID(int=1), UUID(int=2)
ACTOR = system_actor()


def fill(engine) -> None:
    """Put in two credentials, the second of which was revoked, as the first schema has them."""
    rows = {
        "credential": "id, response_record_id, administration_id, exam_id, salt, list_number,"
        " list_index, awarded_at, public, name_shown",
        "credential_version": "credential_id, version, decision_id, decision_digest, document,"
        " digest, key_id, issued_at",
        "credential_revocation": 'credential_id, at, "by", reason',
    }
    named = {
        table: f"INSERT INTO {table} ({columns}) VALUES "  # noqa: S608
        + "(" + ", ".join(f":p{place}" for place in range(columns.count(",") + 1)) + ")"
        for table, columns in rows.items()
    }  # fmt: skip
    sqlite = engine.dialect.name == "sqlite"
    at = AT.replace(tzinfo=None).isoformat(" ", "microseconds") if sqlite else AT
    as_stored = (lambda value: value.hex) if sqlite else (lambda value: value)
    with engine.begin() as connection:

        def add(table, *values):
            stored = [as_stored(one) if isinstance(one, UUID) else one for one in values]
            connection.execute(
                text(named[table]), {f"p{place}": one for place, one in enumerate(stored)}
            )

        for place, held in enumerate((HELD, ENDED)):
            record = UUID(int=10 + place)
            add("credential", held, record, UUID(int=3), "exam", "salt", 1, place, at, False, False)
            add("credential_version", held, 1, UUID(int=4), "d", '{"a": 1}', "e", "key-2026-1", at)
        add("credential_revocation", ENDED, at, UUID(int=5), "Misconduct was proved.")


def test_credentials_versions_and_revocations_come_through(engine):
    """
    Row by row as they were; what was revoked was revoked by an officer.
    """
    db.downgrade(engine, to="0001")
    fill(engine)

    db.upgrade(engine)

    clock = SetClock()
    with db.reading(engine) as session:
        held, ended = (credentials.find_credential(session, ACTOR, one) for one in (HELD, ENDED))
    assert (held.holding.ordinal, held.version, held.document) == (1, 1, b'{"a": 1}')
    assert held.holding.awarded_at == held.issued_at == AT
    assert held.revocation is None
    assert (ended.revocation.reason, ended.revocation.ground) == (
        "Misconduct was proved.",
        Ground.OFFICER,
    )
    with db.writing(engine) as session:
        credentials.allow_replacement(session, clock, ACTOR, ENDED, "A mistake.")


def test_one_place_and_one_ordinal_stay_unique(engine):
    """
    The rule that replaced the old one is the database's own.
    """
    db.downgrade(engine, to="0001")
    fill(engine)
    db.upgrade(engine)
    copy = (
        "INSERT INTO credential SELECT :id, response_record_id, administration_id, exam_id, "
        "person_id, salt, list_number, 99, awarded_at, public, name_shown, ordinal FROM credential "
        "WHERE list_index = 0"
    )
    columns = "(id, response_record_id, administration_id, exam_id, person_id, salt, list_number, "
    columns += "list_index, awarded_at, public, name_shown, ordinal)"

    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text(copy.replace("INTO credential", f"INTO credential {columns}")),
            {"id": uuid4().hex if engine.dialect.name == "sqlite" else uuid4()},
        )


def test_the_migration_of_credentials_can_be_undone(engine):
    """
    Back and forth, the credentials are there.
    """
    db.downgrade(engine, to="0001")
    fill(engine)
    db.upgrade(engine)
    db.downgrade(engine, to="0001")

    db.upgrade(engine)

    with db.reading(engine) as session:
        found = credentials.find_credential(session, ACTOR, ENDED)
    assert found.revocation.reason == "Misconduct was proved."


@pytest.mark.references
def test_a_state_of_the_first_chain_migrates_and_its_badge_verifies(tmp_path):
    """
    The badge verifies, is in force, and its keys are known by their signature.
    """
    folder = shared("state-771d7e4")
    shutil.copytree(folder / "keys", tmp_path / "keys")
    (tmp_path / "keys").chmod(0o700)
    for key in (tmp_path / "keys").iterdir():
        key.chmod(0o600)
    (tmp_path / "examengine.db").write_bytes(
        gzip.decompress((folder / "examengine.db.gz").read_bytes())
    )
    engine = db.within(
        db.make_engine(f"sqlite:///{tmp_path / 'examengine.db'}"), db.FIRST_ORGANISATION
    )
    db.upgrade(engine)
    with engine.begin() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM credential").scalars().all()

    for found in map(UUID, ids):
        with db.reading(engine) as session:
            credential = credentials.find_credential(session, ACTOR, found)
            issuer = json.loads(credential.document)["issuer"]
            body = AwardingBody(issuer["url"], tmp_path / "keys", issuer["name"])
            report = credentials.verify_here(
                session, SetClock(datetime.now(UTC)), body, credential.document
            )
            credentials.check_keys(session, body)
        assert report.verdict is Verdict.VERIFIED
        assert report.test
    assert ids
    engine.dispose()
