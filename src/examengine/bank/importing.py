"""Importing: the files of a bank become item versions, all of them or none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import index_repository, lint_repository, repository
from examengine.bank.checks import CheckReport, Finding, check_bank
from examengine.bank.comparing import differences
from examengine.bank.errors import BankMoved
from examengine.bank.formats import Destination, Files, load_sent
from examengine.bank.index_repository import index_entry
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.legacy_statistics import keep_told
from examengine.bank.rules import (
    Bank,
    FileFault,
    ImportOutcome,
    ImportReport,
    ItemOutcome,
    ItemVersion,
    LoadedBank,
    LoadedItem,
    Making,
    MediaFile,
    import_outcome,
    item_version,
)
from examengine.bank.service import find_bank
from examengine.bank.statistics_elsewhere import LONGEST_SOURCE, StatisticsSource
from examengine.kernel.clock import Clock

MOST_CHANGES = 20
"""Differences that are told of one item; comparing its versions shows all."""


def import_bank(
    session: Session,
    clock: Clock,
    actor: Actor,
    loaded: LoadedBank,
    *,
    dry_run: bool = False,
    leave_out_refused: bool = False,
    indexed: bool = True,
) -> ImportReport:
    """Bring what was read from files into the bank, and report on every item.

    Whatever is well-formed comes in. What the lint finds in it is kept beside it, told in the
    report, and keeps it out of forms where it is an error. Checking takes long, so the bank is
    locked after it, and must then still be the one it was checked against.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who imports.
        loaded: What was read.
        dry_run: Report only what an import would do.
        leave_out_refused: Bring in the rest where something is refused; without it nothing is
            written then, because half of some files is seldom what their sender meant.
        indexed: Whether the index is made, too; whoever says no makes it next (`items_behind`).

    Raises:
        NotAllowed: The actor is no author.
        BankMoved: Somebody else imported while this was checked.
    """
    require(actor, Role.AUTHOR)
    if loaded.bank is None:
        return _report(loaded, None, ())
    before = repository.bank(session, loaded.bank.id)
    n_before = repository.n_versions(session, loaded.bank.id)
    stored = repository.latest_in(session, loaded.bank.id)
    policy = lint_repository.policy_of(session, loaded.bank.id)
    everything = replace(loaded, media={**media_by_name(session, stored), **loaded.media})
    checks = check_bank(everything, stored, policy)
    coming = [item_version(loaded.bank.id, item.content) for item in _usable(loaded, checks)]
    outcomes = _outcomes(session, loaded, coming, checks)
    report = _refuse_dropped_areas(
        _report(loaded, checks, outcomes), loaded.bank, stored, {item.id for item in loaded.items}
    )
    if dry_run or not (report.accepted or leave_out_refused):
        return report
    new = {
        one.item_id
        for one in outcomes
        if one.outcome in {ImportOutcome.ADDED, ImportOutcome.NEW_VERSION}
    }
    if not new and before == loaded.bank:
        return report
    now = clock.now()
    shown = {file["digest"] for item in coming for _, file in media_of(item.content)}
    added = [_by(actor, version) for version in coming if version.item_id in new]
    entries = [index_entry(version, loaded.bank.language, now, now) for version in added if indexed]
    _lock(session, loaded.bank.id, before, n_before)
    repository.save_bank(session, loaded.bank, now, is_new=before is None)
    repository.add_media_files(session, (f for f in loaded.media.values() if f.digest in shown))
    repository.add_versions(session, added, now)
    index_repository.put(session, loaded.bank.id, entries)
    if before is not None and before.language != loaded.bank.language:
        index_repository.set_language(session, loaded.bank.id, loaded.bank.language)
    _keep_told(session, clock, actor, loaded, new)
    lint_repository.keep_findings(session, loaded.bank.id, checks.findings, now)
    detail = {"items": {one.item_id: [one.version, one.digest] for one in added}}
    record_act(session, now, actor, "bank.import", f"bank:{loaded.bank.id}", detail)
    return replace(report, written=True)


def _by(actor: Actor, version: ItemVersion) -> ItemVersion:
    return replace(version, made=Making(actor.person_id, actor.name, "Imported"))


def _keep_told(
    session: Session, clock: Clock, actor: Actor, loaded: LoadedBank, new: Collection[str]
) -> None:
    """Keep what the files say of how their items did; of items that were there, ours count."""
    told = [one for one in loaded.statistics if one.item_id in new]
    if told and loaded.bank is not None:
        files = sorted({item.file.partition(".zip/")[0] for item in loaded.items})
        source = StatisticsSource(
            program="Usage data of the package",
            population="As the package has it",
            file=", ".join(files[:3])[:LONGEST_SOURCE],
        )
        keep_told(session, clock, actor, loaded.bank.id, told, source)


def _lock(session: Session, bank_id: str, before: Bank | None, n_before: int) -> None:
    """Keep other imports away from a bank, which must not have changed since it was read.

    Versions are only ever added, so as many of them are the same ones.
    """
    locked = repository.bank(session, bank_id, lock=True)
    if locked != before or repository.n_versions(session, bank_id) != n_before:
        raise BankMoved(bank_id)


def load_upload(session: Session, actor: Actor, bank_id: str, files: Files) -> LoadedBank:
    """Read files that were uploaded for a bank; what it shows already need not be sent again.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    loaded = load_sent(files, destination(session, actor, bank_id))
    if loaded.bank is not None and loaded.bank.id != bank_id:
        what = f"say that they are {loaded.bank.id}, and were sent to {bank_id}; send them there"
        fault = FileFault("these files", None, "", what)
        return LoadedBank(None, (), {}, (*loaded.faults, fault))
    return loaded


