"""Whether an attempt's log is the one that was written: every link computed again, faults named.

The check needs nothing but the events, and the head that somebody else holds: the response
record, or the receipt the candidate was given. It knows no database, so the same function answers
for the server, for the page an appeal panel reads, and for a file on an auditor's own machine.

A chain shows any change to the one who holds its head. Where the damage lies is then an
inference; it is exact for one fault, and a careful description for several.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from examengine.delivery import (
    EVENTS,
    AttemptStarted,
    AttemptSubmitted,
    Event,
    LoggedEvent,
    SectionClosed,
    SectionOpened,
    chain_event,
    read_event,
)
from examengine.integrity.log_heads import LogFault, WitnessedHead, against_heads

_ANSWERS = frozenset(name for name, event in EVENTS.items() if event.is_answer)

NEARBY = 12
"""How far an event is looked for from the place where it stands."""
SEARCHES = 20
"""After so many events whose place nobody can tell, only likely places are tried: a file that is
wrong from end to end is refused in seconds, not in hours."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What verifying a log found."""

    n_events: int
    head: str | None
    faults: tuple[LogFault, ...]
    head_compared: bool
    """Whether the end was compared with a head; without one, a shorter log looks whole."""
    sealed_to: int | None = None
    """The last event up to which a sealed head answers for the log; None without one."""

    @property
    def intact(self) -> bool:
        """Tell whether nothing was found."""
        return not self.faults

    @property
    def words(self) -> str:
        """Say the verdict in a sentence."""
        if self.faults:
            return " ".join(fault.words for fault in self.faults[:3])
        follow = f"All {self.n_events} events follow each other"
        if self.head_compared:
            return f"{follow}, up to the head that was handed over."
        if self.sealed_to is None:
            return f"{follow}; the end was not compared."
        return f"{follow}; the log was last sealed at event {self.sealed_to}."


@dataclass(frozen=True, slots=True)
class _Placed:
    """An event, where it claims to stand, and what its digest says about that."""

    entry: LoggedEvent
    version: int
    """Where it belongs, as far as the digests tell."""
    after: str | None
    """The digest of the event it was written after, when `linked`."""
    linked: bool


def verify_log(
    entries: Sequence[LoggedEvent],
    head: WitnessedHead | None = None,
    sealed: Sequence[WitnessedHead] = (),
) -> LogVerdict:
    """Compute every link again and name what does not agree.

    Args:
        entries: The events, in the order in which they are stored.
        head: The end of the log as the response record or a receipt has it; None for an attempt
            that still runs.
        sealed: Heads the log once had, from the ledger or from whoever was told: it may have gone
            on since, and is never shorter.

    Returns:
        The verdict. A fault names the event: changed, dropped, inserted, reordered, truncated or
        rewritten against the head; or misplaced, late or dated backwards for its content.
    """
    placed = _placed(entries)
    chain, inserted = _without_inserted(placed, head)
    ordered = sorted(chain, key=lambda one: one.version)
    faults = (
        *inserted,
        *_reordered(chain),
        *_dropped(ordered),
        *_changed(ordered),
        *against_heads({one.version: one.entry.digest for one in ordered}, head, sealed),
    )
    # What an event may say is worth reading only where the chain says that it was written.
    faults = faults or tuple(_content_faults([one.entry for one in ordered]))
    last = ordered[-1].entry.digest if ordered else None
    sealed_to = max((one.version or 0 for one in sealed), default=None)
    return LogVerdict(len(entries), last, faults, head is not None, sealed_to)


def _follows(entry: LoggedEvent, version: int, previous: str | None) -> bool:
    expected = chain_event(entry.attempt_id, version, entry.at, entry.type, entry.body, previous)
    return entry.digest == expected


def _placed(entries: Sequence[LoggedEvent]) -> list[_Placed]:
    found: list[_Placed] = []
    shift = lost = 0
    for place, entry in enumerate(entries):
        link = _link(entries, place, shift, thorough=lost < SEARCHES)
        lost += link is None
        if link is None:
            found.append(_Placed(entry, entry.version, None, linked=False))
            continue
        version, after = link
        shift = version - entry.version
        found.append(_Placed(entry, version, after, linked=True))
    return _told_by_successors(found)


def _link(
    entries: Sequence[LoggedEvent], place: int, shift: int, *, thorough: bool
) -> tuple[int, str | None] | None:
    """Return the version and the predecessor for which an event's digest is right, or None."""
    entry = entries[place]
    before = entries[place - 1].digest if place else None
    if _follows(entry, entry.version, before):
        return entry.version, before
    around = entries[max(0, place - NEARBY) : place + NEARBY]
    digests = dict.fromkeys([entry.previous, before, *(other.digest for other in around), None])
    likely = [entry.version, entry.version + shift]
    steps = range(1, NEARBY) if thorough else ()
    others = [entry.version + step * sign for step in steps for sign in (1, -1)]
    for version in dict.fromkeys([*likely, *others]):
        for digest in digests:
            if _follows(entry, version, digest):
                return version, digest
    return None


