"""Appending to the ledger, and asking it whether a record is still the one that was sealed."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from examengine.ledger import repository
from examengine.ledger.entries import Draft, Entry, Seal, chained, link_of
from examengine.ledger.sealing import LOG, SEALINGS, Sealing, body_of, new_salt, seal

LOGS_BELONG_TO = "administration"
_WAITING = "ledger"
"""Under this name a transaction keeps what it is going to append."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where a log stood when it was sealed."""

    administration_id: UUID
    attempt_id: UUID
    version: int
    digest: str
    at: datetime


def append(session: Session, sealing: Sealing, rows: Iterable[Mapping[str, Any]]) -> None:
    """Seal rows in the transaction that inserts them: both happen, or neither.

    They get their places in the chain as the last thing before the commit, because whoever has
    appended keeps all others from it until then. Call it outside of savepoints, when the insert
    has succeeded. A record that the program changes is sealed again (`append_again`); the newest
    entry counts.

    Args:
        session: The transaction.
        sealing: How these rows are sealed.
        rows: The values that are inserted, by column.
    """
    _waiting(session).extend(_draft(sealing, row) for row in rows)


def append_again(session: Session, sealing: Sealing, subject: UUID) -> None:
    """Seal a record again that the program has changed, as it stands in this transaction."""
    found = repository.rows_named(session, sealing, [subject])
    append(session, sealing, found.values())


def append_heads(session: Session, heads: Iterable[LogHead]) -> None:
    """Seal where logs stand: none of them can be shorter from now on, or say something else."""
    _waiting(session).extend(
        Draft(
            at=one.at,
            kind=LOG,
            scope=f"{LOGS_BELONG_TO}:{one.administration_id}",
            subject=str(one.attempt_id),
            version=one.version,
            digest=one.digest,
            salt=None,
        )
        for one in heads
    )


def sealed_heads(session: Session, attempt_ids: Iterable[UUID]) -> dict[UUID, list[LogHead]]:
    """Return where logs stood each time they were sealed, the oldest first."""
    asked = list(attempt_ids)
    found: dict[UUID, list[LogHead]] = {attempt_id: [] for attempt_id in asked}
    for entry in repository.heads_of(session, map(str, asked)):
        found[UUID(entry.draft.subject)].append(_head(entry.draft))
    return found


def check(session: Session, kind: str, subject: UUID) -> Seal:
    """Compare one record, as it stands in the database now, with the ledger."""
    return check_all(session, kind, [subject])[subject]


def check_all(session: Session, kind: str, subjects: Sequence[UUID]) -> dict[UUID, Seal]:
    """Compare records, as they stand in the database now, with the ledger."""
    found: dict[UUID, Seal] = {}
    for start in range(0, len(subjects), repository.AT_ONCE):
        found |= _checked(session, kind, subjects[start : start + repository.AT_ONCE])
    return found


def check_about(
    session: Session, kind: str, subjects: Sequence[UUID]
) -> dict[UUID, dict[UUID, Seal]]:
    """Compare all records about something with the ledger: those that are here, and were here.

    Returns:
        For each subject the seals by the ids of the records, in the order in which they were
        sealed. Those that nobody sealed come first, so that the last one is the newest.
    """
    found: dict[UUID, dict[UUID, Seal]] = {subject: {} for subject in subjects}
    for start in range(0, len(subjects), repository.AT_ONCE):
        some = subjects[start : start + repository.AT_ONCE]
        records = _records_about(session, kind, some)
        seals = check_all(session, kind, list(dict.fromkeys(id_ for _, id_ in records)))
        for subject, record_id in records:
            found[subject][record_id] = seals[record_id]
    return found