def destination(session: Session, actor: Actor, bank_id: str) -> Destination:
    """Return a bank as files can be read for it.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    bank = find_bank(session, actor, bank_id)
    stored = repository.latest_in(session, bank_id)
    latest = {version.item_id: version for version in stored}
    return Destination(bank, media_by_name(session, stored), latest)


def media_by_name(session: Session, items: Iterable[ItemVersion]) -> dict[str, MediaFile]:
    """Return the files that items show or play, by the name they use."""
    digests = {
        file["file"]: file["digest"] for version in items for _, file in media_of(version.content)
    }
    found = repository.media_files(session, digests.values())
    return {name: found[digest] for name, digest in digests.items()}


def _usable(loaded: LoadedBank, checks: CheckReport) -> list[LoadedItem]:
    refused = {(fault.file, fault.item_id) for fault in checks.unusable}
    return [item for item in loaded.items if (item.file, item.id) not in refused]


def _outcomes(
    session: Session, loaded: LoadedBank, coming: Sequence[ItemVersion], checks: CheckReport
) -> tuple[ItemOutcome, ...]:
    history = repository.versions(session, [version.item_id for version in coming])
    latest = {version.item_id: version for version in history}
    faults = defaultdict(list)
    for fault in checks.unusable:
        faults[fault.file, fault.item_id].append(str(fault))
    usable = zip(_usable(loaded, checks), coming, strict=True)
    return (
        *(_outcome(version, latest.get(item.id), item.file) for item, version in usable),
        *(
            _refused(item, faults[item.file, item.id])
            for item in loaded.items
            if (item.file, item.id) in faults
        ),
    )


def _outcome(coming: ItemVersion, latest: ItemVersion | None, file: str) -> ItemOutcome:
    """Return what becomes of an item; of a new version, what differs from the one before."""
    found = import_outcome(coming, latest, file)
    if latest is None or found.outcome is not ImportOutcome.NEW_VERSION:
        return found
    changes = tuple(islice(differences(latest.content, coming.content), MOST_CHANGES))
    return replace(found, changes=changes)


def _refused(item: LoadedItem, faults: Sequence[str]) -> ItemOutcome:
    return ItemOutcome(item.id, item.version, item.file, ImportOutcome.REFUSED, tuple(faults))


def _report(
    loaded: LoadedBank, checks: CheckReport | None, outcomes: Sequence[ItemOutcome]
) -> ImportReport:
    """Gather the outcomes, the files that hold no usable item, and the faults of the rest."""
    unread = defaultdict(list)
    rest: list[str] = []
    for fault in loaded.faults:
        if fault.item_id is None:
            rest.append(str(fault))
        else:
            unread[fault.item_id, fault.file].append(str(fault))
    refused = (
        ItemOutcome(item_id, None, file, ImportOutcome.REFUSED, tuple(faults))
        for (item_id, file), faults in unread.items()
    )
    items = sorted((*outcomes, *refused), key=lambda item: (item.item_id, item.file))
    bank_id = None if loaded.bank is None else loaded.bank.id
    report = ImportReport(bank_id, tuple(items), tuple(rest), (), written=False)
    if checks is None:
        return report
    own = {item.id for item in loaded.items}
    return replace(
        report,
        held=_told(checks.errors, own),
        warnings=(*map(str, loaded.notes), *_told(checks.warnings, own)),
    )


def _told(findings: Iterable[Finding], own: set[str]) -> tuple[str, ...]:
    """Return findings about the items that came, and about the bank as a whole, in words."""
    return tuple(str(found) for found in findings if found.item_id is None or found.item_id in own)


def _refuse_dropped_areas(
    report: ImportReport, bank: Bank, stored: Iterable[ItemVersion], replaced: set[str]
) -> ImportReport:
    """Refuse a bank that no longer names an area or a level which items in it are about."""
    areas = {"", *(area.id for area in bank.areas)}
    levels = {"", *(level.id for level in bank.levels)}
    faults = [
        f"{bank.id}: the item {version.item_id} in the bank is about {version.area}, "
        f"{version.level}; keep that area and that level"
        for version in stored
        if version.item_id not in replaced
        and not (version.area in areas and version.level in levels)
    ]
    return replace(report, faults=(*report.faults, *faults))
