"""Exams and forms as pure values, and what their digests cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.bank import ItemRef
from examengine.kernel.digest import digest
from examengine.psychometrics.score_scale import Scale


@dataclass(frozen=True, slots=True)
class Achievement:
    """What whoever passes has achieved, as the credential says it."""

    name: str
    description: str
    criteria: str


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam: what it is about, how long it takes, what its forms contain, what it awards."""

    id: str
    title: str
    description: str
    bank_id: str
    minutes: int
    instructions: str
    consent: str
    achievement: Achievement
    scale: Scale
    blueprint: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class FormItem:
    """An item version in a form. A pretest item is answered, and does not count."""

    ref: ItemRef
    scored: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A published form: ordered item versions, for ever."""

    id: UUID
    exam_id: str
    exam_digest: str
    code: str
    items: tuple[FormItem, ...]
    minutes: int
    digest: str
    published_at: datetime

    def item(self, item_id: str) -> FormItem | None:
        """Return the item with this id, or None."""
        return next((item for item in self.items if item.ref.item_id == item_id), None)


def form_body(
    exam_id: str, exam_digest: str, code: str, items: Sequence[FormItem], minutes: int
) -> dict[str, Any]:
    """Return what the digest of a form covers; a stranger can compute it again from this."""
    return {
        "schema": "examengine/form/1",
        "exam": {"id": exam_id, "digest": exam_digest},
        "code": code,
        "minutes": minutes,
        "items": [
            {
                "item_id": item.ref.item_id,
                "version": item.ref.version,
                "digest": item.ref.digest,
                "scored": item.scored,
            }
            for item in items
        ],
    }


def form_digest(
    exam_id: str, exam_digest: str, code: str, items: Sequence[FormItem], minutes: int
) -> str:
    """Return the digest of a form."""
    return digest(form_body(exam_id, exam_digest, code, items, minutes))


def exam_of(body: Mapping[str, Any]) -> Exam:
    """Return the exam that a checked specification describes; its digest covers all of it."""
    return Exam(
        id=body["id"],
        title=body["title"],
        description=body["description"],
        bank_id=body["bank"],
        minutes=body["minutes"],
        instructions=body["instructions"],
        consent=body["consent"],
        achievement=Achievement(**body["achievement"]),
        scale=Scale(**body["scale"]),
        blueprint=body["blueprint"],
        digest=digest(body),
    )
