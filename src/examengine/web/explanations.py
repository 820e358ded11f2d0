"""The explanation: one page from the credential back to the answers, for all who may read it."""

import json
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from examengine import credentials
from examengine.accounts import Actor
from examengine.credentials import AwardingBody, IssuedCredential
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.scoring import (
    Check,
    Decision,
    Explanation,
    ExplanationStep,
    day,
    digest_check,
    explain,
    facts,
    link_check,
)
from examengine.web.dependencies import (
    DepActor,
    DepAwardingBody,
    DepClock,
    DepPage,
    DepSession,
)

router = APIRouter()


@router.get("/explain/{subject_id}")
def show_explanation(
    subject_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    body: DepAwardingBody,
    page: DepPage,
) -> Response:
    """Show the way from the credential, or the decision, back to the answers."""
    found = explain(session, actor, subject_id)
    first = _credential_steps(session, clock, actor, body, found)
    broken = [step for step in (*first, *found.steps) if not step.agrees]
    return page(
        "explanations/explanation.html",
        found=found,
        steps=(*first, *found.steps),
        broken=broken,
        own=found.about.person_id == actor.person_id,
        checked_at=clock.now(),
    )


def _credential_steps(
    session: Session, clock: Clock, actor: Actor, body: AwardingBody, found: Explanation
) -> tuple[ExplanationStep, ...]:
    """Return the step of the credential; none when there is none that this person may see."""
    issued = credentials.credential_for(session, actor, found.about.response_record_id)
    if issued is None:
        return ()
    report = credentials.verify_here(session, clock, body, issued.document)
    return (credential_step(issued, found.decision, report),)


def credential_step(
    issued: IssuedCredential, decision: Decision | None, report: credentials.Report
) -> ExplanationStep:
    """Say which credential was issued, and verify it as anybody could.

    Args:
        issued: The credential.
        decision: The newest decision about the responses; None when there is none, or none more.
        report: What verifying the credential found.
    """
    verified = report.verdict is credentials.Verdict.VERIFIED
    checks = [
        digest_check("The signed document", issued.digest, digest(json.loads(issued.document))),
        Check(f"It names the decision {issued.decision_id}, which is missing.", agrees=False)
        if decision is None
        else link_check("The credential", issued.decision_digest, decision.digest),
    ]
    words = f"Version {issued.version}, signed on {day(issued.issued_at)}."
    if issued.revocation is not None:
        words += f" It was revoked on {day(issued.revocation.at)}, and no longer counts."
    else:
        outcome = "it holds." if verified else f"it does not hold: {', '.join(report.reasons())}."
        checks.append(Check(f"Verified again now, as anybody could: {outcome}", agrees=verified))
    return ExplanationStep(
        kind="credential",
        title="Credential",
        words=(words,),
        id=str(issued.id),
        digest=issued.digest,
        facts=facts((("Key", issued.key_id), ("Page", f"/credentials/{issued.id}"))),
        checks=tuple(checks),
    )
