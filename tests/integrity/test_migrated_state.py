"""A state of an earlier version, with people, decisions and a credential: sealed as it stands."""

import gzip
import io
import json
import shutil
from pathlib import Path

import pytest

from examengine import accounts, db, integrity
from examengine.credentials import AwardingBody
from examengine.delivery import list_administrations
from examengine.kernel.clock import SystemClock
from tests.integrity.tampering import remove, rows
from tests.shared_folder import shared

STATE = "state-771d7e4"


@pytest.fixture
def engine(tmp_path):
    """The state, brought up to date."""
    packed = Path(shared(STATE, "examengine.db.gz"))
    (tmp_path / "examengine.db").write_bytes(gzip.decompress(packed.read_bytes()))
    engine = db.within(
        db.make_engine(f"sqlite:///{tmp_path / 'examengine.db'}"), db.FIRST_ORGANISATION
    )
    db.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def signer(tmp_path):
    """The key of that installation."""
    folder = tmp_path / "keys"
    shutil.copytree(shared(STATE, "keys"), folder)
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)
    return AwardingBody("https://exams.example", folder).signer()


def verified(engine, signer, subject_id=None):
    """Export and verify."""
    out = io.StringIO()
    integrity.export_audit(engine, SystemClock(), accounts.system_actor(), signer, subject_id, out)
    source = integrity.source_of_document(json.loads(out.getvalue()))
    return integrity.verify_audit(source, keys=[signer.public_key])


@pytest.mark.references
def test_every_record_of_an_earlier_version_verifies(engine, signer):
    """
    All of the installation, and each of its administrations: every digest verifies.
    """
    with db.reading(engine) as session:
        made = [one.id for one in list_administrations(session)]

    everything = verified(engine, signer)

    assert everything.verified, everything.findings
    assert everything.key_known
    assert everything.n_records > 1000
    assert all(verified(engine, signer, one).verified for one in made)


@pytest.mark.references
def test_what_is_deleted_from_then_on_is_named(engine, signer):
    """
    The five attempts, the decisions and the trail of the earlier version are missed like any.
    """
    (first, *_) = rows(engine, "decision")
    remove(engine, "decision", id=first["id"])

    findings = verified(engine, signer).findings

    assert [(one.kind, one.id, one.fault.code) for one in findings] == [
        ("decision", str(first["id"]), "missing")
    ]
