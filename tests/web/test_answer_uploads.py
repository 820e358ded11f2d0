"""Files that candidates send: who may, what is taken, and what stands in the log afterwards."""

import asyncio
import hashlib
import json
import tempfile
from uuid import UUID

import pytest
from starlette.requests import ClientDisconnect

from examengine import db, delivery
from examengine.accounts import Role
from examengine.delivery import answer_file_repository
from examengine.delivery.answer_file_storage import KEPT_FOR, PIECE, remove_unneeded
from examengine.web import form_parts
from examengine.web.answer_uploads import AT_ONCE, MOST_OF_ONE, UploadDoor, UploadsBusy
from examengine.web.form_parts import files_in
from examengine.web.security import csrf_token
from tests.bank import answer_files as made
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of

PLAN, CHOICE = "U-1", "U-2"
ITEMS = (item(PLAN, "file_upload"), item(CHOICE, "single_choice"))
PAGE = "page-number-one"
ATTEMPT, OTHER = UUID(int=1), UUID(int=2)


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


def test_a_file_is_handed_out_to_be_stored_and_never_to_be_shown(client, candidate):
    """
    Whatever it holds: as an attachment, of its exact type, in a sandbox, kept in no cache.
    """
    by_script(client, candidate, made.PDF, "Grundriß “1”.pdf")

    sent = client.get(f"/attempts/{candidate.attempt_id}/files/{digest_of(made.PDF)}")

    assert sent.headers["content-type"] == "application/pdf"
    assert sent.headers["content-disposition"] == (
        'attachment; filename="Grundri_ _1_.pdf"; '
        "filename*=UTF-8''Grundri%C3%9F%20%E2%80%9C1%E2%80%9D.pdf"
    )
    assert sent.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in sent.headers["cache-control"]


