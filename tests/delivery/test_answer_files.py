"""Files of answers: the rules of adding one, and their bytes in both databases."""

import hashlib
import io
from dataclasses import replace

import pytest

from examengine import db, delivery
from examengine.accounts import Actor, Role
from examengine.bank import FILE_KINDS
from examengine.db import FIRST_ORGANISATION
from examengine.delivery import AttachFile, FileNotWhole, FileRefused, FormsInPlay, answer_files
from examengine.delivery import answer_file_repository as repository
from examengine.delivery.answer_file_storage import KEPT_FOR, PIECE, keep_file, remove_unneeded
from examengine.delivery.errors import AttemptUnknown, LogFull
from examengine.delivery.reading import advance, fold
from examengine.delivery.steps import STEPS
from examengine.delivery.steps._running import MOST_EVENTS
from examengine.delivery.stored_attempts import _restored, as_kept
from tests.bank import answer_files as made
from tests.bank.small_bank import item
from tests.delivery.awkward_items import sitting_of
from tests.delivery.situations import asked, attempt_of, decided, minutes, situation, started

PDF = FILE_KINDS["pdf"]
LARGE = made.PDF + bytes(range(256)) * (PIECE // 256) + b"the end"


def attached(**changes) -> AttachFile:
    """Ask to add the example."""
    return replace(STEPS["attach_file"].example(asked(minutes(1))), **changes)


def answer(*commands: AttachFile):
    """Where an attempt stands after these files, and its log."""
    head, rows = started()
    for command in commands:
        event = decided(command, head, attempt_of(rows), item_type="file_upload")
        head, row = advance(head, event)
        rows.append(row)
    return head, rows


def refused(command: AttachFile, head, attempt) -> str:
    """Why a file is not taken."""
    with pytest.raises(FileRefused) as refusal:
        decided(command, head, attempt, item_type="file_upload")
    return refusal.value.why


def test_files_add_up_whichever_page_sends_them():
    """
    Two pages that know nothing of each other add a file each, and the answer has both.
    """
    first = attached(client="page-number-one", digest="sha256:1")
    second = attached(client="page-number-two", digest="sha256:2", name="costs.pdf")

    attempt = attempt_of(answer(first, second)[1])

    assert [one["name"] for one in attempt.responses["I-1"]] == ["ground floor.pdf", "costs.pdf"]
    assert [one.digest for one in attempt.files["I-1"]] == ["sha256:1", "sha256:2"]


def test_the_same_file_once_more_is_nothing_new():
    """
    Pressing Upload twice records it once, under whichever name.
    """
    head, rows = answer(attached())

    again = decided(
        attached(seq=2, name="other.pdf"), head, attempt_of(rows), item_type="file_upload"
    )

    assert again is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"size": 0}, "it is empty"),
        ({"size": 11 * 1024 * 1024}, "10 MB are the most"),
        ({"kind": FILE_KINDS["docx"]}, "Taken here: PDF, PNG picture, Excel workbook"),
    ],
)
def test_the_rule_asks_again_what_was_asked_before(changes, why):
    """
    Whoever takes a file in has looked; the rule rests on nobody's word.
    """
    head, rows = started()

    assert why in refused(attached(**changes), head, attempt_of(rows))


def test_an_answer_and_an_attempt_have_a_limit(monkeypatch):
    """
    The fourth of three; so many in one attempt; so many bytes: each in words of its own.
    """
    files = [attached(digest=f"sha256:{n}", seq=n) for n in range(3)]
    head, rows = answer(*files)
    attempt = attempt_of(rows)
    elsewhere = attached(digest="sha256:9", item_id="I-2")

    assert "3 files are the most" in refused(attached(digest="sha256:9"), head, attempt)
    monkeypatch.setattr(answer_files, "LARGEST_OF_ATTEMPT", 31)
    assert "all files of one exam" in refused(elsewhere, head, attempt)
    monkeypatch.setattr(answer_files, "MOST_OF_ATTEMPT", 3)
    assert "3 times in this exam" in refused(elsewhere, head, attempt)


def test_no_file_is_named_of_which_a_byte_is_missing():
    """
    Acknowledged means stored: the rule compares what is in the database.
    """
    head, rows = started()

    with pytest.raises(FileNotWhole):
        decided(attached(size=9), head, attempt_of(rows), item_type="file_upload")


def test_a_full_log_takes_no_file():
    """
    A file is an answer, and is refused where answers are.
    """
    head, rows = started()

    with pytest.raises(LogFull):
        decided(
            attached(),
            replace(head, version=MOST_EVENTS),
            attempt_of(rows),
            item_type="file_upload",
        )


def test_a_choice_takes_no_file():
    """
    A question of another type is not answered by a file.
    """
    head, rows = started()
    step = STEPS["attach_file"]

    with pytest.raises(FileRefused, match="not answered by a file"):
        step.decide(attached(), situation(head, attempt_of(rows)))


def test_an_attempt_with_files_is_kept_and_read_as_it_was():
    """
    What is kept beside a long log has the files, those that were taken out again too.
    """
    attempt = attempt_of(answer(attached(), attached(seq=2, digest="sha256:2"))[1])

    assert _restored(attempt.head.attempt_id, as_kept(attempt)) == attempt


