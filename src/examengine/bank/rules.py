"""What the bank is made of, and what an import may change: pure functions and frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from examengine.bank.errors import ParametersRefused
from examengine.bank.statistics_elsewhere import ItemStatisticsElsewhere
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest

SECONDS_UNSAID = 60
"""What is reckoned for an item that does not say how long it takes: a minute, as tests are planned
when nothing is known; a finding says so."""


@dataclass(frozen=True, slots=True)
class Area:
    """A content area."""

    id: str
    title: str
    statement: str


@dataclass(frozen=True, slots=True)
class Level:
    """A cognitive level."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Bank:
    """An item bank: what its items may be about, where they come from, who may use them."""

    id: str
    title: str
    description: str
    language: str
    licence: str
    provenance: str
    areas: tuple[Area, ...]
    levels: tuple[Level, ...]

    def area_title(self, area_id: str) -> str:
        """Return the title of an area, or its id when the bank has dropped it."""
        if not area_id:
            return "No area"
        return next((area.title for area in self.areas if area.id == area_id), area_id)

    def level_title(self, level_id: str) -> str:
        """Return the title of a level, or its id when the bank has dropped it."""
        if not level_id:
            return "No level"
        return next((level.title for level in self.levels if level.id == level_id), level_id)


@dataclass(frozen=True, slots=True)
class ItemRef:
    """One item version, named so that nothing else can be meant."""

    item_id: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Making:
    """Who made a version of an item, and why."""

    by: UUID
    by_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """An item as it stands in one version. It never changes; a change is a new version."""

    bank_id: str
    item_id: str
    version: int
    digest: str
    item_type: str
    area: str
    """The id of its content area; "" where it names none."""
    level: str
    """The id of its cognitive level; "" where it names none."""
    seconds: int
    """The time it is expected to take; `SECONDS_UNSAID` where it does not say."""
    enemies: frozenset[str]
    content: Mapping[str, Any]
    imported_at: datetime | None = None
    language: str = field(default="", compare=False)
    """The language of its bank, as far as it is known; no part of the version."""
    made: "Making | None" = field(default=None, compare=False)
    """Who made or imported it; not known of versions that came before 0.2."""

    @property
    def ref(self) -> ItemRef:
        """Return the name of this version."""
        return ItemRef(self.item_id, self.version, self.digest)

    @property
    def model_id(self) -> str:
        """Return the item model that it is an instance of; "" where it is of none."""
        return str(self.content.get("model", {}).get("id", ""))

    @property
    def set_id(self) -> str:
        """Return the id of the set whose stimulus it shares; "" where it stands alone."""
        return str(self.content.get("set", {}).get("id", ""))

    @property
    def set_place(self) -> int:
        """Return its place in its set, from 1; 0 where it stands alone."""
        return int(self.content.get("set", {}).get("place", 0))


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that items show or play, named by the digest of its bytes."""

    digest: str
    media_type: str
    """What it is served as: `image/svg+xml`, `image/png`, `audio/mpeg` …"""
    data: bytes
    seconds: float | None = field(default=None, compare=False)
    """How long it takes, as far as that is known; 0 for what takes no time."""


@dataclass(frozen=True, slots=True)
class MediaOutline:
    """What is known of a file that items show or play before it is read."""

    digest: str
    media_type: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class FileFault:
    """Something in a file that cannot be used: where it stands, and what would be right."""

    file: str
    line: int | None
    where: str
    what: str
    item_id: str | None = None
    """The item that the file or its part is about, where that can be told."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.where}: {self.what}" if self.where else f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class LoadedItem:
    """One item file as it was read, with the line each field stands on."""

    file: str
    content: Mapping[str, Any]
    lines: Mapping[str, int]

    @property
    def id(self) -> str:
        """Return the id the file gives its item."""
        return str(self.content["id"])

    @property
    def version(self) -> int:
        """Return the version the file gives its item."""
        return int(self.content["version"])

    def line_of(self, where: str) -> int | None:
        """Return the line that a field stands on; None where the file has no lines."""
        return line_of(where, self.lines) if self.lines else None


def line_of(where: str, lines: Mapping[str, int]) -> int:
    """Return the line of a field, or of the nearest thing around it that has one."""
    while where:
        if where in lines:
            return lines[where]
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return lines.get("", 1)


@dataclass(frozen=True, slots=True)
class LoadedBank:
    """A bank as its files say it. Items with a fault are left out; their faults are listed."""

    bank: Bank | None
    items: tuple[LoadedItem, ...]
    media: Mapping[str, MediaFile]
    """By the name the items use, such as `figures/rct-001.svg`."""
    faults: tuple[FileFault, ...]
    notes: tuple[FileFault, ...] = ()
    """What was read otherwise than it is written, or left out, of items that come in."""
    statistics: tuple[ItemStatisticsElsewhere, ...] = ()
    """What the files say of how items did where they come from."""


