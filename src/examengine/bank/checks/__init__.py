"""The lint of a bank: what a good item must not do, one function a rule.

Errors keep an item out of the bank; warnings are for an author to judge. What a single field must
say is checked where files are read; here stands what shows only when an item is seen as a whole,
or beside its neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examengine.bank.checks import keys, references, wording
from examengine.bank.checks._finding import Finding, Severity, Subject, error
from examengine.bank.checks.keys import KeyLength, key_length, key_positions
from examengine.bank.item_file import item_faults
from examengine.bank.rules import ItemVersion, LoadedBank, LoadedItem

RULES = (*references.RULES, *keys.RULES, *wording.RULES)

__all__ = ["RULES", "CheckReport", "Finding", "KeyLength", "Severity", "check_bank"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the checks found in a bank."""

    n_items: int
    findings: tuple[Finding, ...]
    key_length: KeyLength
    key_positions: Mapping[int, int]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps items out of the bank."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what an author should judge."""
        return tuple(found for found in self.findings if found.severity is Severity.WARNING)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        length = self.key_length
        return {
            "n_items": self.n_items,
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


def check_bank(loaded: LoadedBank, stored: Sequence[ItemVersion] = ()) -> CheckReport:
    """Check items against each other and against the items their bank has already.

    Args:
        loaded: The items to check. One with a fault of its own is told so, and looked at no more.
        stored: The latest versions in the bank. An item of the same id is replaced, not compared.
    """
    coming = {item.id for item in loaded.items}
    neighbours = tuple(
        LoadedItem("", version.content, {}) for version in stored if version.item_id not in coming
    )
    findings: list[Finding] = []
    sound: list[LoadedItem] = []
    for item in loaded.items:
        faults = [error("usable", item, f.where, f.what) for f in item_faults(item.content)]
        findings.extend(faults)
        sound.extend(() if faults else (item,))
    if loaded.bank is not None:
        subject = Subject(loaded.bank, tuple(sound), neighbours, loaded.figures)
        findings.extend(found for rule in RULES for found in rule(subject))
    return CheckReport(len(loaded.items), tuple(findings), key_length(sound), key_positions(sound))


def _finding_json(found: Finding) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "item_id": found.item_id,
        "file": found.fault.file,
        "line": found.fault.line,
        "where": found.fault.where,
        "what": found.fault.what,
    }
