"""Who and what counts in a response matrix: decided here once, and named by its digest. Pure.

Voided attempts are in no figure. A person who sat more than once counts with the first attempt:
rows of a matrix are taken to be independent, and nobody answers an exam twice unswayed. Items of
another form are not presented, which is missing by design.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """Which items of the forms go into a matrix."""

    OPERATIONAL = "operational"
    ALL = "all"


class NotReached(StrEnum):
    """What the unanswered items after the last answer are taken for."""

    ZERO = "zero"
    """Worth 0 points, as the exam itself scores them."""
    MISSING = "missing"
    """Not presented, so that slow candidates do not make late items hard."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who and what counts.

    Attributes:
        scope: Operational items only, or pretest items too.
        not_reached: What unanswered items after the last answer are taken for; those passed over
            before it always get 0 points.
        dropped: Items that are left out, by id.
    """

    scope: Scope = Scope.OPERATIONAL
    not_reached: NotReached = NotReached.ZERO
    dropped: frozenset[str] = frozenset()

    @property
    def plain(self) -> bool:
        """Tell whether only the scope was chosen."""
        return self.not_reached is NotReached.ZERO and not self.dropped

    @property
    def words(self) -> str:
        """Return the policy as a sentence."""
        reached = (
            "unanswered items of the form score 0, omitted or not reached"
            if self.not_reached is NotReached.ZERO
            else "omitted items score 0, items not reached are missing"
        )
        parts = [reached, "other forms are missing", "voided attempts are in no figure"]
        parts.append("of several attempts of one person the first counts")
        parts.append("answers that a person marks are in no figure")
        if self.dropped:
            parts.append(f"left out: {', '.join(sorted(self.dropped))}")
        return "; ".join(parts)

    def body(self) -> dict[str, Any]:
        """Return the policy as it stands in the digest of a matrix."""
        return {
            "scope": self.scope.value,
            "omitted": "zero",
            "not_reached": self.not_reached.value,
            "other_forms": "missing",
            "voided": "left out",
            "repeated": "first attempt",
            "dropped": sorted(self.dropped),
        }


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One set of responses that might count: whose it is, and what speaks against it."""

    record_id: str
    record_digest: str
    person: str | None
    """Who answered; None for responses from a file, each of which is a person of its own."""
    at: str
    """When it was handed in, as sortable text."""
    voided: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many sets of responses are in no figure, and why."""

    voided: int = 0
    repeated: int = 0
    altered: int = 0
    """Records that are not what their digest says."""

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.voided + self.repeated + self.altered


def who_counts(
    candidacies: Iterable[Candidacy],
    readable: Container[str],
) -> tuple[tuple[tuple[str, str], ...], LeftOut]:
    """Return id and digest of each record that counts, in their order, and how many do not.

    Args:
        candidacies: What might count.
        readable: The ids of the records that are what their digests say.
    """
    valid: list[Candidacy] = []
    voided = altered = 0
    for one in candidacies:
        if one.voided:
            voided += 1
        elif one.record_id not in readable:
            altered += 1
        else:
            valid.append(one)
    first: dict[str, Candidacy] = {}
    for one in sorted(valid, key=lambda one: (one.at, one.record_id)):
        first.setdefault(one.person or one.record_id, one)
    kept = {one.record_id for one in first.values()}
    records = tuple((one.record_id, one.record_digest) for one in valid if one.record_id in kept)
    return records, LeftOut(voided, len(valid) - len(records), altered)
