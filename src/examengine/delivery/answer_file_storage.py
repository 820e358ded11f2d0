"""Files of answers: taken in before the writer names them, and handed out again as they came.

The bytes of a file go to the database in pieces, each in a transaction of its own, so that an
answer that is saved meanwhile waits for one piece and never for a file. Then the writer is asked
to name the file in the log; it does so only where every byte is stored. What nobody came to name,
or nothing that was handed in names, is removed after `KEPT_FOR`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.bank import ItemVersion, largest_file
from examengine.db import reading, writing
from examengine.delivery import answer_file_repository as repository
from examengine.delivery import log_repository
from examengine.delivery.answer_files import check_room, check_sum, takes_files
from examengine.delivery.attempt import Attempt, StoredFile
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import (
    AnswerFileDamaged,
    AnswerFileUnknown,
    AttemptUnknown,
)
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.progression import progression_of
from examengine.delivery.service import attempt_ids_of, find_administration
from examengine.delivery.sitting import find_sitting
from examengine.delivery.steps._running import running
from examengine.delivery.stored_attempts import read_attempt
from examengine.kernel.clock import Clock

PIECE = 256 * 1024
"""Bytes that are stored in one transaction."""
KEPT_FOR = timedelta(days=14)
"""How long a file stays that nothing needs: as long as a device may hand over what came late."""
MOST_REMOVED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class AwaitedFile:
    """The item to which a candidate may send a file now."""

    item: ItemVersion
    attempt: Attempt

    @property
    def largest(self) -> int:
        """Return how many bytes the file may have."""
        return largest_file(self.item.content)

    def check_room(self) -> None:
        """Refuse a file that begins to arrive, where none fits any more.

        Raises:
            FileRefused: The answer, or the attempt, has as many as it may have.
        """
        check_room(self.item, self.attempt)


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file of an answer as it is stored, found to be what the log says of it."""

    name: str
    size: int
    digest: str
    media_type: str
    engine: Engine
    attempt_id: UUID

    def pieces(self) -> Iterator[bytes]:
        """Yield what the file holds, piece by piece, each from a transaction of its own.

        Raises:
            AnswerFileUnknown: Its bytes are no longer kept.
        """
        with reading(self.engine) as session:
            numbers = repository.numbers(session, self.attempt_id, self.digest)
        for number in numbers:
            with reading(self.engine) as session:
                data = repository.piece(session, self.attempt_id, self.digest, number)
            if data is None:
                raise AnswerFileUnknown(f"piece {number} of {self.digest} is gone")
            yield data


def await_file(
    session: Session,
    clock: Clock,
    forms: FormsInPlay,
    attempts: AttemptsInPlay,
    actor: Actor,
    attempt_id: UUID,
    place: int,
) -> AwaitedFile | None:
    """Return the item at a place of one's own running attempt, if it is answered by files.

    Asked before a byte of a file is read; the writer asks again.

    Raises:
        AttemptUnknown: There is no such attempt, or it is somebody else's.
        AttemptNotStarted, AttemptClosed: It is not running.
        ItemNotInForm: There is no such place.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
    """
    sitting = find_sitting(session, forms, attempts, actor, attempt_id)
    item = sitting.item_at(place)
    if not takes_files(item):
        return None
    head = sitting.attempt.head
    running(head, clock.now())
    progression_of(sitting.form).check_open(sitting.form, head, item.item_id)
    return AwaitedFile(item, sitting.attempt)


def keep_file(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    attempt_id: UUID,
    file: BinaryIO,
    *,
    digest: str,
    size: int,
    media_type: str,
) -> None:
    """Store the bytes of a file, piece by piece, for the writer to name it.

    To do so again changes nothing. A file that then is not named is removed after a while.

    Args:
        engine: Of the organisation.
        clock: Tells when.
        actor: Whose attempt it is.
        attempt_id: The attempt.
        file: Read from its beginning.
        digest: Of all its bytes.
        size: How many they are.
        media_type: What it was recognised as.

    Raises:
        AttemptUnknown: There is no such attempt, or it is somebody else's.
        FileRefused: The attempt has stored so much that it does not fit.
    """
    now = clock.now()
    with reading(engine) as session:
        header = log_repository.header_now(session, attempt_id)
        if header is None or not log_repository.is_theirs(header, actor):
            raise AttemptUnknown(f"no attempt {attempt_id} for whoever asks")
        check_sum({**repository.sizes(session, attempt_id), digest: size})
        known = repository.stored(session, [(attempt_id, digest)])
    if known.get((attempt_id, digest)) == size:
        return
    with writing(engine) as session:
        repository.begin(session, attempt_id, digest, size, media_type, now)
    file.seek(0)
    for number, data in enumerate(iter(lambda: file.read(PIECE), b""), start=1):
        with writing(engine) as session:
            repository.add_piece(session, attempt_id, digest, number, data)


