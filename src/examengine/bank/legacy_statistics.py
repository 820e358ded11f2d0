"""Use cases of statistics from elsewhere: kept with their source, and shown beside ours."""

from collections.abc import Sequence

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import index_repository, repository, statistics_repository
from examengine.bank.errors import StatisticsRefused
from examengine.bank.service import READERS, bank_of
from examengine.bank.statistics_elsewhere import (
    LONGEST_SOURCE,
    ItemStatisticsElsewhere,
    StatisticsElsewhere,
    StatisticsSource,
    ToldElsewhere,
    digest_of_lines,
    figure_faults,
    statistics_body,
)
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id

MOST_SETS = 20
"""Files that a list shows; each is kept."""
MOST_FAULTS = 50


def keep_statistics_elsewhere(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    told: Sequence[ItemStatisticsElsewhere],
    source: StatisticsSource,
) -> StatisticsElsewhere:
    """Keep what others say of the items of a bank. It is shown as theirs, and counts for nothing.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        StatisticsRefused: The bank lacks an item, a figure cannot be true, or the source is not
            said; nothing is kept then.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    bank = bank_of(session, bank_id)
    versions = repository.latest_numbers(session, bank.id)
    faults = [*_source_faults(source), *_faults(told, versions)]
    if faults:
        raise StatisticsRefused(faults[:MOST_FAULTS])
    return keep_told(session, clock, actor, bank.id, told, source)


def keep_told(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    told: Sequence[ItemStatisticsElsewhere],
    source: StatisticsSource,
) -> StatisticsElsewhere:
    """Keep statistics that have been checked; whoever calls it has asked who may."""
    versions = repository.latest_numbers(session, bank_id)
    now = clock.now()
    statistics_id = new_id(now)
    lines = [(one, versions[one.item_id]) for one in told]
    covered = digest_of_lines(lines)
    body = statistics_body(statistics_id, bank_id, source, covered, actor.person_id, now)
    kept = StatisticsElsewhere(
        id=statistics_id,
        bank_id=bank_id,
        source=source,
        n_items=len(lines),
        lines_digest=covered,
        brought_by=actor.person_id,
        brought_at=now,
        digest=digest(body),
    )
    statistics_repository.add(session, kept, lines)
    index_repository.set_elsewhere(session, told)
    record_act(session, now, actor, "bank.keep_statistics", f"bank:{bank_id}", body)
    return kept


def statistics_kept(session: Session, actor: Actor, bank_id: str) -> list[StatisticsElsewhere]:
    """Return the statistics from elsewhere that were brought for a bank, the newest first.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
    """
    require(actor, *READERS)
    return statistics_repository.sets_in(session, bank_id, most=MOST_SETS)


def told_of_item(session: Session, actor: Actor, bank_id: str, item_id: str) -> list[ToldElsewhere]:
    """Return what others say of one item, the newest first.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
    """
    require(actor, *READERS)
    return statistics_repository.of_item(session, bank_id, item_id, most=MOST_SETS)


def _source_faults(source: StatisticsSource) -> list[str]:
    asked = {"program": source.program, "population": source.population}
    return [
        f"{name}: say in 1 to {LONGEST_SOURCE} signs where the figures come from"
        for name, said in asked.items()
        if not 0 < len(said.strip()) <= LONGEST_SOURCE
    ]


def _faults(told: Sequence[ItemStatisticsElsewhere], versions: dict[str, int]) -> list[str]:
    if not told:
        return ["there is no figure of any item in it"]
    faults: list[str] = []
    seen: set[str] = set()
    for one in told:
        if one.item_id not in versions:
            faults.append(f"{one.item_id[:60]}: the bank has no such item")
        if one.item_id in seen:
            faults.append(f"{one.item_id[:60]}: stands twice; keep one of the two")
        seen.add(one.item_id)
        faults += [f"{one.item_id[:60]}: {fault}" for fault in figure_faults(one)]
    return faults
