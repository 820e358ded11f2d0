"""The heads a log had: whoever holds one can tell that the log became shorter, or another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

IN_LEDGER = "the head in the ledger"
BESIDE_LOG = "the head that is kept beside it"


@dataclass(frozen=True, slots=True)
class LogFault:
    """Something that is not as it was written."""

    code: str
    """changed, dropped, inserted, reordered, truncated, rewritten, misplaced, late, time."""
    version: int | None
    words: str


@dataclass(frozen=True, slots=True)
class WitnessedHead:
    """The end of a log as somebody else holds it."""

    digest: str
    version: int | None
    told_by: str = "the head that was handed over"
    """Which head it is, in a sentence."""


def against_heads(
    digests: Mapping[int, str], head: WitnessedHead | None, sealed: Sequence[WitnessedHead]
) -> Iterator[LogFault]:
    """Compare a log with the heads it had.

    Args:
        digests: The digest of each event, by its version.
        head: The head of the whole log, which has ended; None while it runs.
        sealed: Heads that it had on the way: it may have gone on since.
    """
    faults = [] if head is None else [*_beyond(digests, head), *_short_of(digests, head)]
    for one in sorted(sealed, key=lambda known: known.version or 0, reverse=True):
        faults = faults or list(_short_of(digests, one))  # one head tells it all
    yield from faults


def _short_of(digests: Mapping[int, str], head: WitnessedHead) -> Iterator[LogFault]:
    """Name what is wrong with a log that had this head at least."""
    last = max(digests, default=0)
    # A head without a version is that of the last event, and there must be one.
    held = max(last, 1) if head.version is None else head.version
    if last < held:
        yield LogFault(
            "truncated",
            held,
            f"The log was truncated: it ends at event {last}, and {head.told_by} "
            f"is that of event {held}.",
        )
    if held in digests and digests[held] != head.digest:
        yield LogFault(
            "rewritten",
            held,
            f"Event {held} is not the one whose digest is {head.told_by}: "
            "the history was rewritten.",
        )


def _beyond(digests: Mapping[int, str], head: WitnessedHead) -> Iterator[LogFault]:
    """Name what follows the event with which a log had ended."""
    last = max(digests, default=0)
    if head.version is not None and last > head.version:
        yield LogFault(
            "inserted",
            head.version + 1,
            f"The log goes on to event {last}, and {head.told_by} is that of "
            f"event {head.version}: what follows was inserted later.",
        )
