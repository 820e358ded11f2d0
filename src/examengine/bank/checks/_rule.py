"""What a rule of the lint looks at, and what it says.

A rule finds; it does not judge. Whether what it finds keeps an item from candidates is the
*severity*: each rule has one by itself, and a programme may give it another (`LintPolicy`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from examengine.bank.rules import Bank, FileFault, LoadedItem, MediaFile


class Severity(StrEnum):
    """What a finding means for an item."""

    ERROR = "error"
    """It cannot be put into a form."""
    WARNING = "warning"
    """An author should judge."""
    OFF = "off"
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found."""

    rule: str
    item_id: str | None
    """None where it is about the bank as a whole."""
    fault: FileFault

    def __str__(self) -> str:
        return f"{self.fault} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class BankContents:
    """A bank, all its items, and the files they show."""

    bank: Bank
    items: tuple[LoadedItem, ...]
    media: Mapping[str, MediaFile]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a rule found something."""

    item: LoadedItem | None
    where: str
    what: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule.

    `says` is its first sentence of documentation, as pages and documents show it; `severity` is
    what it is by itself.
    """

    name: str
    severity: Severity
    says: str
    look: Callable[[BankContents], Iterator[Spot]]
    alone: bool = True
    """Whether it looks at one item at a time; another one compares items, or looks at the bank."""

    def findings(self, subject: BankContents) -> Iterator[Finding]:
        """Yield what the rule finds."""
        for spot in self.look(subject):
            if spot.item is None:
                fault = FileFault(spot.file or subject.bank.id, None, spot.where, spot.what)
                yield Finding(self.name, None, fault)
                continue
            item = spot.item
            fault = FileFault(item.file, item.line_of(spot.where), spot.where, spot.what, item.id)
            yield Finding(self.name, item.id, fault)


def rule(
    severity: Severity, *, alone: bool = True
) -> Callable[[Callable[[BankContents], Iterator[Spot]]], LintRule]:
    """Make a rule of a function: its name is the rule's, its first sentence says what it is for."""

    def made(look: Callable[[BankContents], Iterator[Spot]]) -> LintRule:
        said = (look.__doc__ or "").strip().partition("\n\n")[0]
        return LintRule(look.__name__, severity, " ".join(said.split()), look, alone)

    return made


@dataclass(frozen=True, slots=True)
class LintPolicy:
    """Which rules a programme judges otherwise than they are by themselves."""

    severities: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))

    def severity(self, found: LintRule) -> Severity:
        """Return what a finding of a rule means here."""
        return self.severities.get(found.name, found.severity)