def test_a_file_in_several_pieces_comes_back_whole(client, candidate):
    """
    What is larger than a piece is stored in several, and handed out as it came.
    """
    large = made.PDF + bytes(range(256)) * (2 * PIECE // 256) + b"end"

    told = by_script(client, candidate, large)

    assert told.status_code == 200
    sent = client.get(f"/attempts/{candidate.attempt_id}/files/{digest_of(large)}")
    assert sent.content == large
    assert int(sent.headers["content-length"]) == len(large)


def test_what_is_sent_again_is_known_again(client, app, candidate):
    """
    A page that lost the acknowledgement sends once more, and the answer has the file once.
    """
    first = by_script(client, candidate, made.PDF)
    version = attempt_of(app, candidate).head.version

    again = by_script(client, candidate, made.PDF)
    renamed = by_script(client, candidate, made.PDF, "other.pdf", seq=2)
    reused = by_script(client, candidate, made.PNG, "plan.png")

    assert again.json()["version"] == first.json()["version"]
    assert renamed.json()["file"]["name"] == "plan.pdf"
    assert (reused.status_code, reused.json()["code"]) == (409, "sequence_reused")
    assert attempt_of(app, candidate).head.version == version


def test_two_files_of_one_name_are_told_apart(client, app, candidate):
    """
    The second `plan.pdf` gets a number; what a device calls it is cleaned first.
    """
    by_script(client, candidate, made.PDF, "C:\\home\\plan.pdf")
    by_script(client, candidate, made.PDF + b"2", "plan\u202e.pdf", seq=2)
    by_script(client, candidate, made.PNG, "run.exe", seq=3)

    names = [one["name"] for one in attempt_of(app, candidate).responses[PLAN]]
    assert names == ["plan.pdf", "plan (2).pdf", "run.exe.png"]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "plan.pdf", "it is empty"),
        (made.EXECUTABLE, "plan.pdf", "no kind of file that is known here"),
        (made.DOCX, "plan.pdf", "of the kind Word document"),
        (made.PDF + bytes(10 * 1024 * 1024), "plan.pdf", "10 MB are the most"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words(client, app, candidate, data, name, words):
    """
    Empty, unknown, of another kind, too large: the page is told why, and nothing is stored.
    """
    told = by_script(client, candidate, data, name)

    assert (told.status_code, told.json()["code"]) == (409, "file_refused")
    assert words in told.json()["text"]
    assert attempt_of(app, candidate).responses == {}
    with db.reading(app.state.components.engine_of_first) as session:
        assert answer_file_repository.sizes(session, candidate.attempt_id) == {}


def test_no_more_files_are_taken_than_are_asked_for(client, app, candidate):
    """
    The fourth of three is refused before its bytes are looked at; after a removal it fits.
    """
    for seq, data in enumerate((made.PDF, made.PNG, made.XLSX), start=1):
        by_script(client, candidate, data, "x", seq=seq)

    full = by_script(client, candidate, made.PDF + b"4", seq=4)
    by_form(client, candidate, go="stay", **{"response.without": "none"}, seen="99")

    assert full.json()["text"].endswith("3 files are the most here; remove one first.")
    assert len(attempt_of(app, candidate).responses[PLAN]) == 3


def test_a_question_of_another_type_takes_no_file(client, app, candidate):
    """
    A form with files for it goes the ordinary way, whose limits are those of forms.
    """
    told = by_script(client, candidate, made.PDF, place=2)

    assert told.status_code == 422
    assert attempt_of(app, candidate).responses == {}


def save(client, candidate, response, seq=50, seen=99):
    """Save an answer as the script does."""
    body = {"client": PAGE, "seq": seq, "item_id": PLAN, "seen": seen, "response": response}
    return client.post(
        f"/attempts/{candidate.attempt_id}/saves",
        content=json.dumps(body),
        headers={"x-csrf-token": csrf_token(candidate.cookie)},
    )


def test_an_answer_names_no_file_that_was_not_stored(client, app, candidate):
    """
    Neither one of another name, size or type, nor one that nobody sent.
    """
    file = by_script(client, candidate, made.PDF).json()["file"]
    real = {name: file[name] for name in ("name", "size", "digest", "media_type")}
    seen = attempt_of(app, candidate).head.version
    changes = (
        {"name": "other.pdf"},
        {"size": 1},
        {"media_type": "image/png"},
        {"digest": "sha256:" + "0" * 64},
    )

    refused = [
        save(client, candidate, [{**real, **change}], seq, seen)
        for seq, change in enumerate(changes, start=60)
    ]
    taken = save(client, candidate, [real], 70, seen)

    assert [one.json()["code"] for one in refused] == ["file_refused"] * len(changes)
    assert taken.status_code == 200
    assert attempt_of(app, candidate).responses == {PLAN: [real]}


def test_a_file_is_taken_out_and_put_back(client, app, candidate):
    """
    To remove a file is another answer; while the exam runs it can be named again.
    """
    file = by_script(client, candidate, made.PDF).json()["file"]
    real = {name: file[name] for name in ("name", "size", "digest", "media_type")}
    seen = attempt_of(app, candidate).head.version

    assert save(client, candidate, None, 60, seen).status_code == 200
    assert attempt_of(app, candidate).responses == {PLAN: None}
    assert save(client, candidate, [real], 61, seen + 1).status_code == 200

    assert attempt_of(app, candidate).responses == {PLAN: [real]}


def test_a_form_without_script_brings_files_and_is_followed(client, app, candidate):
    """
    Upload comes back to the question; a button that leads on saves the file first.
    """
    there = f"/attempts/{candidate.attempt_id}/items/1"

    uploaded = by_form(client, candidate, ("plan.pdf", made.PDF))
    led_on = by_form(
        *(client, candidate, ("costs.xlsx", made.XLSX)),
        go="next",
        **hidden_fields(client.get(there).text),
    )

    assert (uploaded.status_code, uploaded.headers["location"]) == (303, there)
    assert (led_on.status_code, led_on.headers["location"]) == (303, there[:-1] + "2")
    names = [one["name"] for one in attempt_of(app, candidate).responses[PLAN]]
    assert names == ["plan.pdf", "costs.xlsx"]


def hidden_fields(html):
    """The fields of a question's form that name its files."""
    parts = html.split('name="response.')[1:]
    return {
        f"response.{part[:64]}": part.split("value='")[1].split("'")[0].replace("&#39;", "'")
        for part in parts
        if part[64] == '"'
    }


def test_a_form_that_is_refused_says_why_on_the_page_of_its_question(client, app, candidate):
    """
    Without script the question is drawn again with the reason above it.
    """
    nothing = by_form(client, candidate)
    unknown = by_form(client, candidate, ("plan.pdf", made.EXECUTABLE))

    assert (nothing.status_code, unknown.status_code) == (409, 409)
    assert "no file was chosen" in nothing.text
    assert "no kind of file that is known here" in unknown.text
    assert "Question 1" in unknown.text
    assert attempt_of(app, candidate).responses == {}


def test_strangers_and_other_sites_bring_no_file(client, app, candidate):
    """
    Without a session, with a foreign token or from another site nothing of a file is read.
    """
    address = f"/attempts/{candidate.attempt_id}/items/1"
    files = {"file": ("plan.pdf", made.PDF)}
    script = {"accept": "application/json"}

    forged = client.post(address, files=files, headers={**script, "x-csrf-token": "0" * 64})
    tokenless = by_form(client, candidate, ("plan.pdf", made.PDF), csrf="")
    foreign = client.post(
        address,
        files=files,
        headers={
            **script,
            "x-csrf-token": csrf_token(candidate.cookie),
            "origin": "https://a.test",
        },
    )
    client.cookies.clear()
    nobody = client.post(address, files=files, headers=script)

    assert [one.status_code for one in (forged, foreign, nobody)] == [403, 403, 401]
    assert tokenless.status_code == 409
    assert attempt_of(app, candidate).responses == {}


def test_nobody_sends_or_gets_a_file_of_somebody_else(client, app, candidate, visitors):
    """
    Another candidate finds no such attempt; an officer reads the file, an author does not.
    """
    by_script(client, candidate, made.PDF)
    own = f"/attempts/{candidate.attempt_id}/files/{digest_of(made.PDF)}"
    staff = f"/awards{own}"
    refused = client.get(staff).status_code
    client.cookies.clear()
    found = {}
    for role in (Role.CANDIDATE, Role.AUTHOR, Role.INVIGILATOR, Role.AWARDING_OFFICER):
        visitors.enter(visitors.add(role, name=role.value))
        found[role] = (client.get(own).status_code, client.get(staff).status_code)

    assert refused == 403
    assert found == {
        Role.CANDIDATE: (404, 403),
        Role.AUTHOR: (404, 403),
        Role.INVIGILATOR: (404, 403),
        Role.AWARDING_OFFICER: (404, 200),
    }


def test_after_the_end_no_file_is_taken_and_ones_own_is_still_there(client, app, candidate, clock):
    """
    The receipt lists what was handed in, and leads to it.
    """
    by_script(client, candidate, made.PDF)
    clock.forward(seconds=1)
    token = csrf_token(candidate.cookie)
    client.post(f"/attempts/{candidate.attempt_id}/submit", data={"csrf": token})

    late = by_script(client, candidate, made.PNG, "plan.png", seq=9)
    without_script = by_form(client, candidate, ("plan.png", made.PNG))

    assert (late.status_code, late.json()["code"]) == (409, "attempt_closed")
    assert without_script.headers["location"].endswith("/receipt")
    receipt = client.get(f"/attempts/{candidate.attempt_id}/receipt").text
    assert f"sha256:{digest_of(made.PDF)}" in receipt
    own = client.get(f"/attempts/{candidate.attempt_id}/files/{digest_of(made.PDF)}")
    assert own.content == made.PDF


def test_bytes_that_were_changed_are_not_handed_out(client, app, candidate):
    """
    What is stored is compared with the digest in the log each time it is asked for.
    """
    by_script(client, candidate, made.PDF)
    piece = answer_file_repository.PIECE
    with db.writing(app.state.components.engine_of_first) as session:
        session.connection().execute(piece.update().values(data=b"%PDF-1.7 another"))

    sent = client.get(f"/attempts/{candidate.attempt_id}/files/{digest_of(made.PDF)}")

    assert sent.status_code == 409
    assert "not what was sent" in sent.text


def test_what_nothing_needs_is_removed_after_a_while(client, app, candidate, clock):
    """
    A file that was taken out before the end goes two weeks after it; what was handed in stays.
    """
    engine = app.state.components.engine_of_first
    by_script(client, candidate, made.PDF)
    kept = by_script(client, candidate, made.PNG, "plan.png", seq=2).json()["file"]
    real = {name: kept[name] for name in ("name", "size", "digest", "media_type")}
    save(client, candidate, [real], 60, attempt_of(app, candidate).head.version)
    clock.forward(seconds=1)
    token = csrf_token(candidate.cookie)
    client.post(f"/attempts/{candidate.attempt_id}/submit", data={"csrf": token})

    soon = remove_unneeded(engine, clock)
    clock.forward(days=KEPT_FOR.days + 1)
    later = remove_unneeded(engine, clock)

    assert (soon, later) == (0, 1)
    with db.reading(engine) as session:
        assert answer_file_repository.sizes(session, candidate.attempt_id) == {
            kept["digest"]: len(made.PNG)
        }
        assert (
            answer_file_repository.numbers(session, candidate.attempt_id, digest_of(made.PDF)) == []
        )


def test_an_attempt_stores_only_so_much(client, candidate, monkeypatch):
    """
    All files of an attempt together have a limit, in which removed ones count.
    """
    monkeypatch.setattr("examengine.delivery.answer_files.LARGEST_OF_ATTEMPT", len(made.PDF) + 5)
    by_script(client, candidate, made.PDF)

    told = by_script(client, candidate, made.PNG, "plan.png", seq=2)

    assert told.json()["code"] == "file_refused"
    assert "all files of one exam" in told.json()["text"]


@pytest.mark.parametrize("seq", ["", "x", "-1", "99999999999"])
def test_a_script_that_names_no_number_is_refused(client, app, candidate, seq):
    """
    What is sent again and again must be known again.
    """
    told = by_script(client, candidate, made.PDF, seq=seq)

    assert (told.status_code, told.json()["code"]) == (422, "save_malformed")
    assert attempt_of(app, candidate).responses == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"no boundary here"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: b\r\n" * 50 + b"\r\n\r\n--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\nX: " + b"y" * 9000 + b"\r\n\r\n--b--"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"z" * 70_000,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 300 + b"--b--",
        ),
    ],
)
def test_a_form_that_is_none_is_refused(client, app, candidate, kind, body):
    """
    Broken boundaries, endless headers, thousands of fields: a refusal, never a defect.
    """
    told = client.post(
        f"/attempts/{candidate.attempt_id}/items/1",
        content=body,
        headers={
            "accept": "application/json",
            "content-type": kind,
            "x-csrf-token": csrf_token(candidate.cookie),
        },
    )

    assert told.status_code in {409, 413, 422}
    assert attempt_of(app, candidate).responses == {}


