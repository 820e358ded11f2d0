"""The lint of a bank: what a good item must not do, one function a rule.

Whatever is well-formed enters the bank; the lint guards what candidates are shown. What it finds is
kept with the items, and judged by the bank's policy whenever it is asked. A rule sees the whole
bank, as it stands after an import: what an item lacks may be in its neighbour.

To add a rule, add a function to one of these files, or a file with `RULES`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from examengine.bank.checks._rule import BankContents, Finding, LintPolicy, LintRule, Severity
from examengine.bank.checks.keys import KeyLength, key_length, key_positions
from examengine.bank.item_file import item_faults
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, LoadedItem
from examengine.kernel import plugins

LINT_RULES: Mapping[str, LintRule] = MappingProxyType(
    {
        found.name: found
        for rules in plugins.load(sys.modules[__name__], attribute="RULES").values()
        for found in rules
    }
)

__all__ = [
    "LINT_RULES",
    "CheckReport",
    "Finding",
    "KeyLength",
    "LintPolicy",
    "LintRule",
    "Severity",
    "check_bank",
    "findings_alone",
    "judged",
]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the checks found in a bank."""

    n_items: int
    unusable: tuple[FileFault, ...]
    """Items that are not well-formed, or clash with another id: they cannot come in."""
    findings: tuple[Finding, ...]
    """What the rules found in all items of the bank, also in those that were there before."""
    key_length: KeyLength
    key_positions: Mapping[int, int]
    policy: LintPolicy

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps items out of forms."""
        return judged(self.findings, self.policy, Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what an author should judge."""
        return judged(self.findings, self.policy, Severity.WARNING)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        length = self.key_length
        return {
            "n_items": self.n_items,
            "unusable": [str(fault) for fault in self.unusable],
            "errors": [_finding_json(found) for found in self.errors],
            "warnings": [_finding_json(found) for found in self.warnings],
            "longest_option_is_key": {
                "n_items": length.n_items,
                "observed": round(length.observed, 3),
                "expected": round(length.expected, 3),
                "standard_deviation": round(length.deviation, 3),
            },
            "key_positions": {str(place): n for place, n in self.key_positions.items()},
        }


def judged(
    findings: Iterable[Finding], policy: LintPolicy, severity: Severity
) -> tuple[Finding, ...]:
    """Return the findings that have a severity under a policy; a rule that is gone has none."""
    return tuple(
        found
        for found in findings
        if found.rule in LINT_RULES and policy.severity(LINT_RULES[found.rule]) is severity
    )


def check_bank(
    loaded: LoadedBank, stored: Sequence[ItemVersion] = (), policy: LintPolicy | None = None
) -> CheckReport:
    """Check a bank as it would stand once items have come in.

    Args:
        loaded: The items that come. One that cannot be used is told so, and looked at no more.
        stored: The latest versions in the bank. An item of the same id is replaced.
        policy: How the bank judges findings; None for what each rule is by itself.
    """
    unusable = tuple(_unusable(loaded.items, stored))
    refused = {(fault.file, fault.item_id) for fault in unusable}
    coming = tuple(item for item in loaded.items if (item.file, item.id) not in refused)
    replaced = {item.id for item in coming}
    kept = (
        LoadedItem(version.item_id, version.content, {})
        for version in stored
        if version.item_id not in replaced
    )
    items = (*kept, *coming)
    findings: tuple[Finding, ...] = ()
    if loaded.bank is not None:
        subject = BankContents(loaded.bank, items, loaded.media)
        findings = tuple(found for rule in LINT_RULES.values() for found in rule.findings(subject))
    return CheckReport(
        len(loaded.items),
        unusable,
        findings,
        key_length(coming),
        key_positions(coming),
        policy or LintPolicy(),
    )


def findings_alone(bank: Bank, content: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what the rules find that look at one item at a time, in one without faults."""
    item = LoadedItem(str(content["id"]), content, {})
    subject = BankContents(bank, (item,), {})
    return tuple(
        found for rule in LINT_RULES.values() if rule.alone for found in rule.findings(subject)
    )


def _unusable(items: Sequence[LoadedItem], stored: Sequence[ItemVersion]) -> Iterator[FileFault]:
    """Yield why items cannot come in: not well-formed, or an id that is another's, whatever case.

    Two ids that differ only in case would be one file on many machines, and one id to many people.
    """
    known = {version.item_id.casefold(): version.item_id for version in stored}
    by_id: defaultdict[str, list[LoadedItem]] = defaultdict(list)
    for item in items:
        for fault in item_faults(item.content):
            yield FileFault(item.file, item.line_of(fault.where), fault.where, fault.what, item.id)
        by_id[item.id.casefold()].append(item)
        twin = known.get(item.id.casefold(), item.id)
        if twin != item.id:
            what = f"differs from {twin}, which is in the bank, only in capital letters"
            yield FileFault(item.file, item.line_of("id"), "id", f"{what}; give another", item.id)
    for same in by_id.values():
        for item in same[1:]:
            what = f"{item.id} is the id of {same[0].id} in {same[0].file} as well"
            what += "; give each item its own, and not by capital letters alone"
            yield FileFault(item.file, item.line_of("id"), "id", what, item.id)


def _finding_json(found: Finding) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "item_id": found.item_id,
        "file": found.fault.file,
        "line": found.fault.line,
        "where": found.fault.where,
        "what": found.fault.what,
    }
