"""Reads and writes of what the lint found and how a bank judges it; nothing is decided here."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from examengine.bank.checks import LINT_RULES, Finding, LintPolicy, Severity
from examengine.bank.lint_rules import LintRuling, policy_under
from examengine.bank.rules import FileFault
from examengine.bank.tables import BankRow, ItemFindingRow, LintRulingRow


def findings_in(session: Session, bank_id: str) -> list[Finding] | None:
    """Return what the lint found in a bank, in the order of its rules; None if it never ran."""
    bank = select(BankRow.linted_at).where(col(BankRow.id) == bank_id)
    if session.exec(bank).one_or_none() is None:
        return None
    query = (
        select(ItemFindingRow)
        .where(col(ItemFindingRow.bank_id) == bank_id)
        .order_by(col(ItemFindingRow.place))
    )
    return [
        Finding(
            row.rule,
            row.item_id,
            FileFault(row.item_id or bank_id, None, row.field, row.what, row.item_id),
        )
        for row in session.exec(query).all()
    ]


def keep_findings(
    session: Session, bank_id: str, findings: Iterable[Finding], now: datetime
) -> None:
    """Keep what the lint found in a bank, in the place of what it found before."""
    session.execute(delete(ItemFindingRow).where(col(ItemFindingRow.bank_id) == bank_id))
    rows = [_row(bank_id, place, found) for place, found in enumerate(findings)]
    if rows:
        session.execute(insert(ItemFindingRow), rows)
    session.execute(update(BankRow).where(col(BankRow.id) == bank_id).values(linted_at=now))


def keep_findings_of(
    session: Session, bank_id: str, item_id: str, found: Iterable[Finding]
) -> None:
    """Keep what rules found in one item, in the place of what the same rules found in it before."""
    rules = [rule.name for rule in LINT_RULES.values() if rule.alone]
    own = (col(ItemFindingRow.bank_id) == bank_id) & (col(ItemFindingRow.item_id) == item_id)
    session.execute(delete(ItemFindingRow).where(own & col(ItemFindingRow.rule).in_(rules)))
    last = select(func.max(ItemFindingRow.place)).where(col(ItemFindingRow.bank_id) == bank_id)
    place = session.exec(last).one()
    first = 0 if place is None else place + 1
    rows = [_row(bank_id, number, one) for number, one in enumerate(found, start=first)]
    if rows:
        session.execute(insert(ItemFindingRow), rows)


def _row(bank_id: str, place: int, found: Finding) -> dict[str, Any]:
    return {
        "bank_id": bank_id,
        "place": place,
        "item_id": found.item_id,
        "rule": found.rule,
        "field": found.fault.where,
        "what": found.fault.what,
    }


def rulings_in(session: Session, bank_id: str) -> list[LintRuling]:
    """Return how a bank judges rules, the oldest ruling first."""
    query = (
        select(LintRulingRow)
        .where(col(LintRulingRow.bank_id) == bank_id)
        .order_by(col(LintRulingRow.ruled_at), col(LintRulingRow.id))
    )
    return [
        LintRuling(**{**row.model_dump(), "severity": Severity(row.severity)})
        for row in session.exec(query).all()
    ]


def add_ruling(session: Session, ruling: LintRuling) -> None:
    """Insert a ruling."""
    values = {**asdict(ruling), "severity": ruling.severity.value}
    session.execute(insert(LintRulingRow).values(**values))


def policy_of(session: Session, bank_id: str) -> LintPolicy:
    """Return how a bank judges findings now."""
    return policy_under(rulings_in(session, bank_id))