def test_few_files_arrive_at_once_and_one_attempt_waits_between_many():
    """
    The door counts who is in, and how much one attempt has sent lately.
    """
    door = UploadDoor()
    for _ in range(MOST_OF_ONE):
        door.enter(ATTEMPT)
    with pytest.raises(UploadsBusy):
        door.enter(ATTEMPT)
    for _ in range(MOST_OF_ONE):
        door.leave(ATTEMPT)
    for _ in range(AT_ONCE - MOST_OF_ONE):
        door.enter(ATTEMPT)
        door.leave(ATTEMPT)

    with pytest.raises(UploadsBusy) as refusal:
        door.enter(ATTEMPT)

    assert refusal.value.retry_after >= 1
    door.enter(OTHER)


def test_a_file_whose_sender_is_gone_leaves_nothing(monkeypatch):
    """
    The connection breaks, or nothing comes any more: what lay on the disk is gone.
    """
    monkeypatch.setattr(form_parts, "STALLED_S", 0.01)
    opened = []

    def spool(**about):
        opened.append(tempfile.SpooledTemporaryFile(**about))  # noqa: SIM115
        return opened[-1]

    monkeypatch.setattr(form_parts, "SpooledTemporaryFile", spool)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc'

    async def broken():
        messages = [{"type": "http.request", "body": head, "more_body": True}]

        async def receive():
            while not messages:
                await asyncio.sleep(60)
            return messages.pop()

        async for _ in files_in(receive, "multipart/form-data; boundary=b", [], lambda _: 10):
            raise AssertionError("nothing is whole")

    with pytest.raises(ClientDisconnect):
        asyncio.run(broken())

    assert [one.closed for one in opened] == [True]
