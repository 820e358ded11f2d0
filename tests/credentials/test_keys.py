"""Signing keys in files."""

import json
import stat
from datetime import UTC, datetime

import pytest

from examengine.credentials.errors import KeyUnusable
from examengine.credentials.keys import create_key, load_keys
from tests.credentials.issuing import DID

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 2, tzinfo=UTC)


def test_a_new_key_can_be_read_by_its_owner_alone(tmp_path):
    """
    The file is made with mode 0600 in a folder of mode 0700.
    """
    key_id = create_key(tmp_path / "keys", NOW, development=True)

    path = tmp_path / "keys" / f"{key_id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_key_signs_and_the_older_stay_published(tmp_path):
    """
    Rotation is one call; what the old key signed can still be verified.
    """
    for moment in (NOW, NOW, NEXT_YEAR):
        create_key(tmp_path, moment, development=False)

    ring = load_keys(tmp_path, DID)

    assert ring.signer.verification_method == f"{DID}#key-2027-1"
    assert [key.key_id for key in ring.published] == ["key-2027-1", "key-2026-2", "key-2026-1"]
    assert ring.published[0].public_key == ring.signer.public_key


def test_a_retired_key_may_lose_its_private_half(tmp_path):
    """
    It stays published and no longer signs, though it be the newest.
    """
    create_key(tmp_path, NOW, development=False)
    retired = tmp_path / f"{create_key(tmp_path, NEXT_YEAR, development=False)}.json"
    content = json.loads(retired.read_text())
    retired.write_text(json.dumps({**content, "private_key": None}))

    ring = load_keys(tmp_path, DID)

    assert ring.signer.key_id == "key-2026-1"
    assert [key.key_id for key in ring.published] == ["key-2027-1", "key-2026-1"]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    """
    The refusal says what to change.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    path.chmod(0o640)

    with pytest.raises(KeyUnusable, match="0600"):
        load_keys(tmp_path, DID)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "something else"},
        {"key_id": "key-2026-9"},
        {"private_key": "AAAA"},
        {"public_key": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
    ],
)
def test_a_damaged_key_is_refused(tmp_path, change):
    """
    Halves that do not belong together never sign anything.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    with pytest.raises(KeyUnusable, match=r"damaged|not a signing key"):
        load_keys(tmp_path, DID)


def test_without_a_key_nothing_is_signed(tmp_path):
    """
    An empty folder is a clear refusal, not a new key behind the operator's back.
    """
    with pytest.raises(KeyUnusable, match="make one"):
        load_keys(tmp_path, DID)


def test_a_key_is_for_development_unless_it_says_otherwise(tmp_path):
    """
    A key whose flag is missing stamps TEST on what it signs.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    content = json.loads(path.read_text())
    del content["development"]
    path.write_text(json.dumps(content))

    assert load_keys(tmp_path, DID).signer.development is True


def test_a_key_is_never_printed(tmp_path):
    """
    Neither the signer nor the key ring shows the private half.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    secret = json.loads(path.read_text())["private_key"]

    ring = load_keys(tmp_path, DID)

    assert secret not in repr(ring) + repr(ring.signer)
