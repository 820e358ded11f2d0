"""What a check looks at, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from examengine.bank.formats._yaml import line_of
from examengine.bank.rules import Bank, Figure, FileFault, LoadedItem


class Severity(StrEnum):
    """Whether an item may enter the bank as it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    severity: Severity
    rule: str
    item_id: str | None
    fault: FileFault

    def __str__(self) -> str:
        return f"{self.fault} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Subject:
    """The items to be checked, and the items of the bank they will stand beside."""

    bank: Bank
    items: tuple[LoadedItem, ...]
    neighbours: tuple[LoadedItem, ...]
    figures: Mapping[str, Figure]

    @property
    def all_items(self) -> tuple[LoadedItem, ...]:
        """Return the items to be checked, then their neighbours."""
        return (*self.items, *self.neighbours)


def error(rule: str, item: LoadedItem, where: str, what: str) -> Finding:
    """Return a finding that keeps an item out of the bank."""
    return _finding(Severity.ERROR, rule, item, where, what)


def warning(rule: str, item: LoadedItem, where: str, what: str) -> Finding:
    """Return a finding for an author to judge."""
    return _finding(Severity.WARNING, rule, item, where, what)


def _finding(severity: Severity, rule: str, item: LoadedItem, where: str, what: str) -> Finding:
    line = line_of(where, item.lines) if item.lines else None
    return Finding(severity, rule, item.id, FileFault(item.file, line, where, what))
