"""The page of a bank's findings: what the lint found, and what each rule means in this bank."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from examengine import bank
from examengine.bank import RulingRefused
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for

router = APIRouter(prefix="/bank/{bank_id}")

SHOWN = 50
"""Findings of one rule on the page."""


@router.get("/findings")
def show_findings(bank_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show what the lint found, rule by rule, and how each rule is judged."""
    return page(
        "author/findings.html",
        bank=bank.find_bank(session, actor, bank_id),
        found=bank.bank_findings(session, actor, bank_id),
        rules=bank.bank_rules(session, actor, bank_id),
        shown=SHOWN,
    )


@router.post("/findings")
def lint_again(
    bank_id: str, actor: DepActor, session: DepSession, components: DepComponents, page: DepPage
) -> Response:
    """Lint the bank as it stands: a small one now, a large one later."""
    if not bank.may_be_linted_at_once(session, actor, bank_id):
        job = bank.ask_lint(session, components.clock, components.queue, actor, bank_id)
        return RedirectResponse(f"/jobs/{job.id}", status_code=303)
    bank.lint_again(session, components.clock, actor, bank_id)
    return page("author/findings.html", then=f"/bank/{bank_id}/findings")


@router.get("/rules/{rule}")
def show_rule(
    bank_id: str, rule: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show one rule, what it found, and the form that rules what it means."""
    return page(
        "author/rule.html",
        bank=bank.find_bank(session, actor, bank_id),
        one=bank.bank_rule(session, actor, bank_id, rule),
        refusal=None,
    )


@router.post("/rules/{rule}")
def rule_severity(
    bank_id: str,
    rule: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    severity: Annotated[str, Form(max_length=10)],
    reason: Annotated[str, Form(max_length=5000)],
) -> Response:
    """Rule what a finding means in this bank."""
    try:
        bank.rule_severity(session, clock, actor, bank_id, rule, severity=severity, reason=reason)
    except RulingRefused as refusal:
        return page(
            "author/rule.html",
            status=STATUS[refusal.kind],
            bank=bank.find_bank(session, actor, bank_id),
            one=bank.bank_rule(session, actor, bank_id, rule),
            refusal=message_for(refusal),
            severity=severity,
            reason=reason,
        )
    return page("author/rule.html", then=f"/bank/{bank_id}/findings")
