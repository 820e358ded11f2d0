"""The steps of an explanation that people took: decision, clearance, pass mark, score. Pure."""

from examengine.assembly import Exam
from examengine.bank import AdoptedParameters, adopted_body
from examengine.integrity import Clearance, clearance_body
from examengine.kernel.digest import digest
from examengine.scoring import decision as decisions
from examengine.scoring import score_record
from examengine.scoring.decision import Decision
from examengine.scoring.explanation import (
    Check,
    Step,
    day,
    digest_check,
    facts,
    link_check,
    score_check,
)
from examengine.scoring.score_record import Scored, ScoreRecord
from examengine.standard_setting import SET_ELSEWHERE, CutScore, cut_score_digest


def decision_step(decision: Decision) -> Step:
    """Say what was decided, and apply the rule again."""
    verdict = "passed" if decision.passed else "did not pass"
    reached = "reaches" if decision.scale_score >= decision.scale_cut else "does not reach"
    why = (
        "The attempt was declared void, so it cannot pass, whatever its score."
        if decision.clearance == "voided"
        else f"The score of {decision.scale_score} {reached} the pass mark of "
        f"{decision.scale_cut}, and the attempt was cleared."
    )
    rule = decisions.passes(decision.scale_score, decision.scale_cut, decision.clearance)
    return Step(
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


def clearance_step(decision: Decision, clearance: Clearance, *, staff: bool) -> Step:
    """Say who ruled on the attempt, and why."""
    by = clearance.by if staff or clearance.by_rule else "a member of staff"
    return Step(
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


def cut_step(decision: Decision, cut: CutScore, panel_now: str | None) -> Step:
    """Say where the pass mark comes from.

    Args:
        decision: The decision that was taken at it.
        cut: The cut score.
        panel_now: The digest of the panel, computed now; None without a panel.
    """
    source = (
        "It was set outside this system."
        if cut.method == SET_ELSEWHERE
        else f"A panel recommended {cut.recommended_cut:.2f} points by the method "
        f"{cut.method.replace('_', ' ')}, with a standard error of {cut.standard_error:.2f}."
    )
    checks = [
        digest_check("The cut score", cut.digest, cut_score_digest(cut)),
        link_check("The decision", decision.cut_score_digest, cut.digest),
    ]
    if panel_now is not None and cut.panel_digest is not None:
        checks.append(digest_check("The panel with its ratings", cut.panel_digest, panel_now))
    return Step(
        kind="cut_score",
        title="Pass mark",
        words=(
            f"The pass mark is {cut.scale_cut} on the scale: {cut.raw_cut:.2f} points on its form, "
            f"an ability of {cut.theta_cut:.3f} logits. {source}",
            f"{cut.adopted_by_name} adopted it, and gave this reason: {cut.reason}",
        ),
        id=str(cut.id),
        digest=cut.digest,
        facts=facts(
            (("Adopted", day(cut.adopted_at)), ("Panel", cut.panel_id), ("Version", cut.version))
        ),
        checks=tuple(checks),
    )


def score_step(
    score: ScoreRecord, exam: Exam, decision: Decision | None, again: Scored | None
) -> Step:
    """Say what the answers are worth, and compute the score again.

    Args:
        score: The score record.
        exam: The exam whose scale it stands on.
        decision: The decision that rests on it, if there is one.
        again: The score computed again now; None where an input is missing.
    """
    checks = [digest_check("The score record", score.digest, digest(score_record.body(score)))]
    if decision is not None:
        checks.append(link_check("The decision", decision.score_record_digest, score.digest))
    if again is not None:
        checks.append(score_check(score.item_scores, again.item_scores))
        agrees = again.same_as(score.scored)
        words = f"Estimated again now: θ = {again.theta:.6f}, scale score {again.scale_score}"
        checks.append(Check(f"{words}: {'agrees' if agrees else 'differs'}.", agrees=agrees))
    scale = exam.scale
    return Step(
        kind="score_record",
        title="Score",
        words=(
            f"{score.raw_score} of {score.max_raw_score} scored questions were answered right. "
            f"That is an ability of {score.theta:.3f} logits with a standard error of "
            f"{score.se:.3f}.",
            f"The scale score is {scale.intercept} + {scale.slope} · θ, rounded, halves up, and "
            f"kept between {scale.minimum} and {scale.maximum}: {score.scale_score}.",
        ),
        id=str(score.id),
        digest=score.digest,
        facts=facts(
            (
                ("Scored", day(score.scored_at)),
                ("Model", score.model),
                ("Estimator", "expected a posteriori (EAP)"),
                (
                    "Prior",
                    f"normal, mean {score.inputs.prior.mean:g}, "
                    f"deviation {score.inputs.prior.sd:g}",
                ),
                ("Program", f"examengine {score.code_version}"),
                ("Version", score.version),
            )
        ),
        checks=tuple(checks),
    )


def parameters_step(score: ScoreRecord, adopted: AdoptedParameters) -> Step:
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
    )
    return Step(
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
                ("Calibration run", adopted.run_id),
                ("Digest of the run", adopted.run_digest),
                ("Items", len(body.get("items", ()))),
            )
        ),
        checks=(
            digest_check("The parameter set", adopted.digest, digest(recorded)),
            link_check("The score record", score.parameters_digest, adopted.digest),
        ),
    )