def _records_about(
    session: Session, kind: str, subjects: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return subject and id of records: first those that are here, then in the order of seals."""
    names = {str(subject): subject for subject in subjects}
    drafts = [one.draft for one in repository.entries_about(session, kind, list(names))]
    drafts += [one for one in _waiting(session) if one.kind == kind and one.about in names]
    sealed = []
    for one in drafts:
        with suppress(ValueError):  # an entry that was changed: what it sealed has none now
            sealed.append((names[one.about or ""], UUID(one.subject)))
    newest_last = list(dict.fromkeys(reversed(sealed)))[::-1]
    here = repository.ids_about(session, SEALINGS[kind], subjects)
    return [one for one in here if one not in set(newest_last)] + newest_last


def _checked(session: Session, kind: str, subjects: Sequence[UUID]) -> dict[UUID, Seal]:
    names = [str(subject) for subject in subjects]
    rows = repository.rows_named(session, SEALINGS[kind], subjects)
    newest = repository.newest_of(session, kind, names)
    before = repository.entries_at(session, [one.position - 1 for one in newest.values()])
    waiting = {one.subject: one for one in _waiting(session) if one.kind == kind}
    return {
        subject: _awaited(kind, rows.get(name), waiting[name])
        if name in waiting
        else _judged(kind, rows.get(name), newest.get(name), before)
        for subject, name in zip(subjects, names, strict=True)
    }


def entry_about(session: Session, subject: UUID) -> Entry | None:
    """Return the newest entry about a record of whatever kind; None when there never was one."""
    for kind in SEALINGS:
        found = repository.newest_of(session, kind, [str(subject)])
        if found:
            return found[str(subject)]
    return None


def write(session: AnySession) -> None:
    """Give what waits its places in the chain; the transaction that commits does it by itself."""
    waiting = session.info.pop(_WAITING, None)
    if not waiting:
        return
    repository.lock(session)  # type: ignore[arg-type]  # every session here is SQLModel's
    position, link = repository.head(session)  # type: ignore[arg-type]
    repository.add(session, list(chained(waiting, position, link)))  # type: ignore[arg-type]


@event.listens_for(AnySession, "before_commit")
def _write_last(session: AnySession) -> None:
    """Append as the last thing in a transaction, so that nobody waits for the rest of it."""
    if not session.in_nested_transaction():
        write(session)


@event.listens_for(AnySession, "after_rollback")
def _forget(session: AnySession) -> None:
    """What was not inserted after all is not sealed either; a savepoint takes nothing with it."""
    if not session.in_nested_transaction():
        session.info.pop(_WAITING, None)


def _waiting(session: Session) -> list[Draft]:
    waiting: list[Draft] = session.info.setdefault(_WAITING, [])
    return waiting


def _head(draft: Draft) -> LogHead:
    administration_id = UUID(draft.scope.removeprefix(f"{LOGS_BELONG_TO}:"))
    attempt_id = UUID(draft.subject)
    return LogHead(administration_id, attempt_id, draft.version or 0, draft.digest, draft.at)


def _draft(sealing: Sealing, row: Mapping[str, Any]) -> Draft:
    salt = new_salt()
    return Draft(
        at=row[sealing.at],
        kind=sealing.kind,
        scope=sealing.scope_of(row),
        subject=sealing.subject_of(row),
        version=None,
        digest=seal(salt, body_of(sealing, row)),
        salt=salt,
        about=sealing.about_of(row),
    )


def _judged(
    kind: str, row: Mapping[str, Any] | None, entry: Entry | None, before: Mapping[int, Entry]
) -> Seal:
    if entry is None:
        missing = "is not here" if row is None else "was put here past the ledger"
        return Seal(kind, intact=False, words=f"It {missing}: no entry of the ledger seals it.")
    previous = before.get(entry.position - 1)
    link = None if previous is None else previous.link
    if row is None:
        return Seal(kind, intact=False, words=f"It was sealed as {entry.words}, and is missing.")
    if link_of(entry.position, link, entry.draft) != entry.link:
        words = f"The ledger was changed: {entry.words} does not follow the one before."
        return Seal(kind, intact=False, words=words)
    if not _same(SEALINGS[kind], row, entry.draft):
        words = f"It is not what was sealed as {entry.words}: it was changed since."
        return Seal(kind, intact=False, words=words)
    return Seal(kind, intact=True, words=f"Sealed as {entry.words}: it agrees.")


def _awaited(kind: str, row: Mapping[str, Any] | None, draft: Draft) -> Seal:
    """Judge a record that this transaction has made, and is about to seal."""
    if row is None or not _same(SEALINGS[kind], row, draft):
        return Seal(kind, intact=False, words="It is not what is about to be sealed.")
    return Seal(kind, intact=True, words="It is about to be sealed: it agrees.")


def _same(sealing: Sealing, row: Mapping[str, Any], draft: Draft) -> bool:
    try:
        return seal(draft.salt, body_of(sealing, row)) == draft.digest
    except (TypeError, ValueError):
        return False  # a value that nothing here could have sealed
