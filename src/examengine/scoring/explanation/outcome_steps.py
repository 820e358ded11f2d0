"""The steps of an explanation that people took: decision, clearance, pass mark, score. Pure."""

from collections.abc import Sequence

from examengine.assembly import Exam, ScoringPolicyRecord
from examengine.bank import AdoptedParameters, adopted_body
from examengine.integrity import Clearance, clearance_body
from examengine.kernel.digest import digest
from examengine.marking import Marks
from examengine.scoring import score_record
from examengine.scoring.decisions import decision as decisions
from examengine.scoring.decisions.decision import Decision
from examengine.scoring.explanation.chain import (
    Check,
    ExplanationStep,
    day,
    digest_check,
    facts,
    link_check,
    score_check,
)
from examengine.scoring.score_record import Scored, ScoreRecord
from examengine.standard_setting import SET_ELSEWHERE, CutScore, cut_score_digest


def decision_step(decision: Decision) -> ExplanationStep:
    """Say what was decided, and apply the rule again."""
    verdict = "passed" if decision.passed else "did not pass"
    reached = "reaches" if decision.score >= decision.cut else "does not reach"
    why = (
        "The attempt was declared void, so it cannot pass, whatever its score."
        if decision.clearance == "voided"
        else f"The score of {decision.score} {reached} the pass mark of "
        f"{decision.cut}{' points' if decision.in_points else ''}, and the attempt was cleared."
    )
    rule = decisions.passes(decision.score, decision.cut, decision.clearance)
    return ExplanationStep(
        kind="decision",
        title="Decision",
        words=(f"The candidate {verdict}. {why}",),
        id=str(decision.id),
        digest=decision.digest,
        facts=facts((("Decided", day(decision.decided_at)), ("Version", decision.version))),
        checks=(
            digest_check("The decision", decision.digest, digest(decisions.body(decision))),
            Check(
                "The rule, applied again now, gives the same."
                if rule == decision.passed
                else "The rule, applied again now, gives the opposite.",
                agrees=rule == decision.passed,
            ),
        ),
    )


def clearance_step(decision: Decision, clearance: Clearance, *, staff: bool) -> ExplanationStep:
    """Say who ruled on the attempt, and why."""
    by = clearance.by if staff or clearance.by_rule else "a member of staff"
    return ExplanationStep(
        kind="clearance",
        title="Clearance",
        words=(f"The attempt was {clearance.state}. {clearance.reason}",),
        id=str(clearance.id),
        digest=clearance.digest,
        facts=facts((("Ruled", day(clearance.at)), ("By", by), ("Version", clearance.version))),
        checks=(
            digest_check("The ruling", clearance.digest, digest(clearance_body(clearance))),
            link_check("The decision", decision.clearance_digest, clearance.digest),
        ),
    )


def cut_step(
    decision: Decision, cut: CutScore, panel_now: str | None, *, simulated: bool = False
) -> ExplanationStep:
    """Say where the pass mark comes from.

    Args:
        decision: The decision that was taken at it.
        cut: The cut score.
        panel_now: The digest of the panel, computed now; None without a panel.
        simulated: Whether a program made the panel's ratings.
    """
    source = (
        "It was set outside this system."
        if cut.method == SET_ELSEWHERE
        else f"A panel recommended {cut.recommended_cut:.2f} points by the method "
        f"{cut.method.replace('_', ' ')}, with a standard error of {cut.standard_error:.2f}."
    )
    made_up = " Its ratings were simulated by a program, not given by people." if simulated else ""
    checks = [
        digest_check("The cut score", cut.digest, cut_score_digest(cut)),
        link_check("The decision", decision.cut_score_digest, cut.digest),
    ]
    if panel_now is not None and cut.panel_digest is not None:
        checks.append(digest_check("The panel with its ratings", cut.panel_digest, panel_now))
    return ExplanationStep(
        kind="cut_score",
        title="Pass mark",
        words=(
            f"{_cut_words(cut)} {source}{made_up}",
            f"{cut.adopted_by_name} adopted it, and gave this reason: {cut.reason}",
        ),
        id=str(cut.id),
        digest=cut.digest,
        facts=facts(
            (("Adopted", day(cut.adopted_at)), ("Panel", cut.panel_id), ("Version", cut.version))
        ),
        checks=tuple(checks),
    )


def _cut_words(cut: CutScore) -> str:
    if cut.theta_cut is None:
        return f"The pass mark is {cut.passing} points on its form."
    return (
        f"The pass mark is {cut.scale_cut} on the scale: {cut.raw_cut:.2f} points on its form, "
        f"an ability of {cut.theta_cut:.3f} logits."
    )


