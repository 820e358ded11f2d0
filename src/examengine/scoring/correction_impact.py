"""The use case of asking what a corrected key would do, before anybody adopts it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor
from examengine.assembly import (
    Exam,
    Form,
    KeyCorrection,
    ScoringPolicy,
    checked_correction,
    forms_of,
)
from examengine.delivery import (
    Administration,
    ResponseRecord,
    Submission,
    administrations_of,
    blocks_of_records,
    submissions,
)
from examengine.integrity import clearances, subject_id_of
from examengine.kernel.clock import Clock
from examengine.scoring.errors import ItemsWithoutParameters, NoParameters
from examengine.scoring.keys_in_question import review_key
from examengine.scoring.service import ScoredBy, outcomes, scored_by
from examengine.standard_setting import CutScore, cut_for_form

MOST_COUNTED = 1_000
"""Candidates of an administration that the effect is worked out for while the page is drawn."""

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a correction does to one candidate.

    `passes` and `would_pass` are None where no cut holds.
    """

    candidate: str
    before: Decimal
    after: Decimal
    passes: bool | None
    would_pass: bool | None

    @property
    def turned(self) -> bool:
        """Tell whether another decision would follow."""
        return None not in {self.passes, self.would_pass} and self.passes is not self.would_pass


@dataclass(frozen=True, slots=True)
class CorrectionImpact:
    """What a correction does to those who handed in an administration, voided attempts apart.

    Attributes:
        administration: The administration.
        n_handed_in: How many handed in.
        outcomes: Of those that were counted: at most `MOST_COUNTED`.
        cut_holds: Whether the cut that holds now would go on to hold.
    """

    administration: Administration
    n_handed_in: int
    outcomes: tuple[Outcome, ...]
    cut_holds: bool

    @property
    def higher(self) -> int:
        """Return how many would have a higher score."""
        return sum(one.after > one.before for one in self.outcomes)

    @property
    def lower(self) -> int:
        """Return how many would have a lower score."""
        return sum(one.after < one.before for one in self.outcomes)

    @property
    def passing(self) -> int:
        """Return how many reach the cut by the scoring of now."""
        return sum(one.passes is True for one in self.outcomes)

    @property
    def would_pass(self) -> int:
        """Return how many would reach it."""
        return sum(one.would_pass is True for one in self.outcomes)

    @property
    def turned(self) -> tuple[Outcome, ...]:
        """Return those about whom another decision would follow, a few of them."""
        return tuple(one for one in self.outcomes if one.turned)[:MOST_NAMED]


def impact_of_correction(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    item_id: str,
    version: int,
    correction: KeyCorrection | None,
) -> list[CorrectionImpact]:
    """Return what a correction would do to each administration; nothing is stored.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        ExamAhead: They have an exam from this bank before them.
        ExamUnknown, ItemUnknown: There is no such exam, or the version counts in none of its forms.
        ScoringPolicyRefused: The item cannot count like this; every fault is named.
        NoParameters, ItemsWithoutParameters: There is no scale to score on.
    """
    found = review_key(session, clock, actor, exam_id, item_id, version)
    exam, forms = found.exam, forms_of(session, exam_id)
    policy, _ = checked_correction(
        exam, forms, found.key.version, correction, reason="Nothing is stored."
    )
    cuts = {form.id: cut_for_form(session, exam_id, form) for form in forms}
    by = scored_by(session, replace(exam, scoring=policy), forms)
    now = _scored_now(session, exam, forms)
    made = []
    for administration in administrations_of(session, actor, exam_id):
        counted = _counted(session, administration)
        told = tuple(
            outcome
            for block in blocks_of_records(session, counted[:MOST_COUNTED])
            for outcome in _outcomes(now, by, cuts, block)
        )
        cut_holds = any(_holds(cut, exam.scoring, policy) for cut in cuts.values())
        made.append(CorrectionImpact(administration, len(counted), told, cut_holds))
    return [one for one in made if one.outcomes]


def _scored_now(session: Session, exam: Exam, forms: Sequence[Form]) -> ScoredBy | None:
    """Return how responses are scored now; None where they cannot be, as the item hinders it."""
    try:
        return scored_by(session, exam, forms)
    except (NoParameters, ItemsWithoutParameters):
        return None


def _counted(session: Session, administration: Administration) -> list[Submission]:
    rulings = clearances(session, administration.id)
    return [
        one
        for one in submissions(session, administration.id)
        if (ruling := rulings.get(subject_id_of(one))) is None or ruling.state != "voided"
    ]


def _outcomes(
    now: ScoredBy | None,
    by: ScoredBy,
    cuts: Mapping[UUID, CutScore | None],
    records: Sequence[ResponseRecord],
) -> Iterator[Outcome]:
    """Yield what becomes of those who can be scored both ways."""
    if now is None:
        return
    both = [one for one in records if now.why_not(one) is None and by.why_not(one) is None]
    if not both:
        return
    before, after = outcomes(now, both), outcomes(by, both)
    for record, (_, old), (_, new) in zip(both, before, after, strict=True):
        cut = cuts[record.form_id]
        stays = _holds(cut, now.exam.scoring, by.exam.scoring)
        yield Outcome(
            record.candidate,
            old.reported,
            new.reported,
            None if cut is None else old.reported >= cut.passing,
            new.reported >= cut.passing if cut is not None and stays else None,
        )


def _holds(cut: CutScore | None, now: ScoringPolicy, then: ScoringPolicy) -> bool:
    """Tell whether a cut that holds now would go on to hold."""
    return cut is not None and (not cut.in_points or now.gives_the_same_points(then))
