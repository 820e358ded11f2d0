"""Use cases of deciding: who passes at the adopted cut, and which decisions stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.delivery import find_administration
from examengine.integrity import Clearance, clearance_of, clearances, settle
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.scoring import decision as decisions
from examengine.scoring import repository
from examengine.scoring.decision import Basis, Decision
from examengine.scoring.errors import NoCutScore, NotScoredYet
from examengine.scoring.score_record import ScoreRecord
from examengine.standard_setting import CutScore, current_cut


@dataclass(frozen=True, slots=True)
class DecidingReport:
    """What deciding an administration did."""

    added: int
    unchanged: int
    held: int
    """Not decided: somebody has to look first."""


def decide(session: Session, clock: Clock, actor: Actor, administration_id: UUID) -> DecidingReport:
    """Decide about everybody who is scored and cleared, or voided, at the cut that holds now.

    Attempts that nobody has ruled on are first settled on the evidence alone. Held attempts get
    no decision. A decision that rests on the same score, cut and clearance already stands; any
    other is superseded by a new one.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown: There is no such administration.
        NotScoredYet: Nobody has a score yet.
        NoCutScore: No cut has been adopted.
        ScoringMoved, ClearanceMoved: Somebody else decided or ruled at the same moment.
    """
    require(actor, Role.AWARDING_OFFICER)
    administration = find_administration(session, administration_id)
    scores = repository.newest_scores(session, administration_id)
    if not scores:
        raise NotScoredYet
    cut = current_cut(session, administration.exam_id)
    if cut is None:
        raise NoCutScore(administration.exam_id)
    settle(session, clock, administration_id)
    rulings = clearances(session, administration_id)
    standing = repository.newest_decisions(session, administration_id)
    made: list[Decision] = []
    held = 0
    for record_id, score in scores.items():
        basis = decisions.basis_of(score, cut, rulings.get(score.subject_id))
        if basis is None:
            held += 1
            continue
        version = decisions.next_version(standing.get(record_id), basis)
        if version is not None:
            made.append(_decision(clock, actor, score, cut, basis, version))
    repository.add_decisions(session, made)
    report = DecidingReport(len(made), len(scores) - len(made) - held, held)
    detail = {"added": report.added, "held": held, "cut_score": cut.digest}
    subject = f"administration:{administration_id}"
    record_act(session, clock.now(), actor, "scoring.decide", subject, detail)
    return report


def decision_stands(session: Session, decision: Decision) -> bool:
    """Tell whether a decision is in force: the newest, on the newest score and ruling."""
    newest = repository.newest_decision(session, decision.response_record_id)
    score = repository.newest_score(session, decision.response_record_id)
    if newest is None or score is None or newest.id != decision.id:
        return False
    return decisions.in_force(decision, score, clearance_of(session, decision.response_record_id))


def decisions_in_force(session: Session, administration_id: UUID) -> list[Decision]:
    """Return the decisions of an administration that stand, for the contexts above.

    A decision falls out of force when a newer score or ruling exists that it does not rest on,
    and comes back only as a new decision. A credential may rest on one of these alone.
    """
    scores = repository.newest_scores(session, administration_id)
    rulings: Mapping[UUID, Clearance] = clearances(session, administration_id)
    newest = repository.newest_decisions(session, administration_id)
    return [
        decision
        for record_id, decision in newest.items()
        if decisions.in_force(
            decision, scores[record_id], rulings.get(scores[record_id].subject_id)
        )
    ]


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
            passed=decisions.passes(score.scale_score, cut.scale_cut, basis.clearance),
            decided_by=actor.person_id,
            decided_at=now,
        )
    )