@pytest.fixture
def candidate(engine, clock):
    """Somebody who may start an exam whose only question asks for files."""
    return sitting_of(engine, clock, (item("U-1", "file_upload"),))


def actor_of(candidate) -> Actor:
    """The candidate, as whoever asks."""
    return Actor(candidate.person_id, "Ada", frozenset({Role.CANDIDATE}), FIRST_ORGANISATION)


def digest_of(data: bytes) -> str:
    """The digest of a file, as the log has it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def keep(engine, clock, actor, attempt_id, data: bytes) -> None:
    """Put a file into the database."""
    about = {"digest": digest_of(data), "size": len(data), "media_type": PDF.media_type}
    keep_file(engine, clock, actor, attempt_id, io.BytesIO(data), **about)


def sent(candidate, clock, data: bytes, **changes) -> AttachFile:
    """Ask to name a file in the log."""
    about = {
        "attempt_id": candidate.attempt_id,
        "session": candidate.session,
        "received_at": clock.now(),
        "item_id": "U-1",
        "name": "plan.pdf",
        "size": len(data),
        "digest": digest_of(data),
        "kind": PDF,
    }
    return AttachFile(**about | changes)


def begun(writer, candidate, clock) -> None:
    """Start the exam."""
    writer.record(
        delivery.Start(
            attempt_id=candidate.attempt_id,
            session=candidate.session,
            received_at=clock.now(),
            consented=True,
        )
    )
    clock.forward(seconds=1)
    writer.record(
        delivery.ShowItem(
            attempt_id=candidate.attempt_id,
            session=candidate.session,
            received_at=clock.now(),
            place=1,
        )
    )


def test_a_file_is_stored_in_pieces_named_and_read_back(engine, clock, writer, attempts, candidate):
    """
    On both databases: stored twice it is there once, and comes back to the byte.
    """
    begun(writer, candidate, clock)
    actor = actor_of(candidate)
    for _ in range(2):
        keep(engine, clock, actor, candidate.attempt_id, LARGE)
    writer.record(sent(candidate, clock, LARGE))

    found = delivery.own_answer_file(
        *(engine, FormsInPlay(), attempts, actor, candidate.attempt_id, digest_of(LARGE))
    )

    assert b"".join(found.pieces()) == LARGE
    assert (found.name, found.size, found.media_type) == ("plan.pdf", len(LARGE), "application/pdf")
    with db.reading(engine) as session:
        numbers = repository.numbers(session, candidate.attempt_id, digest_of(LARGE))
        log = delivery.attempt_log(session, candidate.attempt_id)
    assert numbers == [1, 2]
    assert fold(candidate.attempt_id, log).responses["U-1"][0]["digest"] == digest_of(LARGE)


def test_what_is_not_whole_is_not_acknowledged(engine, clock, writer, candidate):
    """
    A file of which a piece is missing, or none is there, is named by no log; its neighbours are.
    """
    begun(writer, candidate, clock)
    actor = actor_of(candidate)
    keep(engine, clock, actor, candidate.attempt_id, LARGE)
    keep(engine, clock, actor, candidate.attempt_id, made.PDF)
    piece = repository.PIECE
    with db.writing(engine) as session:
        session.connection().execute(piece.delete().where(piece.c.number == 2))

    asked_for = [sent(candidate, clock, data) for data in (LARGE, made.PDF, b"%PDF-nowhere")]
    broken, whole, nowhere = writer.record_all(asked_for)

    assert isinstance(broken, FileNotWhole)
    assert isinstance(nowhere, FileNotWhole)
    assert whole.version == 4
    keep(engine, clock, actor, candidate.attempt_id, LARGE)
    assert writer.record(sent(candidate, clock, LARGE)).version == 5


def test_what_was_never_named_is_removed_and_what_was_named_stays(engine, clock, writer, candidate):
    """
    A file whose sender was refused at the end goes after two weeks, with all of its pieces.
    """
    begun(writer, candidate, clock)
    actor = actor_of(candidate)
    for data in (LARGE, made.PDF):
        keep(engine, clock, actor, candidate.attempt_id, data)
    writer.record(sent(candidate, clock, made.PDF))
    early = remove_unneeded(engine, clock)

    clock.forward(days=KEPT_FOR.days, seconds=1)
    removed = remove_unneeded(engine, clock)

    assert (early, removed) == (0, 1)
    with db.reading(engine) as session:
        assert repository.sizes(session, candidate.attempt_id) == {
            digest_of(made.PDF): len(made.PDF)
        }
        assert repository.numbers(session, candidate.attempt_id, digest_of(LARGE)) == []


def test_nobody_stores_anything_in_an_attempt_of_somebody_else(engine, clock, candidate):
    """
    Whose the attempt is, is asked where bytes are stored.
    """
    stranger = replace(actor_of(candidate), person_id=candidate.attempt_id)

    with pytest.raises(AttemptUnknown):
        keep(engine, clock, stranger, candidate.attempt_id, made.PDF)
    with pytest.raises(AttemptUnknown):
        delivery.find_answer_file(engine, candidate.person_id, digest_of(made.PDF))
