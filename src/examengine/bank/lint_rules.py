"""How a programme judges the findings of its bank: pure functions and frozen values.

A programme's items are those of its bank, so what its findings mean is ruled for the bank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from examengine.bank.checks import LINT_RULES, Finding, LintPolicy, LintRule, Severity, judged
from examengine.bank.errors import RulingRefused

SHORTEST_REASON, LONGEST_REASON = 10, 2_000


@dataclass(frozen=True, slots=True)
class LintRuling:
    """That a rule means something else in one bank than it does by itself, and why."""

    id: UUID
    bank_id: str
    rule: str
    severity: Severity
    reason: str
    ruled_by: UUID
    ruled_at: datetime


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule as a bank judges it: the ruling that counts, if any, and what it found."""

    rule: LintRule
    severity: Severity
    ruling: LintRuling | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class BankFindings:
    """What the lint found in a bank, judged by its policy."""

    policy: LintPolicy
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps items out of forms."""
        return judged(self.findings, self.policy, Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what an author should judge."""
        return judged(self.findings, self.policy, Severity.WARNING)

    @property
    def held(self) -> Mapping[str, tuple[Finding, ...]]:
        """Return the errors of each item that has any: it cannot be put into a form."""
        found: dict[str, tuple[Finding, ...]] = {}
        for error in self.errors:
            if error.item_id is not None:
                found[error.item_id] = (*found.get(error.item_id, ()), error)
        return found

    def of_item(self, item_id: str) -> "BankFindings":
        """Return the findings of one item."""
        own = tuple(found for found in self.findings if found.item_id == item_id)
        return BankFindings(self.policy, own)


def policy_under(rulings: Iterable[LintRuling]) -> LintPolicy:
    """Return the policy that rulings make, the newest of each rule counting."""
    ordered = sorted(rulings, key=lambda ruling: (ruling.ruled_at, ruling.id))
    return LintPolicy({ruling.rule: ruling.severity for ruling in ordered})


def rules_in_force(
    rulings: Sequence[LintRuling], findings: Iterable[Finding]
) -> tuple[RuleInForce, ...]:
    """Return every rule as a bank judges it, those that found something worst first."""
    newest = {ruling.rule: ruling for ruling in rulings}
    policy, found = policy_under(rulings), tuple(findings)
    rules = [
        RuleInForce(
            rule,
            policy.severity(rule),
            newest.get(rule.name),
            tuple(one for one in found if one.rule == rule.name),
        )
        for rule in LINT_RULES.values()
    ]
    order = list(Severity)
    return tuple(sorted(rules, key=lambda one: (not one.findings, order.index(one.severity))))


def checked_ruling(rule: str, severity: str, reason: str) -> tuple[Severity, str]:
    """Return severity and reason as they are stored.

    Raises:
        RulingRefused: There is no such rule or severity, or the reason says nothing.
    """
    if rule not in LINT_RULES:
        raise RulingRefused("there is no such rule")
    if severity not in set(Severity):
        raise RulingRefused("a rule is an error, a warning, or off")
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise RulingRefused(
            f"a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters is needed, so that "
            "others understand it years later"
        )
    return Severity(severity), said
