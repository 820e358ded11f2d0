"""The entries of the ledger and the chain they form. Pure.

An entry says that a record stood so at a moment: its kind, what it belongs to, its id, and a
digest. Each carries a digest chained on that of the entry before, so that the last one answers
for all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from examengine.kernel.clock import as_utc, from_iso, iso
from examengine.kernel.digest import digest


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has no place in the chain yet."""

    at: datetime
    """When the record was made."""
    kind: str
    scope: str
    """What the record belongs to, as `administration:3f0c…`."""
    subject: str
    """The id of the record; of the attempt, where the head of a log is sealed."""
    version: int | None
    """How many events the log had; None for every other record."""
    digest: str
    """Of the record with its salt; the head of the log."""
    salt: str | None
    """Not covered by the chain: erased with a record, it leaves a digest that tells nothing."""
    backdated: bool = False
    """Sealed when the ledger was introduced, not when the record was made."""
    about: str | None = None
    """The id of what the record is about, so that it can be missed there: the attempt of a ruling,
    the responses of a decision."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in its place."""

    position: int
    """1, 2, 3 … without gaps."""
    draft: Draft
    link: str
    """Chained on the link of the entry before."""

    @property
    def name(self) -> str:
        """Say whose entry it is."""
        return f"{self.draft.kind.replace('_', ' ')} {self.draft.subject}"

    @property
    def words(self) -> str:
        """Say which entry it is, and of when."""
        moment = as_utc(self.draft.at).strftime("%-d %B %Y, %H:%M:%S UTC")
        return f"entry {self.position} of the ledger ({moment})"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the ledger says of a record now."""

    kind: str
    intact: bool
    words: str

    @property
    def title(self) -> str:
        """Say which kind of record it is, at the beginning of a sentence."""
        return self.kind.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """Something in the chain that is not as it was written."""

    code: str
    """missing, changed, reordered."""
    position: int
    words: str


def link_of(position: int, previous: str | None, draft: Draft) -> str:
    """Return the link of an entry, chained on the one before."""
    entry: dict[str, Any] = {
        "at": iso(draft.at),
        "kind": draft.kind,
        "scope": draft.scope,
        "subject": draft.subject,
        "version": draft.version,
        "digest": draft.digest,
        "backdated": draft.backdated,
    }
    if draft.about is not None:
        entry["about"] = draft.about
    return digest({"position": position, "previous": previous, "entry": entry})


def chained(drafts: Iterable[Draft], position: int, link: str | None) -> Iterator[Entry]:
    """Give drafts their places after the entry that is the last one now."""
    for place, draft in enumerate(drafts, start=position + 1):
        link = link_of(place, link, draft)
        yield Entry(place, draft, link)


class Chain:
    """Walks along the ledger, entry by entry, and names what does not follow."""

    def __init__(self) -> None:
        self.position = 0
        self.link: str | None = None

    def follow(self, entry: Entry) -> Iterator[LedgerFault]:
        """Take the next entry, and yield what is wrong with it."""
        expected, before = self.position + 1, self.link
        self.position, self.link = entry.position, entry.link
        if entry.position > expected:
            last = entry.position - 1
            which = f"Entry {expected}" if last == expected else f"Entries {expected}–{last}"
            words = f"{which} of the ledger {'is' if last == expected else 'are'} missing."
            yield LedgerFault("missing", expected, words)
        elif entry.position < expected:
            words = f"Entry {entry.position} of the ledger stands after entry {expected - 1}."
            yield LedgerFault("reordered", entry.position, words)
        elif link_of(entry.position, before, entry.draft) != entry.link:
            words = (
                f"Entry {entry.position} of the ledger ({entry.name}) was changed: "
                "it does not give the digest it carries."
            )
            yield LedgerFault("changed", entry.position, words)


def as_row(entry: Entry) -> list[Any]:
    """Return an entry as it stands in a file: without its salt, which stands with the record."""
    draft = entry.draft
    return [
        *(entry.position, iso(draft.at), draft.kind, draft.scope, draft.subject, draft.version),
        *(draft.digest, draft.backdated, draft.about, entry.link),
    ]


def of_row(row: Any) -> Entry:
    """Return an entry that `as_row` wrote.

    Raises:
        ValueError: It is none.
    """
    types: Sequence[Any] = (int, str, str, str, str, int | None, str, bool, str | None, str)
    if not isinstance(row, list) or len(row) != len(types):
        raise ValueError(f"an entry of the ledger has {len(types)} values")
    for value, wanted in zip(row, types, strict=True):
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise ValueError(f"{value!r} cannot stand there")
    position, at, kind, scope, subject, version, covered, backdated, about, link = row
    draft = Draft(from_iso(at), kind, scope, subject, version, covered, None, backdated, about)
    return Entry(position, draft, link)
