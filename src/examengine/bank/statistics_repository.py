"""Reads and writes of statistics from elsewhere; no decision is taken here."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import insert
from sqlmodel import Session, col, select

from examengine import ledger
from examengine.bank.statistics_elsewhere import (
    ItemStatisticsElsewhere,
    StatisticsElsewhere,
    StatisticsSource,
    ToldElsewhere,
)
from examengine.bank.tables import (
    STATISTICS_ELSEWHERE,
    ItemStatisticsElsewhereRow,
    StatisticsElsewhereRow,
)

_TOLD = tuple(field.name for field in fields(ItemStatisticsElsewhere))


def add(
    session: Session,
    statistics: StatisticsElsewhere,
    lines: Sequence[tuple[ItemStatisticsElsewhere, int]],
) -> None:
    """Insert statistics with what they say of each item, and seal them."""
    values = {**asdict(statistics), "source": asdict(statistics.source)}
    session.execute(insert(StatisticsElsewhereRow).values(**values))
    rows = [
        {**asdict(told), "version": version, "statistics_id": statistics.id}
        for told, version in lines
    ]
    session.execute(insert(ItemStatisticsElsewhereRow), rows)
    ledger.append(session, STATISTICS_ELSEWHERE, [values])


def sets_in(session: Session, bank_id: str, *, most: int) -> list[StatisticsElsewhere]:
    """Return the statistics that were brought for a bank, the newest first."""
    row = StatisticsElsewhereRow
    query = (
        select(row)
        .where(col(row.bank_id) == bank_id)
        .order_by(col(row.brought_at).desc(), col(row.id).desc())
        .limit(most)
    )
    return [
        StatisticsElsewhere(
            id=one.id,
            bank_id=one.bank_id,
            source=StatisticsSource(**one.source),
            n_items=one.n_items,
            lines_digest=one.lines_digest,
            brought_by=one.brought_by,
            brought_at=one.brought_at,
            digest=one.digest,
        )
        for one in session.exec(query).all()
    ]


def of_item(session: Session, bank_id: str, item_id: str, *, most: int) -> list[ToldElsewhere]:
    """Return what is told of one item, the newest first."""
    line, whole = ItemStatisticsElsewhereRow, StatisticsElsewhereRow
    query = (
        select(line, whole.source, whole.brought_at)
        .join(whole, col(whole.id) == col(line.statistics_id))
        .where(col(whole.bank_id) == bank_id, col(line.item_id) == item_id)
        .order_by(col(whole.brought_at).desc(), col(whole.id).desc())
        .limit(most)
    )
    return [
        ToldElsewhere(_told(row), row.version, StatisticsSource(**source), brought_at)
        for row, source, brought_at in session.exec(query).all()
    ]


def newest_of_each(
    session: Session, bank_id: str
) -> dict[str, tuple[ItemStatisticsElsewhere, int]]:
    """Return what was told last of each item of a bank, and of which version."""
    line, whole = ItemStatisticsElsewhereRow, StatisticsElsewhereRow
    query = (
        select(line)
        .join(whole, col(whole.id) == col(line.statistics_id))
        .where(col(whole.bank_id) == bank_id)
        .order_by(col(whole.brought_at), col(whole.id))
    )
    return {row.item_id: (_told(row), row.version) for row in session.exec(query)}


def _told(row: ItemStatisticsElsewhereRow) -> ItemStatisticsElsewhere:
    return ItemStatisticsElsewhere(**{name: getattr(row, name) for name in _TOLD})
