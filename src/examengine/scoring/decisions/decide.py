"""Use cases of deciding: who passes at the adopted cut, and which decisions stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import find_exam, find_form, scoring_then, shown
from examengine.delivery import (
    BLOCK,
    Administration,
    find_administration,
    forms_handed_in,
    keep_candidates_apart,
)
from examengine.integrity import (
    Clearance,
    add_rulings,
    clearance_of,
    clearances,
    ruling_counts,
    ruling_digests,
    rulings_due,
)
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.scoring import repository
from examengine.scoring.decisions import decision as decisions
from examengine.scoring.decisions.decision import Basis, Decision
from examengine.scoring.errors import (
    FormsWithoutCut,
    NoCutScore,
    NotScoredYet,
    ScoredOtherwise,
)
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.service import Told, untold
from examengine.scoring.standing_repository import decision_checks
from examengine.standard_setting import CutScore, cut_for_form


@dataclass(frozen=True, slots=True)
class DecidingReport:
    """What deciding an administration did."""

    added: int
    unchanged: int
    held: int
    """Not decided: somebody has to look first."""
    scored_before: int = 0
    """Not decided: scored before the exam was scored in another way, and not anew."""


@dataclass(frozen=True, slots=True)
class Overturned:
    """What took a decision out of force.

    Attributes:
        at: Since when.
        clearance: How the attempt is ruled on now, or None before there was a ruling.
        passed: What a newer decision in force says, or None while nobody has decided anew.
    """

    at: datetime
    clearance: str | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A decision that stands: what follows from it, and nothing of how it came about."""

    response_record_id: UUID
    decision_id: UUID
    passed: bool
    clearance: str
    subject_id: UUID
    """What was ruled on: the attempt, or the record when it came from a file."""


def decide(
    session: Session,
    clock: Clock,
    actor: Actor,
    administration_id: UUID,
    *,
    told: Told = untold,
) -> DecidingReport:
    """Decide about everybody who is scored and cleared, or voided, at the cut that holds now.

    Attempts that nobody has ruled on are first settled on the evidence alone. Held attempts get
    no decision, and neither do scores that were made before the exam was scored in another way, as
    long as there are others: what could not be scored anew hinders nobody. A decision that rests on
    the same score, cut and clearance already stands; any other is superseded by a new one.

    Args:
        session: The transaction; it is written to last.
        clock: Tells when.
        actor: Who decides.
        administration_id: About whose candidates.
        told: Hears how far it is.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They are enrolled in the exam.
        AdministrationUnknown: There is no such administration.
        NotScoredYet: Nobody has a score yet.
        NoCutScore, FormsWithoutCut: No cut has been adopted, or none that holds for a form.
        ScoredOtherwise: The exam is scored in another way since; score again first.
        ScoringMoved, ClearanceMoved: Somebody else decided or ruled at the same moment.
    """
    require(actor, Role.AWARDING_OFFICER)
    administration = find_administration(session, administration_id)
    keep_candidates_apart(session, actor, administration.exam_id)
    scored = repository.scored_ids(session, administration_id)
    if not scored:
        raise NotScoredYet
    cuts = _cuts(session, administration)
    rulings = rulings_due(session, clock, administration_id)
    ruled = {one.subject_id: one for one in rulings}
    now = _DecidedBy(
        clock,
        actor,
        cuts,
        {**clearances(session, administration_id), **ruled},
        _scored_by(session, administration),
    )
    for start in range(0, len(scored), BLOCK):
        told(start, len(scored))
        some = scored[start : start + BLOCK]
        standing = repository.newest_decisions(session, some)
        for record_id, score in repository.newest_scores(session, some).items():
            now.decide(score, standing.get(record_id))
    if now.stale == len(scored):
        raise ScoredOtherwise
    add_rulings(session, rulings)
    repository.add_decisions(session, now.made)
    report = now.report(len(scored))
    detail: dict[str, Any] = {
        "added": report.added,
        "held": report.held,
        "cut_score": ", ".join(sorted({cut.digest for cut in cuts.values()})),
        **({"scored_before": report.scored_before} if report.scored_before else {}),
    }
    subject = f"administration:{administration_id}"
    record_act(session, clock.now(), actor, "scoring.decide", subject, detail)
    return report


@dataclass(slots=True)
class _DecidedBy:
    """What decisions are taken by now, and those that were taken."""

    clock: Clock
    actor: Actor
    cuts: Mapping[UUID, CutScore]
    rulings: Mapping[UUID, Clearance]
    policies: Collection[str | None]
    made: list[Decision] = field(default_factory=list)
    held: int = 0
    stale: int = 0

    def decide(self, score: ScoreRecord, standing: Decision | None) -> None:
        """Decide on one score, where that says something new."""
        cut = self.cuts[score.inputs.form_id]
        if score.inputs.scoring_digest not in self.policies or cut.in_points != score.in_points:
            self.stale += 1
            return
        basis = decisions.basis_of(score, cut, self.rulings.get(score.subject_id))
        if basis is None:
            self.held += 1
            return
        version = decisions.next_version(standing, basis)
        if version is not None:
            self.made.append(_decision(self.clock, self.actor, score, cut, basis, version))

    def report(self, n_scored: int) -> DecidingReport:
        """Return what was done, of so many scores."""
        unchanged = n_scored - len(self.made) - self.held - self.stale
        return DecidingReport(len(self.made), unchanged, self.held, self.stale)


