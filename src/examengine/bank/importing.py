"""Importing: the files of a bank become item versions, all of them or none."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import repository
from examengine.bank.checks import CheckReport, check_bank
from examengine.bank.formats.examengine_yaml import BANK_FILE, Files, load_files, placed
from examengine.bank.item_types._stimulus import figures_of
from examengine.bank.rules import (
    Bank,
    Figure,
    FileFault,
    ImportReport,
    ItemOutcome,
    ItemVersion,
    LoadedBank,
    LoadedItem,
    Outcome,
    file_name_id,
    import_outcome,
    item_version,
)
from examengine.bank.service import find_bank
from examengine.kernel.clock import Clock


def import_bank(
    session: Session, clock: Clock, actor: Actor, loaded: LoadedBank, *, dry_run: bool = False
) -> ImportReport:
    """Bring what was read from files into the bank, and report on every item.

    Nothing is written while anything is refused: items name each other as enemies, so that half
    an import would be another bank than the one that was checked.

    Args:
        session: The transaction.
        clock: The clock.
        actor: Who imports.
        loaded: What was read.
        dry_run: Report only what an import would do.

    Raises:
        NotAllowed: The actor is no author.
    """
    require(actor, Role.AUTHOR)
    if loaded.bank is None:
        return _report(loaded, None, ())
    before = repository.bank(session, loaded.bank.id, lock=not dry_run)
    stored = repository.latest_in(session, loaded.bank.id)
    checks = check_bank(loaded, stored)
    coming = [item_version(loaded.bank.id, item.content) for item in loaded.items]
    outcomes = _outcomes(session, loaded, coming, checks)
    report = _report(loaded, checks, outcomes)
    report = _refuse_dropped_areas(report, loaded.bank, stored, {item.id for item in loaded.items})
    if dry_run or not report.accepted:
        return report
    new = {one.item_id for one in outcomes if one.outcome is not Outcome.UNCHANGED}
    if not new and before == loaded.bank:
        return report
    now = clock.now()
    repository.save_bank(session, loaded.bank, now, is_new=before is None)
    shown = {figure["digest"] for item in coming for _, figure in figures_of(item.content)}
    repository.add_figures(session, (f for f in loaded.figures.values() if f.digest in shown))
    added = [version for version in coming if version.item_id in new]
    repository.add_versions(session, added, now)
    detail = {"items": {version.item_id: [version.version, version.digest] for version in added}}
    record_act(session, now, actor, "bank.import", f"bank:{loaded.bank.id}", detail)
    return replace(report, written=True)


def load_upload(session: Session, actor: Actor, bank_id: str, files: Files) -> LoadedBank:
    """Read files that were uploaded for a bank; its own figures need not be sent again.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    bank = find_bank(session, actor, bank_id)
    loaded = load_files(
        {placed(name): data for name, data in files.items()}, bank, stored_figures(session, bank_id)
    )
    if loaded.bank is not None and loaded.bank.id != bank_id:
        what = f"is {loaded.bank.id}, but the files were sent to {bank_id}; send them there"
        fault = FileFault(BANK_FILE, None, "id", what)
        return LoadedBank(None, (), {}, (*loaded.faults, fault))
    return loaded


def stored_figures(session: Session, bank_id: str) -> dict[str, Figure]:
    """Return the figures that the latest items of a bank show, by the name they use."""
    digests = {
        figure["file"]: figure["digest"]
        for version in repository.latest_in(session, bank_id)
        for _, figure in figures_of(version.content)
    }
    found = repository.figures(session, digests.values())
    return {name: found[digest] for name, digest in digests.items()}


def _outcomes(
    session: Session, loaded: LoadedBank, coming: Sequence[ItemVersion], checks: CheckReport
) -> tuple[ItemOutcome, ...]:
    history = repository.versions(session, [version.item_id for version in coming])
    latest = {version.item_id: version for version in history}
    errors = defaultdict(list)
    for found in checks.errors:
        errors[found.fault.file].append(str(found))
    return tuple(
        _refused(item, errors[item.file])
        if errors[item.file]
        else import_outcome(version, latest.get(version.item_id), item.file)
        for item, version in zip(loaded.items, coming, strict=True)
    )


def _refused(item: LoadedItem, faults: Sequence[str]) -> ItemOutcome:
    return ItemOutcome(item.id, item.version, item.file, Outcome.REFUSED, tuple(faults))


def _report(
    loaded: LoadedBank, checks: CheckReport | None, outcomes: Sequence[ItemOutcome]
) -> ImportReport:
    """Gather the outcomes, the files that hold no usable item, and the faults of the rest."""
    unread = defaultdict(list)
    rest: list[str] = []
    for fault in loaded.faults:
        item_id = file_name_id(fault.file)
        if item_id is None:
            rest.append(str(fault))
        else:
            unread[fault.file].append(str(fault))
    refused = (
        ItemOutcome(file_name_id(file) or file, None, file, Outcome.REFUSED, tuple(faults))
        for file, faults in unread.items()
    )
    items = sorted((*outcomes, *refused), key=lambda item: (item.item_id, item.file))
    warnings = () if checks is None else tuple(str(found) for found in checks.warnings)
    bank_id = None if loaded.bank is None else loaded.bank.id
    return ImportReport(bank_id, tuple(items), tuple(rest), warnings, written=False)


def _refuse_dropped_areas(
    report: ImportReport, bank: Bank, stored: Iterable[ItemVersion], replaced: set[str]
) -> ImportReport:
    """Refuse a bank that no longer names an area or a level which items in it are about."""
    areas = {area.id for area in bank.areas}
    levels = {level.id for level in bank.levels}
    faults = [
        f"{BANK_FILE}: the item {version.item_id} in the bank is about {version.area}, "
        f"{version.level}; keep that area and that level"
        for version in stored
        if version.item_id not in replaced
        and not (version.area in areas and version.level in levels)
    ]
    return replace(report, faults=(*report.faults, *faults))
