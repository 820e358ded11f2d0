"""Attempts as they stood at some version, kept beside their logs: a long log is read from there.

What is kept is derived and never believed by itself: it counts only as long as the row of its
version stands in the log with the digest it was made at, and as its own seal fits. Whatever does
not fit is passed over, and the log is read from its first row.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.delivery import log_repository
from examengine.delivery.attempt import (
    Answered,
    Attempt,
    End,
    Head,
    Playing,
    SectionSat,
    StoredFile,
)
from examengine.delivery.reading import fold, read_on
from examengine.kernel.clock import from_iso, iso
from examengine.kernel.digest import digest

EVERY = 200
"""Events after which an attempt is kept anew: the most rows that are read of any log."""

_OF_A_SECTION = ("section_deadline", "section_closed_at")
_SHAPE = 4
"""Of the document. One of another shape is passed over."""


def read_attempt(session: Session, attempt_id: UUID) -> Attempt:
    """Return where an attempt stands: from what is kept, and the rows of the log after it."""
    kept = log_repository.kept_state(session, attempt_id)
    if kept is not None:
        rows = log_repository.events_from(session, attempt_id, kept.version)
        before = _restored(attempt_id, kept) if rows and rows[0].digest == kept.digest else None
        if before is not None:
            return read_on(before, rows[1:])
    return fold(attempt_id, log_repository.events_from(session, attempt_id, 1))


def is_due(before: Head, after: Head) -> bool:
    """Tell whether an attempt is to be kept anew after this move of its head."""
    return before.version // EVERY < after.version // EVERY


def as_kept(attempt: Attempt) -> log_repository.KeptState:
    """Return an attempt as it is kept."""
    body = _document(attempt)
    head = attempt.head
    assert head.digest is not None  # noqa: S101  (nothing is kept before the first event)
    return log_repository.KeptState(head.version, head.digest, body, _seal(head.digest, body))


def _seal(head: str, body: Mapping[str, Any]) -> str:
    return digest({"head": head, "attempt": body})


def _document(attempt: Attempt) -> dict[str, Any]:
    head = attempt.head
    return {
        "shape": _SHAPE,
        "head": {
            "started_at": _said(head.started_at),
            "deadline": _said(head.deadline),
            "submitted_at": _said(head.submitted_at),
            "last_at": _said(head.last_at),
            "answered_version": head.answered_version,
            "last_client": head.last_client,
            "last_seq": head.last_seq,
            "chosen": head.chosen,
            "section": head.section,
            "section_deadline": _said(head.section_deadline),
            "section_closed_at": _said(head.section_closed_at),
        },
        "end": attempt.end and [iso(attempt.end.at), attempt.end.by, attempt.end.why],
        "responses": dict(attempt.responses),
        "drafts": {item: {name: list(fields[name]) for name in fields}
                   for item, fields in attempt.drafts.items()},
        "answers": {item: [iso(one.at), one.version, one.client]
                    for item, one in attempt.answers.items()},
        "flagged": sorted(attempt.flagged),
        "seconds": dict(attempt.seconds),
        "on_screen": attempt.on_screen and [attempt.on_screen[0], iso(attempt.on_screen[1])],
        "chosen": list(attempt.chosen),
        "sections": [[one.section, one.title, iso(one.opened_at), _said(one.closed_at), one.by]
                     for one in attempt.sections],
        "playings": [[one.item_id, one.place, iso(one.at), one.version]
                     for one in attempt.playings],
        "files": {item: [[one.name, one.size, one.digest, one.media_type, iso(one.at)]
                         for one in files]
                  for item, files in attempt.files.items()},
    }  # fmt: skip


def _restored(attempt_id: UUID, kept: log_repository.KeptState) -> Attempt | None:
    """Return the attempt that was kept; None when the document is not what was kept."""
    body = kept.body
    if kept.seal != _seal(kept.digest, body) or body["shape"] != _SHAPE:
        return None
    moments = (*("started_at", "deadline", "submitted_at", "last_at"), *_OF_A_SECTION)
    head: dict[str, Any] = {
        name: _read(said) if name in moments else said for name, said in body["head"].items()
    }
    return Attempt(
        head=Head(attempt_id, version=kept.version, digest=kept.digest, **head),
        end=body["end"] and End(from_iso(body["end"][0]), *body["end"][1:]),
        responses=body["responses"],
        drafts=body["drafts"],
        answers={
            item: Answered(from_iso(at), version, client)
            for item, (at, version, client) in body["answers"].items()
        },
        flagged=frozenset(body["flagged"]),
        seconds=body["seconds"],
        on_screen=body["on_screen"] and (body["on_screen"][0], from_iso(body["on_screen"][1])),
        chosen=tuple(body["chosen"]),
        sections=tuple(
            SectionSat(section, title, from_iso(opened_at), _read(closed_at), by)
            for section, title, opened_at, closed_at, by in body["sections"]
        ),
        playings=tuple(
            Playing(item_id, place, from_iso(at), version)
            for item_id, place, at, version in body["playings"]
        ),
        files={
            item: tuple(
                StoredFile(name, size, digest, media_type, from_iso(at))
                for name, size, digest, media_type, at in files
            )
            for item, files in body["files"].items()
        },
    )


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _read(said: str | None) -> datetime | None:
    return None if said is None else from_iso(said)