def _told_by_successors(placed: list[_Placed]) -> list[_Placed]:
    """Give an event without a link of its own the place that the event after it tells."""
    told = {one.after: one.version - 1 for one in placed if one.linked and one.after is not None}
    return [
        one if one.linked else replace(one, version=told.get(one.entry.digest, one.version))
        for one in placed
    ]


def _without_inserted(
    placed: Sequence[_Placed], head: WitnessedHead | None
) -> tuple[list[_Placed], list[LogFault]]:
    """Keep one event for each version; the one that the chain goes on from is the genuine one."""
    named = {one.after for one in placed if one.linked} | {head.digest if head else None}
    kept: dict[int, int] = {}
    for place, one in enumerate(placed):
        rival = kept.get(one.version)
        if rival is None or _trust(one, named) > _trust(placed[rival], named):
            kept[one.version] = place
    chosen = set(kept.values())
    faults = [
        LogFault(
            "inserted",
            one.entry.version,
            f"Event {one.entry.version} ({one.entry.type}) was inserted: "
            f"another event has its place in the chain.",
        )
        for place, one in enumerate(placed)
        if place not in chosen
    ]
    return [placed[place] for place in sorted(chosen)], faults


def _trust(one: _Placed, named: set[str | None]) -> tuple[bool, bool]:
    return one.entry.digest in named, one.linked


def _reordered(chain: Sequence[_Placed]) -> Iterator[LogFault]:
    highest = 0
    for one in chain:
        if one.version < highest:
            yield LogFault(
                "reordered",
                one.version,
                f"Event {one.version} stands after event {highest}: the order was changed.",
            )
        highest = max(highest, one.version)


def _dropped(ordered: Sequence[_Placed]) -> Iterator[LogFault]:
    expected = 1
    for one in ordered:
        if one.version > expected:
            last = one.version - 1
            which = f"Event {expected} is" if expected == last else f"Events {expected}–{last} are"
            yield LogFault("dropped", expected, f"{which} missing: dropped from the log.")
        expected = one.version + 1


def _changed(ordered: Sequence[_Placed]) -> Iterator[LogFault]:
    before: _Placed | None = None
    for one in ordered:
        alone = before is None or before.version != one.version - 1
        if not one.linked and (one.version == 1 or not alone):
            yield LogFault(
                "changed",
                one.version,
                f"Event {one.version} ({one.entry.type}) was changed after it was written: "
                "its content does not give the digest it carries.",
            )
        elif one.linked and not alone and before and one.after != before.entry.digest:
            yield LogFault(
                "changed",
                before.version,
                f"Event {before.version} was replaced: event {one.version} was written after "
                "another one.",
            )
        before = one


def _content_faults(entries: Sequence[LoggedEvent]) -> Iterator[LogFault]:
    """Name events that no attempt can have in this place, whatever their digests say."""
    deadline: datetime | None = None
    for place, entry in enumerate(entries):
        if (entry.type == AttemptStarted.type) != (place == 0):
            yield _misplaced(entry, "an attempt begins with its start, and starts once")
        if entry.type == AttemptSubmitted.type and place != len(entries) - 1:
            yield _misplaced(entry, "nothing can happen after the end of an attempt")
        if place and entry.at < entries[place - 1].at:
            words = f"Event {entry.version} is dated before the event it follows."
            yield LogFault("time", entry.version, words)
        start = _read(entry)
        deadline = start.deadline if isinstance(start, AttemptStarted) else deadline
        if entry.type in _ANSWERS and deadline is not None and entry.at > deadline:
            words = f"Event {entry.version} is an answer dated after the deadline of the attempt."
            yield LogFault("late", entry.version, words)
    yield from _late_in_sections(entries)


def _late_in_sections(entries: Sequence[LoggedEvent]) -> Iterator[LogFault]:
    """Name answers to items of a section that was over: by its time, or because it was left.

    A section that is closed takes all with it that was opened before: there is no way back.
    """
    ends: dict[str, datetime | None] = {}
    for entry in entries:
        event = _read(entry)
        if isinstance(event, SectionOpened):
            ends |= dict.fromkeys(event.items, event.deadline)
        elif isinstance(event, SectionClosed):
            ends = {item: min(end or event.at, event.at) for item, end in ends.items()}
        elif event is not None and event.is_answer:
            end = ends.get(entry.body["item_id"])
            if end is not None and entry.at > end:
                words = f"Event {entry.version} is an answer dated after its section was closed."
                yield LogFault("late", entry.version, words)


def _read(entry: LoggedEvent) -> Event | None:
    try:
        return read_event(entry)
    except (KeyError, ValueError, TypeError):
        return None  # one that cannot be read was changed, and that is named already


def _misplaced(entry: LoggedEvent, rule: str) -> LogFault:
    words = f"Event {entry.version} ({entry.type}) cannot stand there: {rule}."
    return LogFault("misplaced", entry.version, words)
