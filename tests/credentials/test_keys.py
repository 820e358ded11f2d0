"""Signing keys in files."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from examengine.credentials.errors import KeyUnusable
from examengine.credentials.keys.files import create_key, retire_key, revoke_key
from examengine.credentials.keys.ring import load_keys
from examengine.credentials.vc.did import did_document
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


def test_two_processes_that_make_a_key_at_once_make_two(tmp_path):
    """
    Neither overwrites the other's, and both are whole.
    """
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: create_key(tmp_path / "keys", NOW, development=False), range(8))
        )

    ring = load_keys(tmp_path / "keys", DID)
    assert sorted(made) == [f"key-2026-{number}" for number in range(1, 9)]
    assert {key.key_id for key in ring.keys} == set(made)
    assert [path.name for path in (tmp_path / "keys").glob(".*")] == []


def test_development_keys_neither_sign_nor_are_published_beside_one_for_production(tmp_path):
    """
    From the moment there is a key for production the others are as good as gone.
    """
    development = create_key(tmp_path, NOW, development=True)
    alone = load_keys(tmp_path, DID)
    production = create_key(tmp_path, NOW, development=False)

    ring = load_keys(tmp_path, DID)

    assert (alone.signer.key_id, alone.published[0].key_id) == (development, development)
    assert [key.key_id for key in ring.published] == [production]
    assert ring.signer.key_id == production
    assert ring.find(development).development


def test_a_newer_development_key_does_not_take_over(tmp_path):
    """
    Folders of older versions may hold one; and none can be made there any more.
    """
    development = create_key(tmp_path, NOW, development=True)
    production = create_key(tmp_path, NOW, development=False)
    older, newer = tmp_path / f"{production}.json", tmp_path / "key-2027-1.json"
    content = json.loads((tmp_path / f"{development}.json").read_text())
    newer.write_text(json.dumps({**content, "key_id": "key-2027-1"}))
    newer.chmod(0o600)

    ring = load_keys(tmp_path, DID)

    assert older.exists()
    assert ring.signer.key_id == production
    with pytest.raises(KeyUnusable, match="another folder"):
        create_key(tmp_path, NOW, development=True)


def test_a_retired_key_stays_published_and_loses_its_private_half(tmp_path):
    """
    What it signed goes on being verified, and it can no longer be stolen.
    """
    first = create_key(tmp_path, NOW, development=False)
    second = create_key(tmp_path, NOW, development=False)

    retire_key(tmp_path, first, NEXT_YEAR)

    ring = load_keys(tmp_path, DID)
    document = did_document(DID, ring.published)
    stored = json.loads((tmp_path / f"{first}.json").read_text())
    assert ring.signer.key_id == second
    assert document["assertionMethod"] == [f"{DID}#{second}", f"{DID}#{first}"]
    assert stored["private_key"] is None
    assert stat.S_IMODE((tmp_path / f"{first}.json").stat().st_mode) == 0o600


def test_a_revoked_key_is_listed_with_its_moment_and_asserts_nothing(tmp_path):
    """
    Verifiers that do not know `revoked` refuse it as well.
    """
    stolen = create_key(tmp_path, NOW, development=False)
    create_key(tmp_path, NOW, development=False)

    first, again = (revoke_key(tmp_path, stolen, NEXT_YEAR) for _ in range(2))

    document = did_document(DID, load_keys(tmp_path, DID).published)
    listed = {method["id"]: method for method in document["verificationMethod"]}
    assert (first, again) == (True, False)
    assert listed[f"{DID}#{stolen}"]["revoked"] == "2027-01-02T00:00:00Z"
    assert document["assertionMethod"] == [f"{DID}#key-2026-2"]


def test_a_key_ends_only_when_another_can_sign(tmp_path):
    """
    The last key for production neither retires nor is revoked, whatever there is for trying out.
    """
    create_key(tmp_path, NOW, development=True)
    only = create_key(tmp_path, NOW, development=False)

    for end in (retire_key, revoke_key):
        with pytest.raises(KeyUnusable, match="make the next one first"):
            end(tmp_path, only, NOW)
    assert load_keys(tmp_path, DID).signer.key_id == only


def test_a_key_ends_once_and_must_be_there(tmp_path):
    """
    Retired twice, retired after it was revoked, or unknown: each is one sentence.
    """
    first, second = (create_key(tmp_path, NOW, development=False) for _ in range(2))
    create_key(tmp_path, NOW, development=False)
    retire_key(tmp_path, first, NOW)
    revoke_key(tmp_path, second, NOW)

    for key_id, words in ((first, "retired before"), (second, "was revoked"), ("../x", "no key")):
        with pytest.raises(KeyUnusable, match=words):
            retire_key(tmp_path, key_id, NOW)
    revoke_key(tmp_path, first, NOW)
    assert load_keys(tmp_path, DID).find(first).revoked == NOW


def test_a_folder_that_others_may_write_is_refused(tmp_path):
    """
    Whoever can put a file there can sign for the awarding body.
    """
    folder = tmp_path / "keys"
    create_key(folder, NOW, development=False)
    folder.chmod(0o770)

    with pytest.raises(KeyUnusable, match="0700"):
        load_keys(folder, DID)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"schema": 5}', b"\x00" * 100],
)
def test_a_file_that_is_no_key_is_one_sentence(tmp_path, content):
    """
    Cut off, not JSON, not text, nested without end: the file is named.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    path.write_bytes(content)

    with pytest.raises(KeyUnusable, match=r"key-2026-1\.json") as refused:
        load_keys(tmp_path, DID)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [{"retired": "soon"}, {"revoked": 5}, {"revoked": "2027-01-01"}, {"private_key": 5}],
)
def test_a_moment_that_is_none_damages_a_key(tmp_path, change):
    """
    A key of which nobody can tell whether it ended signs nothing.
    """
    path = tmp_path / f"{create_key(tmp_path, NOW, development=False)}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    with pytest.raises(KeyUnusable, match="damaged"):
        load_keys(tmp_path, DID)
