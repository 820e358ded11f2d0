"""The use cases of saying anew how an exam is scored: another way, or a key that was wrong.

Neither changes a record. Scores, cuts and decisions name the policy they rest on; responses are
scored anew when somebody asks for it, and get the next version. Where two people are needed, the
first one's asking is a proposal, and nothing else happens.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import (
    Exam,
    KeyCorrection,
    ScoringPolicy,
    ScoringPolicyMoved,
    ScoringPolicyRecord,
    checked_correction,
    checked_scoring,
    find_exam,
    forms_of,
    record_scoring_policy,
)
from examengine.bank import ItemRef, item_versions
from examengine.delivery import keep_candidates_apart
from examengine.four_eyes import Act, Proposal, agreed
from examengine.kernel.clock import Clock


def change_scoring(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    spec: Mapping[str, Any],
    *,
    reason: str,
    seen: str,
) -> ScoringPolicyRecord | Proposal:
    """Say anew by what an exam is scored; corrections of keys stay.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The awarding officer.
        exam_id: The exam.
        spec: `scoring`, `weights` and `scale`, as the specification of an exam has them.
        reason: Why; kept for good.
        seen: Digest of the policy that held when the page was drawn.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They are enrolled in the exam.
        OwnProposal, AlreadyProposed, ProposalOver: It waits for another person, or did.
        ExamUnknown: There is no such exam.
        ScoringPolicyRefused: Something is missing or cannot be used, or nothing would change.
        ScoringPolicyMoved: It is scored in another way by now than on the page.
    """
    exam = _exam(session, actor, exam_id, seen)
    policy, why = checked_scoring(exam, spec, reason)
    terms = {"exam_id": exam.id, "spec": dict(spec), "reason": why, "seen": seen}
    act = Act("scoring.change_scoring", f"exam:{exam.id}", Role.AWARDING_OFFICER, terms)
    return _record(session, clock, actor, act, exam, policy, why)


def correct_key(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    ref: ItemRef,
    correction: KeyCorrection | None,
    *,
    reason: str,
    seen: str,
) -> ScoringPolicyRecord | Proposal:
    """Say how an item counts whose key was found wrong after the exam.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The awarding officer.
        exam_id: The exam.
        ref: The item version that was shown.
        correction: How it counts from now on; None as its key says.
        reason: What was found, by whom; kept for good, and for staff alone.
        seen: Digest of the policy that held when the page was drawn.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They are enrolled in the exam.
        OwnProposal, AlreadyProposed, ProposalOver: It waits for another person, or did.
        ExamUnknown, ItemUnknown: There is no such exam, or item version.
        ScoringPolicyRefused: It cannot count like this; every fault is named.
        ScoringPolicyMoved: It is scored in another way by now than on the page.
    """
    exam = _exam(session, actor, exam_id, seen)
    version = item_versions(session, [ref])[ref]
    policy, why = checked_correction(exam, forms_of(session, exam.id), version, correction, reason)
    terms = {
        "exam_id": exam.id,
        "item_id": ref.item_id,
        "version": ref.version,
        "item_digest": ref.digest,
        "correction": None if correction is None else correction.body(),
        "reason": why,
        "seen": seen,
    }
    act = Act("scoring.correct_key", f"exam:{exam.id}", Role.AWARDING_OFFICER, terms)
    return _record(session, clock, actor, act, exam, policy, why)


def _exam(session: Session, actor: Actor, exam_id: str, seen: str) -> Exam:
    require(actor, Role.AWARDING_OFFICER)
    exam = find_exam(session, exam_id)
    keep_candidates_apart(session, actor, exam.id)
    if exam.scoring.digest != seen:
        raise ScoringPolicyMoved(f"{exam.id} is scored by {exam.scoring.digest}")
    return exam


def _record(
    session: Session,
    clock: Clock,
    actor: Actor,
    act: Act,
    exam: Exam,
    policy: ScoringPolicy,
    reason: str,
) -> ScoringPolicyRecord | Proposal:
    stands = agreed(session, clock, actor, act)
    if isinstance(stands, Proposal):
        return stands
    return record_scoring_policy(session, clock, stands, exam, policy, reason)
