"""Exams and forms as pure values, and what their digests cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.assembly.scoring_policy import ScoringPolicy, policy_of
from examengine.assembly.sections import Section, SectionPlan, section_plans
from examengine.bank import ItemRef
from examengine.kernel.digest import digest
from examengine.psychometrics.score_scale import Scale

HOLD_BELOW_EFFORT = 0.50
"""The response time effort below which a person looks, where an exam does not say.

Half of the answers in less time than it takes to read the questions: a total that rests on them
says more about the hurry than about what somebody knows.
"""


@dataclass(frozen=True, slots=True)
class Achievement:
    """What whoever passes has achieved, as the credential says it."""

    name: str
    description: str
    criteria: str


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam: what it is about, how long it takes, what its forms contain, what it awards.

    A response time effort below `hold_below_effort` holds the decision for a person; 0 never does.
    """

    id: str
    title: str
    description: str
    bank_id: str
    minutes: int
    instructions: str
    consent: str
    achievement: Achievement
    scoring: ScoringPolicy
    blueprint: Mapping[str, Any]
    hold_below_effort: float
    digest: str
    sections: tuple[SectionPlan, ...] = ()
    """In the order in which they are sat; none where the exam is one whole."""
    progression: str | None = None
    """The name of what says which item comes next in its forms; None where it names none."""

    @property
    def scale(self) -> Scale:
        """Return the scale of abilities.

        Raises:
            ValueError: Points are reported, and the exam has no scale.
        """
        if self.scoring.scale is None:
            raise ValueError(f"exam {self.id} is scored by points and has no scale of abilities")
        return self.scoring.scale


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
    sections: tuple[Section, ...] = ()
    """They hold all of its items, in its order; none where it is one whole."""

    def counted(self, scoring: ScoringPolicy) -> tuple[FormItem, ...]:
        """Return the items that count: no pretest item, and none that was dropped since."""
        return tuple(item for item in self.items if item.scored and not scoring.drops(item.ref))

    def item(self, item_id: str) -> FormItem | None:
        """Return the item with this id, or None."""
        return next((item for item in self.items if item.ref.item_id == item_id), None)


def form_body(
    exam_id: str,
    exam_digest: str,
    code: str,
    items: Sequence[FormItem],
    minutes: int,
    sections: Sequence[Section] = (),
) -> dict[str, Any]:
    """Return what the digest of a form covers; a stranger can compute it again from this.

    A form without sections says nothing about them, as forms did before there were any.
    """
    in_parts = {"sections": [section.body() for section in sections]} if sections else {}
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
        **in_parts,
    }


def form_digest(
    exam_id: str,
    exam_digest: str,
    code: str,
    items: Sequence[FormItem],
    minutes: int,
    sections: Sequence[Section] = (),
) -> str:
    """Return the digest of a form."""
    return digest(form_body(exam_id, exam_digest, code, items, minutes, sections))


def exam_of(body: Mapping[str, Any], scoring: ScoringPolicy | None = None) -> Exam:
    """Return the exam that a checked specification describes; its digest covers all of it.

    Args:
        body: The specification.
        scoring: How it is scored by now; None for what the specification says.
    """
    return Exam(
        id=body["id"],
        title=body["title"],
        description=body["description"],
        bank_id=body["bank"],
        minutes=body["minutes"],
        instructions=body["instructions"],
        consent=body["consent"],
        achievement=Achievement(**body["achievement"]),
        scoring=policy_of(body) if scoring is None else scoring,
        blueprint=body["blueprint"],
        hold_below_effort=float(
            body.get("integrity", {}).get("hold_below_effort", HOLD_BELOW_EFFORT)
        ),
        digest=digest(body),
        sections=section_plans(body),
        progression=body.get("progression"),
    )