class ImportOutcome(StrEnum):
    """What an import does with one item."""

    ADDED = "added"
    NEW_VERSION = "new version"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What an import does with one item, and why not when it is refused."""

    item_id: str
    version: int | None
    file: str
    outcome: ImportOutcome
    faults: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """What differs from the version in the bank, of a new version."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do, with every item."""

    bank_id: str | None
    items: tuple[ItemOutcome, ...]
    faults: tuple[str, ...]
    """Faults of the bank itself, or of files that name no item."""
    warnings: tuple[str, ...]
    """What an author should judge."""
    written: bool
    """Whether the bank was changed; nothing is written when nothing is new."""
    held: tuple[str, ...] = ()
    """What comes in and keeps its item out of forms until it is mended."""

    @property
    def accepted(self) -> bool:
        """Tell whether nothing was refused."""
        return not self.faults and not self.of(ImportOutcome.REFUSED)

    @property
    def n_usable(self) -> int:
        """Return how many items can come in, whatever becomes of the others."""
        return len(self.items) - len(self.of(ImportOutcome.REFUSED))

    def of(self, outcome: ImportOutcome) -> tuple[ItemOutcome, ...]:
        """Return the items with one outcome."""
        return tuple(item for item in self.items if item.outcome is outcome)


@dataclass(frozen=True, slots=True)
class AdoptedParameters:
    """Item parameters that a psychometrician adopted for a bank, and where they come from.

    They rest on a calibration run here, or on a calibration that took place elsewhere.
    """

    id: UUID
    bank_id: str
    digest: str
    body: Mapping[str, Any]
    """The item parameters as their file says them (`examengine/item-parameters/1`)."""
    run_id: UUID | None
    run_digest: str | None
    adopted_at: datetime
    adopted_by: UUID
    reason: str
    elsewhere_id: UUID | None = None
    elsewhere_digest: str | None = None


@dataclass(frozen=True, slots=True)
class AdoptionInShort:
    """A set of item parameters as a list shows it, without the parameters."""

    id: UUID
    digest: str
    adopted_at: datetime
    reason: str
    model: str
    n_items: int
    n_persons: int | None
    elsewhere_id: UUID | None = None
    """The calibration elsewhere that they come from; None where it was here."""
    simulated: bool | None = None
    """Whether a program gave the answers that they rest on."""


def item_version(bank_id: str, content: Mapping[str, Any]) -> ItemVersion:
    """Return the item version that a content without faults makes."""
    return stored_version(bank_id, content, digest(content), None)


def stored_version(
    bank_id: str,
    content: Mapping[str, Any],
    content_digest: str,
    imported_at: datetime | None,
    language: str = "",
    made: Making | None = None,
) -> ItemVersion:
    """Return an item version whose digest was computed when it was imported."""
    return ItemVersion(
        bank_id=bank_id,
        item_id=content["id"],
        version=content["version"],
        digest=content_digest,
        item_type=content["type"],
        area=content.get("area", ""),
        level=content.get("level", ""),
        seconds=content.get("seconds", SECONDS_UNSAID),
        enemies=frozenset(content.get("enemies", ())),
        content=content,
        imported_at=imported_at,
        language=language,
        made=made,
    )


def import_outcome(candidate: ItemVersion, latest: ItemVersion | None, file: str) -> ItemOutcome:
    """Decide what becomes of one item that has no fault of its own.

    The same content is left alone. Another content needs a higher version: attempts point at the
    versions they showed, so a version that changed under them would be a forged record.
    """

    def decided(outcome: ImportOutcome, *faults: str) -> ItemOutcome:
        return ItemOutcome(candidate.item_id, candidate.version, file, outcome, faults)

    if latest is None:
        return decided(ImportOutcome.ADDED)
    if latest.bank_id != candidate.bank_id:
        return decided(
            ImportOutcome.REFUSED,
            f"the id belongs to an item of the bank {latest.bank_id}; give another",
        )
    if latest.digest == candidate.digest:
        return decided(ImportOutcome.UNCHANGED)
    if candidate.version <= latest.version:
        return decided(
            ImportOutcome.REFUSED,
            f"the content differs from version {latest.version}, which is in the bank and cannot "
            f"change; set version: {latest.version + 1}",
        )
    return decided(ImportOutcome.NEW_VERSION)


def adopted_body(
    parameters_id: UUID,
    bank_id: str,
    body: Mapping[str, Any],
    run_id: UUID | None,
    run_digest: str | None,
    adopted_by: UUID,
    adopted_at: datetime,
    reason: str,
    elsewhere_id: UUID | None = None,
    elsewhere_digest: str | None = None,
) -> Mapping[str, Any]:
    """Return what the digest of adopted parameters covers, so that anybody can compute it."""
    source = (
        {"run_id": str(run_id), "run_digest": run_digest}
        if elsewhere_id is None
        else {"elsewhere_id": str(elsewhere_id), "elsewhere_digest": elsewhere_digest}
    )
    return {
        "id": str(parameters_id),
        "bank_id": bank_id,
        "parameters_digest": digest(body),
        **source,
        "adopted_by": str(adopted_by),
        "adopted_at": iso(adopted_at),
        "reason": reason,
    }


def calibrated_ids(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the items that item parameters are about.

    Raises:
        ParametersRefused: The body is no set of item parameters.
    """
    if body.get("schema") != "examengine/item-parameters/1":
        raise ParametersRefused("the schema is not examengine/item-parameters/1")
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise ParametersRefused("there are no items in it")
    ids = [item.get("item_id") if isinstance(item, Mapping) else None for item in items]
    if not all(isinstance(item_id, str) for item_id in ids) or len(set(ids)) != len(ids):
        raise ParametersRefused("each item needs its own item_id")
    return tuple(str(item_id) for item_id in ids)
