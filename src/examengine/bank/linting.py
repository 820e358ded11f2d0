"""Use cases of the lint: what it found in a bank, and what that means for the programme."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import lint_repository, repository
from examengine.bank.checks import Finding, check_bank
from examengine.bank.errors import BankUnknown, ItemsHeld, RuleUnknown
from examengine.bank.importing import media_by_name
from examengine.bank.lint_rules import (
    BankFindings,
    LintRuling,
    RuleInForce,
    checked_ruling,
    policy_under,
    rules_in_force,
)
from examengine.bank.rules import Bank, ItemVersion, LoadedBank, LoadedItem
from examengine.bank.service import READERS
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id


def bank_findings(session: Session, actor: Actor, bank_id: str) -> BankFindings:
    """Return what the lint found in a bank.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    return findings_in(session, bank_id)


def findings_in(session: Session, bank_id: str) -> BankFindings:
    """Return what the lint found in a bank, for the contexts above.

    It does not ask who is asking: the use case that calls it does. A bank that was imported before
    findings were kept is linted now.

    Raises:
        BankUnknown: There is no such bank.
    """
    policy = lint_repository.policy_of(session, bank_id)
    kept = lint_repository.findings_in(session, bank_id)
    return BankFindings(policy, tuple(_found(session, bank_id) if kept is None else kept))


def refuse_held(session: Session, bank_id: str, item_ids: Collection[str]) -> None:
    """Refuse items that are not good enough to be shown to candidates, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        BankUnknown: There is no such bank.
        ItemsHeld: Some of the items have a finding that is an error in this bank.
    """
    held = findings_in(session, bank_id).held
    errors = [str(error) for item_id in sorted(item_ids) for error in held.get(item_id, ())]
    if errors:
        raise ItemsHeld(bank_id, errors)


def bank_rules(session: Session, actor: Actor, bank_id: str) -> tuple[RuleInForce, ...]:
    """Return every rule of the lint as a bank judges it, with what it found.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    rulings = lint_repository.rulings_in(session, bank_id)
    return rules_in_force(rulings, findings_in(session, bank_id).findings)


def bank_rule(session: Session, actor: Actor, bank_id: str, rule: str) -> RuleInForce:
    """Return one rule as a bank judges it.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
        RuleUnknown: There is no such rule.
    """
    for found in bank_rules(session, actor, bank_id):
        if found.rule.name == rule:
            return found
    raise RuleUnknown(rule)


def rule_severity(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    rule: str,
    *,
    severity: str,
    reason: str,
) -> LintRuling:
    """Rule what a finding means in a bank; forms that are published stay as they are.

    Whoever writes items does not rule on what is good enough, so this takes a psychometrician.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        RulingRefused: There is no such rule or severity, or no reason that says something.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    _bank(session, bank_id)
    ruled, said = checked_ruling(rule, severity, reason)
    now = clock.now()
    before = policy_under(lint_repository.rulings_in(session, bank_id)).severities.get(rule)
    ruling = LintRuling(new_id(now), bank_id, rule, ruled, said, actor.person_id, now)
    lint_repository.add_ruling(session, ruling)
    detail = {
        "rule": rule,
        "severity": ruled.value,
        "before": None if before is None else before.value,
        "reason": said,
    }
    record_act(session, now, actor, "bank.rule_severity", f"bank:{bank_id}", detail)
    return ruling


def lint_again(session: Session, clock: Clock, actor: Actor, bank_id: str) -> None:
    """Lint a bank as it stands, such as after rules were added, and keep what is found.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    found = _found(session, bank_id)
    _bank(session, bank_id, lock=True)
    lint_repository.keep_findings(session, bank_id, found, clock.now())


def found_with(
    session: Session, bank: Bank, versions: Sequence[ItemVersion]
) -> tuple[Finding, ...]:
    """Return what the lint finds in a bank in which versions have come, for the contexts above.

    It does not ask who is asking: the use case that calls it does.
    """
    stored = repository.latest_in(session, bank.id)
    coming = tuple(LoadedItem(version.item_id, version.content, {}) for version in versions)
    media = media_by_name(session, [*stored, *versions])
    return check_bank(LoadedBank(bank, coming, media, ()), stored).findings


def _found(session: Session, bank_id: str) -> tuple[Finding, ...]:
    bank = _bank(session, bank_id)
    items = repository.latest_in(session, bank_id)
    return check_bank(LoadedBank(bank, (), media_by_name(session, items), ()), items).findings


def _bank(session: Session, bank_id: str, *, lock: bool = False) -> Bank:
    bank = repository.bank(session, bank_id, lock=lock)
    if bank is None:
        raise BankUnknown(bank_id)
    return bank