def _scored_by(session: Session, administration: Administration) -> frozenset[str | None]:
    """Return the names of the policy by which scores count now.

    Scores made before policies had a name rest on what the specification says.
    """
    exam = find_exam(session, administration.exam_id)
    specified = scoring_then(session, exam, None)
    return frozenset({exam.scoring.digest, *([None] if specified == exam.scoring else [])})


def _cuts(session: Session, administration: Administration) -> dict[UUID, CutScore]:
    """Return the cut that holds for each form that somebody handed in.

    Raises:
        NoCutScore: No cut of the exam holds.
        FormsWithoutCut: One holds, and not for every form.
    """
    forms = [find_form(session, one) for one in forms_handed_in(session, administration.id)]
    found = {form: cut_for_form(session, administration.exam_id, form) for form in forms}
    lacking = sorted(form.code for form, cut in found.items() if cut is None)
    if len(lacking) == len(forms):
        raise NoCutScore(administration.exam_id)
    if lacking:
        raise FormsWithoutCut(administration.exam_id, lacking)
    return {form.id: cut for form, cut in found.items() if cut is not None}


def decision_stands(session: Session, decision: Decision) -> bool:
    """Tell whether a decision is in force: the newest, on the newest score and ruling.

    It does not ask who is asking: the use case that calls it does.
    """
    return overturned_by(session, decision) is None


def overturned_by(session: Session, decision: Decision) -> Overturned | None:
    """Return what took a decision out of force; None while it stands.

    It does not ask who is asking: the use case that calls it does.
    """
    newest = repository.newest_decision(session, decision.response_record_id)
    score = repository.newest_score(session, decision.response_record_id)
    ruling = clearance_of(session, decision.response_record_id)
    if newest is None or score is None:
        return Overturned(decision.decided_at, None, None)
    if newest.id == decision.id and decisions.in_force(decision, score, ruling):
        return None
    if ruling is not None and ruling.state != "cleared":
        return Overturned(ruling.at, ruling.state, None)
    if newest.id != decision.id and decisions.in_force(newest, score, ruling):
        return Overturned(newest.decided_at, newest.clearance, newest.passed)
    at = score.scored_at if ruling is None else max(score.scored_at, ruling.at)
    return Overturned(at, None if ruling is None else ruling.state, None)


def decisions_in_force(session: Session, administration_id: UUID) -> list[Decision]:
    """Return the decisions of an administration that stand, for the contexts above.

    A decision falls out of force when a newer score or ruling exists that it does not rest on,
    and comes back only as a new decision. A credential may rest on one of these alone.

    It does not ask who is asking: the use case that calls it does.
    """
    standing = {one.decision_id for one in standing_decisions(session, administration_id)}
    newest = repository.newest_decisions_of(session, administration_id)
    return [decision for decision in newest.values() if decision.id in standing]


def standing_decisions(
    session: Session, administration_id: UUID, among: Collection[UUID] | None = None
) -> list[StandingDecision]:
    """Return which decisions of an administration stand, without the records they rest on.

    It does not ask who is asking: the use case that calls it does.

    Args:
        session: The transaction.
        administration_id: The administration.
        among: Only about these response records; None for all.
    """
    links = decision_checks(session, administration_id, among)
    subjects = None if among is None else [link.subject_id for link in links]
    rulings = ruling_digests(session, administration_id, subjects)
    return [
        StandingDecision(
            link.response_record_id,
            link.decision_id,
            link.passed,
            link.clearance,
            link.subject_id,
        )
        for link in links
        if link.stated_score == link.newest_score
        and link.stated_ruling == rulings.get(link.subject_id)
    ]


def states_of_decisions(
    session: Session, administration_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, int, int]]:
    """Return, for each administration, numbers that grow whenever other decisions may stand.

    They are the versions of scores, of decisions and of rulings: all of them are only ever added.
    It does not ask who is asking: the use case that calls it does.
    """
    stored = repository.stored_counts(session, administration_ids)
    rulings = ruling_counts(session, administration_ids)
    return {one: (*stored[one], rulings.get(one, 0)) for one in administration_ids}


def find_decisions(session: Session, decision_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """Return decisions by id, for the contexts above; it does not ask whether they stand.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.decisions(session, decision_ids)


def _decision(
    clock: Clock, actor: Actor, score: ScoreRecord, cut: CutScore, basis: Basis, version: int
) -> Decision:
    now = clock.now()
    return decisions.sealed(
        Decision(
            id=new_id(now),
            version=version,
            administration_id=score.administration_id,
            response_record_id=score.response_record_id,
            attempt_id=score.attempt_id,
            person_id=score.person_id,
            exam_id=score.exam_id,
            basis=basis,
            scale_score=score.scale_score,
            scale_cut=cut.scale_cut,
            points=score.scored.points,
            points_cut=shown(cut.passing) if cut.in_points else None,
            passed=decisions.passes(score.reported, cut.passing, basis.clearance),
            decided_by=actor.person_id,
            decided_at=now,
        )
    )
