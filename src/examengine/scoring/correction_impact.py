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
from examengine.scoring.service import ScoredBy, Told, outcomes, scored_by, untold
from examengine.standard_setting import CutScore, cut_for_form

MOST_NAMED = 20
"""Candidates of an administration who are named because another decision would follow."""


@dataclass(frozen=True, slots=True)
class CandidateImpact:
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
class Turned:
    """A candidate about whom another decision would follow; scores as they are shown."""

    candidate: str
    before: str
    after: str
    would_pass: bool


@dataclass(frozen=True, slots=True)
class CorrectionImpact:
    """What a correction does to those who handed in an administration, voided attempts apart.

    Attributes:
        title: Of the administration.
        simulated: Whether a program gave its answers.
        test: Whether it was for trying out.
        n_handed_in: How many handed in.
        n_counted: How many of them can be scored both ways; the other numbers are of these.
        higher: How many would have a higher score.
        lower: How many would have a lower score.
        passing: How many reach the cut by the scoring of now.
        would_pass: How many would reach it.
        turned: Those about whom another decision would follow, a few of them.
        cut_holds: Whether the cut that holds now would go on to hold.
    """

    title: str
    simulated: bool
    test: bool
    n_handed_in: int
    n_counted: int
    higher: int
    lower: int
    passing: int
    would_pass: int
    turned: tuple[Turned, ...]
    cut_holds: bool


def impact_of_correction(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    item_id: str,
    version: int,
    correction: KeyCorrection | None,
    *,
    told: Told = untold,
) -> list[CorrectionImpact]:
    """Return what a correction would do to each administration; nothing is stored.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: Who asks.
        exam_id: The exam.
        item_id: The item whose key is in question.
        version: Its version.
        correction: How it would count; None as its key says.
        told: Hears how far it is.

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
    counted = [
        (administration, _counted(session, administration))
        for administration in administrations_of(session, actor, exam_id)
    ]
    cut_holds = any(_holds(cut, exam.scoring, policy) for cut in cuts.values())
    made, done, of = [], 0, sum(len(handed_in) for _, handed_in in counted)
    for administration, handed_in in counted:
        outcomes: list[CandidateImpact] = []
        for block in blocks_of_records(session, handed_in):
            told(done, of)
            done += len(block)
            outcomes += _outcomes(now, by, cuts, block)
        if outcomes:
            made.append(_impact(administration, len(handed_in), outcomes, cut_holds=cut_holds))
    return made


def _impact(
    administration: Administration,
    n_handed_in: int,
    outcomes: Sequence[CandidateImpact],
    *,
    cut_holds: bool,
) -> CorrectionImpact:
    turned = [one for one in outcomes if one.turned]
    return CorrectionImpact(
        title=administration.title,
        simulated=administration.simulated,
        test=administration.test,
        n_handed_in=n_handed_in,
        n_counted=len(outcomes),
        higher=sum(one.after > one.before for one in outcomes),
        lower=sum(one.after < one.before for one in outcomes),
        passing=sum(one.passes is True for one in outcomes),
        would_pass=sum(one.would_pass is True for one in outcomes),
        turned=tuple(
            Turned(one.candidate, str(one.before), str(one.after), one.would_pass is True)
            for one in turned[:MOST_NAMED]
        ),
        cut_holds=cut_holds,
    )


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
) -> Iterator[CandidateImpact]:
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
        yield CandidateImpact(
            record.candidate,
            old.reported,
            new.reported,
            None if cut is None else old.reported >= cut.passing,
            new.reported >= cut.passing if cut is not None and stays else None,
        )


def _holds(cut: CutScore | None, now: ScoringPolicy, then: ScoringPolicy) -> bool:
    """Tell whether a cut that holds now would go on to hold."""
    return cut is not None and (not cut.in_points or now.gives_the_same_points(then))