def own_answer_file(
    engine: Engine,
    forms: FormsInPlay,
    attempts: AttemptsInPlay,
    actor: Actor,
    attempt_id: UUID,
    digest: str,
) -> AnswerFile:
    """Return a file that one has sent in an attempt of one's own, while it runs and afterwards.

    Raises:
        AttemptUnknown: There is no such attempt, or it is somebody else's.
        AnswerFileUnknown: It has no such file, or its bytes are no longer kept.
        AnswerFileDamaged: What is stored is another file.
    """
    with reading(engine) as session:
        attempt = find_sitting(session, forms, attempts, actor, attempt_id).attempt
    return _verified(engine, attempt, digest)


def answer_file_for_staff(
    engine: Engine, actor: Actor, attempt_id: UUID, digest: str
) -> AnswerFile:
    """Return a file of an answer for those who may read what candidates answered.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        AttemptUnknown: There is no such attempt.
        AnswerFileUnknown: It has no such file, or its bytes are no longer kept.
        AnswerFileDamaged: What is stored is another file.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    return find_answer_file(engine, attempt_id, digest)


def find_answer_file(engine: Engine, attempt_id: UUID, digest: str) -> AnswerFile:
    """Return a file of an answer, of whichever attempt of the engine's organisation.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        AttemptUnknown: There is no such attempt.
        AnswerFileUnknown: It has no such file, or its bytes are no longer kept.
        AnswerFileDamaged: What is stored is another file.
    """
    with reading(engine) as session:
        if not log_repository.plans(session, [attempt_id]):
            raise AttemptUnknown(f"no attempt {attempt_id}")
        attempt = read_attempt(session, attempt_id)
    return _verified(engine, attempt, digest)


@dataclass(frozen=True, slots=True)
class HandedInFile:
    """A file that was handed in: where it belongs, and itself."""

    attempt_id: UUID
    item_id: str
    said: StoredFile
    """As the log names it."""
    file: AnswerFile | None
    """None where what is stored is not what the log says, or nothing is."""


def files_handed_in(
    engine: Engine, actor: Actor, administration_id: UUID
) -> Iterator[HandedInFile]:
    """Return every file that was handed in at an administration, attempt by attempt.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown: There is none with this id.
    """
    require(actor, Role.AWARDING_OFFICER)
    with reading(engine) as session:
        find_administration(session, administration_id)
        attempt_ids = attempt_ids_of(session, administration_id)
    return _handed_in(engine, attempt_ids)


def _handed_in(engine: Engine, attempt_ids: Iterable[UUID]) -> Iterator[HandedInFile]:
    for attempt_id in attempt_ids:
        with reading(engine) as session:
            attempt = read_attempt(session, attempt_id)
        for item_id, files in attempt.files.items() if attempt.end is not None else ():
            named = attempt.responses.get(item_id) or ()
            for said in (one for one in files if one.described() in named):
                yield HandedInFile(attempt_id, item_id, said, _if_sound(engine, attempt, said))


def _if_sound(engine: Engine, attempt: Attempt, said: StoredFile) -> AnswerFile | None:
    try:
        return _verified(engine, attempt, said.digest)
    except (AnswerFileUnknown, AnswerFileDamaged):
        return None


def remove_unneeded(engine: Engine, clock: Clock) -> int:
    """Remove files that nothing has needed for long; return how many were looked at.

    A few at a time, each in a transaction of its own.
    """
    before = clock.now() - KEPT_FOR
    with reading(engine) as session:
        found = repository.unneeded(session, before, MOST_REMOVED_AT_ONCE)
    for place in found:
        with writing(engine) as session:
            repository.remove(session, place, before)
    return len(found)


def _verified(engine: Engine, attempt: Attempt, digest: str) -> AnswerFile:
    """Return a file that the log of an attempt names, once its bytes were found to be those."""
    named = [one for files in attempt.files.values() for one in files if one.digest == digest]
    if not named:
        raise AnswerFileUnknown(f"no file {digest[:80]} in attempt {attempt.head.attempt_id}")
    said = named[-1]
    file = AnswerFile(
        said.name, said.size, said.digest, said.media_type, engine, attempt.head.attempt_id
    )
    found, size = hashlib.sha256(), 0
    for data in file.pieces():
        found.update(data)
        size += len(data)
    if not size:
        raise AnswerFileUnknown(f"the bytes of {digest} are no longer kept")
    if (f"sha256:{found.hexdigest()}", size) != (said.digest, said.size):
        raise AnswerFileDamaged(f"{digest} holds something else")
    return file
