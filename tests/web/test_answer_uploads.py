"""Files that candidates send: who may, what is taken, and what stands in the log afterwards."""

import hashlib

import pytest

from examengine import db, delivery
from examengine.web.security import csrf_token
from tests.bank import answer_files as made
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of

PLAN, CHOICE = "U-1", "U-2"
ITEMS = (item(PLAN, "file_upload"), item(CHOICE, "single_choice"))
PAGE = "page-number-one"


def digest_of(data: bytes) -> str:
    """The digest of a file."""
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def candidate(app, client, clock):
    """A candidate who looks at a question that is answered by files."""
    found = sitting_of(app.state.components.engine_of_first, clock, ITEMS)
    client.cookies.set("examengine", found.cookie)
    form = {"csrf": csrf_token(found.cookie), "consent": "yes"}
    client.post(f"/attempts/{found.attempt_id}/start", data=form)
    client.get(f"/attempts/{found.attempt_id}/items/1")
    return found


def by_script(client, candidate, data, name="plan.pdf", *, seq=1, place=1, **fields):
    """Send a file as the script does."""
    return client.post(
        f"/attempts/{candidate.attempt_id}/items/{place}",
        data={"client": PAGE, "seq": str(seq), **fields},
        files={"file": (name, data)},
        headers={"accept": "application/json", "x-csrf-token": csrf_token(candidate.cookie)},
    )


def by_form(client, candidate, *files, go="upload", place=1, **fields):
    """Send the form of the question, as a browser without script does."""
    about = {"csrf": csrf_token(candidate.cookie), "item_id": PLAN, "seen": "1", "go": go}
    return client.post(
        f"/attempts/{candidate.attempt_id}/items/{place}",
        data={**about, **fields},
        files=[("file", file) for file in files or [("", b"")]],
    )


def attempt_of(app, candidate):
    """The attempt as its log says it."""
    with db.reading(app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    return delivery.fold(candidate.attempt_id, log)


def test_a_file_is_stored_and_named_in_the_log(client, app, candidate):
    """
    The script hears where it stands in the log, and what it is called; the bytes come back.
    """
    told = by_script(client, candidate, made.PDF, "ground floor.pdf")

    assert told.status_code == 200, told.text
    named = {
        "name": "ground floor.pdf",
        "size": len(made.PDF),
        "digest": f"sha256:{digest_of(made.PDF)}",
        "media_type": "application/pdf",
    }
    assert told.json()["file"].items() >= named.items()
    assert told.json()["unfinished"] == "1 file is there, and at least 2 are asked for."
    assert attempt_of(app, candidate).responses == {PLAN: [named]}
    assert attempt_of(app, candidate).head.version == told.json()["version"]
    back = client.get(f"/attempts/{candidate.attempt_id}/files/{digest_of(made.PDF)}")
    assert back.content == made.PDF
