"""Add a file to the answer to an item: the log names it by its digest, its bytes lie beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from examengine.bank import FILE_KINDS, FileKind, file_name_apart_from
from examengine.delivery.answer_files import check_file, check_room, check_space
from examengine.delivery.attempt import Answered, AttemptSoFar, StoredFile
from examengine.delivery.errors import FileNotWhole, LogFull
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_EVENTS, running
from examengine.delivery.steps._step import PageCommand, Situation, Step
from examengine.kernel.digest import digest_of_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile(PageCommand):
    """Add a file to the answer to an item; its bytes are in the database by now."""

    item_id: str
    name: str
    """As it can be shown, with an ending of its kind."""
    size: int
    digest: str
    kind: FileKind
    """What it is by what it holds."""


@dataclass(frozen=True, slots=True)
class FileAttached(Event):
    """The candidate added a file to the answer to an item."""

    type: ClassVar[str] = "file_attached"
    is_answer: ClassVar[bool] = True
    is_act: ClassVar[bool] = True

    at: datetime
    item_id: str
    name: str
    size: int
    digest: str
    media_type: str
    client: str | None
    """The page that sent it; None for a form sent without script."""
    seq: int | None
    """The page's own count of what it sent; a replay repeats it."""

    def in_head(self, version: int) -> Mapping[str, Any]:
        """Return when an answer was last given."""
        return {"answered_version": version}

    def words(self) -> str:
        """Say what happened, for staff."""
        return f"{self.item_id} was answered: a file was added"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:
        """Let the file be the last one of the answer; what was there before stays."""
        file = StoredFile(self.name, self.size, self.digest, self.media_type, self.at)
        before = so_far.responses.get(self.item_id) or ()
        so_far.answers[self.item_id] = Answered(self.at, version, self.client)
        so_far.responses[self.item_id] = [*before, file.described()]
        so_far.drafts.pop(self.item_id, None)
        so_far.files[self.item_id] = (*so_far.files.get(self.item_id, ()), file)


def decide(command: AttachFile, situation: Situation) -> FileAttached | None:
    """Add a file to an answer; files of two pages never stand in each other's way.

    One that is part of the answer already is nothing new, whatever it is called.

    Raises:
        ItemNotInForm: It is an item of another form.
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
        FileRefused: The item does not take it, or the attempt holds too much.
        FileNotWhole: Not all of its bytes are stored.
        LogFull: So much was noted that nothing more is.
    """
    at = running(situation.head, command.received_at)
    item, attempt = situation.open_item(command.item_id), situation.attempt()
    if situation.head.version >= MOST_EVENTS:
        raise LogFull(MOST_EVENTS)
    there = attempt.responses.get(item.item_id) or ()
    if any(one["digest"] == command.digest for one in there):
        return None
    check_room(item, attempt)
    check_file(item, command.kind, command.size)
    check_space(attempt, command.digest, command.size)
    if situation.stored(command.digest) != command.size:
        raise FileNotWhole(command.digest)
    return FileAttached(
        at=at,
        item_id=item.item_id,
        name=file_name_apart_from(command.name, [one["name"] for one in there]),
        size=command.size,
        digest=command.digest,
        media_type=command.kind.media_type,
        client=command.client,
        seq=command.seq,
    )


def is_same(command: AttachFile, first: LoggedEvent, form: FormInPlay) -> bool:  # noqa: ARG001
    """Tell whether a file is the one that was added before."""
    asked = (FileAttached.type, command.item_id, command.digest)
    return (first.type, first.body.get("item_id"), first.body.get("digest")) == asked


_THEN = datetime(2026, 11, 21, 9, 6, tzinfo=UTC)
_DIGEST = digest_of_bytes(b"%PDF-1.7")
_PDF = FILE_KINDS["pdf"]

STEP = Step(
    command=AttachFile,
    events=(FileAttached,),
    decide=decide,
    is_same=is_same,
    example=lambda asked: AttachFile(
        **asked,
        item_id="I-1",
        name="ground floor.pdf",
        size=8,
        digest=_DIGEST,
        kind=_PDF,
        client="page-number-one",
        seq=1,
    ),
    example_events=(
        FileAttached(_THEN, "I-1", "ground floor.pdf", 8, _DIGEST, _PDF.media_type, "page-one", 9),
        FileAttached(
            _THEN, "I-1", "ground floor (2).pdf", 9, "sha256:0", _PDF.media_type, None, None
        ),
    ),
)