def score_step(
    score: ScoreRecord,
    exam: Exam | None,
    decision: Decision | None,
    again: tuple[Marks, Scored] | None,
) -> ExplanationStep:
    """Say what the answers are worth, and compute the score again.

    Args:
        score: The score record.
        exam: The exam whose scale it stands on; None when it is missing.
        decision: The decision that rests on it, if there is one.
        again: Marks and score computed again now; None where an input is missing.
    """
    checks = [digest_check("The score record", score.digest, digest(score_record.body(score)))]
    if decision is not None:
        checks.append(link_check("The decision", decision.score_record_digest, score.digest))
    if again is not None:
        marks, scored = again
        checks.append(score_check(score.item_scores, scored.item_scores))
        if score.inputs.marks_digest is not None:
            checks.append(digest_check("The marks", score.inputs.marks_digest, marks.digest))
        agrees = scored.same_as(score.scored)
        words = _again_words(scored)
        checks.append(Check(f"{words}: {'agrees' if agrees else 'differs'}.", agrees=agrees))
    else:
        words = "It cannot be computed again: what it was computed from is not all here."
        checks.append(Check(words, agrees=False))
    return ExplanationStep(
        kind="score_record",
        title="Score",
        words=_score_words(score, exam),
        id=str(score.id),
        digest=score.digest,
        facts=facts(
            (
                ("Scored", day(score.scored_at)),
                *_estimation_facts(score),
                ("Program", f"examengine {score.code_version}"),
                ("Version", score.version),
            )
        ),
        checks=tuple(checks),
    )


def scoring_step(
    score: ScoreRecord, record: ScoringPolicyRecord, corrections: Sequence[str], *, staff: bool
) -> ExplanationStep:
    """Say that the scoring of the exam was said anew, by whom, and what became of wrong keys.

    Args:
        score: The score that names the policy.
        record: The policy as it was recorded.
        corrections: What is said of keys that were found wrong, a sentence each.
        staff: Whether the reason is told: it may say which answer is right.
    """
    basis = "the points of its questions" if record.policy.by_points else "ability, on a scale"
    why = f" and gave this reason: {record.reason}" if staff else ""
    return ExplanationStep(
        kind="scoring_policy",
        title="How it is scored",
        words=(
            f"The exam is scored by {basis}. {record.adopted_by_name} said so{why or '.'}",
            *corrections,
        ),
        id=str(record.id),
        digest=record.digest,
        facts=facts((("Said", day(record.adopted_at)), ("Version", record.version))),
        checks=(
            digest_check("The policy", record.digest, record.policy.digest),
            link_check("The score record", str(score.inputs.scoring_digest), record.digest),
        ),
    )


def _again_words(scored: Scored) -> str:
    if scored.theta is None:
        return f"Added up again now: {scored.points} of {scored.most_points} points"
    return f"Estimated again now: θ = {scored.theta:.6f}, scale score {scored.scale_score}"


def _estimation_facts(score: ScoreRecord) -> tuple[tuple[str, str | None], ...]:
    prior = score.inputs.prior
    if prior is None:
        return (("Scored by", "points"),)
    return (
        ("Model", score.model),
        ("Estimator", "expected a posteriori (EAP)"),
        ("Prior", f"normal, mean {prior.mean:g}, deviation {prior.sd:g}"),
    )


def _score_words(score: ScoreRecord, exam: Exam | None) -> tuple[str, ...]:
    raw = f"{score.raw_score} of {score.max_raw_score} points were reached"
    if score.theta is None:
        scored = score.scored
        weighted = exam is not None and bool(exam.scoring.weights)
        counted = f"; weighted as the exam says, {scored.points} of {scored.most_points}"
        return (f"{raw} on the questions that count{counted if weighted else ''}.",)
    return (
        f"{raw} on the questions that count. That is an ability of {score.theta:.3f} logits with a "
        f"standard error of {score.se:.3f}.",
        _scale_words(score, exam),
    )


def _scale_words(score: ScoreRecord, exam: Exam | None) -> str:
    if exam is None:
        return f"The scale score is {score.scale_score}, on the scale of an exam that is not here."
    scale = exam.scale
    return (
        f"The scale score is {scale.intercept} + {scale.slope} · θ, rounded, halves up, and "
        f"kept between {scale.minimum} and {scale.maximum}: {score.scale_score}."
    )


def _where_from(adopted: AdoptedParameters) -> tuple[tuple[str, object], ...]:
    if adopted.elsewhere_id is not None:
        return (
            ("Calibration elsewhere", adopted.elsewhere_id),
            ("Its digest", adopted.elsewhere_digest),
        )
    return (("Calibration run", adopted.run_id), ("Digest of the run", adopted.run_digest))


def parameters_step(score: ScoreRecord, adopted: AdoptedParameters) -> ExplanationStep:
    """Say which item parameters the score rests on, and who took them into use."""
    body = adopted.body
    recorded = adopted_body(
        adopted.id,
        adopted.bank_id,
        body,
        adopted.run_id,
        adopted.run_digest,
        adopted.adopted_by,
        adopted.adopted_at,
        adopted.reason,
        adopted.elsewhere_id,
        adopted.elsewhere_digest,
    )
    return ExplanationStep(
        kind="parameters",
        title="Item parameters",
        words=(
            f"The items were calibrated under the model {body['model']} on the answers of "
            f"{body.get('n_persons', 0):,.0f} people.".replace(",", " "),
            f"A psychometrician adopted them and gave this reason: {adopted.reason}",
        ),
        id=str(adopted.id),
        digest=adopted.digest,
        facts=facts(
            (
                ("Adopted", day(adopted.adopted_at)),
                *_where_from(adopted),
                ("Items", len(body.get("items", ()))),
            )
        ),
        checks=(
            digest_check("The parameter set", adopted.digest, digest(recorded)),
            link_check("The score record", str(score.parameters_digest), adopted.digest),
        ),
    )
