"""The explanation: from a decision back to the answers, each link computed again. Pure.

A step says in words what it is, gives its id and digest, and what was checked just now. One list
for the candidate, the appeal panel and the auditor; only the answers with their keys are for
staff alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from examengine.bank import ITEM_TYPES, ItemVersion
from examengine.kernel.clock import as_utc
from examengine.scoring.decision import Decision
from examengine.scoring.score_record import ScoreRecord


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was computed again for this page."""

    words: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain."""

    kind: str
    """decision, clearance, cut_score, score_record, parameters, calibration, response_record, log,
    form, items; the pages put credential before them."""
    title: str
    words: tuple[str, ...]
    id: str
    digest: str
    facts: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether everything that was computed again is as it was recorded."""
        return all(check.agrees for check in self.checks)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the form: what was answered, when, and what the key says. For staff alone."""

    item_id: str
    version: int
    digest: str
    scored: bool
    answer: str
    given_at: datetime | None
    key: str
    right: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole walk, the decision first."""

    score: ScoreRecord
    decision: Decision | None
    """The decision it began with, or the newest that rests on the score."""
    steps: tuple[Step, ...]
    items: tuple[ItemLine, ...]
    """Empty for candidates: items are used again, and their keys stay secret."""

    @property
    def agrees(self) -> bool:
        """Tell whether every link agrees."""
        return all(step.agrees for step in self.steps)

    @property
    def broken(self) -> tuple[Step, ...]:
        """Return the links that do not agree."""
        return tuple(step for step in self.steps if not step.agrees)


def digest_check(what: str, recorded: str, computed: str) -> Check:
    """Compare a digest with the one computed now."""
    if recorded == computed:
        return Check(f"{what}: computed again now, the digest agrees.", agrees=True)
    return Check(
        f"{what}: recorded as {recorded}, computed now as {computed}. They differ.", agrees=False
    )


def link_check(what: str, named: str, found: str) -> Check:
    """Check that the step before names this one by its digest."""
    if named == found:
        return Check(f"{what} names exactly this one.", agrees=True)
    return Check(f"{what} names {named}, and this is {found}.", agrees=False)


def item_line(
    version: ItemVersion,
    response: Any,
    given_at: datetime | None,
    *,
    scored: bool,
    recorded_score: int,
) -> ItemLine:
    """Return one item with the candidate's answer and the verdict of the key."""
    item_type = ITEM_TYPES[version.item_type]
    return ItemLine(
        item_id=version.item_id,
        version=version.version,
        digest=version.digest,
        scored=scored,
        answer=item_type.in_words(version.content, response),
        given_at=given_at,
        key=item_type.key_in_words(version.content),
        right=recorded_score == 1,
    )


def score_check(recorded: Mapping[str, int], marked: Mapping[str, int]) -> Check:
    """Compare recorded item scores with the answers marked again now."""
    other = sorted(item_id for item_id in recorded if recorded[item_id] != marked.get(item_id))
    if not other and recorded.keys() == marked.keys():
        return Check(
            "Marked again now from the answers and the keys: every item score agrees.", agrees=True
        )
    named = ", ".join(other[:5]) or "other items"
    return Check(f"Marked again now, item scores differ: {named}.", agrees=False)


def day(moment: datetime) -> str:
    """Return a moment as the explanation tells it."""
    return as_utc(moment).strftime("%-d %B %Y, %H:%M:%S UTC")


def facts(pairs: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return named facts as text; one without a value is left out."""
    return tuple((name, str(value)) for name, value in pairs if value not in {None, ""})
