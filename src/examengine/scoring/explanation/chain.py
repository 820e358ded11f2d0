"""The explanation: from a decision back to the answers, each link computed again. Pure.

A step says in words what it is, gives its id and digest, and what was checked just now. One list
for the candidate, the appeal panel and the auditor; only the answers with their keys are for
staff alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.bank import ITEM_TYPES, ItemType, ItemVersion, ResponseMalformed
from examengine.kernel.clock import as_utc
from examengine.ledger import Seal
from examengine.scoring.decisions.decision import Decision
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.simulated import SimulatedSource


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was computed again for this page."""

    words: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """One link of the chain."""

    kind: str
    """decision, clearance, cut_score, score_record, scoring_policy, parameters, calibration,
    response_record, log, form, items; the pages put credential before them."""
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
    points: int | None
    """As the score record has them; None for an answer that waits for a person."""
    most_points: int
    files: tuple[tuple[str, str], ...] = ()
    """Name and digest of each file that is the answer, where it is answered by files."""

    @property
    def verdict(self) -> str:
        """Return what the key made of the answer, in words."""
        if self.points is None:
            return "not marked yet"
        if self.most_points > 1:
            return f"{self.points} of {self.most_points} points"
        return "right" if self.points else "not right"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole walk, the decision first."""

    about: ScoreRecord | Decision
    """Whose result it is: the decision, or the score where nothing is decided."""
    candidate: str
    score: ScoreRecord | None
    """None when the decision names one that is missing."""
    decision: Decision | None
    """The decision it began with, or the newest that rests on the score."""
    steps: tuple[ExplanationStep, ...]
    items: tuple[ItemLine, ...]
    """Empty for candidates: items are used again, and their keys stay secret."""
    simulated: tuple[SimulatedSource, ...] = ()
    """What was simulated of all that it rests on."""

    @property
    def agrees(self) -> bool:
        """Tell whether every link agrees."""
        return all(step.agrees for step in self.steps)

    @property
    def broken(self) -> tuple[ExplanationStep, ...]:
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


def missing_step(kind: str, title: str, identity: UUID | str, named: str) -> ExplanationStep:
    """Say that a link is missing which the step before names, by id and digest."""
    return ExplanationStep(
        kind=kind,
        title=title,
        words=("The step before names it, and it is not here.",),
        id=str(identity),
        digest=named or "not known",
        facts=(),
        checks=(Check("It cannot be found, so nothing can be checked.", agrees=False),),
    )


def missed_step(kind: str, identity: UUID, seal: Seal) -> ExplanationStep:
    """Say that there was a record about these responses that is missing, or was put in."""
    return ExplanationStep(
        kind=kind,
        title=f"Another {seal.title.lower()}",
        words=("No step names it. The ledger knows of it, or should.",),
        id=str(identity),
        digest="not known",
        facts=(),
        checks=(Check(f"{seal.title}: {seal.words}", agrees=False),),
    )


def with_seals(step: ExplanationStep, seals: Sequence[Seal]) -> ExplanationStep:
    """Add what the ledger says of the records behind a step."""
    checks = (Check(f"{seal.title}: {seal.words}", agrees=seal.intact) for seal in seals)
    return replace(step, checks=(*step.checks, *checks))


def item_line(
    version: ItemVersion,
    response: Any,
    given_at: datetime | None,
    *,
    scored: bool,
    recorded_score: int | None,
) -> ItemLine:
    """Return one item with the candidate's answer and the verdict of the key."""
    item_type = ITEM_TYPES[version.item_type]
    return ItemLine(
        item_id=version.item_id,
        version=version.version,
        digest=version.digest,
        scored=scored,
        answer=item_type.told(version.content, response),
        given_at=given_at,
        key=item_type.key_in_words(version.content),
        points=recorded_score,
        most_points=item_type.most_points(version.content),
        files=_files_in(item_type, version, response),
    )


def _files_in(
    item_type: ItemType, version: ItemVersion, response: Any
) -> tuple[tuple[str, str], ...]:
    """Return name and digest of the files that an answer is; none of one that cannot be read."""
    if item_type.kind != "files":
        return ()
    try:
        read = item_type.read(version.content, response)
    except ResponseMalformed:
        return ()
    return tuple((one["name"], one["digest"]) for one in read or ())


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
