"""What verifying an audit file can find, and how a file is found to be none."""

from dataclasses import dataclass

from examengine.integrity.errors import AuditFileUnusable
from examengine.integrity.log_heads import LogFault
from examengine.integrity.signed_head import SignedHead

MOST_FAULTS = 20
"""Faults of the form of a file that are told before reading it is given up."""

FindingSubject = tuple[str, str]
"""The kind of a record and its id."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A fault, and what it is a fault of."""

    kind: str
    """The kind of record; `log`, `ledger`, `head`, or `receipt`."""
    id: str
    """The id of the record, or of the attempt whose log it is; empty where there is none."""
    fault: LogFault

    @property
    def line(self) -> str:
        """Say it in one line."""
        whose = " ".join(part for part in (self.kind.replace("_", " "), self.id) if part)
        return f"{whose}: {self.fault.code}: {self.fault.words}"


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying a whole file found."""

    head: SignedHead
    key_known: bool
    """Whether the key that signed the head is one that the verifier was given."""
    n_entries: int
    n_records: int
    n_attempts: int
    n_events: int
    n_open: int
    """Attempts without a response record."""
    findings: tuple[AuditFinding, ...]

    @property
    def verified(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


class FileFaults:
    """What makes a file unusable, so far."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    def add(self, fault: str) -> None:
        """Remember one; too many end the reading."""
        self._faults.append(fault)
        if len(self._faults) == MOST_FAULTS:
            self.refuse_any()

    def refuse_any(self) -> None:
        """Refuse the file if there was one.

        Raises:
            AuditFileUnusable: There was.
        """
        if self._faults:
            raise AuditFileUnusable(self._faults)
